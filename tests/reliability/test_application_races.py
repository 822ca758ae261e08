"""Two sites of one enterprise apply at the same moment: one application comes out of it."""

from __future__ import annotations

from collections import Counter

import pytest

from filings.domain.enterprise import add_site
from policies.domain import applications, packs
from policies.models import Application
from policies.queries.packs import published_rules
from tests import factories as make
from tests.factories import NOW
from tests.threads import all_at_once, kinds, meet

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

#: Nothing keeps a firm from it, and it is given once: a certificate, not a sum.
MEASURE = "豫政9-6c"


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW)
    packs.load_folder(None, at=NOW)
    published_rules()  # built once a process: nobody is held up by it on the way to the meeting


def prepare_at_once(monkeypatch) -> Counter:
    """Owner and clerk each prepare for another site; both have seen that nothing stands."""
    first, people = make.filing_in("submitted")
    owner = make.fresh(people.owner)
    second = add_site(
        first.enterprise, name="二厂区", district=first.district, zone=None, address="南路",
        by=owner, at=NOW,
    )  # fmt: skip
    pressing = [owner, make.member(first.enterprise, "clerk")]
    meet(monkeypatch, applications, "desk_for", 2)

    def press(number: int) -> object:
        return applications.prepare_application(
            (first, second)[number], MEASURE, by=pressing[number], at=NOW
        )

    return kinds(all_at_once(2, press))


def test_of_two_sites_one_applies_and_the_other_is_told_of_it(monkeypatch):
    got = prepare_at_once(monkeypatch)

    assert got == {"done": 1, "refused": 1}
    assert Application.objects.count() == 1


def test_counted_by_site_both_apply_for_what_an_enterprise_is_given_once(monkeypatch):
    monkeypatch.setattr(applications, "given_to", lambda filing, _measure: f"site:{filing.site_id}")

    got = prepare_at_once(monkeypatch)

    assert got == {"done": 2}
    assert Application.objects.count() == 2
