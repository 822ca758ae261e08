"""The queue, and the homes of zone, health authority and city, through the front door."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import moves, review
from filings.models import DeskEntry, Filing, Opinion, Posting, TimeLimit, ZoneReceipt
from filings.queries.desk import SORTS
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
QINYANG = "410882"


@pytest.fixture(autouse=True)
def five_hours_later(clock_at):
    clock_at(NOW + timedelta(hours=6))


LEFT = re.compile(r'data-label="办结期限">(?:<time [^>]*>)?([^<]*)<')


def names(response) -> list[str]:
    return [row.entry.name for row in response.context["queue"].rows]


def page(client, user, address="desk", **query):
    client.force_login(user)
    return client.get(reverse(address), query)


def queries_of(client, user, address, **query) -> int:
    client.force_login(user)
    client.get(reverse(address), query)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(reverse(address), query).status_code == 200
    return len(seen)


def submitted(count: int, **profile) -> list[Filing]:
    return [make.filing_in("submitted", **profile)[0] for _n in range(count)]


def test_the_queue_holds_the_reviewers_district_and_no_other(client):
    here, people = make.filing_in("submitted")
    make.filing_in("submitted", district="410803")

    response = page(client, people.reviewer)

    assert names(response) == [here.enterprise.name]
    assert response.context["queue"].counts["all"] == 1


def test_the_age_is_told_in_hours(client):
    _filing, people = make.filing_in("submitted")

    assert "5 小时" in page(client, people.reviewer).content.decode()


def test_views_part_the_work_and_count_it(client):
    _waiting, _people = make.filing_in("submitted")
    mine, people = make.filing_in("in_review")
    returned, _ = make.filing_in("returned")
    back, back_people = make.filing_in("returned")
    review.mend_correction(back.corrections.get(), by=back_people.owner, at=NOW)
    moves.submit_filing(back, by=back_people.owner, at=NOW, key=uuid.uuid4())

    found = {
        view: names(page(client, people.reviewer, view=view))
        for view in ("mine", "reviewing", "back", "returned")
    }

    assert found == {
        "mine": [mine.enterprise.name],
        "reviewing": [mine.enterprise.name],
        "back": [back.enterprise.name],
        "returned": [returned.enterprise.name],
    }
    assert page(client, people.reviewer).context["queue"].counts == {
        "mine": 1,
        "waiting": 2,
        "unowned": 1,
        "reviewing": 1,
        "back": 1,
        "returned": 1,
        "overdue": 0,
        "all": 4,
    }


def test_overdue_is_what_has_passed_its_time_limit_and_is_with_the_bureau(client, clock_at):
    filing, people = make.filing_in("in_review", makes_epidemic_supplies=True)
    returned, _ = make.filing_in("returned", makes_epidemic_supplies=True)
    make.filing_in("submitted")

    clock_at(filing.due_at)
    in_time = page(client, people.reviewer, view="overdue")
    clock_at(filing.due_at + timedelta(hours=5))
    late = page(client, people.reviewer, view="overdue")

    assert names(in_time) == []
    assert names(late) == [filing.enterprise.name]
    assert "已超 5 小时" in late.content.decode()
    assert "暂停，还剩" in page(client, people.reviewer, view="returned").content.decode()
    assert returned.time_left


def test_what_is_due_first_comes_first(client):
    later, people = make.filing_in("submitted", makes_epidemic_supplies=True)
    make.filing_in("submitted", name="没有时限")
    TimeLimit.objects.update(hours=10)
    sooner, _ = make.filing_in("submitted", makes_epidemic_supplies=True)

    listed = page(client, people.reviewer, sort="due", view="all")

    assert names(listed) == [sooner.enterprise.name, later.enterprise.name, "没有时限"]


@pytest.mark.parametrize("typed", ["怀府", "hfjx", "huaifu", "HFJX", "91410800MA9"])
def test_search_by_name_code_or_pinyin(client, typed):
    found, people = make.filing_in("submitted", name="怀府机械厂")
    other, _ = make.filing_in("submitted", name="云台酒业", uscc="91410882MA9F4K2C7X")

    assert names(page(client, people.reviewer, q=typed)) == [found.enterprise.name]
    assert names(page(client, people.reviewer, q="没有这家")) == []
    assert other.enterprise.name in names(page(client, people.reviewer))


def test_filters_narrow_and_can_be_taken_off_one_by_one(client):
    small, people = make.filing_in("submitted", employees=40)
    make.filing_in("submitted", employees=None)
    response = page(client, people.reviewer, size="small", state="submitted", view="all")

    assert names(response) == [small.enterprise.name]
    assert [chip["url"] for chip in response.context["chips"]] == [
        "?size=small&view=all",
        "?state=submitted&view=all",
    ]
    assert len(names(page(client, people.reviewer, size="open", view="all"))) == 1
    assert names(page(client, people.reviewer, holder=people.reviewer.pk, view="all")) == []


def test_a_filing_of_the_zone_is_found_by_its_zone(client):
    inside, people = make.filing_in("submitted", district=QINYANG, zone=True)
    outside, _ = make.filing_in("submitted", district=QINYANG)

    by_zone = names(page(client, people.reviewer, zone=inside.zone_id))
    without = names(page(client, people.reviewer, zone="none"))

    assert (by_zone, without) == ([inside.enterprise.name], [outside.enterprise.name])


@pytest.mark.parametrize("wrong", [{"view": "x"}, {"sort": "x"}, {"after": "???"}, {"zone": "9"}])
def test_a_wrong_address_is_as_good_as_none(client, wrong):
    filing, people = make.filing_in("submitted")

    assert names(page(client, people.reviewer, **wrong)) == [filing.enterprise.name]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_turn_without_losing_or_doubling_a_row(client, monkeypatch, sort):
    monkeypatch.setattr("filings.queries.desk.PAGE_SIZE", 2)
    filings = submitted(3) + submitted(3, makes_epidemic_supplies=True)
    reviewer = make.officer("bureau")
    client.force_login(reviewer)
    seen, after = [], ""

    while after is not None:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(reverse("desk"), {"after": after, "sort": sort})
        seen += names(response)
        if after:
            assert _begins_in_the_index(asked, SORTS[sort][1][0])
        after = response.context["queue"].page.next

    assert sorted(seen) == sorted(filing.enterprise.name for filing in filings)


def _begins_in_the_index(asked, column) -> bool:
    """Whether the page asks for what lies behind its edge in a column that has no empty place."""
    name, side = column.removeprefix("-"), "<=" if column.startswith("-") else ">="
    pages = [one["sql"] for one in asked if f'"{name}" {side} ' in one["sql"]]
    return len(pages) == 1 and "NULLS" not in pages[0]


def test_the_desk_asks_the_database_as_often_for_30_rows_as_for_1(client):
    (first,) = submitted(1)
    people = make.cast(first)
    moves.claim_filing(first, by=people.reviewer, at=NOW)
    one = queries_of(client, people.lead, "desk", view="all", size="small")
    submitted(29)

    assert queries_of(client, people.lead, "desk", view="all", size="small") == one


def test_the_lead_sees_the_load_of_the_team_and_the_reviewer_does_not(client):
    _filing, people = make.filing_in("in_review")
    make.officer("bureau", district="410803", name="别处的人")
    address = reverse("desk_team")

    lead = page(client, people.lead, "desk_team")
    links = address in page(client, people.lead).content.decode()
    reviewer = page(client, people.reviewer, "desk_team")

    load = {line.user.pk: line.held for line in lead.context["load"]}
    assert load == {people.reviewer.pk: 1, people.lead.pk: 0}
    assert (links, reviewer.status_code) == (True, 403)
    assert address not in page(client, people.reviewer).content.decode()


def test_the_teams_page_asks_as_often_for_3_colleagues_as_for_1(client):
    _filing, people = make.filing_in("in_review")
    one = queries_of(client, people.lead, "desk_team")
    for _n in range(2):
        make.officer("bureau")

    assert queries_of(client, people.lead, "desk_team") == one


@pytest.mark.parametrize("kind", ["zone", "health", "city", "policy"])
def test_the_desk_is_the_bureaus(client, kind):
    assert page(client, make.officer(kind, district=QINYANG)).status_code == 403


def test_a_clerk_has_no_desk(client):
    assert page(client, make.owner_of(make.firm())).status_code == 403


# ---------------------------------------------------------------- zone
def test_the_zone_receives_a_filing_once_from_its_list(client):
    filing, _people = make.filing_in("submitted", district=QINYANG, zone=True)
    make.filing_in("submitted", district=QINYANG)
    officer = make.officer("zone", district=QINYANG)
    listed = page(client, officer, "zone_home").context["listing"]

    for _press in range(2):
        client.post(reverse("zone_receipt", args=[filing.pk]), {"version": 1})

    assert [row.filing.pk for row in listed.rows] == [filing.pk]
    assert ZoneReceipt.objects.get().by == officer
    assert page(client, officer, "zone_home").context["listing"].counts == {
        "waiting": 0,
        "done": 1,
        "all": 1,
    }


def test_a_zone_page_older_than_the_version_receives_nothing(client):
    filing, _people = make.filing_in("submitted", district=QINYANG, zone=True)
    client.force_login(make.officer("zone", district=QINYANG))

    response = client.post(reverse("zone_receipt", args=[filing.pk]), {"version": 7})

    assert response.status_code == 409
    assert not ZoneReceipt.objects.exists()


def test_another_zone_gets_a_404(client):
    filing, _people = make.filing_in("submitted", district=QINYANG, zone=True)
    client.force_login(make.officer("zone", district="410803"))

    response = client.post(reverse("zone_receipt", args=[filing.pk]), {"version": 1})

    assert response.status_code == 404
    assert not ZoneReceipt.objects.exists()


@pytest.mark.parametrize("kind", ["bureau", "health", "city"])
def test_nobody_else_receives_for_the_zone(client, kind):
    filing, _people = make.filing_in("submitted", district=QINYANG, zone=True)
    client.force_login(make.officer(kind, district=QINYANG))

    response = client.post(reverse("zone_receipt", args=[filing.pk]), {"version": 1})

    assert response.status_code == 403
    assert not ZoneReceipt.objects.exists()


def test_zone_and_health_ask_as_often_for_30_rows_as_for_1(client):
    submitted(1, district=QINYANG, zone=True)
    zone, health = (make.officer(kind, district=QINYANG) for kind in ("zone", "health"))
    one = [queries_of(client, zone, "zone_home"), queries_of(client, health, "health_home")]
    submitted(29, district=QINYANG, zone=True)

    many = [queries_of(client, zone, "zone_home"), queries_of(client, health, "health_home")]

    assert many == one


# ---------------------------------------------------------------- health
def test_the_health_authority_writes_its_opinion(client):
    filing, _people = make.filing_in("in_review")
    doctor = make.officer("health")
    client.force_login(doctor)

    response = client.post(
        reverse("opinion", args=[filing.pk]), {"version": 1, "text": "食堂请分时段用餐"}
    )

    assert response.status_code == 302
    assert Opinion.objects.get().text == "食堂请分时段用餐"
    listing = page(client, doctor, "health_home", view="unhandled").context["listing"]
    assert listing.counts == {"waiting": 0, "unhandled": 1, "done": 1, "all": 1}


def test_an_opinion_on_an_older_version_keeps_what_was_typed(client):
    filing, _people = make.filing_in("in_review")
    client.force_login(make.officer("health"))

    response = client.post(
        reverse("opinion", args=[filing.pk]), {"version": 9, "text": "食堂请分时段用餐"}
    )

    assert response.status_code == 409
    assert "食堂请分时段用餐" in response.content.decode()
    assert not Opinion.objects.exists()


def test_the_health_list_counts_who_may_not_return(client):
    filing = make.fill(make.filing())
    people = make.cast(filing)
    make.roster_row(filing, 3, certificate_no="")
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())

    (row,) = page(client, make.officer("health"), "health_home").context["listing"].rows

    assert (row.roster["count"], row.unfit) == (3, 1)


@pytest.mark.parametrize(
    ("kind", "district", "status"),
    [
        ("health", "410803", 404),
        ("bureau", "410802", 403),
        ("city", "410802", 403),
    ],
)
def test_nobody_else_opens_the_opinion_page(client, kind, district, status):
    filing, _people = make.filing_in("submitted")
    client.force_login(make.officer(kind, district=district))

    assert client.get(reverse("opinion", args=[filing.pk])).status_code == status


@pytest.mark.parametrize(
    ("kind", "address"), [("zone", "zone_home"), ("health", "health_home"), ("city", "city_home")]
)
def test_every_list_says_what_is_left_of_the_time_limit(client, clock_at, kind, address):
    profile = {"district": "410882", "zone": True, "makes_epidemic_supplies": True}
    running, _people = make.filing_in("in_review", **profile)
    paused, _people = make.filing_in("returned", **profile)
    make.filing_in("approved", **profile)
    officer = make.officer(kind, district="410882")
    asked = {"view": "all"} if kind != "city" else {"district": "410882"}

    told = [LEFT.findall(page(client, officer, address, **asked).content.decode())]
    clock_at(running.due_at + timedelta(hours=2))
    told.append(LEFT.findall(page(client, officer, address, **asked).content.decode()))

    assert paused.time_left == timedelta(hours=48)
    assert told == [["还剩 43 小时", "暂停，还剩 2 天"], ["已超 2 小时", "暂停，还剩 2 天"]]


def test_drafts_are_not_listed_to_zone_and_health(client):
    make.filing(district=QINYANG, zone=True)

    for kind in ("zone", "health"):
        listing = page(client, make.officer(kind, district=QINYANG), f"{kind}_home")
        assert listing.context["listing"].counts["all"] == 0


# ---------------------------------------------------------------- city
def test_the_city_sees_every_district_with_its_states(client):
    make.filing_in("submitted")
    make.filing_in("approved", district=QINYANG)

    context = page(client, make.officer("city"), "city_home").context

    table = {
        line.district.code: {state: n for state, n in line.by_state if n}
        for line in context["lines"]
    }
    assert len(table) == 11
    assert {code: states for code, states in table.items() if states} == {
        "410802": {"submitted": 1},
        QINYANG: {"approved": 1},
    }
    assert context["total"] == 2


def test_a_figure_of_the_city_opens_its_filings(client):
    make.filing_in("submitted")
    approved, _people = make.filing_in("approved", district=QINYANG)
    city = make.officer("city")

    response = page(client, city, "city_home", district=QINYANG, state="approved")

    assert names(response) == [approved.enterprise.name]


def test_the_city_narrows_by_everything_that_a_bureau_narrows_by(client):
    wanted, people = make.filing_in("in_review", district=QINYANG, zone=True, employees=40)
    make.filing_in("in_review", employees=40)
    make.filing_in("submitted", district=QINYANG, employees=40)
    make.filing_in("in_review", district=QINYANG)
    asked = {"state": "in_review", "district": QINYANG, "size": "small"}
    more = {"zone": wanted.zone_id, "holder": people.reviewer.pk, "sort": "newest"}

    response = page(client, make.officer("city"), "city_home", **asked, **more)

    assert names(response) == [wanted.enterprise.name]
    assert len(response.context["chips"]) == 5
    offered = {field.name for field in response.context["form"].filters}
    assert offered >= {
        "state",
        "district",
        "zone",
        "industry",
        "size",
        "holder",
        "gate",
        "province",
    }


def test_the_city_shows_no_list_until_it_is_asked_for_one(client):
    make.filing_in("submitted")
    city = make.officer("city")

    assert page(client, city, "city_home").context["queue"] is None
    assert page(client, city, "city_home", sort="newest").context["queue"] is None


def test_the_city_asks_as_often_for_30_rows_as_for_1(client):
    submitted(1)
    city = make.officer("city")
    one = queries_of(client, city, "city_home", state="submitted")
    submitted(29)

    assert queries_of(client, city, "city_home", state="submitted") == one


def test_an_officer_of_two_bureaus_sees_both_districts(client):
    here, people = make.filing_in("submitted")
    there, others = make.filing_in("submitted", district="410803")
    posting = Posting.objects.get(user=others.reviewer)
    Posting.objects.create(user=people.reviewer, agency=posting.agency, role="reviewer")

    assert sorted(names(page(client, make.fresh(people.reviewer)))) == sorted(
        [here.enterprise.name, there.enterprise.name]
    )


def with_entry(filing, **values):
    DeskEntry.objects.filter(pk=filing.pk).update(**values)
    return filing


def test_each_new_filter_finds_its_filing_and_no_other(client):
    found, people = make.filing_in("submitted")
    other, _ = make.filing_in("submitted")
    with_entry(
        found, industry="catering", shut=" ledger ", cover_days="2.5", provinces=" 河南省 湖北省 ",
        number="焦工备410802-2020-00007", search="怀府机械厂 焦工备410802-2020-00007",
        queued_at=NOW - timedelta(hours=20),
    )  # fmt: skip
    with_entry(other, industry="retail", shut=" plan ", cover_days=None, provinces=" 湖南省 ")
    asked = {
        "industry": "catering",
        "gate": "ledger",
        "cover": "3",
        "province": "湖北",
        "q": "2020-00007",
        "waits": "24",
    }

    for name, value in asked.items():
        assert names(page(client, people.reviewer, **{name: value})) == [found.enterprise.name], (
            name
        )

    together = page(client, people.reviewer, **asked)
    assert names(together) == [found.enterprise.name]
    assert together.context["queue"].total == 1
    assert len(together.context["chips"]) == len(asked)


def test_who_works_in_two_bureaus_narrows_by_district(client):
    here, people = make.filing_in("submitted", district="410802")
    there, others = make.filing_in("submitted", district="410803")
    both = people.reviewer
    agency = others.reviewer.postings.get().agency
    Posting.objects.create(user=both, agency=agency, role=Posting.Role.REVIEWER)
    alone = page(client, others.reviewer)

    everything = page(client, make.fresh(both))
    narrowed = page(client, make.fresh(both), district="410803")

    assert set(names(everything)) == {here.enterprise.name, there.enterprise.name}
    assert names(narrowed) == [there.enterprise.name]
    assert narrowed.context["queue"].total == 1
    assert [chip["label"] for chip in narrowed.context["chips"]] == [there.district.name]
    assert 'name="district"' in everything.content.decode()
    assert 'name="district"' not in alone.content.decode()
    assert names(page(client, make.fresh(both), district="410811")) == names(everything)


@pytest.mark.parametrize(
    "wrong", [{"cover": "-1"}, {"cover": "NaN"}, {"waits": "7"}, {"gate": "%"}, {"industry": "'"}]
)
def test_a_filter_with_a_wrong_value_is_left_out(client, wrong):
    filing, people = make.filing_in("submitted")

    assert names(page(client, people.reviewer, **wrong)) == [filing.enterprise.name]
    assert page(client, people.reviewer, **wrong).context["chips"] == []


def test_a_per_cent_sign_is_searched_as_it_is(client):
    make.filing_in("submitted")
    found, people = make.filing_in("submitted", name="百分之百%厂")

    assert names(page(client, people.reviewer, q="百%厂")) == [found.enterprise.name]


def follow(client, user, filing: Filing) -> str:
    client.force_login(user)
    return client.get(reverse("desk_next", args=[filing.pk])).url


def test_the_next_filing_is_mine_first_then_unclaimed_and_the_last_leads_to_the_first(client):
    people = make.filing_in("submitted")[1]
    reviewer = people.reviewer
    first_waiting = Filing.objects.get()
    second_waiting, *_ = submitted(1)
    mine, _people = make.filing_in("submitted")
    moves.claim_filing(mine, by=reviewer, at=NOW + timedelta(hours=5))
    others, _people = make.filing_in("in_review")
    in_another_district, _people = make.filing_in("submitted", district="410803")

    visited, at = [], first_waiting
    for _step in range(3):
        at = Filing.objects.get(pk=int(follow(client, reviewer, at).split("/")[-3]))
        visited.append(at)

    assert visited == [second_waiting, mine, first_waiting]
    assert {follow(client, reviewer, one) for one in (others, in_another_district)} == {
        reverse("review", args=[mine.pk])
    }


def test_where_nothing_else_waits_the_desk_says_so(client):
    filing, people = make.filing_in("submitted")

    client.force_login(people.reviewer)
    response = client.get(reverse("desk_next", args=[filing.pk]), follow=True)

    assert response.redirect_chain[0][0] == reverse("desk")
    assert "没有别的备案在等您审核。" in response.content.decode()


def test_the_next_filing_is_found_with_as_many_queries_among_many(client):
    few = submitted(2)
    reviewer = make.officer("bureau", district=QINYANG)
    client.force_login(reviewer)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("desk_next", args=[few[0].pk])).status_code == 302
        return len(seen)

    asked()
    before = asked()
    submitted(12)

    assert asked() == before
