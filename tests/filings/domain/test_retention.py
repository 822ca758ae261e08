"""Personal data goes when its term is over, and not before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filings.domain import retention
from filings.models import AuditEntry, CitySetting, FilingVersion, RosterRow
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=31)


def keep_for(days):
    setting = CitySetting.current()
    setting.roster_retention_days = days
    setting.save()


@pytest.mark.parametrize(
    ("state", "days", "left"),
    [
        ("started", 30, 0),
        ("withdrawn", 30, 0),
        ("revoked", 30, 0),
        ("started", 31, 2),
        ("started", None, 2),
        ("submitted", 30, 2),
        ("approved", 30, 2),
        ("suspended", 30, 2),
    ],
)
def test_a_roster_goes_when_it_has_served_and_its_term_is_over(state, days, left):
    filing, _people = make.filing_in(state)
    keep_for(days)

    retention.purge_personal_data(at=LATER)

    assert RosterRow.objects.filter(filing=filing).count() == left


def test_the_figures_of_the_version_stay_and_the_purge_is_recorded():
    filing, _people = make.filing_in("started")
    keep_for(30)

    retention.purge_personal_data(at=LATER)

    assert FilingVersion.objects.get(filing=filing).content["roster"]["count"] == 2
    assert AuditEntry.objects.get(action="purge_roster").filing == filing


def test_each_day_asks_for_the_next_one_once():
    for _ in range(2):
        retention.keep_purging_daily(at=make.NOW)

    row = OutboxRow.objects.get(kind="filings.purge")
    assert row.subject == "2020-03-03"
