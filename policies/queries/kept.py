"""What lists and announcements say on a day, and the pages on which they are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from filings.public import Agency
from policies.eligibility.facts import FactSpec, FactType, Registry, SourceKind
from policies.models import Announced, ListEntry, OfficialList

from .wording import say, value_words


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for some enterprises on one day: facts by their credit codes."""

    lists: tuple[OfficialList, ...]
    entries: Mapping[str, Mapping[int, ListEntry]]
    announced: tuple[Announced, ...]
    day: date

    def of(self, uscc: str) -> dict[str, tuple[bool, OfficialList, ListEntry | None]]:
        """Facts that lists settle for one enterprise; what they leave open is left out.

        An entry says yes on its days and no when they are over. Who has no entry is not on the
        list only once the list is complete.
        """
        found: dict[str, tuple[bool, OfficialList, ListEntry | None]] = {}
        mine = self.entries.get(uscc, {})
        for one in self.lists:
            entry = mine.get(one.pk)
            is_over = entry is not None and (entry.valid_until or self.day) < self.day
            if entry is not None and (entry.holds_on(self.day) or is_over):
                found[one.fact] = (entry.holds_on(self.day), one, entry)
            elif one.complete_from is not None and one.complete_from <= self.day:
                found[one.fact] = (False, one, None)
        return found


def kept_for(usccs: Iterable[str], day: date) -> Kept:
    """What is kept for these enterprises on a day. Three queries, however many they are."""
    lists = tuple(OfficialList.objects.all())
    entries: dict[str, dict[int, ListEntry]] = {}
    rows = ListEntry.objects.filter(ended_at__isnull=True, uscc__in=set(usccs))
    for entry in rows.select_related("by"):
        entries.setdefault(entry.uscc, {})[entry.official_list_id] = entry
    newest: dict[str, Announced] = {}
    values = Announced.objects.filter(ended_at__isnull=True, since__lte=day)
    for value in values.select_related("by").order_by("since", "pk"):
        newest[value.fact] = value
    return Kept(lists, entries, tuple(newest.values()), day)


# -- the pages


@dataclass(frozen=True, slots=True)
class Listed:
    """One list on the overview. `on_it` counts those that are on it today."""

    fact: str
    label: str
    row: OfficialList | None
    on_it: int


def list_facts(registry: Registry) -> dict[str, FactSpec]:
    """The facts that official lists stand for."""
    return {
        name: spec
        for name, spec in registry.facts.items()
        if spec.source is SourceKind.LIST and spec.type is FactType.BOOL
    }


def announced_facts(registry: Registry) -> dict[str, FactSpec]:
    """The facts that an authority announces for everybody."""
    return {
        name: spec for name, spec in registry.facts.items() if spec.source is SourceKind.SETTING
    }


def lists_of(registry: Registry, day: date) -> list[Listed]:
    """Every list that the policies know, with how many are on it. One query."""
    current = Q(entries__ended_at__isnull=True, entries__valid_from__lte=day)
    current &= Q(entries__valid_until__isnull=True) | Q(entries__valid_until__gte=day)
    rows = OfficialList.objects.select_related("keeper").annotate(n=Count("entries", current))
    by_fact = {row.fact: row for row in rows}
    return [
        Listed(name, say(spec.label), row := by_fact.get(name), getattr(row, "n", 0))
        for name, spec in list_facts(registry).items()
    ]


def may_be_keepers() -> QuerySet[Agency]:
    """The agencies that can keep a list: policy departments and the city's bureau."""
    found = Agency.objects.filter(is_active=True, kind__in=("policy", "city"))
    return found.order_by("kind", "pk")


def entries_of(official_list: OfficialList | None, typed: str) -> QuerySet[ListEntry]:
    """The entries that stand, narrowed by a name or a part of a code."""
    found = ListEntry.objects.filter(official_list=official_list, ended_at__isnull=True)
    if typed:
        found = found.filter(Q(name__icontains=typed) | Q(uscc__icontains=typed))
    return found.select_related("by")


def ended_entries(official_list: OfficialList | None) -> list[ListEntry]:
    """What was corrected or withdrawn, the newest first."""
    found = ListEntry.objects.filter(official_list=official_list, ended_at__isnull=False)
    return list(found.select_related("by", "ended_by").order_by("-ended_at", "-pk")[:50])


@dataclass(frozen=True, slots=True)
class Value:
    """An announced value in words."""

    row: Announced
    words: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that is announced: what holds today and everything that was announced before."""

    fact: str
    label: str
    now: Value | None
    values: tuple[Value, ...]


def announcements(registry: Registry, day: date) -> list[Told]:
    """Every announced fact with its history. One query."""
    by_fact: dict[str, list[Announced]] = {}
    for row in Announced.objects.select_related("by", "ended_by"):
        by_fact.setdefault(row.fact, []).append(row)
    return [_told(registry, name, by_fact.get(name, []), day) for name in announced_facts(registry)]


def _told(registry: Registry, name: str, rows: list[Announced], day: date) -> Told:
    current: Any = next((r for r in rows if r.ended_at is None and r.since <= day), None)
    values = tuple(Value(r, value_words(registry, name, r.value), r is current) for r in rows)
    now = next((value for value in values if value.is_now), None)
    return Told(name, say(registry.facts[name].label), now, values)
