"""Reading one YAML file of a pack: exact decimals, no aliases, no duplicate keys, with lines."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

from .words import PlacedError, _

MAX_DEPTH = 40
MAX_BYTES = 2_000_000

_Base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class FileError(PlacedError):
    """A file of a pack that cannot be read; the place is ``file:line``."""


class Located(dict[str, Any]):
    """A mapping that knows its line in the file, and the line of each key."""

    line = 0
    key_lines: dict[str, int]

    def line_of(self, key: str) -> int:
        """The line of one key, or of the mapping itself."""
        return self.key_lines.get(key, self.line)


class _Loader(_Base):
    """YAML with few surprises.

    Decimals instead of floats, only true and false as booleans, only decimal digits as numbers,
    days as text; mappings know their line.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}


def _mapping(loader: Any, node: yaml.MappingNode) -> Located:
    result = Located()
    result.line = node.start_mark.line + 1
    result.key_lines = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        mark = key_node.start_mark
        if not isinstance(key, str):
            raise yaml.MarkedYAMLError(problem=str(_("键应为文字")), problem_mark=mark)
        if key in result:
            problem = str(_("%(key)s 写了两次").with_values(key=key))
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=mark)
        result[key] = loader.construct_object(value_node, deep=True)
        result.key_lines[key] = mark.line + 1
    return result


def _decimal(loader: Any, node: yaml.ScalarNode) -> Decimal:
    text = loader.construct_scalar(node)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value.adjusted()) > 20:
        raise yaml.MarkedYAMLError(problem=str(_("应为普通的小数")), problem_mark=node.start_mark)
    return value


_SCALARS = (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(?:0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?[0-9]+\.[0-9]+", "-0123456789"),
)
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$", re.ASCII), list(_first)
    )
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)


def parse_yaml(raw: bytes, name: str) -> Any:
    """The content of a YAML file given as bytes; ``name`` stands in the messages.

    Raises:
        FileError: not UTF-8, too large, too deep, with an alias, or not YAML.
    """
    if len(raw) > MAX_BYTES:
        raise FileError(name, _("文件过大"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileError(name, _("不是 UTF-8 编码")) from None
    try:
        _refuse_traps(text, name)
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader of our own
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark else ""
        raise FileError(f"{name}{line}", error.problem or str(error)) from error
    except FileError:
        raise
    except (yaml.YAMLError, ValueError) as error:
        raise FileError(name, str(error).splitlines()[0]) from error


def _refuse_traps(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Base):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise FileError(f"{name}:{line}", _("不能使用别名"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            raise FileError(f"{name}:{line}", _("嵌套过深"))
