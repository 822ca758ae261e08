"""The reviewer's checklist: rows R1.1 to R8.2 of the guide, answered from a filing's content. Pure.

Each row puts its demand as a question and answers it from what was submitted: done, not done, or
not given. It helps the reviewer look; it decides nothing (the gates do), and a fact that is missing
is "not given", never done.

`content` is a frozen version's, with two facts that lie beside it: `received_by_zone` (bool) and
`opinions` (how many the health authority gave).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jiaozuo_portal.lib.punctuation import labelled, listed

from .sections import PLAN, PRESTART, SCHEME, SCHEME_PARTS, Section, gaps, shown, standing
from .sections.prestart import SCREENING_FIELDS
from .sections.spec import value_of

Content = Mapping[str, Any]

DONE, NOT_DONE, NOT_GIVEN = "done", "not_done", "not_given"

#: How far a row binds: must, gate (stands before a move too), advice (never a defect).
MUST, GATE, ADVICE = "must", "gate", "advice"

Finding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the guide as a question to a filing. `section` is where it is asked."""

    rule: str
    section: str
    question: Promise | str
    find: Callable[[Content], Finding]
    level: str = MUST


@dataclass(frozen=True, slots=True)
class Answer:
    """An item with its answer: `state` is done, not_done or not_given; `said` shows why."""

    rule: str
    section: str
    question: str
    level: str
    state: str
    said: str


def _rows(count: int) -> str:
    return ngettext("共 %(count)s 行", "共 %(count)s 行", count) % {"count": count}


def _opinions(count: int) -> str:
    return ngettext("共 %(count)s 条", "共 %(count)s 条", count) % {"count": count}


def _kinds(count: int) -> str:
    return ngettext("共 %(count)s 种物资", "共 %(count)s 种物资", count) % {"count": count}


def _part(content: Content, key: str) -> Mapping[str, Any]:
    return content.get(key) or {}


def _words(section: Section, *names: str) -> Callable[[Content], Finding]:
    """Done when every one of these fields and lists is filled in soundly."""

    def find(content: Content) -> Finding:
        return _filled(section, _part(content, section.key), names)

    return find


def _filled(section: Section, data: Mapping[str, Any], names: Iterable[str]) -> Finding:
    open_ = gaps(section, data, set(names))
    if not open_:
        return DONE, ""
    state = NOT_DONE if any(gap.wrong for gap in open_) else NOT_GIVEN
    return state, " ".join(labelled(gap.label, gap.message) for gap in open_[:3])


def _count_of(content: Content, section: str, name: str) -> int:
    return len(_part(content, section).get(name) or [])


def _listed(section: Section, name: str) -> Callable[[Content], Finding]:
    """Done when the list has rows and every row is complete; says how many rows."""

    def find(content: Content) -> Finding:
        state, said = _filled(section, _part(content, section.key), (name,))
        rows = _count_of(content, section.key, name)
        return state, said or _rows(rows)

    return find


def _ticks(section: Section, *names: str) -> Callable[[Content], Finding]:
    """Done when all ticks say yes, not done when one says no."""

    def find(content: Content) -> Finding:
        data = _part(content, section.key)
        answers = {name: value_of(section, data, name) for name in names}
        said = listed(
            labelled(section.field(name).label, shown(section.field(name), data.get(name)) or "—")
            for name in names
        )
        if any(value is False for value in answers.values()):
            return NOT_DONE, said
        return (DONE if all(answers.values()) else NOT_GIVEN), said

    return find


def _two_plans(content: Content) -> Finding:
    held = {
        str(section.title): standing(section, _part(content, section.key))
        for section in (SCHEME, PLAN)
    }
    empty = [title for title, state in held.items() if state == "empty"]
    if empty:
        return NOT_GIVEN, _("没有填写：%(titles)s") % {"titles": listed(empty)}
    partly = [title for title, state in held.items() if state == "partly"]
    if partly:
        return NOT_DONE, _("没有填完：%(titles)s") % {"titles": listed(partly)}
    return DONE, ""


def _reported(content: Content) -> Finding:
    profile = _part(content, "profile")
    if not profile:
        return NOT_GIVEN, ""
    zone = profile.get("zone")
    if not zone:
        return DONE, _("已报工信部门；企业不在产业集聚区内。")
    if content.get("received_by_zone"):
        return DONE, _("已报工信部门；%(zone)s已接收。") % {"zone": zone}
    return NOT_DONE, _("已报工信部门；%(zone)s还没有登记接收。") % {"zone": zone}


def _opinion(content: Content) -> Finding:
    given = content.get("opinions") or 0
    if given:
        return DONE, _opinions(given)
    return NOT_GIVEN, _("卫生防疫部门还没有提出意见，不影响备案。")


def _stock(content: Content) -> Finding:
    supplies = content.get("supplies") or []
    if not supplies:
        return NOT_GIVEN, ""
    held = [item for item in supplies if Decimal(item["balance"]) > 0]
    if not held:
        return NOT_DONE, _("各种物资的结存都是 0。")
    short = [item["name"] for item in held if item.get("short")]
    if short:
        return NOT_DONE, _("低于设定的储备天数：%(names)s") % {"names": listed(short)}
    days = [
        _("%(name)s可用 %(days)s 天") % {"name": item["name"], "days": item["days"]}
        for item in held
        if item.get("days") is not None
    ]
    return DONE, listed(days[:4]) or _("没有写明每人每日用量，算不出可用天数。")


def _ledger(content: Content) -> Finding:
    items = len(content.get("supplies") or [])
    return (DONE, _kinds(items)) if items else (NOT_GIVEN, "")


def _isolation_room(content: Content) -> Finding:
    value = value_of(SCHEME, _part(content, "scheme"), "isolation_room")
    if value is None:
        return NOT_GIVEN, ""
    return (DONE, _("已设")) if value else (NOT_DONE, _("未设；有条件的企业才需要。"))


def _fit(content: Content) -> Finding:
    roster = _part(content, "roster")
    count, fit = roster.get("count") or 0, roster.get("fit") or 0
    if not count:
        return NOT_GIVEN, ""
    said = _("%(fit)s / %(count)s 人持有健康证明且检验检疫合格") % {"fit": fit, "count": count}
    return (DONE if fit >= count else NOT_DONE), said


def _three_facts(content: Content) -> Finding:
    roster = _part(content, "roster")
    count, told = roster.get("count") or 0, roster.get("told") or 0
    if not count:
        return NOT_GIVEN, ""
    said = _("%(told)s / %(count)s 人写明了三项情况") % {"told": told, "count": count}
    return (DONE if told >= count else NOT_GIVEN), said


def _units_led(content: Content) -> Finding:
    scheme = _part(content, "scheme")
    state, said = _filled(SCHEME, scheme, ("unit_leads",))
    if state != DONE:
        return state, said
    led = {
        (str(row.get("workshop") or "").strip(), str(row.get("team") or "").strip())
        for row in scheme.get("unit_leads") or []
    }
    units = _part(content, "roster").get("units") or []
    bare = [
        f"{workshop} {team}".strip()
        for workshop, team in units
        if workshop and (workshop, "") not in led and (workshop, team) not in led
    ]
    if bare:
        return NOT_DONE, _("没有负责人：%(units)s") % {"units": listed(bare[:6])}
    return DONE, _rows(len(scheme.get("unit_leads") or []))


def _gates_fewer(content: Content) -> Finding:
    scheme = _part(content, "scheme")
    before, after = (value_of(SCHEME, scheme, name) for name in ("gates_before", "gates_after"))
    if before is None or after is None:
        return NOT_GIVEN, ""
    said = _("原有 %(before)s 个，保留 %(after)s 个") % {"before": before, "after": after}
    return (DONE if after < before or after <= 1 else NOT_DONE), said


def _gates_guarded(content: Content) -> Finding:
    rows = _part(content, "scheme").get("gates") or []
    if not rows:
        return NOT_GIVEN, ""
    bare = [
        str(row.get("name") or "—")
        for row in rows
        if row.get("has_checkpoint") == "no" or row.get("guarded") == "no"
    ]
    if bare:
        return NOT_DONE, _("缺少卡口或 24 小时值守：%(names)s") % {"names": listed(bare)}
    told = all(row.get("has_checkpoint") and row.get("guarded") for row in rows)
    return (DONE, _rows(len(rows))) if told else (NOT_GIVEN, "")


def _screened(content: Content) -> Finding:
    data = _part(content, "prestart")
    state, said = _filled(PRESTART, data, (*SCREENING_FIELDS, "found_handling"))
    if state != DONE:
        return state, said
    return DONE, _("%(day)s，排查 %(checked)s 人，异常 %(found)s 人") % {
        "day": _day(value_of(PRESTART, data, "screened_on")),
        "checked": value_of(PRESTART, data, "screened_count"),
        "found": value_of(PRESTART, data, "found_count"),
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


CHECKLIST: tuple[Item, ...] = (
    Item("R1.1", "scheme", gettext_lazy("防控方案和复工方案两份都做了吗？"), _two_plans),
    Item(
        "R1.2",
        "scheme",
        gettext_lazy("防控方案的六个部分都有内容吗？"),
        _words(SCHEME, *(part.name for part in SCHEME_PARTS)),
        GATE,
    ),
    Item("R1.3", "scheme", gettext_lazy("每个车间、班组都有负责人吗？"), _units_led, GATE),
    Item("R3.3", "scheme", gettext_lazy("有专门的防控人员吗？"), _listed(SCHEME, "control_staff")),
    Item(
        "R3.4",
        "scheme",
        gettext_lazy("测温点和测温设备写清楚了吗？"),
        _listed(SCHEME, "temperature_points"),
    ),
    Item(
        "R3.5", "scheme", gettext_lazy("进出的人都测温并登记吗？"), _words(SCHEME, "entry_records")
    ),
    Item(
        "R3.6",
        "scheme",
        gettext_lazy("体温异常时怎么办，写明了吗？"),
        _words(SCHEME, "abnormal_measures"),
    ),
    Item("R3.7", "scheme", gettext_lazy("有临时隔离室吗？"), _isolation_room, ADVICE),
    Item(
        "R7.1",
        "scheme",
        gettext_lazy("第一责任人是谁，联系得上吗？"),
        _words(SCHEME, "principal", "principal_phone"),
        GATE,
    ),
    Item("R8.1", "scheme", gettext_lazy("厂区的出入口减少了吗？"), _gates_fewer),
    Item("R8.2", "scheme", gettext_lazy("留下的出入口都有卡口和值守吗？"), _gates_guarded),
    Item(
        "R1.4",
        "plan",
        gettext_lazy("复工方案要写的各项都写了吗？"),
        _words(
            PLAN,
            "resume_on",
            "returning_total",
            "origins",
            "production_plan",
            "purchase_places",
            "sales_places",
            "logistics",
            "work_safety",
            "epidemic_measures",
        ),
        GATE,
    ),
    Item("R4.2", "plan", gettext_lazy("员工分批返岗吗？"), _listed(PLAN, "batches")),
    Item(
        "R6.1",
        "plan",
        gettext_lazy("订单、市场、原料三样都有吗？"),
        _ticks(PLAN, "has_orders", "has_market", "has_materials"),
    ),
    Item(
        "R6.2",
        "plan",
        gettext_lazy("采购安排能减少人员外出吗？"),
        _words(PLAN, "purchasing_plan"),
    ),
    Item("R6.3", "plan", gettext_lazy("写明怎样防止赶工出事故吗？"), _words(PLAN, "work_safety")),
    Item("R4.1", "roster", gettext_lazy("返岗的人都可以返岗吗？"), _fit),
    Item(
        "R4.4",
        "roster",
        gettext_lazy("每个人的健康、春节出行、聚会都写明了吗？"),
        _three_facts,
        GATE,
    ),
    Item("R3.1", "supplies", gettext_lazy("防疫物资备够了吗？"), _stock, GATE),
    Item("R3.2", "supplies", gettext_lazy("有库存和使用台账吗？"), _ledger),
    Item("R1.5", "process", gettext_lazy("工信部门和集聚区两边都报了吗？"), _reported),
    Item("R1.6", "process", gettext_lazy("卫生防疫部门提意见了吗？"), _opinion),
    Item("R2.9", "prestart", gettext_lazy("开工前排查了人员吗？"), _screened, GATE),
    Item(
        "R5.1",
        "prestart",
        gettext_lazy("生产、生活、办公三处都清理了吗？"),
        _ticks(PRESTART, "cleaned_production", "cleaned_living", "cleaned_office"),
    ),
    Item(
        "R5.2",
        "prestart",
        gettext_lazy("人多的地方和重点设备都消杀了吗？"),
        _ticks(PRESTART, "disinfected_crowded", "disinfected_equipment"),
        GATE,
    ),
    Item(
        "R2.9",
        "prestart",
        gettext_lazy("开工前做了安全检查吗？"),
        _words(PRESTART, "safety_checked", "safety_checked_on"),
        GATE,
    ),
    Item(
        "R5.3",
        "prestart",
        gettext_lazy("通风好，各个区域都处理到了吗？"),
        _words(PRESTART, "ventilated", "areas"),
    ),
    Item(
        "R2.8",
        "prestart",
        gettext_lazy("开工前报告签字了吗？"),
        _words(PRESTART, "signatory", "signed_on"),
        GATE,
    ),
)


def answers(content: Content) -> list[Answer]:
    """Every row of the checklist answered from `content`, in the order of the page."""
    found = []
    for item in CHECKLIST:
        state, said = item.find(content)
        found.append(Answer(item.rule, item.section, str(item.question), item.level, state, said))
    return found


def tally(found: Iterable[Answer]) -> dict[str, int]:
    """How many rows are done, not done and not given; advice is not counted."""
    counted = {DONE: 0, NOT_DONE: 0, NOT_GIVEN: 0}
    for answer in found:
        if answer.level != ADVICE:
            counted[answer.state] += 1
    return counted
