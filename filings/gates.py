"""The legal gates: pure questions to a filing's content, each answered with its reasons.

Approval gates stand before submitting and approving (R1.2-R1.4, R3.1, R4.4) and may be waived by
the lead; start gates (R2.8, R2.9) stand before the pre-start report and the start, and nothing
lifts them. A fact that is missing is never a pass.

`content` is what `domain.versions.snapshot` makes and a frozen version keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiaozuo_portal.lib.punctuation import labelled

from .sections import PLAN, PRESTART, SCHEME, SCHEME_PARTS, gaps
from .sections.prestart import DISINFECTION_FIELDS, SCREENING_FIELDS
from .states import GateSet

Content = Mapping[str, Any]

#: At most so many reasons are spelled out on a page; the section lists them all.
MOST_REASONS = 12


@dataclass(frozen=True, slots=True)
class GateResult:
    """How one gate stands: `state` is pass, fail or waived; `why` says what is missing."""

    name: str
    label: str
    rule: str
    section: str
    state: str
    why: list[str] = field(default_factory=list)
    waiver: str = ""

    @property
    def stands_open(self) -> bool:
        """The filing may go through."""
        return self.state != "fail"

    def as_json(self) -> dict[str, Any]:
        """Plain data for the record of a decision."""
        return {"name": self.name, "state": self.state, "why": self.why, "waiver": self.waiver}


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: its clause, the section it looks at, and the question it asks."""

    name: str
    label: Promise | str
    rule: str
    section: str
    ask: Callable[[Content], Iterable[str]]

    def judge(self, content: Content) -> GateResult:
        """Pass when nothing is missing."""
        why = list(self.ask(content))
        state = "fail" if why else "pass"
        return GateResult(
            self.name, str(self.label), self.rule, self.section, state, why[:MOST_REASONS]
        )


def _of_section(section: Any, data: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [labelled(gap.label, gap.message) for gap in gaps(section, data, set(names))]


def _scheme_parts(content: Content) -> list[str]:
    names = [part.name for part in SCHEME_PARTS]
    return _of_section(SCHEME, content.get("scheme") or {}, names)


def _responsible_persons(content: Content) -> list[str]:
    scheme = content.get("scheme") or {}
    why = _of_section(SCHEME, scheme, ("principal", "principal_phone", "unit_leads"))
    return why + units_without_lead(scheme, (content.get("roster") or {}).get("units") or [])


def units_without_lead(scheme: Mapping[str, Any], units: list[list[str]]) -> list[str]:
    """R1.3 asks for a responsible person in every workshop and team: the roster names them."""
    led = {
        (str(row.get("workshop") or "").strip(), str(row.get("team") or "").strip())
        for row in scheme.get("unit_leads") or []
    }
    return [
        _("%(workshop)s %(team)s 在花名册里有人，但没有负责人。")
        % {"workshop": workshop, "team": team}
        for workshop, team in units
        if workshop and (workshop, "") not in led and (workshop, team) not in led
    ]


def _plan(content: Content) -> list[str]:
    return [labelled(gap.label, gap.message) for gap in gaps(PLAN, content.get("plan") or {})]


def _roster(content: Content) -> list[str]:
    roster = content.get("roster") or {}
    count, told = roster.get("count") or 0, roster.get("told") or 0
    if not count:
        return [_("花名册还没有人员。")]
    if told < count:
        return [
            _("有 %(left)s 人没有写明健康状况、春节假期出行或集会聚会情况。")
            % {"left": count - told}
        ]
    return []


def _ledger(content: Content) -> list[str]:
    supplies = content.get("supplies") or []
    if not supplies:
        return [_("台账还没有防疫物资。")]
    if not any(Decimal(item["balance"]) > 0 for item in supplies):
        return [_("台账里没有库存，请登记入库。")]
    return []


def _epidemic_scheme(content: Content) -> list[str]:
    if not content.get("approved_version"):
        return [_("防控方案还没有备案。")]
    return _scheme_parts(content)


def _screening(content: Content) -> list[str]:
    prestart = content.get("prestart") or {}
    return _of_section(PRESTART, prestart, SCREENING_FIELDS)


def _disinfection(content: Content) -> list[str]:
    return _of_section(PRESTART, content.get("prestart") or {}, DISINFECTION_FIELDS)


def _report(content: Content) -> list[str]:
    prestart = content.get("prestart") or {}
    return [labelled(gap.label, gap.message) for gap in gaps(PRESTART, prestart)]


APPROVAL_GATES = (
    Gate("scheme_parts", gettext_lazy("防控方案六个部分"), "R1.2", "scheme", _scheme_parts),
    Gate(
        "responsible_persons",
        gettext_lazy("责任人落实到车间和班组"),
        "R1.3",
        "scheme",
        _responsible_persons,
    ),
    Gate("plan", gettext_lazy("复工复产方案"), "R1.4", "plan", _plan),
    Gate("roster", gettext_lazy("返岗职工花名册"), "R4.4", "roster", _roster),
    Gate("ledger", gettext_lazy("防疫物资有库存"), "R3.1", "supplies", _ledger),
)

START_GATES = (
    Gate("scheme", gettext_lazy("已制定防疫工作方案"), "R2.9", "scheme", _epidemic_scheme),
    Gate("screening", gettext_lazy("已开展开工前人员排查"), "R2.9", "prestart", _screening),
    Gate("disinfection", gettext_lazy("已组织消杀和安全检查"), "R2.9", "prestart", _disinfection),
    Gate("report", gettext_lazy("开工前报告已填写完整"), "R2.8", "prestart", _report),
)

GATES = {GateSet.APPROVAL: APPROVAL_GATES, GateSet.START: START_GATES}


def judge(
    gates: GateSet, content: Content, waivers: Mapping[str, str] | None = None
) -> list[GateResult]:
    """Every gate of a set with its state.

    `waivers` maps an approval gate's name to the lead's reason. Start gates take none: R2.9 forbids
    the start outright, so a waiver for one is ignored here and refused where it is written.
    """
    lifted = waivers if waivers and gates == GateSet.APPROVAL else {}
    return [_with_waiver(gate.judge(content), lifted) for gate in GATES[gates]]


def _with_waiver(result: GateResult, waivers: Mapping[str, str]) -> GateResult:
    if result.state == "fail" and result.name in waivers:
        return replace(result, state="waived", waiver=waivers[result.name])
    return result


def failing(results: Iterable[GateResult]) -> list[GateResult]:
    """The gates that are shut."""
    return [result for result in results if not result.stands_open]
