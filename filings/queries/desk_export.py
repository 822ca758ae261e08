"""The queue as a table to take away: the same rows in the same order, with columns to choose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.gates import APPROVAL_GATES, START_GATES
from filings.models import DeskEntry, DeskPreference, District, User, Zone
from filings.models.desk import NEVER
from filings.sheets.writing import OutSheet
from filings.size import CLASSES, industries
from filings.states import WITH_BUREAU, State
from jiaozuo_portal.lib.pages import in_order
from jiaozuo_portal.lib.punctuation import listed

from .desk import SORTS, Asked, found

#: Rows that are in memory at once.
CHUNK = 2000

Told = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, what of the entry it shows, and its width in characters.

    `is_usual` marks those that the queue shows, with which everybody begins.
    """

    heading: Promise | str
    shows: Any
    width: int = 16
    is_usual: bool = True


#: The columns that an export can have, in their order. SECURITY: nothing of a person but who holds
#: the filing. A list that leaves the portal carries nobody of a roster and no telephone number.
COLUMNS: dict[str, Column] = {
    "name": Column(gettext_lazy("企业名称"), "name", 36),
    "site": Column(gettext_lazy("厂区名称"), "site", 20),
    "state": Column(gettext_lazy("状态"), "state"),
    "due": Column(gettext_lazy("办结期限"), NullIf(F("ends_at"), Value(NEVER)), 18),
    "paused": Column(gettext_lazy("暂停，还剩（小时）"), "time_left", 18),
    "waits": Column(
        gettext_lazy("已等（小时）"),
        Case(When(state__in=WITH_BUREAU, then=F("submitted_at"))),
        12,
    ),
    "submitted": Column(gettext_lazy("提交时间"), "submitted_at", 18),
    "version": Column(gettext_lazy("版本"), "version", 8),
    "returns": Column(gettext_lazy("退回次数"), "returns", 10),
    "holder": Column(
        gettext_lazy("审核人"),
        Coalesce(NullIf(F("holder__name"), Value("")), F("holder__username")),
    ),
    "district": Column(gettext_lazy("县（市、区）"), "district_id", is_usual=False),
    "zone": Column(gettext_lazy("产业集聚区"), "zone_id", 20),
    "size": Column(gettext_lazy("规模"), "size", 10),
    "industry": Column(gettext_lazy("划型行业"), "industry", 24, is_usual=False),
    "uscc": Column(gettext_lazy("统一社会信用代码"), "uscc", 22),
    "number": Column(gettext_lazy("备案号"), "number", 24, is_usual=False),
    "heads": Column(gettext_lazy("返岗人数"), "heads", 10, is_usual=False),
    "cover": Column(gettext_lazy("物资可用天数"), "cover_days", 14, is_usual=False),
    "gates": Column(gettext_lazy("没有通过的核对"), "shut", 30, is_usual=False),
    "provinces": Column(gettext_lazy("返岗人员来源省"), "provinces", 30, is_usual=False),
}


def remembered_columns(user: User) -> list[str]:
    """The columns that the person chose last, at first those of the queue.

    The city's queue has the districts too.
    """
    kept = DeskPreference.objects.filter(user=user).values_list("columns", flat=True).first() or []
    more = {"district"} if user.posts_of("city") else set()
    return [name for name in COLUMNS if name in kept] or [
        name for name, column in COLUMNS.items() if column.is_usual or name in more
    ]


def entries_to_export(
    entries: QuerySet[DeskEntry],
    asked: Asked,
    *,
    user: User,
    at: datetime,
    chosen: Collection[int] = (),
) -> QuerySet[DeskEntry]:
    """All of `entries` (the desk's or the city's) that the address bar asks for, in its order.

    With `chosen` these filings and nothing else; those of another bureau are left out.
    """
    entries = entries.filter(pk__in=chosen) if chosen else found(entries, asked, user=user, at=at)
    return in_order(entries, SORTS[asked.sort][1])


def export_sheet(
    entries: QuerySet[DeskEntry], columns: Collection[str], *, at: datetime
) -> OutSheet:
    """These entries as a sheet whose rows come from the database while it is written.

    Outside a transaction PostgreSQL keeps the answer for a cursor of its own: the rows are those
    of one moment, and whoever stops reading half-way leaves no transaction behind.
    """
    chosen = {name: column for name, column in COLUMNS.items() if name in columns}
    shown = {f"cell_{name}": _expression(column.shows) for name, column in chosen.items()}
    rows = entries.annotate(**shown).values_list(*shown)
    told = [_told(name, at) for name in chosen]
    return OutSheet(
        title=_("备案清单"),
        headings=[str(column.heading) for column in chosen.values()],
        rows=_rows(rows, told),
        widths={place: column.width for place, column in enumerate(chosen.values())},
    )


def _expression(shows: Any) -> Any:
    return F(shows) if isinstance(shows, str) else shows


def _rows(rows: QuerySet[Any, Any], told: Sequence[Told | None]) -> Iterator[Sequence[Any]]:
    changed = [(place, tell) for place, tell in enumerate(told) if tell]
    for row in rows.iterator(chunk_size=CHUNK):
        cells = list(row)
        for place, tell in changed:
            cells[place] = tell(cells[place])
        yield cells


def _told(name: str, at: datetime) -> Told | None:
    """How a column's value is told; None where it stands as it is."""
    zone = timezone.get_default_timezone()

    def moment(value: datetime | None) -> datetime | None:
        return value and value.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)

    def gates(names: str) -> str:
        return listed(gate_words.get(gate, gate) for gate in names.split())

    gate_words = {gate.name: str(gate.label) for gate in (*APPROVAL_GATES, *START_GATES)}
    tells: dict[str, Told] = {
        "state": _word({state.value: state.label for state in State}),
        "size": _word(CLASSES),
        "industry": _word({key: industry.label for key, industry in industries().items()}),
        "due": moment,
        "submitted": moment,
        "waits": lambda since: since and _hours(at - since),
        "paused": lambda left: None if left is None else _hours(left),
        "gates": gates,
        "provinces": lambda names: listed(names.split()),
    }
    if name == "district":
        return _word({place.pk: place.local_name for place in District.objects.all()})
    if name == "zone":
        return _word({place.pk: place.local_name for place in Zone.objects.all()})
    return tells.get(name)


def _word(words: Iterable[tuple[Any, Any]] | dict[Any, Any]) -> Told:
    said = {key: str(word) for key, word in dict(words).items()}
    return lambda key: said.get(key, "")


def _hours(length: timedelta) -> int:
    return int(length.total_seconds() // 3600)


__all__ = [
    "COLUMNS",
    "Column",
    "entries_to_export",
    "export_sheet",
    "remembered_columns",
]
