"""Nodes of the editor to and from the data of a clause file: typed values, errors beside nodes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from policies.eligibility.amounts import AmountError, parse_formula
from policies.eligibility.conditions import (
    DATED,
    WRITTEN_OPS,
    ConditionError,
    fact_type,
    parse_condition,
)
from policies.eligibility.facts import FactError, FactType, Registry
from policies.eligibility.words import PlacedError
from policies.queries.wording import fault_words, say

from .rule_nodes import GROUPS, OPERATIONS, Node

NUMBER = re.compile(r"-?\d{1,16}(\.\d{1,12})?", re.ASCII)
SEPARATORS = re.compile(r"[\u3001;\uff1b\n]")
_ORDER = ("le", "lt", "ge", "gt", "eq")
FITTING = {
    FactType.BOOL: ("eq",),
    FactType.ENUM: ("eq", "in"),
    FactType.INT: _ORDER,
    FactType.NUMBER: _ORDER,
    FactType.DATE: ("ge", "le", "gt", "lt", "eq", *DATED),
}
PLAIN_WORDS = {
    "eq": gettext_lazy("是"),
    "in": gettext_lazy("是其中之一"),
}
NUMBER_WORDS = {
    "le": gettext_lazy("不超过"),
    "lt": gettext_lazy("低于"),
    "ge": gettext_lazy("不低于"),
    "gt": gettext_lazy("高于"),
    "eq": gettext_lazy("等于"),
    "in": gettext_lazy("是其中之一"),
}
DAY_WORDS = {
    "ge": gettext_lazy("不早于"),
    "le": gettext_lazy("不晚于"),
    "gt": gettext_lazy("晚于"),
    "lt": gettext_lazy("早于"),
    "eq": gettext_lazy("就是"),
    "in": gettext_lazy("是其中之一"),
    "not_after": gettext_lazy("还没有过"),
    "within_months_after": gettext_lazy("之后若干个月以内"),
}


class Vocabulary:
    """The facts of a pack under the names that people choose from."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.language = get_language() or "zh-hans"
        self._shown: dict[str, str] = {}
        self._named: dict[str, str] = {}
        for name in (*registry.facts, *registry.derived):
            label = say(registry.label(name))
            if label in self._named:
                label = f"{label} ({name})"
            self._shown[name] = label
            self._named[label] = name

    def labels(self) -> list[str]:
        """Every fact and derived fact, for a list to choose from."""
        return list(self._named)

    def base_labels(self) -> list[str]:
        """The facts that somebody can be asked for."""
        return [self._shown[name] for name in self.registry.facts]

    def shown(self, name: str) -> str:
        """A fact as people see it; an unknown one as it is written."""
        return self._shown.get(name, name)

    def named(self, text: str) -> str:
        """The fact that was typed or chosen; the text itself when there is none."""
        return self._named.get(text, text)

    def kind(self, name: str) -> FactType | None:
        """The type of a fact, None for an unknown one."""
        return fact_type(self.registry, name) if name in self.registry else None


# --- values --------------------------------------------------------------------------------------


def number_of(text: str) -> int | Decimal | str:
    """A number as a file holds it; the text itself when it is none, so that it is refused."""
    plain = re.sub(r"[\s,\uff0c]", "", unicodedata.normalize("NFKC", text))
    if not NUMBER.fullmatch(plain):
        return text
    return Decimal(plain) if "." in plain else int(plain)


def value_of(vocabulary: Vocabulary, fact: str, text: str) -> Any:
    """One value in the type of its fact, as a file holds it."""
    kind = vocabulary.kind(fact)
    if kind is FactType.BOOL:
        return {"true": True, "false": False}.get(text, text)
    if kind in (FactType.INT, FactType.NUMBER):
        return number_of(text)
    return text


def text_of(value: Any) -> str:
    """A value of a file as its control holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


# --- conditions ----------------------------------------------------------------------------------


def condition_nodes(data: Mapping[str, Any], path: str, vocabulary: Vocabulary) -> Node:
    """A condition of a file as nodes."""
    if "fact" in data:
        op = next((key for key in data if key not in ("fact", "clause")), "eq")
        written = data.get(op)
        values = written if isinstance(written, list) else [written]
        return Node(
            path,
            "fact",
            {
                "fact": [vocabulary.shown(str(data["fact"]))],
                "op": [op],
                "value": [text_of(value) for value in values],
                "clause": [str(data.get("clause", ""))],
            },
        )
    if "unstated" in data:
        note = data["unstated"]
        return Node(
            path,
            "unstated",
            {"zh": [note["zh"]], "en": [note["en"]], "clause": [str(data.get("clause", ""))]},
        )
    (word, inner), *_rest = data.items()
    children = inner if isinstance(inner, list) else [inner]
    return Node(
        path,
        word,
        children=[
            condition_nodes(child, f"{path}-{i}", vocabulary) for i, child in enumerate(children)
        ],
    )


def condition_data(node: Node, vocabulary: Vocabulary, clause: str) -> dict[str, Any]:
    """Nodes as a condition of a file; what is wrong is noted beside its node."""
    if node.kind in GROUPS:
        children = [condition_data(child, vocabulary, clause) for child in node.children]
        if not children:
            node.error = _("这一组还没有条件。")
        if node.kind == "not":
            if len(children) > 1:
                node.error = _("“不满足”只能有一个条件；有几个时，请先放进一组。")
            return {"not": children[0] if children else {}}
        return {node.kind: children}
    if node.kind == "unstated":
        if not node.get("zh") or not node.get("en"):
            node.error = _("请用中文和英文写明文件提到了什么条件。")
        note = {"zh": node.get("zh"), "en": node.get("en")}
        return {"unstated": note, **_cited(node)}
    data = _leaf_data(node, vocabulary, clause)
    _try(node, data, vocabulary, clause)
    return data


def _leaf_data(node: Node, vocabulary: Vocabulary, clause: str) -> dict[str, Any]:
    fact, op = vocabulary.named(node.get("fact")), node.get("op")
    kind = vocabulary.kind(fact)
    if op not in WRITTEN_OPS:
        op = FITTING[kind][0] if kind else "eq"
        node.values["op"] = [op]
    value: Any
    if op == "not_after":
        value = True
    elif op == "within_months_after":
        value = number_of(node.get("value"))
    elif op == "in":
        value = [value_of(vocabulary, fact, one) for one in _several(node, kind)]
    else:
        value = value_of(vocabulary, fact, node.get("value"))
    data: dict[str, Any] = {"fact": fact, op: value, **_cited(node)}
    needs = kind in (FactType.INT, FactType.NUMBER) or op in DATED
    if needs and "clause" not in data:
        data["clause"] = clause
        node.values["clause"] = [clause]
    return data


def _several(node: Node, kind: FactType | None) -> list[str]:
    given = [one.strip() for one in node.values.get("value", [])]
    if kind is not FactType.ENUM:
        given = [part.strip() for one in given for part in SEPARATORS.split(one)]
    return [one for one in dict.fromkeys(given) if one]


def _cited(node: Node) -> dict[str, str]:
    return {"clause": node.get("clause")} if node.get("clause") else {}


def _try(node: Node, data: dict[str, Any], vocabulary: Vocabulary, clause: str) -> None:
    fact, op = data["fact"], node.get("op")
    kind = vocabulary.kind(fact)
    if not fact:
        node.error = _("请选择一个条目。")
    elif kind is None:
        node.error = _("没有“%(fact)s”这个条目，请从列表里选择。") % {"fact": fact[:80]}
    elif op not in FITTING[kind] and not (op == "in" and kind is not FactType.BOOL):
        node.error = _("“%(fact)s”不能这样比较，请重新选择比较方式。") % {
            "fact": vocabulary.shown(fact)
        }
    elif op != "not_after" and not any(one.strip() for one in node.values.get("value", [])):
        node.error = _("请填写要比较的内容。")
    else:
        try:
            parse_condition(data, vocabulary.registry, clause)
        except ConditionError as refused:
            node.error = _said(refused, vocabulary)


def _said(refused: PlacedError, vocabulary: Vocabulary) -> str:
    return fault_words(FactError(refused.place, refused.reason), vocabulary.registry)


# --- formulas ------------------------------------------------------------------------------------


def formula_nodes(data: Mapping[str, Any], path: str, vocabulary: Vocabulary) -> Node:
    """A formula of a file as nodes."""
    for key in ("fact", "percent_fact"):
        if key in data:
            return Node(path, key, {"fact": [vocabulary.shown(data[key])]})
    for key in ("figure", "percent"):
        if key in data:
            clause = str(data.get("clause", ""))
            return Node(path, key, {"value": [text_of(data[key])], "clause": [clause]})
    if "constant" in data:
        why = data["why"]
        values = {"value": [text_of(data["constant"])], "zh": [why["zh"]], "en": [why["en"]]}
        return Node(path, "constant", values)
    (op, inner), *_rest = data.items()
    return Node(
        path,
        op,
        children=[formula_nodes(one, f"{path}-{i}", vocabulary) for i, one in enumerate(inner)],
    )


def formula_data(node: Node, vocabulary: Vocabulary, clause: str) -> dict[str, Any]:
    """Nodes as a formula of a file; what is wrong is noted beside its node."""
    data: dict[str, Any]
    if node.kind in OPERATIONS:
        data = {node.kind: [formula_data(one, vocabulary, clause) for one in node.children]}
        if any(one.error for child in node.children for one in child.walk()):
            return data
    elif node.kind in ("fact", "percent_fact"):
        data = {node.kind: vocabulary.named(node.get("fact"))}
    elif node.kind == "constant":
        why = {"zh": node.get("zh"), "en": node.get("en")}
        data = {"constant": number_of(node.get("value")), "why": why}
        if not all(why.values()):
            node.error = _("请用中文和英文写明这个数字的由来。")
    else:
        cited = node.get("clause") or clause
        node.values["clause"] = [cited]
        data = {node.kind: number_of(node.get("value")), "clause": cited}
        value = data[node.kind]
        if not isinstance(value, str) and value < 0:
            node.error = _("金额和比例不能是负数。")
    if node.kind in ("fact", "percent_fact") and data[node.kind] not in vocabulary.registry:
        node.error = _("请从列表里选择一个条目。")
    if not node.error:
        try:
            parse_formula(data, vocabulary.registry)
        except AmountError as refused:
            node.error = _said(refused, vocabulary)
    return data
