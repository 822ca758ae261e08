"""The entry of a filing follows every change of what it shows."""

from __future__ import annotations

import pytest
import yaml

from filings.domain import desk, enterprise, moves, versions
from filings.models import DeskEntry, Enterprise, Filing, Site
from filings.provinces import MOST_OTHERS, PROVINCES_FILE
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

STATES = (
    "draft", "submitted", "in_review", "returned", "approved", "ready", "started", "suspended",
)  # fmt: skip


def entry_of(filing) -> dict:
    return DeskEntry.objects.filter(pk=filing.pk).values().get()


@pytest.mark.parametrize("state", STATES)
def test_the_entry_is_what_the_filing_says(state):
    filing = make.filing_in(state)[0] if state != "draft" else make.filing()
    before = entry_of(filing)

    desk.rebuild_entries()

    assert entry_of(filing) == before
    assert (before["state"], before["holder_id"]) == (state, filing.holder_id)


def test_a_new_name_and_size_stand_in_every_entry_of_the_enterprise():
    filing, people = make.filing_in("submitted", employees=40)
    firm = Enterprise.objects.get(pk=filing.enterprise_id)
    second = enterprise.add_site(
        firm, name="北厂区", district=firm.district, zone=None, address="北路 1 号",
        by=people.owner, at=NOW,
    )  # fmt: skip

    enterprise.change_profile(firm, by=people.owner, at=NOW, name="云台酒业", employees=3000)

    for entry in (entry_of(filing), entry_of(second)):
        assert entry["name"] == "云台酒业"
        assert "ytjy" in entry["search"]
    assert entry_of(second)["site"] == "北厂区"


def test_an_approved_filing_is_found_by_its_number_and_shows_the_gates_to_the_start():
    filing, people = make.filing_in("in_review")

    receipt = moves.approve_filing(filing, by=people.lead, at=NOW)

    entry = entry_of(filing)
    assert entry["number"] == receipt.number
    assert receipt.number.lower() in entry["search"]
    assert " screening " in entry["shut"]


def test_a_waived_gate_is_named_at_once():
    filing, people = make.filing_in("in_review")
    assert entry_of(filing)["shut"] == ""
    version = filing.versions.get()
    version.content["supplies"] = []
    version.save()

    moves.waive_gate(filing, "ledger", by=people.lead, at=NOW, reason="集聚区统一储备")

    assert entry_of(filing)["shut"] == " ledger "


def test_a_draft_names_no_gates_for_authorities_do_not_read_it():
    draft = make.filing()
    filing, people = make.filing_in("submitted")
    moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="暂不复工")
    moves.reopen_filing(filing, by=people.owner, at=NOW)

    assert (entry_of(draft)["state"], entry_of(draft)["shut"]) == ("draft", "")
    assert (entry_of(filing)["state"], entry_of(filing)["shut"]) == ("draft", "")


def test_the_lowest_cover_counts_and_unknown_is_no_number():
    filing, _people = make.filing_in("submitted")
    version = filing.versions.get()
    for days, lowest in (([None, "12.5", "3.0"], "3.0"), ([None], None)):
        version.content["supplies"] = [{"days": day, "balance": "1"} for day in days]
        made = desk.entry_of(filing, version.content, returns=0, number="", prestart={})
        assert (None if made.cover_days is None else str(made.cover_days)) == lowest


def test_provinces_are_whole_words():
    filing, _people = make.filing_in("submitted")
    content = {"roster": {"count": 3, "origins": [["湖北省", 2], ["", 1], ["河 南省", 1]]}}

    made = desk.entry_of(filing, content, returns=0, number="", prestart={})

    assert made.provinces == " 河南省 湖北省 "


def test_the_longest_texts_that_an_entry_can_have_fit_the_index_that_is_searched():
    """PostgreSQL refuses a row of an index beyond 2,704 bytes, and the filing with it."""
    filing, _people = make.filing_in("submitted")
    rare = [chr(0x20000 + n) for n in range(400)]
    Enterprise.objects.update(name="".join(rare[:120]), pinyin="x" * 200)
    Site.objects.update(name="".join(rare[120:200]))
    filing = Filing.objects.select_related("enterprise", "site", "district").get(pk=filing.pk)
    content = versions.content_of(filing)
    everywhere = [[full, 1] for full in yaml.safe_load(PROVINCES_FILE.read_text())["provinces"]]
    nowhere = [["".join(rare[n : n + 60]), 1] for n in range(300)]
    content["roster"]["origins"] = everywhere + nowhere

    made = desk.entry_of(filing, content, returns=0, number="9" * 40, prestart={})
    made.shut = "".join(chr(33 + n % 90) for n in range(200))
    made.save()

    made.refresh_from_db()
    assert len(made.origins) == 34 + MOST_OTHERS + 1
    assert sum(made.origins.values()) == 334
    assert made.search.startswith(rare[0])


def test_the_entry_has_the_people_of_the_roster_by_province_and_those_of_the_plan():
    filing, _ = make.filing_in("submitted")
    entry = entry_of(filing)

    assert sum(entry["origins"].values()) == entry["heads"] > 0
    assert sorted(entry["origins"]) == entry["provinces"].split()
    assert entry["planned"] == int(make.PLAN["returning_total"])


@pytest.mark.parametrize(
    ("written", "planned"), [("500", 500), (12, 12), ("", 0), (None, 0), ("x", 0), ("9" * 30, 0)]
)
def test_a_plan_without_a_usable_count_plans_nobody(written, planned):
    filing = make.filing()
    content = {"plan": {"returning_total": written}}
    entry = desk.entry_of(filing, content, returns=0, number="", prestart={})
    assert entry.planned == planned
