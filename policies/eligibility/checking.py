"""Is a pack fit to be published? Every fault by file and line.

Reading a pack refuses what cannot be understood. This looks at what can be understood and is still
wrong: a figure without its clause, a missing or failing case, a tie in a topic, a text that should
have an end and has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .amounts import ConstantTerm, FactTerm, FigureTerm, Formula, figures
from .conditions import ALWAYS, DATED, AllOf, AnyOf, Condition, Leaf, leaves
from .facts import FactError
from .loading import build_pack, folder_content, pack_path, read_pack_files
from .packs import (
    GIVEN_ONCE,
    Combine,
    GivenPer,
    Kind,
    Measure,
    Pack,
    PackCase,
    PackError,
    Term,
    Topic,
)
from .verdicts import Verdict, judge
from .words import Words, _
from .yaml_files import Located


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a pack."""

    file: str
    line: int
    problem: Words | str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.problem}"


def check_pack(name: str | Path | None = None) -> list[Fault]:
    """Every fault of the pack in this folder, or of this name; an empty list when it is fit."""
    try:
        content = folder_content(pack_path(name))
    except PackError as error:
        return [_as_fault(error)]
    return check_content(content)


def check_content(content: Mapping[str, bytes]) -> list[Fault]:
    """Every fault of a pack given as its files by path; an empty list when it is fit."""
    refused: list[PackError] = []
    try:
        files = read_pack_files(content, refused)
        pack = build_pack(files, refused)
    except PackError as error:
        return [_as_fault(one) for one in [*refused, error]]
    faults = [_as_fault(error) for error in refused]
    for file in files.clauses:
        for item in file.content["items"]:
            faults += _figures_without_clause(item.get("when"), file.path)
    for measure in pack.measures.values():
        faults += _measure_faults(measure, pack)
    if not refused:  # with an item left out, its topic would seem wrong as well
        for topic in pack.topics.values():
            faults += _topic_faults(topic, pack)
        faults += _shared_without_rule(pack)
    return sorted(faults, key=lambda fault: (fault.file, fault.line))


def _as_fault(error: PackError) -> Fault:
    file, _colon, line = error.place.rpartition(":")
    if not line.isdigit():
        return Fault(error.place, 1, error.reason)
    return Fault(file, int(line), error.reason)


# --- figures -------------------------------------------------------------------------------------


def _figures_without_clause(data: Any, file: str) -> Iterator[Fault]:
    if isinstance(data, list):
        for one in data:
            yield from _figures_without_clause(one, file)
    elif isinstance(data, Located) and "fact" in data:
        if "clause" not in data and _has_figure(data):
            yield Fault(file, data.line, _("数字没有注明条款"))
    elif isinstance(data, Located):
        for inner in data.values():
            yield from _figures_without_clause(inner, file)


def _has_figure(leaf: Located) -> bool:
    return any(
        op in DATED or (not isinstance(value, bool | str | list) and op not in ("fact", "clause"))
        for op, value in leaf.items()
    )


def _cited(measure: Measure) -> Iterator[tuple[str, int]]:
    for leaf in leaves(measure.when):
        yield leaf.clause, leaf.line
    if measure.amount:
        for figure in figures(measure.amount.formula):
            yield figure.clause, figure.line


def _known_clauses(pack: Pack) -> set[str]:
    scopes = (doc.scope for doc in pack.documents.values() if doc.scope is not None)
    return {*pack.clauses, *(leaf.clause for scope in scopes for leaf in leaves(scope))}


# --- one measure ---------------------------------------------------------------------------------


def _measure_faults(measure: Measure, pack: Pack) -> Iterator[Fault]:
    def fault(problem: Words, line: int = measure.line) -> Fault:
        return Fault(measure.file, line, problem)

    known = _known_clauses(pack)
    for clause, line in _cited(measure):
        if clause not in known:
            yield fault(_("没有条款 %(clause)s").with_values(clause=clause), line)
    for problem in (*_validity_problems(measure), *_department_problems(measure, pack)):
        yield fault(problem)
    if measure.given_per is not GivenPer.ENTERPRISE and not measure.needs_application:
        yield fault(_("不用申请的，不写每个厂区或每笔一次（given_per）"))
    if measure.kind is Kind.DUTY:
        if measure.when != ALWAYS or measure.amount or measure.cases:
            yield fault(_("政府职责不设条件、金额和案例"))
        if measure.needs_application:
            yield fault(_("政府职责不能申请"))
        return
    for problem in _missing_cases(measure):
        yield fault(problem)
    for case in measure.cases:
        wrong = _wrong_case(measure, case, pack)
        if wrong is not None:
            yield fault(wrong, case.line)


def _validity_problems(measure: Measure) -> Iterator[Words]:
    validity = measure.validity
    if validity.term is Term.DATED and validity.last is None:
        yield _("写明有期限，却没有截止日期")
    if validity.term is Term.OPEN and validity.last is not None:
        yield _("有截止日期，却没有写明是有期限的")
    if validity.last is not None and validity.last < validity.first:
        yield _("截止日期早于开始日期")
    dated = ("not_after", "within_months_after")
    ends = any(isinstance(leaf, Leaf) and leaf.op in dated for leaf in leaves(measure.when))
    if (validity.term is Term.EVENT) != ends:
        yield _("期限随事件结束的，应有相应的日期条件，反之亦然")


def _department_problems(measure: Measure, pack: Pack) -> Iterator[Words]:
    for name in measure.departments:
        if pack.department(name, measure.document) is None:
            yield _("部门表中没有 %(name)s").with_values(name=name)


# --- cases ---------------------------------------------------------------------------------------


def _missing_cases(measure: Measure) -> Iterator[Words]:
    written = {case.verdict for case in measure.cases}
    for verdict in reachable_verdicts(measure.when):
        if verdict.value not in written:
            yield _("缺少结论为 %(verdict)s 的案例").with_values(verdict=verdict.value)
    if measure.amount and not any(case.amount is not None for case in measure.cases):
        yield _("缺少写出金额的案例")


def reachable_verdicts(node: Condition) -> tuple[Verdict, ...]:
    """The verdicts that facts can lead to; a condition that is not printed never comes true."""
    if node == ALWAYS:
        return ()
    reachable = [Verdict.UNKNOWN]
    if _can_be(node, outcome=True):
        reachable.append(Verdict.ELIGIBLE)
    if _can_be(node, outcome=False):
        reachable.append(Verdict.NOT_ELIGIBLE)
    return tuple(reachable)


def _can_be(node: Condition, *, outcome: bool) -> bool:
    if isinstance(node, AllOf | AnyOf):
        needs_every = isinstance(node, AllOf) is outcome
        return (all if needs_every else any)(
            _can_be(child, outcome=outcome) for child in node.children
        )
    return isinstance(node, Leaf)


def _wrong_case(measure: Measure, case: PackCase, pack: Pack) -> Words | None:
    try:
        result = judge(pack, case.facts, case.as_of, [measure.id]).results[measure.id]
    except FactError as refused:
        return _("案例“%(name)s”：%(problem)s").with_values(name=case.name, problem=refused)
    found = (
        _differs("expect", case.verdict, result.verdict.value),
        _differs("amount", case.amount, result.amount) if case.checks_amount else None,
        _differs("missing", sorted(case.missing), sorted(result.missing))
        if case.missing is not None
        else None,
    )
    wrong = next((one for one in found if one is not None), None)
    if wrong is None:
        return None
    return _("案例“%(name)s”不成立：%(problem)s").with_values(name=case.name, problem=wrong)


def _differs(what: str, written: Any, found: Any) -> str | None:
    return None if written == found else f"{what} {written} ≠ {found}"


# --- topics --------------------------------------------------------------------------------------


def _topic_faults(topic: Topic, pack: Pack) -> Iterator[Fault]:
    def fault(problem: Words) -> Fault:
        return Fault("topics.yaml", topic.line, problem)

    for member in topic.members:
        measure = pack.measures.get(member)
        if measure is None or measure.topic != topic.key:
            yield fault(_("%(id)s 不属于这个主题").with_values(id=member))
    if (topic.combine is Combine.PREFER_FIRM_RULE) != bool(topic.preferred):
        yield fault(_("prefer_firm_rule 应写明以谁为先（prefer），其他不写"))
    if not set(topic.preferred) <= set(topic.members):
        yield fault(_("为先的条款不在成员之中"))
    if topic.combine in GIVEN_ONCE and len(_holders(topic, pack)) > 1:
        yield fault(_("同一优惠只给一次，成员却有的按企业、有的按厂区或按笔（given_per）"))
    if len(_different_amounts(topic, pack)) > 1:
        yield fault(_("成员金额算法不同又只给一次，没有规则决定取哪一个"))


def _holders(topic: Topic, pack: Pack) -> set[GivenPer]:
    members = (pack.measures.get(member) for member in topic.members)
    return {m.given_per for m in members if m and m.needs_application}


def _different_amounts(topic: Topic, pack: Pack) -> set[Any]:
    if not topic.money_once or topic.combine is Combine.CHOOSE_ONE or topic.preferred:
        return set()
    members = (pack.measures.get(member) for member in topic.members)
    return {_without_clauses(m.amount.formula) for m in members if m and m.amount}


def _without_clauses(formula: Formula) -> Any:
    if isinstance(formula, FactTerm):
        return formula
    if isinstance(formula, FigureTerm):
        return formula.value, formula.as_percent
    if isinstance(formula, ConstantTerm):
        return formula.value
    return formula.op, tuple(_without_clauses(term) for term in formula.terms)


def _shared_without_rule(pack: Pack) -> Iterator[Fault]:
    for measure in pack.measures.values():
        if measure.id not in pack.topics[measure.topic].members:
            problem = _("主题 %(topic)s 有几个成员，却没有规则说明如何合并")
            yield Fault(measure.file, measure.line, problem.with_values(topic=measure.topic))
