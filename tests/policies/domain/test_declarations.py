"""Answers: who may give them, what is accepted, and that every earlier one is kept."""

import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections

from filings.domain.enterprise import change_profile
from filings.models import AuditEntry, Notice
from jiaozuo_portal.lib.refusals import NotAllowed, Refused, Stale
from policies.domain.declarations import declare, withdraw_declaration
from policies.models import Declaration, SupportLink
from policies.queries.facts import gather
from policies.queries.packs import published_rules
from tests.factories import NOW, filing, firm, member, officer, owner_of
from tests.factories.policies import publish_pack

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


def test_an_answer_has_a_name_and_a_time_and_is_audited_without_its_value(pack):
    made = filing()
    clerk = member(made.enterprise, "clerk")

    given = declare(made, "premium_yuan", Decimal("36000.50"), by=clerk, at=NOW)

    assert (given.value, given.by, given.at) == ("36000.5", clerk, NOW)
    entry = AuditEntry.objects.get(action="declare")
    assert (entry.by, entry.field, entry.object_id) == (clerk, "premium_yuan", str(given.pk))
    assert "36000" not in str(entry.__dict__)


def test_a_correction_keeps_the_answer_before_it(pack):
    made = filing()
    owner = owner_of(made.enterprise)
    first = declare(made, "insured", True, by=owner, at=NOW)

    second = declare(made, "insured", False, by=owner, at=LATER)

    first.refresh_from_db()
    assert (first.value, first.ending, first.ended_at, first.ended_by) == (
        True,
        "corrected",
        LATER,
        owner,
    )
    assert list(Declaration.objects.current()) == [second]
    assert SupportLink.objects.current().get(measure="甲1-2").verdict == "not_eligible"


def test_the_same_answer_again_writes_nothing(pack):
    made = filing()
    owner = owner_of(made.enterprise)
    first = declare(made, "total_staff_count", 40, by=owner, at=NOW)

    again = declare(made, "total_staff_count", 40, by=member(made.enterprise, "clerk"), at=LATER)

    assert again == first
    assert Declaration.objects.count() == 1


def test_a_withdrawn_answer_makes_the_fact_unknown_again(pack):
    made = filing()
    owner = owner_of(made.enterprise)
    given = declare(made, "insured", True, by=owner, at=NOW)

    withdraw_declaration(given, filing=made, by=owner, at=LATER)

    given.refresh_from_db()
    assert (given.ending, given.ended_at) == ("withdrawn", LATER)
    assert SupportLink.objects.current().get(measure="甲1-2").verdict == "unknown"


def test_an_answer_is_withdrawn_once(pack):
    made = filing()
    owner = owner_of(made.enterprise)
    given = declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "insured", False, by=owner, at=NOW)

    with pytest.raises(Stale):
        withdraw_declaration(given, filing=made, by=owner, at=LATER)

    assert Declaration.objects.current().get().value is False


@pytest.mark.parametrize("who", ["viewer", "bureau", "policy", "stranger"])
def test_only_owner_and_clerk_answer(pack, who):
    made = filing()
    person = {
        "viewer": lambda: member(made.enterprise, "viewer"),
        "bureau": lambda: officer("bureau"),
        "policy": lambda: officer("policy"),
        "stranger": lambda: owner_of(firm()),
    }[who]()
    given = declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)

    with pytest.raises(NotAllowed):
        declare(made, "insured", False, by=person, at=LATER)
    with pytest.raises(NotAllowed):
        withdraw_declaration(given, filing=made, by=person, at=LATER)

    assert Declaration.objects.get() == given
    assert Declaration.objects.current().exists()


@pytest.mark.parametrize(
    ("fact", "value", "why"),
    [
        ("employees", 5, "企业资料"),
        ("enterprise_size", "micro", "企业资料"),
        ("is_resuming_or_resumed", True, "备案"),
        ("lpr_1y_pct", 4, "主管部门"),
        ("no_such_fact", True, "没有这个问题"),
        ("layoff_rate_pct", 5, "没有这个问题"),
        ("insured", "yes", "true"),
        ("total_staff_count", -1, "不能小于"),
        ("total_staff_count", 2_000_000_000, "过大"),
        ("premium_yuan", Decimal("NaN"), "有限"),
        ("form", "现金", "取值"),
        ("tax_due_date", "2020-02-30", "没有这一天"),
    ],
)
def test_what_is_not_theirs_to_say_or_cannot_be_is_refused_with_the_reason(pack, fact, value, why):
    made = filing()

    with pytest.raises(Refused, match=why):
        declare(made, fact, value, by=owner_of(made.enterprise), at=NOW)

    assert not Declaration.objects.exists()


def test_two_answers_that_cannot_both_be_are_refused(pack):
    made = filing()
    owner = owner_of(made.enterprise)
    declare(made, "layoff_count", 3, by=owner, at=NOW)

    with pytest.raises(Refused, match="职工总数"):
        declare(made, "total_staff_count", 0, by=owner, at=NOW)

    assert Declaration.objects.get().fact == "layoff_count"


def test_before_a_pack_is_published_nothing_is_asked(db):
    made = filing()

    with pytest.raises(Refused):
        declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)


def test_who_answers_is_not_told_of_their_own_answer(pack, clock_at, drain):
    clock_at(NOW)
    made = filing()
    drain()

    declare(made, "insured", False, by=owner_of(made.enterprise), at=LATER)
    drain()

    assert not Notice.objects.filter(kind="support").exists()


def test_the_profile_overtakes_an_older_answer_to_the_same_question(pack):
    made = filing(employees=None)
    Declaration.objects.create(
        enterprise=made.enterprise,
        fact="employees",
        value="7",
        by=owner_of(made.enterprise),
        at=NOW,
    )
    change_profile(made.enterprise, by=owner_of(made.enterprise), at=LATER, employees=70)
    made.enterprise.refresh_from_db()

    gathered = gather(made, published_rules().pack.registry)

    assert gathered.values["employees"] == 70
    assert gathered.origins["employees"].source == "profile"
    assert [declaration.value for declaration in gathered.unused] == ["7"]


def test_nobody_but_the_enterprise_reads_its_answers(pack):
    made = filing()
    given = declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)
    mine = Declaration.objects.visible_to(member(made.enterprise, "viewer"))
    others = [officer("bureau"), officer("city"), officer("health"), owner_of(firm())]

    assert list(mine) == [given]
    assert [list(Declaration.objects.visible_to(person)) for person in others] == [[]] * 4
    assert [list(SupportLink.objects.visible_to(person)) for person in others] == [[]] * 4


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one_current_answer_and_its_verdict(tmp_path: Path):
    publish_pack(tmp_path)
    made = filing()
    people = [owner_of(made.enterprise), member(made.enterprise, "clerk")] * 3
    start = threading.Barrier(len(people))
    failures = []

    def answer(number: int) -> None:
        try:
            start.wait()
            declare(made, "insured", number % 2 == 0, by=people[number], at=NOW)
        except Exception as error:  # noqa: BLE001 - told to the test below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=[n]) for n in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    current = Declaration.objects.current().get(fact="insured")
    verdict = SupportLink.objects.current().get(filing=made, measure="甲1-2").verdict
    assert verdict == ("eligible" if current.value else "not_eligible")
    ended = Declaration.objects.exclude(ended_at=None)
    assert set(ended.values_list("ending", flat=True)) <= {"corrected"}
