"""A tree as form fields: conditions, formulas and cases as nodes that people add, move and fill.

Every node has a path such as ``w-0-2``; its fields are named ``w-0-2.fact`` and so on, so that
a page without a script posts the whole tree, and an action gives the changed tree back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from filings.public import Refused
from policies.eligibility.conditions import MAX_DEPTH

#: More than this nobody reads any more.
MOST_NODES = 600
FIELD = re.compile(r"([wac](?:-\d{1,3})*)\.([a-z_]{1,12})", re.ASCII)
ACTION = re.compile(
    r"(add|remove|up|down|wrap|free|start):([wac](?:-\d{1,3})*)(?::([a-z_]+))?", re.ASCII
)

GROUPS = ("all", "any", "not")
OPERATIONS = ("multiply", "add", "subtract", "divide", "min", "max")
BRANCHES = frozenset({*GROUPS, *OPERATIONS, "cases", "case"})
LEAVES = frozenset({"fact", "unstated", "percent_fact", "figure", "percent", "constant", "given"})
#: What may be put into what, by the first letter of the path.
ALLOWED = {
    "w": frozenset({*GROUPS, "fact", "unstated"}),
    "a": frozenset({*OPERATIONS, "fact", "percent_fact", "figure", "percent", "constant"}),
    "c": frozenset({"cases", "case", "given"}),
}


@dataclass
class Node:
    """One node with what was typed into its fields; `show` is filled for the page."""

    path: str
    kind: str
    values: dict[str, list[str]] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    error: str = ""
    show: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """What was typed into one field, without blanks around it."""
        found = self.values.get(name) or [""]
        return found[0].replace("\r\n", "\n").strip()

    @property
    def is_branch(self) -> bool:
        """Whether other nodes go into this one."""
        return self.kind in BRANCHES

    @property
    def depth(self) -> int:
        """How many nodes are above this one."""
        return self.path.count("-")

    def walk(self) -> Iterator[Node]:
        """This node and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_tree(data: Mapping[str, list[str]], root: str) -> Node | None:
    """The tree that was posted under `root`; None when there is none.

    Raises Refused for more nodes or more levels than a condition may have.
    """
    nodes: dict[tuple[int, ...], Node] = {}
    for name, values in data.items():
        found = FIELD.fullmatch(name)
        if found is None or found[1][0] != root:
            continue
        place = tuple(int(step) for step in found[1].split("-")[1:])
        if len(place) > MAX_DEPTH + 1:
            raise Refused(_("条件嵌套超过 %(limit)s 层。请拆成几项。") % {"limit": MAX_DEPTH})
        node = nodes.setdefault(place, Node(found[1], ""))
        if found[2] == "kind":
            node.kind = values[0]
        else:
            node.values[found[2]] = [value[:2000] for value in values]
        if len(nodes) > MOST_NODES:
            raise Refused(_("条件和案例太多，最多 %(limit)s 项。") % {"limit": MOST_NODES})
    if () not in nodes or nodes[()].kind not in ALLOWED[root]:
        return None
    for place in sorted(nodes):
        above = nodes.get(place[:-1]) if place else None
        if above is not None and above.is_branch and nodes[place].kind in ALLOWED[root]:
            above.children.append(nodes[place])
    return _numbered(nodes[()], root)


def acted(root: Node | None, action: str) -> Node | None:
    """The tree after what was pressed; an action that does not fit changes nothing."""
    found = ACTION.fullmatch(action)
    if found is None:
        return root
    what, path, kind = found.groups()
    letter = path[0]
    if what == "start":
        return root or (Node(letter, kind) if kind in ALLOWED[letter] else None)
    if root is None or not root.path.startswith(letter):
        return root
    place = _find(root, path)
    if place is None:
        return root
    above, node = place
    if what in ("add", "wrap") and kind not in ALLOWED[letter]:
        return root
    root = _changed(root, above, node, what, kind or "")
    return None if root is None else _numbered(root, letter)


def _changed(root: Node, above: Node | None, node: Node, what: str, kind: str) -> Node | None:
    if what == "add" and node.is_branch:
        if node.depth >= MAX_DEPTH and kind in BRANCHES:
            node.error = _("条件嵌套超过 %(limit)s 层。请拆成几项。") % {"limit": MAX_DEPTH}
        else:
            node.children.append(Node("", kind, children=_first_children(kind)))
    elif what == "wrap" and kind in BRANCHES:
        if max(one.depth for one in node.walk()) >= MAX_DEPTH:
            node.error = _("条件嵌套超过 %(limit)s 层。请拆成几项。") % {"limit": MAX_DEPTH}
            return root
        around = Node("", kind, children=[node])
        if above is None:
            return around
        above.children[above.children.index(node)] = around
    elif above is None:
        if what == "free" and len(node.children) == 1:
            return node.children[0]
        return None if what == "remove" else root
    else:
        _moved(above, node, what)
    return root


def _first_children(kind: str) -> list[Node]:
    """A new group or case is not empty: it begins with one line to fill in."""
    if kind in GROUPS:
        return [Node("", "fact")]
    return [Node("", "given")] if kind == "case" else []


def _moved(above: Node, node: Node, what: str) -> None:
    at = above.children.index(node)
    if what == "remove":
        del above.children[at]
    elif what == "free" and node.is_branch:
        above.children[at : at + 1] = node.children
    elif what in ("up", "down"):
        to = at + (1 if what == "down" else -1)
        if 0 <= to < len(above.children):
            above.children.insert(to, above.children.pop(at))


def _find(root: Node, path: str) -> tuple[Node | None, Node] | None:
    above, node = None, root
    for step in path.split("-")[1:]:
        if int(step) >= len(node.children):
            return None
        above, node = node, node.children[int(step)]
    return above, node


def _numbered(node: Node, path: str) -> Node:
    node.path = path
    for number, child in enumerate(node.children):
        _numbered(child, f"{path}-{number}")
    return node


def numbered(node: Node) -> Node:
    """The tree with every path as it stands now."""
    return _numbered(node, node.path)
