"""The lead's page of rules and absences, and assigning by hand, through the front door."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import assignment
from filings.models import Absence, Agency, AssignmentRule
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE = "410882"


@pytest.fixture
def bureau(clock_at) -> Agency:
    clock_at(NOW)
    make.city()
    return Agency.objects.get(kind="bureau", district__code=HERE)


@pytest.fixture
def lead(bureau, client):
    person = make.officer("bureau", district=HERE, role="lead", name="负责人")
    client.force_login(person)
    return person


def text(response) -> str:
    return response.content.decode()


def test_a_lead_comes_to_the_rules_of_the_own_bureau(client, bureau, lead):
    response = client.get(reverse("assignment_home"), follow=True)

    assert response.redirect_chain[-1][0] == reverse("assignment_rules", args=[bureau.pk])
    assert "还没有规则" in text(response)


def test_a_rule_is_added_changed_moved_and_removed_on_the_page(client, bureau, lead):
    reviewer = make.officer("bureau", district=HERE, name="甲")
    other = make.officer("bureau", district=HERE, name="乙")
    new = reverse("assignment_rule_new", args=[bureau.pk])

    client.post(new, {"zone": "none", "industry": "industry", "people": [reviewer.pk], "most": "5"})
    client.post(new, {"zone": "", "industry": "", "people": [other.pk], "most": ""})
    page = text(client.get(reverse("assignment_rules", args=[bureau.pk])))
    first, second = AssignmentRule.objects.all()

    assert "不在集聚区内、工业" in page
    assert "甲：每人最多 5 件" in page
    assert "所有备案" in page

    form = text(client.get(reverse("assignment_rule", args=[bureau.pk, first.pk])))
    assert 'value="5"' in form
    client.post(
        reverse("assignment_rule", args=[bureau.pk, first.pk]),
        {"zone": "", "industry": "", "people": [reviewer.pk, other.pk], "most": ""},
    )
    client.post(reverse("assignment_rule_up", args=[bureau.pk, second.pk]))
    assert list(AssignmentRule.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    assert set(AssignmentRule.objects.get(pk=first.pk).people.all()) == {reviewer, other}

    client.post(reverse("assignment_rule_remove", args=[bureau.pk, second.pk]))
    assert AssignmentRule.objects.get() == first


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"people": []}, "请至少选一个人。"), ({"most": "0"}, "1"), ({"zone": "999"}, "999")],
)
def test_a_rule_that_cannot_be_is_told_on_the_form_and_nothing_is_kept(
    client, bureau, lead, wrong, said
):
    given = {"zone": "", "industry": "", "people": [lead.pk], "most": ""} | wrong

    response = client.post(reverse("assignment_rule_new", args=[bureau.pk]), given)

    assert response.status_code == 422
    assert said in text(response)
    assert not AssignmentRule.objects.exists()


def test_the_page_tries_the_rules_on_a_filing_and_says_why_one_was_passed(client, bureau, lead):
    away, here = (make.officer("bureau", district=HERE, name=name) for name in ("甲", "乙"))
    filing, _people = make.filing_in("submitted", district=HERE, name="怀府机械厂")
    make.filing_in("submitted", district="410803", name="怀府别处厂")
    assignment.add_rule(bureau, by=lead, people=[away])
    assignment.add_rule(bureau, by=lead, people=[here])
    assignment.add_absence(
        bureau, user=away, first=NOW.date(), last=NOW.date(), stand_in=None, by=lead, at=NOW
    )

    response = client.get(reverse("assignment_rules", args=[bureau.pk]), {"q": "hfjx"})

    (trial,) = response.context["trials"]
    assert (trial.filing, trial.chosen.person, trial.number) == (filing, here, 2)
    assert "规则 1：甲不在" in text(response)
    filing.refresh_from_db()
    assert filing.holder is None


def test_a_try_without_a_rule_says_that_nobody_gets_it(client, bureau, lead):
    make.filing_in("submitted", district=HERE, name="怀府机械厂")

    page = text(client.get(reverse("assignment_rules", args=[bureau.pk]), {"q": "怀府"}))
    nothing = text(client.get(reverse("assignment_rules", args=[bureau.pk]), {"q": "没有这家"}))

    assert "没有人，留在“待领取”" in page
    assert "没有找到这样的备案" in nothing


def test_an_absence_is_noted_shown_and_ended(client, bureau, lead):
    person = make.officer("bureau", district=HERE, name="甲")
    given = {"user": person.pk, "first": "2020-03-02", "last": "2020-03-04", "stand_in": lead.pk}

    client.post(reverse("assignment_absence_new", args=[bureau.pk]), given)
    page = text(client.get(reverse("assignment_rules", args=[bureau.pk])))
    again = client.post(reverse("assignment_absence_new", args=[bureau.pk]), given)
    client.post(
        reverse("assignment_absence_end", args=[bureau.pk, Absence.objects.get().pk]), follow=True
    )

    assert "今天不在" in page
    assert "请假到 3月4日" in page
    assert again.status_code == 422
    assert "已经请假" in text(again)
    assert not Absence.objects.exists()


def test_the_loads_stand_on_the_page_the_fullest_first(client, bureau, lead):
    busy = make.officer("bureau", district=HERE, name="甲")
    assignment.add_rule(bureau, by=lead, people=[busy])
    make.filing_in("submitted", district=HERE)

    team = client.get(reverse("assignment_rules", args=[bureau.pk])).context["team"]

    assert (team[0].person, team[0].held) == (busy, 1)
    assert sum(line.held for line in team) == 1


def test_many_rules_and_absences_ask_the_database_as_often_as_one(client, bureau, lead):
    url = reverse("assignment_rules", args=[bureau.pk])

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    def add() -> None:
        person = make.officer("bureau", district=HERE)
        assignment.add_rule(bureau, by=lead, people=[person])
        assignment.add_absence(
            bureau, user=person, first=NOW.date(), last=NOW.date(), stand_in=lead, by=lead, at=NOW
        )

    add()
    one = queries()
    add()
    add()

    assert queries() == one
    assert one <= 12


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_the_rules_of_a_bureau_are_its_leads(client, bureau, lead, role):
    stranger = make.officer("bureau", district=HERE if role == "reviewer" else "410803", role=role)
    client.force_login(stranger)

    status = client.get(reverse("assignment_rules", args=[bureau.pk])).status_code

    assert status == (403 if role == "reviewer" else 404)


# ---------------------------------------------------------------- by hand, and the desk
def test_the_lead_assigns_a_filing_on_its_page(client, bureau, lead):
    filing, people = make.filing_in("submitted", district=HERE)
    page = text(client.get(reverse("review", args=[filing.pk])))
    form = client.get(reverse("assign", args=[filing.pk]))

    response = client.post(
        reverse("assign", args=[filing.pk]),
        {"revision": filing.revision, "to": people.reviewer.pk, "remark": ""},
        follow=True,
    )

    filing.refresh_from_db()
    assert "分派给同事…" in page
    assert form.status_code == 200
    assert (filing.state, filing.holder) == ("submitted", people.reviewer)
    assert f"已分派给{people.reviewer}" in text(response)
    assert f"分派审核，交给{people.reviewer}" in text(
        client.get(reverse("history", args=[filing.pk]))
    )


def test_a_reviewer_does_not_assign(client, bureau):
    filing, people = make.filing_in("submitted", district=HERE)
    client.force_login(people.reviewer)

    assert client.get(reverse("assign", args=[filing.pk])).status_code == 403
    assert "分派给同事…" not in text(client.get(reverse("review", args=[filing.pk])))


def test_what_was_assigned_is_mine_on_the_desk_and_the_rest_is_unowned(client, bureau, lead):
    reviewer = make.officer("bureau", district=HERE)
    unowned, _people = make.filing_in("submitted", district=HERE)
    assignment.add_rule(bureau, by=lead, people=[reviewer])
    mine, _people = make.filing_in("submitted", district=HERE)
    client.force_login(reviewer)

    def listed(view: str) -> list[int]:
        queue = client.get(reverse("desk"), {"view": view}).context["queue"]
        return [row.entry.pk for row in queue.rows]

    assert listed("mine") == [mine.pk]
    assert listed("unowned") == [unowned.pk]
    assert listed("waiting") == [unowned.pk, mine.pk]
