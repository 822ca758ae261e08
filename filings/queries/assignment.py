"""Whom a filing goes to by the rules of its bureau, and what the lead's page shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from filings.models import Absence, Agency, AssignmentRule, Filing, Posting, User
from filings.size import industries
from filings.states import WITH_BUREAU
from jiaozuo_portal.lib.punctuation import labelled, listed

from .desk import colleagues, search_of

#: How many filings the page tries the rules on at once.
MOST_TRIED = 5


@dataclass(frozen=True, slots=True)
class Team:
    """The people of the bureaus of a district on one day.

    `here` are those who may review a filing at all, by id; `away` leads from who is absent to the
    stand-in (None where there is none); `held` says how many filings each has.
    """

    here: Mapping[int, User]
    away: Mapping[int, int | None]
    held: Mapping[int, int]

    def at_work(self, person: int) -> int | None:
        """The person, or who stands in for them; None when nobody does."""
        asked: set[int] = set()
        current: int | None = person
        while current is not None and current in self.away and current not in asked:
            asked.add(current)
            current = self.away[current]
        return current if current in self.here and current not in self.away else None


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets a filing, by which rule; `passed` says of each rule that fits why it was passed.

    `person` is None when no rule fits or nobody is there: then nobody owns the filing.
    """

    person: User | None = None
    rule: AssignmentRule | None = None
    passed: tuple[str, ...] = ()


def rules_for(filing: Filing) -> QuerySet[AssignmentRule]:
    """The rules of the bureaus of the filing's district, in their order."""
    return AssignmentRule.objects.filter(
        agency__kind=Agency.Kind.BUREAU,
        agency__is_active=True,
        agency__district_id=filing.district_id,
    ).order_by("agency_id", "order", "pk")


def team_of(filing: Filing, *, day: date) -> Team:
    """The people who may review this filing, who of them is away that day, and their loads.

    Nobody reviews the enterprise that they work for, whatever post they hold.
    """
    people = colleagues([filing.district_id]).exclude(
        memberships__enterprise_id=filing.enterprise_id
    )
    here = {person.pk: person for person in people}
    return Team(here=here, away=absent_on(day), held=loads_of(here))


def absent_on(day: date) -> dict[int, int | None]:
    """Who is away that day, and who stands in for each."""
    away = Absence.objects.filter(first__lte=day, last__gte=day)
    return dict(away.values_list("user_id", "stand_in_id"))


def loads_of(people: Iterable[int]) -> dict[int, int]:
    """How many filings that are with the bureau each of these people has."""
    held = Filing.objects.filter(holder_id__in=list(people), state__in=WITH_BUREAU)
    return dict(held.order_by().values_list("holder").annotate(count=Count("pk")))


def choose(filing: Filing, rules: Sequence[AssignmentRule], team: Team) -> Chosen:
    """The first rule that fits and has somebody at work; among them who has the fewest filings.

    `rules` come with their people. Who has equally many is taken in the order of their ids.
    """
    passed: list[str] = []
    for number, rule in enumerate(rules, start=1):
        if not fits(rule, filing):
            continue
        person, why = _one_of(rule, team)
        if person is not None:
            return Chosen(person, rule, tuple(passed))
        passed.append(_("规则 %(number)s：%(why)s") % {"number": number, "why": why})
    return Chosen(passed=tuple(passed))


def fits(rule: AssignmentRule, filing: Filing) -> bool:
    """Whether the filing meets the conditions of the rule."""
    if rule.zone_id and rule.zone_id != filing.zone_id:
        return False
    if rule.outside_zones and filing.zone_id:
        return False
    return not rule.industry or rule.industry == filing.enterprise.sme_industry


def _one_of(rule: AssignmentRule, team: Team) -> tuple[User | None, str]:
    free, why = set(), []
    for person in rule.people.all():
        at_work = team.at_work(person.pk)
        if at_work is None:
            why.append(_("%(name)s不在") % {"name": person})
        elif rule.most and team.held.get(at_work, 0) >= rule.most:
            full = {"name": team.here[at_work], "count": team.held[at_work]}
            why.append(_("%(name)s已有 %(count)s 件") % full)
        else:
            free.add(at_work)
    chosen = min(free, key=lambda pk: (team.held.get(pk, 0), pk), default=None)
    return (team.here[chosen] if chosen else None), listed(why)


# ---------------------------------------------------------------- the lead's page
@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in words; `is_first` has no rule before it."""

    rule: AssignmentRule
    number: int
    which: str
    people: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What the rules would do with one filing now."""

    filing: Filing
    chosen: Chosen
    number: int | None


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of the bureau, with what they have and until when they are away."""

    person: User
    held: int
    absence: Absence | None


def bureaus_led_by(user: User) -> QuerySet[Agency]:
    """The bureaus that this person leads."""
    led = [
        post.agency_id
        for post in user.posts_of(Agency.Kind.BUREAU)
        if post.role == Posting.Role.LEAD
    ]
    return Agency.objects.filter(pk__in=led).select_related("district")


def rule_lines(agency: Agency) -> list[RuleLine]:
    """The rules of a bureau in their order."""
    rules = AssignmentRule.objects.filter(agency=agency).select_related("zone")
    return [
        RuleLine(rule, number, conditions_in_words(rule), _people_in_words(rule), number == 1)
        for number, rule in enumerate(rules.prefetch_related("people"), start=1)
    ]


def conditions_in_words(rule: AssignmentRule) -> str:
    """Which filings the rule is for: 詹店产业集聚区、工业."""
    industry = industries().get(rule.industry)
    parts = [
        str(rule.zone) if rule.zone_id else "",
        _("不在集聚区内") if rule.outside_zones else "",
        str(industry.label) if industry else "",
    ]
    return listed([part for part in parts if part]) or _("所有备案")


def _people_in_words(rule: AssignmentRule) -> str:
    names = listed(rule.people.all())
    if not rule.most:
        return names
    return labelled(names, _("每人最多 %(count)s 件") % {"count": rule.most})


def absences_of(agency: Agency, *, day: date) -> list[Absence]:
    """Who is away on this day or later."""
    rows = Absence.objects.filter(agency=agency, last__gte=day)
    return list(rows.select_related("user", "stand_in"))


def team_lines(agency: Agency, *, day: date) -> list[Colleague]:
    """The people of a bureau with their loads, the fullest desk first."""
    people = list(colleagues([agency.district_id or 0]))
    held = loads_of(person.pk for person in people)
    away = {row.user_id: row for row in absences_of(agency, day=day) if row.first <= day}
    lines = [Colleague(one, held.get(one.pk, 0), away.get(one.pk)) for one in people]
    return sorted(lines, key=lambda line: -line.held)


def trials(user: User, text: str, *, day: date) -> list[Trial]:
    """What the rules would do now with the filings found by name, code or number."""
    districts = [agency.district_id or 0 for agency in bureaus_led_by(user)]
    found = (
        Filing.objects.visible_to(user)
        .filter(search_of(text, "desk_entry__"), district_id__in=districts)
        .select_related("enterprise", "site", "district", "zone")
        .order_by("pk")[:MOST_TRIED]
    )
    made = []
    for filing in found:
        rules = list(rules_for(filing).prefetch_related("people"))
        chosen = choose(filing, rules, team_of(filing, day=day))
        made.append(Trial(filing, chosen, rules.index(chosen.rule) + 1 if chosen.rule else None))
    return made


__all__ = [
    "Chosen",
    "Colleague",
    "RuleLine",
    "Team",
    "Trial",
    "absences_of",
    "absent_on",
    "bureaus_led_by",
    "choose",
    "conditions_in_words",
    "fits",
    "loads_of",
    "rule_lines",
    "rules_for",
    "team_lines",
    "team_of",
    "trials",
]
