"""The clerk's reads of one filing: the task list, and what a section page shows around its form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filings import access
from filings.gates import GateResult, units_without_lead
from filings.models import (
    Attachment,
    Correction,
    Filing,
    SectionDraft,
    Step,
    User,
)
from filings.sections import SECTIONS, Gap, Section, gaps, standing
from filings.states import State

Content = Mapping[str, Any]

#: The tasks in the order of the page.
ORDER = ("scheme", "plan", "roster", "supplies", "prestart")

_OTHER_TITLES: dict[str, Promise | str] = {
    "roster": gettext_lazy("返岗职工花名册"),
    "supplies": gettext_lazy("防疫物资台账"),
}

#: What the enterprise may see of corrections: not those that are still being collected.
TOLD = (Correction.Status.SENT, Correction.Status.MENDED, Correction.Status.SETTLED)


def title_of(key: str) -> str:
    """The title of a task, `""` for an unknown key."""
    section = SECTIONS.get(key)
    return str(section.title if section else _OTHER_TITLES.get(key, ""))


def url_of(filing: Filing, key: str) -> str:
    """The page on which a task is done."""
    if key in SECTIONS:
        return reverse("section", args=[filing.pk, key])
    return reverse(key, args=[filing.pk])


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing or wrong, with the address of the field that mends it."""

    label: str
    message: str
    rule: str
    url: str
    wrong: bool = False

    @property
    def target(self) -> str:
        """The id of the input, for a link within its own page."""
        return self.url.partition("#")[2]


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the task list. `state` is empty, partly, complete or locked."""

    key: str
    title: str
    url: str
    state: str
    facts: str = ""
    missing: list[Missing] = field(default_factory=list)
    locked_why: str = ""
    minutes: int = 0
    files: int = 0
    to_mend: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


def drafts_of(filing: Filing, user: User) -> list[SectionDraft]:
    """The sections as they are typed, with who saved them last."""
    found = SectionDraft.objects.visible_to(user).filter(filing=filing)
    return list(found.select_related("saved_by"))


def tasks_of(
    filing: Filing,
    *,
    user: User,
    content: Content,
    gates: Iterable[GateResult],
    drafts: Iterable[SectionDraft],
    points: Iterable[Correction],
) -> list[Task]:
    """The task list of a filing.

    `content` is the draft as `domain.versions.snapshot` gives it, `gates` the approval gates asked
    of it: the roster and the ledger are complete when their gates are open. `drafts` and `points`
    come from `drafts_of` and `corrections_of`.
    """
    by_key = {draft.key: draft for draft in drafts}
    to_mend = Counter(point.section for point in points if point.status == Correction.Status.SENT)
    files = Counter(row["section"] for row in content.get("attachments") or [])
    by_section = {result.section: result for result in gates}
    tasks = []
    for key in ORDER:
        draft = by_key.get(key)
        common = {
            "key": key,
            "title": title_of(key),
            "url": url_of(filing, key),
            "files": files[key],
            "to_mend": to_mend[key],
            "saved_at": draft.saved_at if draft else None,
            "saved_by": str(draft.saved_by or "") if draft else "",
        }
        if key in SECTIONS:
            tasks.append(_section_task(filing, user, content, common))
        else:
            tasks.append(_counted_task(content, by_section[key], common))
    return tasks


def _section_task(filing: Filing, user: User, content: Content, common: dict[str, Any]) -> Task:
    section = SECTIONS[common["key"]]
    data = content.get(section.key) or {}
    missing = missing_of(filing, section, data, content=content)
    state = standing(section, data)
    if state == "complete" and missing:
        state = "partly"
    if section.key == "prestart":
        answer = access.may_fill(user, filing, "prestart")
        waits = filing.state not in {State.APPROVED, State.READY, State.STARTED}
        if not answer and waits:
            return Task(state="locked", locked_why=answer.why, **common)
    return Task(state=state, missing=missing, minutes=section.minutes, **common)


def _counted_task(content: Content, gate: GateResult, common: dict[str, Any]) -> Task:
    key, url = common["key"], common["url"]
    facts = _roster_facts(content) if key == "roster" else _supplies_facts(content)
    missing = [Missing(common["title"], why, gate.rule, url) for why in gate.why]
    state = "complete" if not missing else ("partly" if facts else "empty")
    return Task(state=state, facts=facts, missing=missing, minutes=20, **common)


def _roster_facts(content: Content) -> str:
    roster = content.get("roster") or {}
    if not roster.get("count"):
        return ""
    return _("共 %(count)s 人，其中 %(fit)s 人符合返岗条件") % {
        "count": roster["count"],
        "fit": roster.get("fit") or 0,
    }


def _supplies_facts(content: Content) -> str:
    supplies = content.get("supplies") or []
    if not supplies:
        return ""
    kinds = len(supplies)
    return ngettext("共 %(count)s 种物资", "共 %(count)s 种物资", kinds) % {"count": kinds}


def missing_of(
    filing: Filing, section: Section, data: Mapping[str, Any], *, content: Content | None = None
) -> list[Missing]:
    """Everything that is missing or wrong in a section, each linked to its input.

    With the `content` of the whole draft, the workshops and teams of the roster that nobody is
    responsible for are among them (R1.3).
    """
    url = url_of(filing, section.key)
    found = [
        Missing(
            label_of(section, data, gap),
            str(gap.message),
            gap.rule,
            f"{url}#{anchor_of(section, gap.path)}",
            gap.wrong,
        )
        for gap in gaps(section, data)
    ]
    if section.key == "scheme" and content is not None:
        units = (content.get("roster") or {}).get("units") or []
        rows = section.rows("unit_leads")
        found += [
            Missing(str(rows.label), why, rows.rule, f"{url}#{anchor_of(section, rows.name)}")
            for why in units_without_lead(data, units)
        ]
    return found


def anchor_of(section: Section, path: str) -> str:
    """The id of the input at `path` on the section's page; of yes and no, the first one."""
    is_tick = path in {field.name for field in section.fields() if field.kind == "tick"}
    return f"id_{path}_0" if is_tick else f"id_{path}"


def label_of(section: Section, data: Mapping[str, Any], gap: Gap) -> str:
    """The label of a gap; one inside a list says in which row."""
    parts = gap.path.split(".")
    if len(parts) != 3:
        return str(gap.label)
    rows = section.rows(parts[0])
    ids = [row["id"] for row in data.get(rows.name) or []]
    number = ids.index(parts[1]) + 1 if parts[1] in ids else 0
    return _("%(list)s第 %(number)s 行 · %(field)s") % {
        "list": rows.label,
        "number": number,
        "field": gap.label,
    }


def corrections_of(filing: Filing, user: User) -> list[Correction]:
    """The corrections of the last return, those still to mend first; settled ones are left out."""
    found = Correction.objects.visible_to(user).filter(filing=filing, status__in=TOLD[:2])
    return points_to_mend(found.select_related("by", "mended_by"))


def points_to_mend(points: Iterable[Correction]) -> list[Correction]:
    """Of all corrections of a filing those of the last return, as `corrections_of` gives them.

    SECURITY: what the bureau still collects is not told to the enterprise.
    """
    told = [point for point in points if point.status in TOLD[:2]]
    return sorted(told, key=lambda point: (point.status != Correction.Status.SENT, point.pk))


@dataclass(frozen=True, slots=True)
class Note:
    """A correction as it stands beside its field or above its section (`_corrections.html`)."""

    path: str
    text: str
    by: str
    at: datetime
    rule: str
    done: bool
    tick_url: str


def notes_of(filing: Filing, user: User, section: str) -> list[Note]:
    """The corrections of one section; who may edit gets the address that ticks each off."""
    may_tick = bool(access.may_edit(user, filing))
    return [
        _note(point, may_tick) for point in corrections_of(filing, user) if point.section == section
    ]


def _note(point: Correction, may_tick: bool) -> Note:
    done = point.status != Correction.Status.SENT
    route = "correction_unmend" if done else "correction_mend"
    return Note(
        point.path,
        point.text,
        str(point.by),
        point.sent_at or point.at,
        point.rule,
        done,
        reverse(route, args=[point.pk]) if may_tick else "",
    )


#: States that somebody gave a reason for; the reader wants it at once.
_WITH_REASON = frozenset({State.RETURNED, State.WITHDRAWN, State.SUSPENDED, State.REVOKED})


def reason_of(filing: Filing, user: User) -> Step | None:
    """The step that brought the filing where it is, when somebody wrote a reason with it."""
    if filing.state not in _WITH_REASON:
        return None
    step = (
        Step.objects.visible_to(user)
        .filter(filing=filing, target=filing.state)
        .select_related("by")
        .last()
    )
    return step if step and step.remark else None


def attachments_of(filing: Filing, user: User, section: str) -> list[Attachment]:
    """The attachments of a section as the draft has them."""
    return list(
        Attachment.objects.in_draft()
        .visible_to(user)
        .filter(filing=filing, section=section)
        .select_related("uploaded_by")
    )


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The task before or after this one."""

    title: str
    url: str


def neighbours(filing: Filing, key: str) -> tuple[Neighbour | None, Neighbour | None]:
    """The tasks before and after `key`; the pre-start report comes later and stands alone."""
    order = [name for name in ORDER if name != "prestart"]
    if key not in order:
        return None, None
    at = order.index(key)

    def step(place: int) -> Neighbour | None:
        if not 0 <= place < len(order):
            return None
        return Neighbour(title_of(order[place]), url_of(filing, order[place]))

    return step(at - 1), step(at + 1)
