"""What changed from one frozen version to the next: fields, roster rows, ledger entries, files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Subquery, Value, Window
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from filings import access
from filings.models import Attachment, Enterprise, Filing, FilingVersion, RosterRow, User
from filings.sections import SECTIONS, Field, Rows, Section, shown
from filings.size import industries
from jiaozuo_portal.lib.pages import Page, in_order, keyset_page

from .dossier import Ledger

#: A page shows so many changed persons, an even number; the count is always the whole one.
MOST_SHOWN = 200

#: What a change of the roster is told by. SECURITY: the second list only to `may_see_health`.
ROSTER_FIELDS = (
    "name",
    "id_kind",
    "id_masked",
    "mobile_masked",
    "workshop",
    "team",
    "post",
    "origin_province",
    "origin_city",
    "origin_county",
    "return_batch",
)
HEALTH_FIELDS = (
    "coming_from",
    "arrived_on",
    "health",
    "travel",
    "gatherings",
    "certificate_no",
    "certificate_on",
    "inspection",
)
#: Sealed values that change although their masked form may not.
_SEALED = {"id_masked": "id_index", "mobile_masked": "mobile_sealed"}

PROFILE_LABELS: dict[str, Promise | str] = {
    "name": gettext_lazy("企业名称"),
    "district": gettext_lazy("县（市、区）"),
    "zone": gettext_lazy("产业集聚区"),
    "site": gettext_lazy("厂区"),
    "address": gettext_lazy("地址"),
    "sme_industry": gettext_lazy("划型行业"),
    "main_sector": gettext_lazy("主营行业"),
    "makes_epidemic_supplies": gettext_lazy("生产疫情防控物资"),
    "employees": gettext_lazy("从业人员（人）"),
    "annual_revenue_wanyuan": gettext_lazy("上年营业收入（万元）"),
    "total_assets_wanyuan": gettext_lazy("资产总额（万元）"),
    "legal_representative": gettext_lazy("法定代表人"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, row or entry that differs. `kind` is added, changed or removed."""

    kind: str
    section: str
    path: str
    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """One person who came, went or changed, with what changed of them."""

    kind: str
    key: str
    name: str
    workshop: str
    team: str
    fields: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RosterChanges:
    """The persons who differ: exact counts, and at most `MOST_SHOWN` of them in full."""

    added: int
    changed: int
    removed: int
    persons: list[PersonChange]

    @property
    def total(self) -> int:
        """How many persons differ."""
        return self.added + self.changed + self.removed

    @property
    def left_out(self) -> int:
        """How many the page does not show in full."""
        return self.total - len(self.persons)


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that changed between two versions of a filing."""

    before: int
    after: int
    profile: list[Change]
    sections: dict[str, list[Change]]
    roster: RosterChanges
    ledger: Ledger
    attachments: list[Change]

    @property
    def total(self) -> int:
        """How many things changed, persons and entries counted one by one."""
        return (
            len(self.profile)
            + sum(len(changes) for changes in self.sections.values())
            + self.roster.total
            + self.ledger.fresh_total
            + len(self.attachments)
        )


def differences(
    filing: Filing,
    before: FilingVersion,
    after: FilingVersion,
    *,
    user: User,
    files: Iterable[Attachment],
    ledger: Ledger,
) -> Differences:
    """What changed from version `before` to `after`. One query.

    The caller has fetched both versions within `visible_to(user)`, with their `files` and the
    `ledger` of the later one since the earlier. Health and travel of the roster are compared only
    for those who may see them.
    """
    first, last = before.number, after.number
    old, new = before.content, after.content
    return Differences(
        before=first,
        after=last,
        profile=list(profile_changes(old.get("profile") or {}, new.get("profile") or {})),
        sections={
            key: list(section_changes(section, old.get(key) or {}, new.get(key) or {}))
            for key, section in SECTIONS.items()
        },
        roster=roster_changes(filing, first, last, user=user),
        ledger=ledger,
        attachments=list(attachment_changes(files, first, last)),
    )


def field_changes(found: Differences) -> list[Change]:
    """The changes of fields and files in one list, in page order."""
    sections = [change for changes in found.sections.values() for change in changes]
    return [*found.profile, *sections, *found.attachments]


# ---------------------------------------------------------------- sections, pure
def section_changes(
    section: Section, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    """Field by field, and row by row in lists, in page order. Pure."""
    for item in section.items():
        if isinstance(item, Rows):
            yield from _rows_changes(section.key, item, old, new)
            continue
        change = _field_change(section.key, item, item.name, old.get(item.name), new.get(item.name))
        if change:
            yield change


def _rows_changes(
    section: str, rows: Rows, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Change]:
    before = {row["id"]: row for row in old.get(rows.name) or []}
    after = {row["id"]: row for row in new.get(rows.name) or []}
    for row_id, row in after.items():
        path = f"{rows.name}.{row_id}"
        if row_id not in before:
            yield Change("added", section, path, str(rows.label), after=row_words(rows, row))
            continue
        for spec in rows.fields:
            change = _field_change(
                section,
                spec,
                f"{path}.{spec.name}",
                before[row_id].get(spec.name),
                row.get(spec.name),
                label=f"{rows.label} · {row_words(rows, row, most=1)} · {spec.label}",
            )
            if change:
                yield change
    for row_id, row in before.items():
        if row_id not in after:
            path = f"{rows.name}.{row_id}"
            yield Change("removed", section, path, str(rows.label), before=row_words(rows, row))


def _field_change(
    section: str, spec: Field, path: str, old: Any, new: Any, *, label: str = ""
) -> Change | None:
    if _plain(old) == _plain(new):
        return None
    before, after = shown(spec, old), shown(spec, new)
    if before == after and isinstance(new, Mapping):
        after = _("%(masked)s（被遮住的几位有变化）") % {"masked": after}
    kind = "changed" if before and after else "added" if after else "removed"
    return Change(kind, section, path, label or str(spec.label), before, after)


def _plain(value: Any) -> Any:
    """A value as it is compared: a sealed number by its seal, text without blanks around it."""
    return value.get("sealed") if isinstance(value, Mapping) else str(value or "").strip()


def row_words(rows: Rows, row: Mapping[str, Any], *, most: int = 4) -> str:
    """A row of a list in short: its first filled cells."""
    cells = [shown(spec, row.get(spec.name)) for spec in rows.fields]
    return " ".join([cell for cell in cells if cell][:most]) or "—"


def profile_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """What the enterprise states of itself, field by field. Pure."""
    for name, label in PROFILE_LABELS.items():
        before, after = profile_words(name, old.get(name)), profile_words(name, new.get(name))
        if before != after:
            kind = "changed" if before and after else "added" if after else "removed"
            yield Change(kind, "profile", name, str(label), before, after)


def profile_words(name: str, value: Any) -> str:
    """A value of the profile as pages show it; empty where it is not given."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "main_sector":
        return str(dict(Enterprise.Sector.choices).get(value, value))
    if name == "sme_industry":
        industry = industries().get(value)
        return industry.label if industry else str(value)
    return str(value)


# ---------------------------------------------------------------- roster
#: Those who changed stand first, their two rows beside each other; then who came, then who went.
_PERSON_ORDER = ("-stands", "-newest", "place", "key", "pk")


def roster_changes(filing: Filing, first: int, last: int, *, user: User) -> RosterChanges:
    """Who came, went or changed between two versions, told by `key`. One query.

    Whoever changed stands in the earlier version with one row and in the later with another.
    """
    found = in_order(_rows_that_differ(filing, first, last), _PERSON_ORDER)
    return _changes_in(list(found[: 2 * MOST_SHOWN]), filing, first, user)


def roster_changes_page(
    filing: Filing, number: int, *, user: User, after: str
) -> tuple[RosterChanges, Page[RosterRow]]:
    """All who differ between version `number` and the one before it, a page at a time, and the page
    with its neighbours: at most `MOST_SHOWN` persons, whose rows are never parted. One query.

    SECURITY: not scoped, as `roster_changes`: the filing has to come from `visible_to`.
    """
    rows = _rows_that_differ(filing, number - 1, number)
    page = keyset_page(rows, order=_PERSON_ORDER, after=after, size=MOST_SHOWN)
    return _changes_in(page.rows, filing, number - 1, user), page


def _rows_that_differ(filing: Filing, first: int, last: int) -> QuerySet[RosterRow]:
    """The rows that stand in one of two versions only, each with what there is of all of them."""
    is_fresh, is_gone = Q(first_version__gt=first), Q(first_version__lte=first)
    rows = RosterRow.objects.filter(filing=filing).filter(
        is_fresh & Q(first_version__lte=last) & (Q(last_version=None) | Q(last_version__gte=last))
        | is_gone & Q(last_version__gte=first, last_version__lt=last)
    )
    persons = rows.order_by().values(together=Value(1)).annotate(n=Count("key", distinct=True))
    return rows.annotate(
        stands=Window(Count("pk"), partition_by="key"),
        newest=Window(Max("first_version"), partition_by="key"),
        place=Window(Max("order"), partition_by="key"),
        fresh=Window(Count("pk", filter=is_fresh)),
        gone=Window(Count("pk", filter=is_gone)),
        persons=Subquery(persons.values("n")),
    )


def _changes_in(found: list[Any], filing: Filing, first: int, user: User) -> RosterChanges:
    by_person: dict[uuid.UUID, list[RosterRow]] = {}
    for row in found:
        by_person.setdefault(row.key, []).append(row)
    names = ROSTER_FIELDS + (HEALTH_FIELDS if access.may_see_health(user, filing) else ())
    fresh, gone, everybody = (
        (found[0].fresh, found[0].gone, found[0].persons) if found else (0, 0, 0)
    )
    changed = fresh + gone - everybody
    return RosterChanges(
        added=fresh - changed,
        changed=changed,
        removed=gone - changed,
        persons=[_change_of(rows, first, names) for rows in by_person.values()][:MOST_SHOWN],
    )


def _change_of(rows: list[RosterRow], first: int, names: Iterable[str]) -> PersonChange:
    """What the rows of one person that differ tell: with two of them, from which to which."""
    if len(rows) == 2:
        old, new = sorted(rows, key=lambda row: row.first_version or 0)
        return _person("changed", new, _person_fields(old, new, names))
    return _person("added" if (rows[0].first_version or 0) > first else "removed", rows[0])


def _person(kind: str, row: RosterRow, fields: Iterable[Change] = ()) -> PersonChange:
    return PersonChange(kind, str(row.key), row.name, row.workshop, row.team, list(fields))


def _person_fields(old: RosterRow, new: RosterRow, names: Iterable[str]) -> Iterator[Change]:
    for name in names:
        compared = _SEALED.get(name, name)
        if getattr(old, compared) == getattr(new, compared):
            continue
        before, after = cell_words(old, name), cell_words(new, name)
        if before == after:
            if name == "mobile_masked" and old.mobile_plain() == new.mobile_plain():
                continue
            after = _("%(masked)s（被遮住的几位有变化）") % {"masked": after}
        label = str(_column(name).verbose_name)
        yield Change("changed", "roster", f"{new.key}.{name}", label, before, after)


def _column(name: str) -> Any:
    return RosterRow._meta.get_field(name)


def cell_words(row: RosterRow, name: str) -> str:
    """One cell of a roster row as pages show it."""
    value = getattr(row, name)
    if value is None or value == "":
        return ""
    return words_of(name).get(value) or str(value)


def words_of(name: str) -> dict[Any, str]:
    """The words of a roster column's choices in the reader's language; that of nothing is empty."""
    return _choice_words(name, get_language() or "")


@cache
def _choice_words(name: str, language: str) -> dict[Any, str]:
    """The words of a column's choices in a language; Django looks up all of them for each cell."""
    return {"": "", **{value: str(words) for value, words in _column(name).flatchoices}}


# ---------------------------------------------------------------- attachments
def attachment_changes(files: Iterable[Attachment], first: int, last: int) -> Iterator[Change]:
    """Those of `files` that came or went between two versions. Pure."""
    files = list(files)
    for one in files:
        if one.is_in(last) and not one.is_in(first):
            yield Change("added", one.section, str(one.key), one.name, after=one.name)
    for one in files:
        if one.is_in(first) and not one.is_in(last):
            yield Change("removed", one.section, str(one.key), one.name, before=one.name)
