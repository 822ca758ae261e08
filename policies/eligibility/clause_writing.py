"""Writing a file of a pack so that people can read it: only what changed is written anew.

A file that is opened and saved unchanged keeps every byte. Where something changed, only that
entry is replaced; comments, blank lines and the order of everything else stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import yaml

from .words import PlacedError
from .yaml_files import Located, parse_yaml

WIDTH = 100
#: These stand on one line where they fit; everything else has one line an entry.
FLOW = frozenset({"departments", "benefit_types", "missing", "scope_clause", "facts", "in"})


def write_file(raw: bytes, content: Mapping[str, Any]) -> bytes:
    """The file `raw` with what differs in `content`; the same bytes where nothing does.

    Args:
        raw: the file as it stands; empty for a new one.
        content: everything that the file shall say, as `parse_yaml` would give it.
    """
    if not raw:
        return dumped(content)
    before = parse_yaml(raw, "")
    if before == content:
        return raw
    written = _patched(raw, before, content)
    return written if written is not None and _says(written, content) else dumped(content)


def dumped(content: Mapping[str, Any]) -> bytes:
    """A whole file in the style of the packs."""
    return ("\n".join(_mapping(content, 0)) + "\n").encode()


def _says(raw: bytes, content: Mapping[str, Any]) -> bool:
    try:
        return bool(parse_yaml(raw, "") == content)
    except PlacedError:
        return False


# --- replacing entries ---------------------------------------------------------------------------


def _patched(raw: bytes, before: Any, content: Mapping[str, Any]) -> bytes | None:
    """The file with the entries that differ replaced; None where entries came or went."""
    node = yaml.compose(raw.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    lines = raw.decode().splitlines(keepends=True)
    edits: list[tuple[int, int, list[str]]] = []
    if not _collect(node, before, content, edits):
        return None
    for first, last, fresh in sorted(edits, reverse=True):
        lines[first:last] = [f"{line}\n" for line in fresh]
    return "".join(lines).encode()


def _collect(node: Any, before: Any, content: Any, edits: list[tuple[int, int, list[str]]]) -> bool:
    """Note the lines to replace in one block mapping; False where that cannot be done."""
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return False
    if not isinstance(before, Located) or not isinstance(content, Mapping):
        return False
    places = {key.value: (key.start_mark, value) for key, value in node.value}
    for key in before.keys() - content.keys():
        mark, value = places[key]
        edits.append((mark.line, _end(value), []))
        if mark.line == node.start_mark.line:  # the dash of a list stands on this line
            return False
    for key, wanted in content.items():
        if key not in places:
            line = max(_end(value) for _mark, value in places.values())
            edits.append((line, line, _entry(key, wanted, node.start_mark.column)))
        elif before[key] != wanted:
            mark, value = places[key]
            if _entries(value, before[key], wanted, edits):
                continue
            if mark.line == node.start_mark.line and node.start_mark.column:
                return False
            edits.append((mark.line, _end(value), _entry(key, wanted, mark.column)))
    return True


def _entries(node: Any, before: Any, wanted: Any, edits: list[tuple[int, int, list[str]]]) -> bool:
    """Note what to replace in a list of mappings; False where that cannot be done.

    Some entries may differ, one may be gone, or new ones may follow the others.
    """
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or not node.value or not wanted:
        return False
    if not all(isinstance(one, Mapping) for one in (*before, *wanted)):
        return False
    if len(wanted) < len(before):
        return _one_gone(node, before, wanted, edits)
    found: list[tuple[int, int, list[str]]] = []
    for child, old, new in zip(node.value, before, wanted, strict=False):
        if old != new and not _collect(child, old, new, found):
            return False
    if fresh := wanted[len(before) :]:
        line = _end(node)
        found.append((line, line, _sequence(fresh, node.start_mark.column)))
    edits.extend(found)
    return True


def _one_gone(node: Any, before: Any, wanted: Any, edits: list[tuple[int, int, list[str]]]) -> bool:
    gone = next((i for i, one in enumerate(wanted) if before[i] != one), len(wanted))
    if [*before[:gone], *before[gone + 1 :]] != wanted:
        return False
    child = node.value[gone]
    edits.append((child.start_mark.line, _end(child), []))
    return True


def _end(node: Any) -> int:
    """The first line after a value, without the blank lines and comments that follow it."""
    if isinstance(node, yaml.ScalarNode):
        mark = node.end_mark
        return int(mark.line + (1 if mark.column else 0))
    if node.flow_style or not node.value:
        return int(node.end_mark.line + 1)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


# --- style ---------------------------------------------------------------------------------------


def _mapping(data: Mapping[str, Any], indent: int) -> list[str]:
    return [line for key, value in data.items() for line in _entry(key, value, indent)]


def _entry(key: str, value: Any, indent: int) -> list[str]:
    """`key: value` on one line where that is short, else over several."""
    head = f"{' ' * indent}{_scalar(key)}:"
    if not isinstance(value, Mapping | list):
        return [f"{head} {_scalar(value)}"]
    if key in FLOW or not value:
        return [f"{head} {_flow(value)}"]
    if isinstance(value, Mapping):
        flow = _flow(value)
        if _is_leaf(value) and len(head) + len(flow) < WIDTH:
            return [f"{head} {flow}"]
        return [head, *_mapping(value, indent + 2)]
    if all(not isinstance(one, Mapping | list) for one in value):
        return [f"{head} {_flow(value)}"]
    return [head, *_sequence(value, indent + 2)]


def _sequence(values: list[Any], indent: int) -> list[str]:
    lines = []
    for value in values:
        if not isinstance(value, Mapping) or (_is_leaf(value) and "name" not in value):
            lines.append(f"{' ' * indent}- {_flow(value)}")
            continue
        inner = _mapping(value, indent + 2)
        lines += [f"{' ' * indent}- {inner[0].lstrip()}", *inner[1:]]
    return lines


def _is_leaf(value: Mapping[str, Any]) -> bool:
    """A condition or a term of a formula: no mapping inside."""
    is_text = "zh" in value and len(value) < 4
    return not is_text and all(
        not isinstance(one, Mapping)
        and not (isinstance(one, list) and any(isinstance(part, Mapping) for part in one))
        for one in value.values()
    )


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        return "{ " + ", ".join(f"{_scalar(k)}: {_flow(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text if "." in text else f"{text}.0"
    if isinstance(value, int):
        return str(value)
    return _text(str(value))


def _text(text: str) -> str:
    """Plain where YAML reads it back as the same text everywhere, else in double quotes."""
    plain = text and not set(text) & set("\n\r\t\"'#:,[]{}&*!|>%@`\\\x85\u2028\u2029\ufeff")
    if plain and text == text.strip() and text.isprintable() and text[0] not in "-?=~<":
        try:
            if parse_yaml(f"{{ a: {text} }}".encode(), "") == {"a": text}:
                return text
        except PlacedError:
            pass
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return "\\n" if char == "\n" else f"\\U{ord(char):08x}"
