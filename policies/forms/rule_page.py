"""What the editor's page shows of each node: its sentence, its control, what fits."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.eligibility.facts import FactType
from policies.queries.wording import say

from .rule_nodes import Node
from .rule_values import DAY_WORDS, FITTING, NUMBER_WORDS, PLAIN_WORDS, Vocabulary

GROUP_WORDS = {
    "all": gettext_lazy("下面的条件都要满足"),
    "any": gettext_lazy("下面的条件满足一个就可以"),
    "not": gettext_lazy("下面的条件不满足才可以"),
}
OPERATION_WORDS = {
    "multiply": gettext_lazy("相乘"),
    "add": gettext_lazy("相加"),
    "subtract": gettext_lazy("第一个减去第二个"),
    "divide": gettext_lazy("第一个除以第二个"),
    "min": gettext_lazy("取较小的一个"),
    "max": gettext_lazy("取较大的一个"),
}
TERM_WORDS = {
    "fact": gettext_lazy("企业的一个数字"),
    "percent_fact": gettext_lazy("企业的一个百分比"),
    "figure": gettext_lazy("条款写的数字"),
    "percent": gettext_lazy("条款写的百分比"),
    "constant": gettext_lazy("固定的数字"),
}
VERDICT_WORDS = {
    "eligible": gettext_lazy("可以享受"),
    "not_eligible": gettext_lazy("不符合"),
    "unknown": gettext_lazy("还差信息"),
    "not_applicable": gettext_lazy("不适用"),
}

Choice = tuple[str, Any, bool]


def dressed(root: Node | None, vocabulary: Vocabulary) -> Node | None:
    """The tree with what its page needs in `show`."""
    if root is None:
        return None
    for node in root.walk():
        last = len(node.children) - 1
        for number, child in enumerate(node.children):
            child.show["is_first"], child.show["is_last"] = number == 0, number == last
            child.show["number"] = number + 1
        if node.kind in ("fact", "given", "percent_fact"):
            node.show |= _leaf(node, vocabulary)
        if node.kind in GROUP_WORDS:
            node.show["kinds"] = _choices(GROUP_WORDS, node.kind)
        elif node.kind in OPERATION_WORDS:
            node.show["kinds"] = _choices(OPERATION_WORDS, node.kind)
        elif node.kind in TERM_WORDS:
            node.show["terms"] = _choices(TERM_WORDS, node.kind)
        elif node.kind == "case":
            node.show["verdicts"] = _choices(
                {key: VERDICT_WORDS[key] for key in ("eligible", "not_eligible", "unknown")},
                node.get("expect"),
            )
    return root


def _leaf(node: Node, vocabulary: Vocabulary) -> dict[str, Any]:
    fact = vocabulary.named(node.get("fact"))
    kind = vocabulary.kind(fact)
    op = node.get("op") or "eq"
    shown: dict[str, Any] = {"control": _control(kind, op), "value": node.get("value")}
    shown["cites"] = kind in (FactType.INT, FactType.NUMBER, FactType.DATE)
    spec: Any = vocabulary.registry.facts.get(fact) or vocabulary.registry.derived.get(fact)
    unit = getattr(spec, "unit", None)
    shown["unit"] = _("个月") if op == "within_months_after" else say(unit) if unit else ""
    if kind is not None:
        words = _op_words(kind)
        fitting = list(FITTING[kind])
        if op not in fitting and op in words:
            fitting.append(op)
        shown["ops"] = [(one, words[one], one == op) for one in fitting]
    if kind is FactType.BOOL:
        shown["choices"] = _choices({"true": _("是"), "false": _("否")}, node.get("value"))
    elif kind is FactType.ENUM and spec is not None:
        chosen = [key for key in node.values.get("value", ()) if key in spec.values]
        first = chosen if op == "in" else []  # in the order in which the file names them
        order = [*first, *(key for key in spec.values if key not in first)]
        shown["choices"] = [(key, say(spec.values[key]), key in chosen) for key in order]
    elif op == "in":
        shown["value"] = _("、").join(node.values.get("value", ()))
    return shown


def _op_words(kind: FactType) -> dict[str, Any]:
    if kind in (FactType.INT, FactType.NUMBER):
        return NUMBER_WORDS
    return DAY_WORDS if kind is FactType.DATE else PLAIN_WORDS


def _control(kind: FactType | None, op: str) -> str:
    if op == "not_after":
        return "none"
    if op == "within_months_after" or kind in (FactType.INT, FactType.NUMBER):
        return "text" if op == "in" else "number"
    if kind is FactType.BOOL:
        return "one"
    if kind is FactType.ENUM:
        return "many" if op == "in" else "one"
    return "date" if kind is FactType.DATE and op != "in" else "text"


def _choices(words: Any, chosen: str) -> list[Choice]:
    return [(key, word, key == chosen) for key, word in words.items()]
