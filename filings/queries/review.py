"""The reviewer's document: a frozen version with checklist, gates, roster, ledger and points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings import checklist
from filings.gates import APPROVAL_GATES, GateResult
from filings.models import (
    Attachment,
    Correction,
    Enterprise,
    Filing,
    FilingVersion,
    GateWaiver,
    PreStartReport,
    Step,
    User,
)
from filings.sections import SECTIONS
from filings.size import size_of
from filings.states import MOVES
from jiaozuo_portal.lib.punctuation import listed, remarked

from .answers import Part, answers_of
from .differences import PROFILE_LABELS, profile_words
from .review_roster import person_in

#: The parts of the document, in the order of the page.
PARTS: dict[str, Promise | str] = {
    "process": gettext_lazy("报送和意见"),
    "scheme": gettext_lazy("疫情防控方案"),
    "plan": gettext_lazy("复工复产方案"),
    "roster": gettext_lazy("返岗职工花名册"),
    "supplies": gettext_lazy("防疫物资台账"),
    "prestart": gettext_lazy("开工前报告"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """One part of the page: its answers, its checklist rows, its files, its points."""

    key: str
    title: str
    parts: list[Part]
    checks: list[checklist.Answer]
    files: list[Attachment]
    points: list[Correction]
    note: str = ""
    is_due: bool = True

    @property
    def defects(self) -> int:
        """How many demands are not done or not given; none while the part is not due yet."""
        if not self.is_due:
            return 0
        return sum(
            1 for row in self.checks if row.state != "done" and row.level != checklist.ADVICE
        )


@dataclass(frozen=True, slots=True)
class Points:
    """The corrections of a filing: those being collected, and those of earlier returns."""

    collected: list[Correction] = field(default_factory=list)
    sent: list[Correction] = field(default_factory=list)
    mended: list[Correction] = field(default_factory=list)
    settled: list[Correction] = field(default_factory=list)

    def all(self) -> list[Correction]:
        """Every one, those to look at first."""
        return [*self.collected, *self.mended, *self.sent, *self.settled]


@dataclass(frozen=True, slots=True)
class Place:
    """What a correction is about: label and shown value of a field, row, person, item or file."""

    section: str
    path: str
    label: str
    shown: str
    rule: str = ""


def version_of(user: User, filing: Filing, number: int) -> FilingVersion | None:
    """A frozen version, when this person may see it."""
    found = FilingVersion.objects.visible_to(user).filter(filing=filing, number=number)
    return found.select_related("submitted_by").first()


def profile_of(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The enterprise as it stood at the submission: label and value."""
    profile = content.get("profile") or {}
    shown = [
        (str(label), profile_words(name, profile.get(name)))
        for name, label in PROFILE_LABELS.items()
    ]
    size = size_of(profile.get("sme_industry") or "", _figures(profile))
    words = str(size.label) or listed(size.possible_labels) if size else ""
    return [*shown, (_("企业规模"), words)]


def _figures(profile: Mapping[str, Any]) -> dict[str, Any]:
    def number(name: str) -> Any:
        value = profile.get(name)
        column: Any = Enterprise._meta.get_field(name)
        return None if value is None else column.to_python(value)

    names = ("employees", "annual_revenue_wanyuan", "total_assets_wanyuan")
    return {name: number(name) for name in names}


def documents(
    version: FilingVersion,
    *,
    files: Iterable[Attachment],
    points: Points,
    beside: Beside,
    report: PreStartReport | None,
) -> list[Document]:
    """The parts of the page with their content, checks (what needs eyes first), files and points.

    The pre-start `report` is the last one filed; before that, what stood in the version. Pure.
    """
    content = dict(version.content)
    if report:
        content["prestart"] = report.content
    checks = answers_for(content, beside)
    attached = [one for one in files if one.is_in(version.number)]
    return [
        Document(
            key=key,
            title=str(title),
            parts=answers_of(SECTIONS[key], content.get(key) or {}) if key in SECTIONS else [],
            checks=sorted((row for row in checks if row.section == key), key=_needs_eyes),
            files=[one for one in attached if one.section == key],
            points=[point for point in points.all() if point.section == key],
            note=_prestart_note(content, report) if key == "prestart" else "",
            is_due=key != "prestart" or bool(content.get("prestart")),
        )
        for key, title in PARTS.items()
    ]


def _needs_eyes(row: checklist.Answer) -> tuple[int, bool]:
    """What is not done stands first, then what was not told, demands before advice."""
    order = (checklist.NOT_DONE, checklist.NOT_GIVEN, checklist.DONE)
    return order.index(row.state), row.level == checklist.ADVICE


def _prestart_note(content: Mapping[str, Any], report: PreStartReport | None) -> str:
    if report:
        return ""
    if content.get("prestart"):
        return _("随备案提交的填写情况，企业还没有正式提交开工前报告。")
    return _("企业还没有提交开工前报告；备案后、开工前提交即可。")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the checklist asks that no content says: whether the zone has received the version, and
    how many opinions the health authority has given."""

    received: bool
    opinions: int


def answers_for(content: Mapping[str, Any], beside: Beside) -> list[checklist.Answer]:
    """The checklist of a version, with what lies beside its content."""
    said = {"received_by_zone": beside.received, "opinions": beside.opinions}
    return checklist.answers({**content, **said})


def points_in(rows: Iterable[Correction], *, collected: bool) -> Points:
    """Corrections by where they stand. `collected`: with those not sent yet (bureau only)."""
    found = Points()
    for point in rows:
        if point.status == Correction.Status.COLLECTED and not collected:
            continue
        getattr(found, point.status).append(point)
    return found


def place_of(filing: Filing, version: FilingVersion, section: str, path: str) -> Place | None:
    """What `path` of `section` means in this version; None when there is no such thing."""
    if section not in PARTS or section == "process":
        return None
    if not path:
        return Place(section, "", str(PARTS[section]), "")
    if path.startswith("file."):
        return _file_place(filing, version, section, path)
    if section in SECTIONS:
        return _field_place(version.content.get(section) or {}, section, path)
    if section == "roster":
        return _person_place(filing, version, path)
    return _item_place(version, path)


def _field_place(data: Mapping[str, Any], section: str, path: str) -> Place | None:
    for part in answers_of(SECTIONS[section], data):
        for item in part.items:
            if item.path == path:
                shown = getattr(item, "value", "")
                return Place(section, path, str(item.label), shown, item.rule)
            for row in getattr(item, "rows", ()):
                for cell in row:
                    if cell.path == path:
                        words = " ".join([one.value for one in row if one.value][:3])
                        return Place(section, path, f"{item.label} · {words}", words, item.rule)
    return None


def _person_place(filing: Filing, version: FilingVersion, path: str) -> Place | None:
    row = person_in(filing, version.number, path)
    if row is None:
        return None
    return Place("roster", path, remarked(row.name, row.id_masked), "", "R4.4")


def _item_place(version: FilingVersion, path: str) -> Place | None:
    for item in version.content.get("supplies") or []:
        if str(item["id"]) == path:
            shown = _("结存 %(balance)s %(unit)s") % {
                "balance": item["balance"],
                "unit": item["unit"],
            }
            return Place("supplies", path, str(item["name"]), shown, "R3.2")
    return None


def _file_place(filing: Filing, version: FilingVersion, section: str, path: str) -> Place | None:
    for one in Attachment.objects.filter(filing=filing, section=section).in_version(version.number):
        if path == f"file.{one.key}":
            return Place(section, path, _("附件：%(name)s") % {"name": one.name}, one.name)
    return None


# ---------------------------------------------------------------- gates and decisions
@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate as the page shows it; `waived_by` and `waived_at` stand beside the reason."""

    name: str
    state: str
    label: str
    rule: str
    section: str
    why: list[str]
    waiver: GateWaiver | None = None


def gate_lines(
    results: Iterable[GateResult], waivers: Mapping[str, GateWaiver], *, reasons: bool
) -> list[GateLine]:
    """Gates with who waived them. `reasons=False` leaves out what they say about the content."""
    approval = {gate.name for gate in APPROVAL_GATES}
    return [
        GateLine(
            result.name,
            result.state,
            result.label,
            result.rule,
            result.section,
            result.why if reasons else [],
            waivers.get(result.name) if result.name in approval else None,
        )
        for result in results
    ]


def moved_since(filing: Filing, revision: int) -> list[tuple[Step, str]]:
    """What happened to the filing after the page of `revision` was made, oldest first, with the
    name of the move in words: every move counts the revision up by one."""
    missed = max(filing.revision - revision, 0)
    steps = Step.objects.filter(filing=filing).select_related("by").order_by("-pk")[:missed]
    return [(step, str(MOVES[step.move].label)) for step in reversed(steps) if step.move in MOVES]


__all__ = [
    "PARTS",
    "Document",
    "GateLine",
    "Place",
    "Points",
    "answers_for",
    "documents",
    "gate_lines",
    "moved_since",
    "place_of",
    "points_in",
    "profile_of",
    "version_of",
]
