"""The reviewer's document: what it shows to whom, and what another district never sees."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings import checklist
from filings.domain import drafts, moves, review
from filings.models import (
    Filing,
    FilingVersion,
    LedgerEntry,
    RosterRow,
)
from tests import factories as make
from tests.factories import NOW

from .reviewing import look, press, text, url

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=6)

DECISIONS = ("claim", "hand_over", "return_filing", "approve", "suspend", "resume", "revoke")


@pytest.fixture(autouse=True)
def in_the_afternoon(clock_at):
    clock_at(LATER)


# ---------------------------------------------------------------- reading
def test_the_page_shows_the_frozen_version_and_not_the_draft(client):
    filing, people = make.filing_in("returned")
    changed = {"duties": "后来改过的分工"}
    drafts.fill_section(filing, "scheme", changed, by=people.owner, at=LATER)

    page = text(look(client, people.reviewer, filing))

    assert make.SCHEME["duties"] in page
    assert "后来改过的分工" not in page


def test_a_draft_that_was_never_submitted_shows_gates_and_no_content(client):
    filing = make.filing()
    people = make.cast(filing)
    make.fill(filing, people=0)
    make.roster_row(filing, 1, workshop="秘密车间", health="")

    response = look(client, people.reviewer, filing)

    page = text(response)
    states = {gate.name: gate.state for gate in response.context["gates"]}
    assert states["scheme_parts"] == "pass"
    assert states["responsible_persons"] == states["roster"] == "fail"
    assert not any(gate.why for gate in response.context["gates"])
    assert make.SCHEME["duties"] not in page
    assert "秘密车间" not in page


def test_the_checklist_is_filled_in_beside_its_section(client):
    filing, people = make.filing_in("in_review")

    response = look(client, people.reviewer, filing)

    states = {
        check.rule: check.state for part in response.context["documents"] for check in part.checks
    }
    assert states["R1.2"] == "done"
    assert states["R5.1"] == "not_given"
    assert "防控方案的六个部分都有内容吗？" in text(response)


def test_checks_that_need_eyes_stand_first_in_their_part(client):
    filing, people = make.filing_in("in_review")

    response = look(client, people.reviewer, filing)

    order = ["not_done", "not_given", "done"]
    parts = {
        part.key: [check.state for check in part.checks] for part in response.context["documents"]
    }
    for states in parts.values():
        assert states == sorted(states, key=order.index)
    # The control: in the order of the guide they would stand otherwise.
    guide = {
        key: [row.state for row in checklist.answers(FilingVersion.objects.get().content)
              if row.section == key]
        for key in parts
    }  # fmt: skip
    assert any(states != sorted(states, key=order.index) for states in guide.values())


def test_a_report_that_is_not_due_yet_is_no_defect(client):
    filing, people = make.filing_in("in_review")
    waiting = look(client, people.reviewer, filing).context
    started, others = make.filing_in("started")
    filed = look(client, others.reviewer, started).context

    assert waiting["documents"][-1].defects == 0
    assert not waiting["documents"][-1].is_due
    assert {check.state for check in filed["documents"][-1].checks} == {"done"}


def test_what_changed_since_the_last_version_is_shown(client):
    filing, people = make.filing_in("returned")
    drafts.fill_section(filing, "scheme", {"duties": "新的分工"}, by=people.owner, at=LATER)
    make.roster_row(filing, 3, name="新来的人")
    plan = {
        "returning_total": "3",
        "origins": [{"province": "河南省", "count": "3"}],
        "batches": [{"number": "1", "on": "2020-03-09", "count": "3"}],
    }
    drafts.fill_section(filing, "plan", plan, by=people.owner, at=LATER)
    review.mend_correction(filing.corrections.get(), by=people.owner, at=LATER, answer="写好了")
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    response = look(client, people.reviewer, filing)

    changes = response.context["changes"]
    assert [(c.label, c.before, c.after) for c in changes.sections["scheme"]] == [
        ("责任分工", make.SCHEME["duties"], "新的分工")
    ]
    assert [(p.kind, p.name) for p in changes.roster.persons] == [("added", "新来的人")]
    assert "写好了" in text(response)


def came_back(**profile) -> tuple[Filing, make.Cast]:
    """A filing whose second version has two more people and 120 more entries."""
    filing, people = make.filing_in("approved", **profile)
    for number in (3, 4):
        make.roster_row(filing, number, health="symptoms")
    entries = [
        LedgerEntry(
            filing=filing, item=filing.supplies.get(), direction="in", quantity=1, by=people.owner,
            on=NOW.date() - timedelta(days=n % 7), person="孙仓管", purpose=f"入库{n}",
            recorded_at=NOW,
        )
        for n in range(120)
    ]  # fmt: skip
    LedgerEntry.objects.bulk_create(entries)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())
    return filing, people


def test_changes_that_do_not_fit_the_page_lead_to_all_of_them(client, monkeypatch):
    filing, people = came_back()
    short = text(look(client, people.reviewer, filing))
    monkeypatch.setattr("filings.queries.differences.MOST_SHOWN", 1)

    long = text(look(client, people.reviewer, filing))
    everybody = look(client, people.reviewer, filing, "version_people", 2)

    assert url("version_people", filing, 2) not in short
    assert f'href="{url("version_people", filing, 2)}"' in long
    assert "看全部 2 人的变化" in long
    assert "员工3" in text(everybody)
    assert "新增 2 人，修改 0 人，移除 0 人" in text(everybody)


def test_every_entry_of_a_long_ledger_is_reached_once(client):
    filing, people = came_back()
    page = text(look(client, people.reviewer, filing))
    assert f'href="{url("version_entries", filing, 2)}?fresh"' in page
    assert f'href="{url("version_entries", filing, 2)}"' in page

    for asked, n in (({"fresh": ""}, 120), ({}, 121)):
        first = look(client, people.reviewer, filing, "version_entries", 2, **asked)
        after = first.context["page"].next
        second = look(client, people.reviewer, filing, "version_entries", 2, **asked, after=after)

        rows = [*first.context["page"].rows, *second.context["page"].rows]
        assert len(rows) == len({row.pk for row in rows}) == n
        assert [row.on for row in rows] == sorted((row.on for row in rows), reverse=True)
        assert second.context["page"].next is None
        assert f"共 {n} 条" in text(first)


@pytest.mark.parametrize("name", ["version_people", "version_entries"])
def test_the_lists_of_a_version_are_for_who_may_see_the_version(client, name):
    filing, people = came_back(district="410882", zone=True)
    kinds = ("zone", "health", "city")
    inside = [people.owner, people.lead, *(make.officer(kind, district="410882") for kind in kinds)]

    for user in inside:
        assert look(client, user, filing, name, 2).status_code == 200
        assert look(client, user, filing, name, 3).status_code == 404
    outside = make.officer("bureau", district="410803")
    assert look(client, outside, filing, name, 2).status_code == 404


def test_who_sees_no_health_is_not_told_what_changed_of_it(client):
    filing, people = came_back(district="410882", zone=True)
    row = RosterRow.objects.filter(filing=filing).in_draft().get(name="员工3")
    row.removed = True
    row.save()
    row.pk, row.removed, row.first_version, row.health = None, False, None, "healthy"
    row.save()
    moves.withdraw_filing(filing, by=people.owner, at=LATER, remark="人员有变")
    filing.refresh_from_db()
    moves.reopen_filing(filing, by=people.owner, at=LATER)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    told = {
        user: "健康状况" in text(look(client, user, filing, "version_people", 3))
        for user in (
            people.lead,
            make.officer("health", district="410882"),
            make.officer("zone", district="410882"),
        )
    }

    assert list(told.values()) == [True, True, False]


def test_a_roster_of_30_is_read_with_as_many_queries_as_one_of_2(client):
    small, people = make.filing_in("in_review")
    large = make.fill(make.filing(), people=30)
    owner = make.owner_of(large.enterprise)
    plan = {
        "returning_total": "30",
        "origins": [{"province": "河南省", "count": "30"}],
        "batches": [{"number": "1", "on": "2020-03-09", "count": "30"}],
    }
    drafts.fill_section(large, "plan", plan, by=owner, at=NOW)
    moves.submit_filing(large, by=owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(large, by=people.reviewer, at=NOW)
    counted = []

    for filing in (small, large):
        look(client, people.reviewer, filing)
        with CaptureQueriesContext(connection) as seen:
            assert look(client, people.reviewer, filing).status_code == 200
        counted.append(len(seen))

    assert counted[0] == counted[1]


def with_problems() -> tuple[Filing, make.Cast]:
    filing = make.fill(make.filing(district="410882", zone=True))
    people = make.cast(filing)
    make.roster_row(filing, 3, name="有症状的人", health="symptoms")
    make.roster_row(filing, 4, name="没证明的人", certificate_no="")
    moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="人数随后更新")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    return filing, people


def names(response) -> list[str]:
    return [row.name for row in response.context["roster"].page.rows]


def test_problems_come_first_and_can_be_filtered(client):
    filing, people = with_problems()

    everybody = names(look(client, people.reviewer, filing))
    unwell = names(look(client, people.reviewer, filing, problem="unwell"))
    unfit = names(look(client, people.reviewer, filing, problem="unfit"))
    found = names(look(client, people.reviewer, filing, person="没证明"))

    assert everybody == ["有症状的人", "没证明的人", "员工1", "员工2"]
    assert (unwell, unfit, found) == (["有症状的人"], ["没证明的人"], ["没证明的人"])


@pytest.mark.parametrize("kind", ["zone", "city"])
def test_zone_and_city_see_no_health_neither_by_column_nor_order_nor_filter(client, kind):
    filing, _people = with_problems()
    officer = make.officer(kind, district="410882")

    response = look(client, officer, filing, problem="unwell")

    assert names(response) == ["员工1", "员工2", "有症状的人", "没证明的人"]
    assert response.context["roster"].counts == {}
    for hidden in ("有发热或咳嗽等症状", "JK00001", "集会聚会"):
        assert hidden not in text(response)


def test_the_health_authority_sees_health(client):
    filing, _people = with_problems()

    page = text(look(client, make.officer("health", district="410882"), filing))

    assert "有发热或咳嗽等症状" in page


def test_no_full_number_is_ever_on_the_page(client):
    filing, people = make.filing_in("in_review")

    page = text(look(client, people.reviewer, filing))

    assert RosterRow.objects.first().id_masked in page
    for number in (make.resident_id(1), "13800000000", "13800000001"):
        assert number not in page


def test_collected_points_are_the_bureaus_own_until_they_are_sent(client):
    filing, people = make.filing_in("in_review", district="410882", zone=True)
    review.collect_correction(filing, section="plan", text="内部斟酌", by=people.reviewer, at=NOW)

    seen = {
        kind: "内部斟酌" in text(look(client, make.officer(kind, district="410882"), filing))
        for kind in ("bureau", "zone", "health", "city")
    }
    member = text(look(client, people.owner, filing, "version", 1))

    assert seen == {"bureau": True, "zone": False, "health": False, "city": False}
    assert "内部斟酌" not in member


def test_an_older_version_stays_to_be_read_by_everybody_concerned(client):
    filing, people = make.filing_in("approved")
    drafts.fill_section(filing, "scheme", {"duties": "第二版的分工"}, by=people.owner, at=LATER)
    moves.submit_filing(filing, by=people.owner, at=LATER, key=uuid.uuid4())

    for user in (people.owner, people.reviewer):
        page = text(look(client, user, filing, "version", 1))
        assert make.SCHEME["duties"] in page
        assert "第二版的分工" not in page
    assert look(client, people.owner, filing, "version", 3).status_code == 404


# ---------------------------------------------------------------- scope
@pytest.mark.parametrize("name", ["review", *DECISIONS[1:]])
def test_another_district_gets_a_404(client, name):
    filing, _people = make.filing_in("in_review")
    stranger = make.officer("bureau", district="410803", role="lead")

    assert look(client, stranger, filing, name).status_code == 404


@pytest.mark.parametrize("name", DECISIONS)
def test_another_district_decides_nothing(client, name):
    filing, _people = make.filing_in("in_review")
    stranger = make.officer("bureau", district="410803", role="lead")
    before = filing.revision

    response = press(client, stranger, filing, name, remark="理由")

    filing.refresh_from_db()
    assert (response.status_code, filing.revision) == (404, before)


@pytest.mark.parametrize("kind", ["zone", "health", "city"])
@pytest.mark.parametrize("name", DECISIONS)
def test_other_agencies_decide_nothing(client, kind, name):
    filing, _people = make.filing_in("in_review", district="410882", zone=True)
    officer = make.officer(kind, district="410882", role="lead")
    before = filing.revision

    response = press(client, officer, filing, name, remark="理由")

    filing.refresh_from_db()
    assert (response.status_code, filing.revision) == (403, before)


@pytest.mark.parametrize("name", ["review", *DECISIONS])
def test_the_enterprise_neither_reads_the_desk_nor_decides(client, name):
    filing, people = make.filing_in("in_review")
    before = filing.revision
    client.force_login(people.owner)

    answers = {client.get(url(name, filing)).status_code} | {
        client.post(url(name, filing), {"revision": before, "remark": "理由"}).status_code
    }

    filing.refresh_from_db()
    assert answers <= {403, 405}
    assert filing.revision == before


@pytest.mark.parametrize("name", ["suspend", "revoke"])
def test_a_reviewer_is_no_lead(client, name):
    filing, people = make.filing_in("approved")

    assert press(client, people.reviewer, filing, name, remark="理由").status_code == 403


# ---------------------------------------------------------------- one person on two rosters
def flags(response) -> dict[str, list[tuple[str, int | None]]]:
    """Where else each person of the page is said to be listed."""
    roster = response.context["roster"]
    return {
        row.name: [(one.name, one.filing) for one in roster.elsewhere.get(row.id_index, ())]
        for row in roster.page.rows
    }


def twice(client, filing) -> str:
    """The number that the page asks for by itself."""
    address = reverse("review_twice", args=[filing.pk, filing.version])
    assert f'hx-get="{address}"' in text(client.get(reverse("review", args=[filing.pk])))
    return client.get(address).content.decode()


def test_a_person_on_two_rosters_is_flagged_with_the_other_filing(client):
    # Both rosters hold the numbers 1 and 2; the third is on this one alone.
    other, _ = make.filing_in("submitted", district="410882")
    filing = make.fill(make.filing(district="410882", zone=True))
    people = make.cast(filing)
    make.roster_row(filing, 3, name="只在这里")
    moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="人数随后更新")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    answer = look(client, people.reviewer, filing)

    there = (f"{other.enterprise.name} · {other.site.name}", other.pk)
    assert flags(answer) == {"员工1": [there], "员工2": [there], "只在这里": []}
    assert twice(client, filing) == "2"
    assert names(look(client, people.reviewer, filing, problem="twice")) == ["员工1", "员工2"]
    assert there[0] in text(answer)


def test_of_a_filing_in_another_district_the_bureau_is_told_no_name(client):
    other, _ = make.filing_in("submitted", district="410803")
    filing, people = make.filing_in("in_review", district="410882", zone=True)

    answer = look(client, people.reviewer, filing)

    assert {place for places in flags(answer).values() for place in places} == {("", None)}
    assert "外县（市、区）" in text(answer)
    assert other.enterprise.name not in text(answer)


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_a_roster_that_was_never_sent_or_has_ended_flags_nobody(client, state):
    if state == "draft":
        make.fill(make.filing(district="410882", zone=True))
    else:
        make.filing_in("withdrawn", district="410882", zone=True)
    filing, people = make.filing_in("in_review", district="410882", zone=True)

    answer = look(client, people.reviewer, filing)

    assert twice(client, filing) == "0"
    assert not any(flags(answer).values())


def test_the_enterprise_is_not_told_where_else_its_people_are_listed(client):
    make.filing_in("submitted", district="410882", zone=True)
    filing, people = make.filing_in("in_review", district="410882", zone=True)
    client.force_login(make.fresh(people.owner))

    answer = client.get(reverse("version", args=[filing.pk, 1]), {"problem": "twice"})

    assert "twice" not in answer.context["roster"].counts
    assert "也在" not in text(answer)
    assert client.get(reverse("review_twice", args=[filing.pk, 1])).status_code == 403
    assert len(names(answer)) == 2
