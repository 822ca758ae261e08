"""Views of the desk that reviewers keep, through the front door."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import saved_views as domain
from filings.models import Agency, Posting, SavedView
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db
THERE = "410803"


@pytest.fixture(autouse=True)
def five_hours_later(clock_at):
    clock_at(NOW + timedelta(hours=6))


def bureau(district: str = "410802") -> Agency:
    return Agency.objects.get(kind="bureau", district__code=district)


def save(client, user, query: str = "view=all&state=submitted", **given):
    client.force_login(user)
    return client.post(f"{reverse('saved_view_new')}?{query}", {"name": "新交的", **given})


def desk(client, user, query: str = "view=all"):
    client.force_login(user)
    return client.get(f"{reverse('desk')}?{query}")


def beside(client, user) -> dict[str, int]:
    """The names and counts of the saved views on the person's desk."""
    kept = desk(client, user).context["kept"]
    return {one.view.name: one.count for one in kept}


def test_what_the_address_bar_asks_for_is_kept_under_a_name(client):
    _filing, people = make.filing_in("submitted")

    answer = save(client, people.reviewer, "view=all&state=submitted&size=&after=x&zone=nonsense")

    view = SavedView.objects.get()
    assert (view.owner, view.name, view.shared_with) == (people.reviewer, "新交的", None)
    assert parse_qs(view.query) == {"view": ["all"], "state": ["submitted"]}
    assert urlsplit(answer["Location"]).query == view.query


def test_a_saved_view_stands_on_the_desk_with_its_count(client):
    _filing, people = make.filing_in("submitted")
    make.filing_in("submitted", district=THERE)
    make.filing_in("returned")
    save(client, people.reviewer)
    save(client, people.reviewer, "view=all&q=没有这家", name="没有")

    assert beside(client, people.reviewer) == {"新交的": 1, "没有": 0}


@pytest.mark.parametrize(
    "query", ["view=all", "view=all&state=returned", "view=overdue", "view=all&q=cs", "view=mine"]
)
def test_the_count_is_that_of_the_list(client, query):
    _filing, people = make.filing_in("in_review", name="测试厂")
    make.filing_in("returned")
    save(client, people.reviewer, query)

    page = desk(client, people.reviewer, query)

    (kept,) = page.context["kept"]
    assert kept.view.query == page.context["here"]
    assert kept.count == page.context["queue"].total == len(page.context["queue"].rows)


def test_the_view_is_the_persons_own(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.reviewer)
    view = SavedView.objects.get()

    assert beside(client, people.lead) == {}
    assert client.get(reverse("saved_view", args=[view.pk])).status_code == 404
    assert client.post(reverse("saved_view_remove", args=[view.pk])).status_code == 404


def test_the_lead_shares_a_view_with_the_bureau_and_no_other(client):
    _filing, people = make.filing_in("submitted")
    stranger = make.officer("bureau", district=THERE)

    save(client, people.lead, shared_with=bureau().pk)

    assert beside(client, people.reviewer) == {"新交的": 1}
    assert beside(client, stranger) == {}


def test_a_shared_view_finds_what_its_reader_may_see(client):
    _filing, people = make.filing_in("submitted")
    make.filing_in("submitted", district=THERE)
    make.filing_in("submitted", district=THERE)
    domain.save_view(by=people.lead, name="全部", query="view=all", shared_with=bureau())
    elsewhere = make.officer("bureau", district=THERE)
    Posting.objects.create(user=elsewhere, agency=bureau(), role="reviewer")

    assert beside(client, people.reviewer) == {"全部": 1}
    assert beside(client, make.fresh(elsewhere)) == {"全部": 3}


def test_a_reviewer_shares_nothing(client):
    _filing, people = make.filing_in("submitted")

    save(client, people.reviewer, shared_with=bureau().pk)

    assert SavedView.objects.get().shared_with is None
    with pytest.raises(NotAllowed):
        domain.save_view(by=people.reviewer, name="a", query="", shared_with=bureau())


def test_a_lead_shares_with_no_other_bureau(client):
    _filing, people = make.filing_in("submitted")

    answer = save(client, people.lead, shared_with=bureau(THERE).pk)

    assert answer.status_code == 422
    assert not SavedView.objects.exists()
    with pytest.raises(NotAllowed):
        domain.save_view(by=people.lead, name="a", query="", shared_with=bureau(THERE))


def test_a_colleague_changes_no_shared_view_and_another_lead_does(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.lead, shared_with=bureau().pk)
    view = SavedView.objects.get()
    other_lead = make.officer("bureau", role="lead")
    address = reverse("saved_view", args=[view.pk])

    client.force_login(people.reviewer)
    refused = client.post(address, {"name": "改名"})
    removed = client.post(reverse("saved_view_remove", args=[view.pk]))
    client.force_login(other_lead)
    client.post(address, {"name": "改名", "shared_with": bureau().pk})

    view.refresh_from_db()
    assert (refused.status_code, removed.status_code) == (403, 403)
    assert (view.name, view.owner) == ("改名", people.lead)


def test_a_view_is_renamed_and_taken_away(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.reviewer)
    view = SavedView.objects.get()

    client.post(reverse("saved_view", args=[view.pk]), {"name": "改名"})
    renamed = beside(client, people.reviewer)
    client.post(reverse("saved_view_remove", args=[view.pk]))

    assert renamed == {"改名": 1}
    assert beside(client, people.reviewer) == {}


def test_a_name_is_used_once_by_a_person(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.reviewer)

    twice = save(client, people.reviewer, "view=mine")

    assert twice.status_code == 422
    assert "已经有名为“新交的”的视图" in twice.content.decode()
    assert save(client, people.lead).status_code == 302


def test_nobody_keeps_more_views_than_a_desk_counts():
    person = make.officer("bureau")
    for number in range(domain.MOST_VIEWS):
        domain.save_view(by=person, name=str(number), query="view=all")

    with pytest.raises(Refused):
        domain.save_view(by=person, name="x", query="view=all")


def test_the_desk_begins_with_the_view_that_the_person_chose(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.reviewer, is_default="on")

    opened = client.get(reverse("desk"))

    assert opened["Location"] == f"{reverse('desk')}?{SavedView.objects.get().query}"
    client.force_login(people.lead)
    assert client.get(reverse("desk")).status_code == 200


def test_a_view_that_is_gone_or_no_longer_shared_is_not_begun_with(client):
    _filing, people = make.filing_in("submitted")
    view = domain.save_view(by=people.lead, name="a", query="view=all", shared_with=bureau())
    domain.begin_with(view, by=people.reviewer)
    client.force_login(people.reviewer)
    begun = client.get(reverse("desk")).status_code

    domain.change_view(view, by=people.lead, name="a")
    unshared = client.get(reverse("desk")).status_code
    domain.remove_view(view, by=people.lead)

    assert (begun, unshared) == (302, 200)
    assert client.get(reverse("desk")).status_code == 200


def test_the_desk_asks_as_often_for_3_views_as_for_1_and_10_times_at_most(client):
    _filing, people = make.filing_in("submitted")

    def queries() -> int:
        desk(client, people.reviewer)
        with CaptureQueriesContext(connection) as seen:
            desk_page = client.get(f"{reverse('desk')}?view=all&state=submitted")
        assert desk_page.status_code == 200
        return len(seen)

    save(client, people.reviewer)
    one = queries()
    save(client, people.reviewer, name="b")
    save(client, people.reviewer, name="c")

    assert queries() == one <= 10


def test_the_page_of_views_says_what_each_asks_for(client):
    _filing, people = make.filing_in("submitted")
    save(client, people.reviewer, "view=all&state=returned&waits=24")

    page = client.get(reverse("saved_views")).content.decode()

    assert "24 小时以上" in page
    assert "退回" in page
