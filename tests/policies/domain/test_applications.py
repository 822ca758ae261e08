"""Applying: once a benefit, every move under its lock, and only what the measure needs."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from filings.domain.enterprise import add_site
from filings.models import Agency, Notice, RosterRow
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale
from policies.domain import applications, declarations, packs
from policies.eligibility.loading import default_pack_path
from policies.models import Application, ApplicationStep, DepartmentDesk
from policies.queries.applications import standing_applications
from policies.queries.support import support_of
from policies.states import APPLICATION_MOVES, STANDING, ApplicationState
from tests import factories as make
from tests.factories import NOW
from tests.threads import all_at_once, kinds

pytestmark = pytest.mark.django_db

MEASURE = "豫政9-17b"
#: Given to each site: its power connection stands still.
POWER = "豫政9-13a"
#: Given for each tax period.
DEFERRAL = "焦政4-11c"


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)


@pytest.fixture
def eligible():
    """A small firm that laid nobody off: the refund of unemployment insurance is theirs."""
    filing, people = make.filing_in("submitted", employees=40)
    owner = make.fresh(people.owner)
    answers = {
        "layoff_count": 0,
        "unemployment_insured": True,
        "unemployment_insurance_paid_last_year_yuan": Decimal(36000),
        "affected_by_epidemic": True,
    }
    for name, value in answers.items():
        declarations.declare(filing, name, value, by=owner, at=NOW)
    return filing, owner, people


def prepared(filing, owner, measure=MEASURE):
    return applications.prepare_application(filing, measure, by=owner, at=NOW)


def second_site(filing, owner):
    """The filing of another site of the same enterprise."""
    return add_site(
        filing.enterprise, name="二厂区", district=filing.district, zone=None, address="南路",
        by=owner, at=NOW,
    )  # fmt: skip


def take(application, name, by, **more):
    more.setdefault("revision", application.revision)
    return applications.move_application(application, name, by=by, at=NOW, **more)


def officer_of(application):
    """Somebody in the agency that decides."""
    user = make.user()
    user.postings.create(agency=application.agency, role="reviewer")
    return make.fresh(user)


def test_the_way_from_preparing_to_being_paid(eligible):
    filing, owner, _people = eligible
    application = prepared(filing, owner)
    officer = officer_of(application)

    for name, by in (
        ("send", owner), ("receive", officer), ("ask_back", officer), ("send", owner),
        ("receive", officer), ("grant", officer), ("pay", officer),
    ):  # fmt: skip
        application = take(application, name, by, remark="请补充参保证明")

    assert application.state == ApplicationState.PAID
    assert application.granted_yuan == application.asked_yuan
    assert list(application.steps.values_list("move", "by")) == [
        ("prepare", owner.pk), ("send", owner.pk), ("receive", officer.pk),
        ("ask_back", officer.pk), ("send", owner.pk), ("receive", officer.pk),
        ("grant", officer.pk), ("pay", officer.pk),
    ]  # fmt: skip
    assert Notice.objects.filter(to=owner, kind="application").count() == 5
    assert Notice.objects.filter(to=officer, kind="application_in").count() == 2


def test_the_content_holds_what_the_measure_needs_and_nothing_else(eligible):
    filing, owner, _people = eligible
    RosterRow.objects.filter(filing=filing).update(name="机密员工", health="confirmed")
    declarations.declare(filing, "tax_due_date", "2020-04-15", by=owner, at=NOW)

    content = prepared(filing, owner).content

    text = str(content)
    assert "机密员工" not in text
    assert content["uscc"] == filing.enterprise.uscc
    assert content["contact_phone"] == filing.enterprise.contact_mobile_masked
    assert "2020-04-15" not in text
    assert "4月15日" not in text
    facts = {fact["label"]: fact["value"] for fact in content["facts"]}
    assert len(facts) == len(content["facts"]) <= 8
    assert any("36,000" in value or "36000" in value for value in facts.values())


def test_preparing_twice_is_one_draft_and_one_benefit_is_applied_for_once(eligible):
    filing, owner, _people = eligible
    first = prepared(filing, owner)

    assert prepared(filing, owner) == first
    take(first, "send", owner)
    with pytest.raises(Refused, match="同一优惠只能享受一次"):
        prepared(filing, owner)
    assert Application.objects.count() == 1


@pytest.mark.parametrize("state", sorted(STANDING))
def test_what_an_enterprise_gets_once_is_not_applied_for_by_a_second_site(eligible, state):
    filing, owner, _people = eligible
    first = prepared(filing, owner)
    Application.objects.update(state=state)

    with pytest.raises(applications.AppliedAlready, match="“主厂区”已经申请过这项优惠") as told:
        prepared(second_site(filing, owner), owner)

    assert told.value.application == first
    assert Application.objects.get().given_to == f"enterprise:{filing.enterprise_id}"


def test_another_clause_of_the_same_benefit_is_the_same_benefit_at_another_site(eligible):
    filing, owner, _people = eligible
    prepared(filing, owner)

    with pytest.raises(applications.AppliedAlready):
        prepared(second_site(filing, owner), owner, "焦政4-13d")


@pytest.mark.parametrize("state", sorted(set(ApplicationState) - STANDING))
def test_a_second_site_may_apply_once_the_first_one_has_not_got_it(eligible, state):
    filing, owner, _people = eligible
    prepared(filing, owner)
    Application.objects.update(state=state)

    assert prepared(second_site(filing, owner), owner).filing.site.name == "二厂区"


def test_another_enterprise_is_not_kept_from_applying(eligible):
    filing, owner, _people = eligible
    prepared(filing, owner)
    other, people = make.filing_in("submitted", employees=40)

    assert prepared(other, make.fresh(people.owner), "焦政4-13d").filing == other


def test_what_a_site_gets_is_applied_for_once_at_each_site(eligible):
    filing, owner, _people = eligible
    declarations.declare(filing, "power_capacity_suspension", True, by=owner, at=NOW)
    second = second_site(filing, owner)

    made = [prepared(one, owner, POWER) for one in (filing, second)]
    take(made[1], "send", owner)

    assert [one.given_to for one in made] == [f"site:{filing.site_id}", f"site:{second.site_id}"]
    with pytest.raises(applications.AppliedAlready, match="同一优惠只能享受一次"):
        prepared(second, owner, POWER)


def test_of_several_cases_the_next_is_applied_for_when_one_is_granted(eligible):
    filing, owner, _people = eligible
    first = take(prepared(filing, owner, DEFERRAL), "send", owner)
    officer = officer_of(first)
    with pytest.raises(applications.AppliedAlready, match="上一笔申请还没有办完"):
        prepared(filing, owner, DEFERRAL)
    for name in ("receive", "grant"):
        first = take(first, name, officer)

    before = standing_applications(support_of(filing, at=NOW))
    second = prepared(filing, owner, DEFERRAL)
    after = standing_applications(support_of(filing, at=NOW))

    assert (first.given_to, second.given_to) == (f"case:{first.pk}", f"next:{filing.site_id}")
    assert (before, after) == ({}, {second.benefit: second})
    assert take(first, "pay", officer).state == ApplicationState.PAID


def test_each_site_applies_for_its_own_cases(eligible):
    filing, owner, _people = eligible
    second = second_site(filing, owner)

    made = [prepared(one, owner, DEFERRAL) for one in (filing, second)]

    assert [one.filing for one in made] == [filing, second]


def test_a_case_that_was_granted_before_cases_were_told_apart_keeps_nobody(eligible):
    filing, owner, _people = eligible
    prepared(filing, owner, DEFERRAL)
    Application.objects.update(given_to=f"enterprise:{filing.enterprise_id}", state="paid")

    assert prepared(filing, owner, DEFERRAL).state == ApplicationState.DRAFT


def test_after_a_refusal_one_may_apply_again(eligible):
    filing, owner, _people = eligible
    application = take(prepared(filing, owner), "send", owner)
    officer = officer_of(application)
    application = take(application, "receive", officer)
    with pytest.raises(Refused, match="理由"):
        take(application, "refuse", officer, remark="  ")
    take(application, "refuse", officer, remark="材料不符")

    assert prepared(filing, owner).pk != application.pk


def test_a_measure_that_is_not_theirs_or_is_unknown_to_the_pack_is_refused(eligible):
    filing, owner, _people = eligible
    declarations.declare(filing, "unemployment_insured", False, by=owner, at=NOW)

    with pytest.raises(Refused, match="不符合"):
        prepared(filing, owner)
    with pytest.raises(Refused):
        prepared(filing, owner, "豫政9-99z")
    assert not Application.objects.exists()


@pytest.mark.parametrize(
    ("measure", "how"), [("焦政办4-10a", "按现行费率缴费即可"), ("豫政9-4c", "公共招聘平台")]
)
def test_what_comes_without_an_application_is_not_applied_for(eligible, measure, how):
    filing, owner, _people = eligible

    with pytest.raises(Refused, match=how):
        prepared(filing, owner, measure)

    assert not Application.objects.exists()


def test_what_was_handed_in_elsewhere_is_recorded_and_followed_as_usual(eligible):
    filing, owner, _people = eligible
    there = applications.HandedIn(date(2020, 3, 1), "410800-77")

    application = take(prepared(filing, owner), "outside", owner, handed_in=there)

    assert application.state == ApplicationState.SENT
    assert (application.outside_on, application.outside_number) == (there.day, there.number)
    assert application.sent_at == NOW
    officer = officer_of(application)
    application = take(application, "receive", officer)
    assert take(application, "grant", officer).state == ApplicationState.GRANTED


@pytest.mark.parametrize(("day", "why"), [(None, "请填写"), (date(2020, 3, 3), "不能晚于今天")])
def test_a_day_elsewhere_that_cannot_be_is_refused(eligible, day, why):
    filing, owner, _people = eligible
    draft = prepared(filing, owner)

    with pytest.raises(Refused, match=why):
        take(draft, "outside", owner, handed_in=day and applications.HandedIn(day))

    draft.refresh_from_db()
    assert (draft.state, draft.outside_on) == (ApplicationState.DRAFT, None)


def test_what_changed_until_sending_is_looked_at_again(eligible):
    filing, owner, _people = eligible
    application = prepared(filing, owner)
    declarations.declare(filing, "unemployment_insured", False, by=owner, at=NOW)

    with pytest.raises(Refused, match="不能提交"):
        take(application, "send", owner)

    application.refresh_from_db()
    assert application.state == ApplicationState.DRAFT


def test_what_another_measure_has_taken_the_place_of_is_neither_prepared_nor_sent(
    eligible, tmp_path: Path
):
    filing, owner, _people = eligible
    draft = prepared(filing, owner)
    folder = Path(shutil.copytree(default_pack_path(), tmp_path / "pack"))
    clause = folder / "yuzheng-2020-9" / "17.yaml"
    mark = "  - id: 豫政9-17c\n"
    override = f"{{ id: {MEASURE}, from: 2020-03-01, basis: {{ zh: 依据, en: basis }} }}"
    text = clause.read_text("utf-8")
    assert mark in text
    clause.write_text(text.replace(mark, f"{mark}    overrides: [{override}]\n"), "utf-8")
    packs.load_folder(folder, at=NOW)

    with pytest.raises(Refused, match="取代，不能再申请"):
        take(draft, "send", owner)
    take(draft, "withdraw", owner)
    with pytest.raises(Refused, match="取代，不能再申请"):
        prepared(filing, owner)

    assert Application.objects.get().state == ApplicationState.WITHDRAWN


@pytest.mark.parametrize("name", sorted(APPLICATION_MOVES))
def test_each_move_is_for_its_side_alone(eligible, name):
    filing, owner, people = eligible
    application = prepared(filing, owner)
    officer = officer_of(application)
    move = APPLICATION_MOVES[name]
    Application.objects.update(state=min(move.sources), sent_at=NOW)
    application.refresh_from_db()
    wrong = {"enterprise": officer, "desk": owner}[move.side]

    for person in (wrong, make.owner_of(make.firm()), make.member(filing.enterprise, "viewer")):
        with pytest.raises(NotAllowed):
            take(application, name, person, remark="理由")


def test_nobody_decides_for_the_enterprise_that_they_work_for(eligible):
    filing, owner, _people = eligible
    application = take(prepared(filing, owner), "send", owner)
    owner.postings.create(agency=application.agency, role="lead")

    with pytest.raises(NotAllowed):
        take(application, "receive", make.fresh(owner))


def test_an_old_page_decides_nothing(eligible):
    filing, owner, _people = eligible
    application = take(prepared(filing, owner), "send", owner)
    officer = officer_of(application)
    old = application.revision
    take(application, "receive", officer)

    with pytest.raises(Stale):
        take(application, "receive", officer, revision=old)


@pytest.mark.parametrize("amount", [Decimal(-1), applications.MOST_YUAN + 1])
def test_an_impossible_amount_is_refused(eligible, amount):
    filing, owner, _people = eligible
    application = take(prepared(filing, owner), "send", owner)
    officer = officer_of(application)
    application = take(application, "receive", officer)

    with pytest.raises(Refused, match="金额"):
        take(application, "grant", officer, amount=amount)


def test_the_desk_is_the_one_that_the_administrator_has_set(eligible):
    filing, owner, _people = eligible
    by_default = prepared(filing, owner)
    department = by_default.content["departments"][0]
    set_to = Agency.objects.create(kind="policy", name="某某中心")
    DepartmentDesk.objects.create(department=department, agency=set_to)
    take(by_default, "withdraw", owner)

    assert prepared(filing, owner).agency == set_to


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_make_one_decision(eligible):
    filing, owner, _people = eligible
    application = take(prepared(filing, owner), "send", owner)
    officers = [officer_of(application) for _ in range(4)]
    application = take(application, "receive", officers[0])

    told = all_at_once(4, lambda number: take(application, "grant", officers[number]))

    assert kinds(told) == {"done": 1, "refused": 3}
    assert ApplicationStep.objects.filter(move="grant").count() == 1


def test_every_state_but_the_last_leads_on():
    ends = {ApplicationState.REFUSED, ApplicationState.PAID, ApplicationState.WITHDRAWN}
    leads_on = {state for move in APPLICATION_MOVES.values() for state in move.sources}
    assert leads_on == set(ApplicationState) - ends
    assert {ApplicationState.REFUSED, ApplicationState.WITHDRAWN}.isdisjoint(STANDING)
