"""Who gets a filing: the bureau's rules at a submission, the lead by hand, and who is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Absence, Agency, AssignmentRule, Filing, Step, User, Zone
from filings.queries.assignment import choose, rules_for, team_of
from filings.queries.desk import colleagues
from filings.states import State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.refusals import Refused

from . import audit, notices

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Assigned:
    """Who gets a filing that is being submitted, and why; `is_new` says that it changed hands."""

    person: User | None
    why: str = ""
    is_new: bool = False


def assign_by_rule(filing: Filing, *, at: datetime) -> Assigned:
    """Whom a filing goes to that is being submitted; the caller saves it and calls `record`.

    Who had it before the corrections keeps it, and manual assignment with it; is this person away,
    it goes to the stand-in. Otherwise the rules are asked, under a lock: two filings at once are
    not both given to whoever had the fewest. Nobody is the answer when no rule fits.
    """
    team = team_of(filing, day=clock.day_of(at))
    if filing.state == State.RETURNED and filing.holder_id:
        kept = team.at_work(filing.holder_id)
        if kept is not None:
            is_new = kept != filing.holder_id
            return Assigned(team.here[kept], "stand_in" if is_new else "", is_new)
    rules = list(rules_for(filing).select_for_update(of=("self",)).prefetch_related("people"))
    if not rules:
        return Assigned(None)
    # Counted again under the lock: who came first has a filing more by now.
    chosen = choose(filing, rules, team_of(filing, day=clock.day_of(at)))
    if chosen.person is None or chosen.rule is None:
        return Assigned(None)
    return Assigned(chosen.person, f"rule:{rules.index(chosen.rule) + 1}", is_new=True)


def record(filing: Filing, assigned: Assigned, *, at: datetime) -> None:
    """Write step, audit entry and notice of an assignment that the portal itself has made."""
    if not assigned.is_new or assigned.person is None:
        return
    step = Step.objects.create(
        filing=filing,
        move="assign",
        source=filing.state,
        target=filing.state,
        version=filing.version,
        by=None,
        to=assigned.person,
        at=at,
    )
    audit.record("assign", assigned.person, by=None, filing=filing, field=assigned.why)
    notices.send("assign", [assigned.person], at=at, filing=filing, step=step)


# ---------------------------------------------------------------- the rules
def add_rule(
    agency: Agency,
    *,
    by: User,
    people: Sequence[User],
    zone: Zone | None = None,
    outside_zones: bool = False,
    industry: str = "",
    most: int | None = None,
) -> AssignmentRule:
    """Add a rule behind the others. Raises Refused when a person or zone is not the bureau's."""
    access.may_arrange(by, agency).require()
    with transaction.atomic():
        others = _locked(agency)
        rule = AssignmentRule(agency=agency, order=others[-1].order + 1 if others else 1)
        _keep(rule, by, "add_rule", people, zone, outside_zones, industry, most)
    return rule


def change_rule(
    rule: AssignmentRule,
    *,
    by: User,
    people: Sequence[User],
    zone: Zone | None = None,
    outside_zones: bool = False,
    industry: str = "",
    most: int | None = None,
) -> AssignmentRule:
    """Change a rule; what it has assigned stays assigned."""
    access.may_arrange(by, rule.agency).require()
    with transaction.atomic():
        locked = _one(rule)
        _keep(locked, by, "change_rule", people, zone, outside_zones, industry, most)
    return locked


def remove_rule(rule: AssignmentRule, *, by: User) -> None:
    """Take a rule away; what it has assigned stays assigned."""
    access.may_arrange(by, rule.agency).require()
    with transaction.atomic():
        locked = _one(rule)
        audit.record("remove_rule", locked, by=by, before=_told_of_rule(locked))
        locked.delete()


def move_rule_up(rule: AssignmentRule, *, by: User) -> None:
    """Let a rule be asked before the one above it; the first stays where it is."""
    access.may_arrange(by, rule.agency).require()
    with transaction.atomic():
        rules = list(_locked(rule.agency))
        place = rules.index(_one(rule))
        if place == 0:
            return
        rules.insert(place - 1, rules.pop(place))
        for order, one in enumerate(rules, start=1):
            AssignmentRule.objects.filter(pk=one.pk).update(order=order)
        before, after = {"order": place + 1}, {"order": place}
        audit.record("change_rule", rule, by=by, field="order", before=before, after=after)


def _locked(agency: Agency) -> list[AssignmentRule]:
    """The rules of a bureau in their order. The bureau's row is locked, for a first rule too."""
    Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    return list(AssignmentRule.objects.select_for_update(of=("self",)).filter(agency=agency))


def _one(rule: AssignmentRule) -> AssignmentRule:
    found = next((one for one in _locked(rule.agency) if one.pk == rule.pk), None)
    if found is None:
        raise Refused(_("这条规则已经有人删除。"))
    return found


def _keep(
    rule: AssignmentRule,
    by: User,
    action: str,
    people: Sequence[User],
    zone: Zone | None,
    outside_zones: bool,
    industry: str,
    most: int | None,
) -> None:
    agency = rule.agency
    if not people:
        raise Refused(_("请至少选一个人。"))
    _require_colleagues(agency, people)
    if zone is not None and zone.district_id != agency.district_id:
        raise Refused(_("这个产业集聚区不在本县（市、区）。"))
    before = _told_of_rule(rule) if rule.pk else None
    rule.zone, rule.outside_zones = zone, outside_zones and zone is None
    rule.industry, rule.most = industry, most
    rule.save()
    rule.people.set(people)
    audit.record(action, rule, by=by, before=before, after=_told_of_rule(rule))


def _told_of_rule(rule: AssignmentRule) -> dict[str, Any]:
    """A rule as the audit keeps it, by its columns."""
    return {
        "order": rule.order,
        "zone": rule.zone and rule.zone.name,
        "outside_zones": rule.outside_zones,
        "industry": rule.industry,
        "most": rule.most,
        "people": [_told_of_person(person) for person in rule.people.order_by("pk")],
    }


def _told_of_person(person: User) -> str:
    """A name with its number: two people of a bureau may have the same."""
    return f"{person} #{person.pk}"


def _told_of_absence(absence: Absence) -> dict[str, Any]:
    """An absence as the audit keeps it, by its columns."""
    return {
        "user": _told_of_person(absence.user),
        "first": absence.first.isoformat(),
        "last": absence.last.isoformat(),
        "stand_in": absence.stand_in and _told_of_person(absence.stand_in),
    }


def _require_colleagues(agency: Agency, people: Sequence[User]) -> None:
    here = set(colleagues([agency.district_id or 0]).values_list("pk", flat=True))
    for person in people:
        if person.pk not in here:
            raise Refused(_("%(name)s不是本部门的审核人员。") % {"name": person})


# ---------------------------------------------------------------- who is away
def add_absence(
    agency: Agency,
    *,
    user: User,
    first: date,
    last: date,
    stand_in: User | None,
    by: User,
    at: datetime,
) -> Absence:
    """Note that somebody is away; the stand-in hears of it.

    Raises Refused when the days don't fit, cross an absence that is known, or the stand-in is the
    person or not of the bureau. What the person has already stays with them until it is handed on.
    """
    access.may_arrange(by, agency).require()
    if last < first:
        raise Refused(_("最后一天不能早于第一天。"))
    if stand_in is not None and stand_in.pk == user.pk:
        raise Refused(_("代办人不能是本人。"))
    _require_colleagues(agency, [user] if stand_in is None else [user, stand_in])
    with transaction.atomic():
        Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
        crossing = Absence.objects.filter(user=user, first__lte=last, last__gte=first).first()
        if crossing:
            raise Refused(
                _("%(name)s在 %(first)s 至 %(last)s 已经请假。")
                % {"name": user, "first": crossing.first, "last": crossing.last}
            )
        absence = Absence.objects.create(
            agency=agency, user=user, first=first, last=last, stand_in=stand_in
        )
        audit.record("add_absence", absence, by=by, after=_told_of_absence(absence))
        if stand_in is not None and stand_in.pk != by.pk:
            days: dict[str, Any] = {"first": first.isoformat(), "last": last.isoformat()}
            notices.send("stand_in", [stand_in], at=at, url="/desk/", by=str(user), **days)
    return absence


def end_absence(absence: Absence, *, by: User, on: date) -> None:
    """The person is back on this day; an absence that had not begun is taken away."""
    access.may_arrange(by, absence.agency).require()
    with transaction.atomic():
        locked = Absence.objects.select_for_update(of=("self",)).filter(pk=absence.pk).first()
        if locked is None:
            raise Refused(_("这条请假记录已经有人删除。"))
        before = _told_of_absence(locked)
        if locked.first >= on:
            audit.record("end_absence", locked, by=by, before=before)
            locked.delete()
        else:
            locked.last = min(locked.last, on - _A_DAY)
            locked.save(update_fields=["last"])
            audit.record(
                "end_absence", locked, by=by, before=before, after=_told_of_absence(locked)
            )


__all__ = [
    "Assigned",
    "add_absence",
    "add_rule",
    "assign_by_rule",
    "change_rule",
    "end_absence",
    "move_rule_up",
    "record",
    "remove_rule",
]
