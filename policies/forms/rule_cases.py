"""The cases beside an item as form fields: a sentence, the facts, the day, what must come out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from policies.eligibility import FactError
from policies.eligibility.facts import parse_day
from policies.queries.wording import fault_words

from .rule_nodes import Node
from .rule_values import Vocabulary, text_of, value_of

VERDICTS = ("eligible", "not_eligible", "unknown")
#: Between labels; a label may hold a comma of its own.
LABELS = re.compile(r"[;\uff1b\n]")
AMOUNT = re.compile(r"\d{1,13}(\.\d{1,2})?", re.ASCII)


def case_nodes(cases: list[Mapping[str, Any]], vocabulary: Vocabulary) -> Node:
    """The cases of a file as nodes."""
    return Node("c", "cases", children=[_case(case, i, vocabulary) for i, case in enumerate(cases)])


def _case(case: Mapping[str, Any], number: int, vocabulary: Vocabulary) -> Node:
    path = f"c-{number}"
    amount = case.get("amount")
    values = {
        "name": [case["name"]],
        "expect": [case["expect"]],
        "day": [case.get("as_of", "")],
        "amounts": ["no" if "amount" not in case else "none" if amount is None else "yes"],
        "amount": [amount or ""],
        "asks": ["yes" if "missing" in case else "no"],
        "missing": ["; ".join(vocabulary.shown(name) for name in case.get("missing", ()))],
    }
    given = [
        Node(f"{path}-{i}", "given", {"fact": [vocabulary.shown(name)], "value": [text_of(value)]})
        for i, (name, value) in enumerate(case["facts"].items())
    ]
    return Node(path, "case", values, given)


def case_data(root: Node | None, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Nodes as the cases of a file; what is wrong is noted beside its case or fact."""
    return [_data(node, vocabulary) for node in (root.children if root else [])]


def _data(node: Node, vocabulary: Vocabulary) -> dict[str, Any]:
    if not node.get("name"):
        node.error = _("请用一句话写明这个案例。")
    data: dict[str, Any] = {"name": node.get("name")}
    if node.get("day"):
        data["as_of"] = node.get("day")
        try:
            parse_day(data["as_of"], "")
        except FactError as refused:
            node.error = str(refused.reason)
    data["facts"] = _facts(node, vocabulary)
    expect = node.get("expect")
    data["expect"] = expect if expect in VERDICTS else VERDICTS[0]
    if node.get("amounts") == "none":
        data["amount"] = None
    elif node.get("amounts") == "yes":
        data["amount"] = _amount(node)
    if node.get("asks") == "yes":
        data["missing"] = _missing(node, vocabulary)
    return data


def _facts(node: Node, vocabulary: Vocabulary) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for child in node.children:
        name = vocabulary.named(child.get("fact"))
        spec = vocabulary.registry.facts.get(name)
        if spec is None:
            child.error = _("请从列表里选择一个可以填写的条目。")
            continue
        if name in facts:
            child.error = _("这一项写了两次。")
            continue
        facts[name] = value_of(vocabulary, name, child.get("value"))
        if not child.get("value"):
            child.error = _("请填写内容；不知道的条目请删去，不要留空。")
            continue
        try:
            spec.parse(facts[name])
        except FactError as refused:
            child.error = fault_words(refused, vocabulary.registry)
    return facts


def _amount(node: Node) -> str:
    text = re.sub(r"[,\uff0c]", "", node.get("amount"))
    if not AMOUNT.fullmatch(text):
        node.error = _("金额应为不小于 0 的元，最多两位小数。")
        return text
    whole, _point, cents = text.partition(".")
    return f"{whole}.{cents:0<2}"


def _missing(node: Node, vocabulary: Vocabulary) -> list[str]:
    labels = [one.strip() for one in LABELS.split(node.get("missing"))]
    names = [vocabulary.named(label) for label in dict.fromkeys(labels) if label]
    for name in names:
        if vocabulary.kind(name) is None:
            node.error = _("没有“%(fact)s”这个条目，请从列表里选择。") % {"fact": name[:80]}
    return names
