"""A submitted filing goes to somebody by the rules of its bureau, by stand-in, or by hand."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from filings.domain import assignment, moves, review
from filings.domain.notices import words
from filings.models import (
    Absence,
    Agency,
    AssignmentRule,
    AuditEntry,
    Correction,
    DeskEntry,
    Filing,
    Notice,
    Step,
    User,
    Zone,
)
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE = "410882"
TODAY = NOW.date()


class Bureau:
    """The bureau of Qinyang with its lead and three reviewers: A, B and C."""

    def __init__(self) -> None:
        make.city()
        self.agency = Agency.objects.get(kind="bureau", district__code=HERE)
        self.lead = make.officer("bureau", district=HERE, role="lead", name="负责人")
        self.a, self.b, self.c = (
            make.officer("bureau", district=HERE, name=name) for name in ("甲", "乙", "丙")
        )

    def rule(self, *people: User, **conditions) -> AssignmentRule:
        return assignment.add_rule(self.agency, by=self.lead, people=people, **conditions)

    def away(self, user: User, stand_in: User | None = None, days: int = 0) -> Absence:
        return assignment.add_absence(
            self.agency, user=user, first=TODAY, last=TODAY + timedelta(days=days),
            stand_in=stand_in, by=self.lead, at=NOW,
        )  # fmt: skip


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


def submit(filing: Filing, at=NOW) -> Filing:
    owner = make.owner_of(filing.enterprise)
    moves.submit_filing(filing, by=owner, at=at, key=uuid.uuid4())
    return Filing.objects.get(pk=filing.pk)


def submitted(**profile) -> Filing:
    return submit(make.fill(make.filing(**{"district": HERE} | profile)))


def returned(to: User) -> Filing:
    """A filing that `to` has claimed and returned, with its corrections mended."""
    filing = submitted()
    moves.claim_filing(filing, by=to, at=NOW)
    review.collect_correction(filing, section="plan", text="请补", by=to, at=NOW)
    moves.return_filing(filing, by=to, at=NOW)
    point = Correction.objects.get(filing=filing)
    review.mend_correction(point, by=make.owner_of(filing.enterprise), at=NOW)
    return Filing.objects.get(pk=filing.pk)


# ---------------------------------------------------------------- rules
def test_without_rules_a_filing_is_nobodys(bureau):
    filing = submitted()

    assert filing.holder is None
    assert not Step.objects.filter(move="assign").exists()


def test_the_first_rule_that_fits_gives_it_in_the_same_transaction_and_records_it(bureau):
    bureau.rule(bureau.a, industry="software_it")
    bureau.rule(bureau.b)

    filing = submitted()

    assert (filing.state, filing.holder) == ("submitted", bureau.b)
    assert DeskEntry.objects.get(pk=filing.pk).holder == bureau.b
    step = Step.objects.get(filing=filing, move="assign")
    assert (step.by, step.to, step.source, step.target) == (
        None, bureau.b, "submitted", "submitted",
    )  # fmt: skip
    entry = AuditEntry.objects.get(action="assign")
    assert (entry.object_id, entry.field, entry.filing) == (str(bureau.b.pk), "rule:2", filing)


def test_who_gets_it_hears_of_it_once_and_the_others_do_not(bureau):
    bureau.rule(bureau.b)

    filing = submitted()

    told = Notice.objects.filter(filing=filing, to__in=[bureau.a, bureau.b, bureau.lead])
    assert sorted((notice.to.name, notice.kind) for notice in told) == [
        ("乙", "assign"),
        ("负责人", "submit"),
    ]
    assert words(told.get(kind="assign")) == (
        f"{filing.enterprise.name}的备案（第 1 版）分派给您审核"
    )


def test_a_rule_may_ask_for_a_zone_or_for_none(bureau):
    zone = Zone.objects.filter(district__code=HERE).first()
    bureau.rule(bureau.a, zone=zone)
    bureau.rule(bureau.b, outside_zones=True)

    assert submitted(zone=True).holder == bureau.a
    assert submitted(zone=False).holder == bureau.b


def test_a_rule_may_ask_for_an_industry(bureau):
    bureau.rule(bureau.a, industry="software_it")

    assert submitted(sme_industry="software_it").holder == bureau.a
    assert submitted(sme_industry="industry").holder is None


def test_of_several_people_who_has_the_fewest_gets_it(bureau):
    bureau.rule(bureau.a, bureau.b, bureau.c)

    assert [submitted().holder for _n in range(4)] == [bureau.a, bureau.b, bureau.c, bureau.a]


def test_what_is_no_longer_with_the_bureau_is_no_load(bureau):
    bureau.rule(bureau.a, bureau.b)
    first = submitted()
    moves.claim_filing(first, by=bureau.a, at=NOW)
    moves.approve_filing(first, by=bureau.a, at=NOW)

    assert submitted().holder == bureau.a


def test_who_has_as_many_as_the_rule_allows_is_passed_over(bureau):
    bureau.rule(bureau.a, most=1)
    bureau.rule(bureau.b, most=1)

    assert [submitted().holder for _n in range(3)] == [bureau.a, bureau.b, None]


def test_the_rules_of_another_bureau_are_not_asked(bureau):
    bureau.rule(bureau.a)

    assert submitted(district="410803").holder is None


def test_who_works_for_the_enterprise_does_not_get_its_filing(bureau):
    bureau.rule(bureau.a)
    filing = make.fill(make.filing(district=HERE))
    filing.enterprise.memberships.create(user=bureau.a, role="viewer")

    assert submit(filing).holder is None


def test_who_left_the_bureau_gets_nothing(bureau):
    bureau.rule(bureau.a, bureau.b)
    bureau.a.postings.all().delete()

    assert submitted().holder == bureau.b


# ---------------------------------------------------------------- away
def test_who_is_away_is_passed_over_for_the_stand_in(bureau):
    bureau.rule(bureau.a)
    bureau.away(bureau.a, stand_in=bureau.c)

    assert submitted().holder == bureau.c


def test_a_stand_in_who_is_away_too_has_a_stand_in(bureau):
    bureau.rule(bureau.a)
    bureau.away(bureau.a, stand_in=bureau.b)
    bureau.away(bureau.b, stand_in=bureau.c)

    assert submitted().holder == bureau.c


def test_two_who_stand_in_for_each_other_and_are_both_away_are_nobody(bureau):
    bureau.rule(bureau.a)
    bureau.away(bureau.a, stand_in=bureau.b)
    bureau.away(bureau.b, stand_in=bureau.a)

    assert submitted().holder is None


def test_all_away_and_the_next_rule_is_asked(bureau):
    bureau.rule(bureau.a, bureau.b)
    bureau.rule(bureau.c)
    bureau.away(bureau.a)
    bureau.away(bureau.b)

    assert submitted().holder == bureau.c


def test_the_first_and_the_last_day_count_by_the_citys_calendar(bureau):
    bureau.rule(bureau.a)
    bureau.away(bureau.a, days=1)
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=2)

    late, early = (make.fill(make.filing(district=HERE)) for _n in range(2))

    assert submit(late, at=midnight - timedelta(minutes=1)).holder is None
    assert submit(early, at=midnight).holder == bureau.a


def test_the_stand_in_is_told_of_the_days(bureau):
    bureau.away(bureau.a, stand_in=bureau.c, days=3)

    notice = Notice.objects.get(to=bureau.c)
    assert words(notice) == "甲从 2020-03-02 到 2020-03-05 请假，新的备案由您代办"
    assert AuditEntry.objects.filter(action="add_absence", by=bureau.lead).exists()


@pytest.mark.parametrize(
    ("days", "stand_in", "why"),
    [(-1, None, "不能早于"), (0, "a", "不能是本人"), (0, "stranger", "不是本部门")],
)
def test_an_absence_that_cannot_be_is_refused(bureau, days, stand_in, why):
    stranger = make.officer("bureau", district="410803")
    other = {"a": bureau.a, "stranger": stranger, None: None}[stand_in]

    with pytest.raises(Refused, match=why):
        bureau.away(bureau.a, stand_in=other, days=days)
    assert not Absence.objects.exists()


def test_absences_of_one_person_do_not_cross(bureau):
    bureau.away(bureau.a, days=5)

    with pytest.raises(Refused, match="已经请假"):
        bureau.away(bureau.a)


def test_who_is_back_early_gets_filings_again(bureau):
    bureau.rule(bureau.a)
    absence = bureau.away(bureau.a, days=5)

    assignment.end_absence(absence, by=bureau.lead, on=TODAY + timedelta(days=2))
    begun = Absence.objects.get()
    assignment.end_absence(begun, by=bureau.lead, on=TODAY)

    assert begun.last == date(2020, 3, 3)
    assert not Absence.objects.exists()
    assert submitted().holder == bureau.a


# ---------------------------------------------------------------- by hand
def test_the_lead_assigns_by_hand_whatever_the_rules_said(bureau):
    bureau.rule(bureau.a)
    filing = submitted()

    moves.assign_filing(filing, by=bureau.lead, to=bureau.c, at=NOW, remark="熟悉这家企业")

    assert (filing.state, filing.holder) == ("submitted", bureau.c)
    step = Step.objects.filter(filing=filing, move="assign").last()
    assert (step.by, step.to, step.remark) == (bureau.lead, bureau.c, "熟悉这家企业")
    assert Notice.objects.get(to=bureau.c).kind == "assign"
    entry = AuditEntry.objects.filter(action="assign").order_by("pk").last()
    assert (entry.by, entry.object_id, entry.field) == (
        bureau.lead, str(bureau.c.pk), "by_hand",
    )  # fmt: skip


def test_who_claims_it_takes_it_over_from_the_rule(bureau):
    bureau.rule(bureau.a)
    filing = submitted()

    moves.claim_filing(filing, by=bureau.b, at=NOW)

    assert filing.holder == bureau.b


def test_a_filing_that_comes_back_stays_with_whom_a_hand_over_gave_it_to(bureau):
    bureau.rule(bureau.a)
    filing = returned(bureau.c)

    back = submit(filing)

    assert back.holder == bureau.c
    assert Step.objects.filter(filing=filing, move="assign").count() == 1


def test_a_filing_that_comes_back_to_who_is_away_goes_to_the_stand_in_or_by_the_rules(bureau):
    filing, other = returned(bureau.c), returned(bureau.c)
    bureau.rule(bureau.a)
    absence = bureau.away(bureau.c, stand_in=bureau.b)
    assert submit(filing).holder == bureau.b
    assert AuditEntry.objects.get(action="assign", filing=filing).field == "stand_in"

    Absence.objects.filter(pk=absence.pk).update(stand_in=None)

    assert submit(other).holder == bureau.a


@pytest.mark.parametrize("who", ["a", "stranger"])
def test_only_the_lead_of_the_bureau_assigns(bureau, who):
    filing = submitted()
    stranger = make.officer("bureau", district="410803", role="lead")
    by = {"a": bureau.a, "stranger": stranger}[who]

    with pytest.raises(NotAllowed):
        moves.assign_filing(filing, by=by, to=bureau.b, at=NOW)


def test_nobody_from_elsewhere_is_assigned_to(bureau):
    filing = submitted()
    stranger = make.officer("bureau", district="410803")

    with pytest.raises(Refused):
        moves.assign_filing(filing, by=bureau.lead, to=stranger, at=NOW)

    filing.refresh_from_db()
    assert filing.holder is None


def test_a_hand_over_records_to_whom(bureau):
    filing = submitted()
    moves.claim_filing(filing, by=bureau.a, at=NOW)

    moves.hand_over_filing(filing, by=bureau.a, to=bureau.b, at=NOW)

    assert Step.objects.get(filing=filing, move="hand_over").to == bureau.b


# ---------------------------------------------------------------- keeping the rules
def test_rules_move_up_and_are_removed_with_an_audit_entry(bureau):
    first, second, third = (bureau.rule(person) for person in (bureau.a, bureau.b, bureau.c))

    for _n in range(3):
        assignment.move_rule_up(third, by=bureau.lead)
    assignment.remove_rule(second, by=bureau.lead)

    assert list(AssignmentRule.objects.values_list("pk", flat=True)) == [third.pk, first.pk]
    assert submitted().holder == bureau.c
    actions = AuditEntry.objects.filter(by=bureau.lead).values_list("action", flat=True)
    assert list(actions.order_by("pk")) == [
        "add_rule", "add_rule", "add_rule", "change_rule", "change_rule", "remove_rule",
    ]  # fmt: skip


def kept(action: str) -> dict:
    return AuditEntry.objects.filter(action=action).latest("pk").changed


def test_the_audit_keeps_what_a_rule_was_and_what_it_is(bureau):
    a, b = (f"{person} #{person.pk}" for person in (bureau.a, bureau.b))
    zone = Zone.objects.filter(district__code=HERE).first()
    first, rule = bureau.rule(bureau.c), bureau.rule(bureau.a, industry="industry", most=3)
    made = {
        "order": [None, 2],
        "outside_zones": [None, False],
        "industry": [None, "industry"],
        "most": [None, 3],
        "people": [None, [a]],
    }
    assert kept("add_rule") == made

    assignment.change_rule(rule, by=bureau.lead, people=[bureau.a, bureau.b], zone=zone, most=3)
    assert kept("change_rule") == {
        "zone": [None, zone.name],
        "industry": ["industry", ""],
        "people": [[a], [a, b]],
    }

    assignment.move_rule_up(rule, by=bureau.lead)
    assert kept("change_rule") == {"order": [2, 1]}

    assignment.remove_rule(AssignmentRule.objects.get(pk=rule.pk), by=bureau.lead)
    assert kept("remove_rule") == {
        "order": [1, None],
        "zone": [zone.name, None],
        "outside_zones": [False, None],
        "industry": ["", None],
        "most": [3, None],
        "people": [[a, b], None],
    }
    assert AssignmentRule.objects.get() == first


def test_the_audit_keeps_the_days_of_an_absence(bureau):
    a, c = (f"{person} #{person.pk}" for person in (bureau.a, bureau.c))
    absence = bureau.away(bureau.a, stand_in=bureau.c, days=3)
    days = {"first": [None, "2020-03-02"], "last": [None, "2020-03-05"]}
    assert kept("add_absence") == {"user": [None, a], "stand_in": [None, c], **days}

    assignment.end_absence(absence, by=bureau.lead, on=TODAY + timedelta(days=1))
    assert kept("end_absence") == {"last": ["2020-03-05", "2020-03-02"]}

    absence = bureau.away(bureau.b)
    assignment.end_absence(absence, by=bureau.lead, on=TODAY)
    assert kept("end_absence")["first"] == ["2020-03-02", None]


def test_a_changed_rule_leaves_what_it_has_assigned(bureau):
    rule = bureau.rule(bureau.a)
    filing = submitted()

    assignment.change_rule(rule, by=bureau.lead, people=[bureau.b], industry="industry")

    filing.refresh_from_db()
    assert filing.holder == bureau.a
    assert submitted().holder == bureau.b


def test_a_rule_names_people_and_zones_of_the_bureau_only(bureau):
    stranger = make.officer("bureau", district="410803")
    elsewhere = Zone.objects.exclude(district__code=HERE).first()

    for wrong in ({"people": []}, {"people": [stranger]}):
        with pytest.raises(Refused):
            assignment.add_rule(bureau.agency, by=bureau.lead, **wrong)
    with pytest.raises(Refused, match="产业集聚区"):
        bureau.rule(bureau.a, zone=elsewhere)
    assert not AssignmentRule.objects.exists()


@pytest.mark.parametrize("who", ["a", "stranger"])
def test_only_the_lead_of_the_bureau_keeps_rules_and_absences(bureau, who):
    stranger = make.officer("bureau", district="410803", role="lead")
    by = {"a": bureau.a, "stranger": stranger}[who]
    rule, absence = bureau.rule(bureau.a), bureau.away(bureau.b)
    writes = (
        lambda: assignment.add_rule(bureau.agency, by=by, people=[bureau.a]),
        lambda: assignment.change_rule(rule, by=by, people=[bureau.a]),
        lambda: assignment.move_rule_up(rule, by=by),
        lambda: assignment.remove_rule(rule, by=by),
        lambda: assignment.end_absence(absence, by=by, on=TODAY),
        lambda: assignment.add_absence(
            bureau.agency, user=bureau.c, first=TODAY, last=TODAY, stand_in=None, by=by, at=NOW
        ),
    )

    for write in writes:
        with pytest.raises(NotAllowed):
            write()
