"""Two people at once: nothing is lost, nothing is done twice, and the second one is told so.

Each race is made to happen: everybody stands between reading and writing at the same moment. Each
has its control on the same database: with the locks taken away the same race must go wrong.
"""

from __future__ import annotations

import re
import threading
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from filings.domain import drafts, moves, roster, supplies, versions
from filings.models import (
    Filing,
    LedgerEntry,
    Receipt,
    ReceiptCounter,
    RosterImport,
    RosterRow,
    Step,
    SupplyItem,
)
from filings.sheets import roster as sheets
from filings.sheets.samples import roster_workbook, sample_people
from jiaozuo_portal.outbox import queue
from tests import factories as make
from tests.factories import NOW
from tests.threads import WAIT, all_at_once, kinds, meet, take_locks_away

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ONE_OF_TWO = {"done": 1, "refused": 1}


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW)


@pytest.fixture
def without_locks(monkeypatch):
    take_locks_away(monkeypatch)


def fresh(filing: Filing) -> Filing:
    return Filing.objects.select_related("enterprise", "site", "district", "zone").get(pk=filing.pk)


# ---------------------------------------------------------------- one field, one section
TEXTS = ("办公室管登记。", "车间主任管本车间。")


def type_at_once(monkeypatch, filing: Filing, fields: tuple[str, str]) -> list[object]:
    """Owner and clerk each save a text into one of two `fields` that both found empty."""
    people = [make.owner_of(filing.enterprise), make.member(filing.enterprise, "clerk")]
    drafts.fill_section(filing, "scheme", {"leadership": "厂长任组长。"}, by=people[0], at=NOW)
    meet(monkeypatch, drafts, "_spot", 2)

    def type_text(number: int) -> object:
        by, text = people[number], TEXTS[number]
        return drafts.save_field(
            fresh(filing), "scheme", fields[number], text, "", by=make.fresh(by), at=NOW
        )

    return all_at_once(2, type_text)


def stored(filing: Filing, *names: str) -> list[str]:
    return [drafts.section_draft(filing, "scheme").data.get(name, "") for name in names]


def test_two_people_in_one_field_make_one_conflict_that_shows_both_texts(monkeypatch):
    filing = make.filing()

    got = type_at_once(monkeypatch, filing, ("duties", "duties"))

    assert kinds(got) == ONE_OF_TWO
    loser = next(number for number, one in enumerate(got) if isinstance(one, drafts.Conflict))
    mine, theirs = TEXTS[loser], TEXTS[1 - loser]
    assert (got[loser].mine, got[loser].theirs) == (mine, theirs)
    assert stored(filing, "duties") == [theirs]


def test_two_people_in_two_fields_of_a_section_keep_both_texts(monkeypatch):
    filing = make.filing()

    got = type_at_once(monkeypatch, filing, ("duties", "screening"))

    assert kinds(got) == {"done": 2}
    assert stored(filing, "duties", "screening") == list(TEXTS)


def test_without_locks_nobody_is_told_of_the_other_text(monkeypatch, without_locks):
    got = type_at_once(monkeypatch, make.filing(), ("duties", "duties"))

    assert kinds(got) != ONE_OF_TWO


def test_without_locks_a_text_of_the_section_is_lost(monkeypatch, without_locks):
    filing = make.filing()

    got = type_at_once(monkeypatch, filing, ("duties", "screening"))

    assert kinds(got) != {"done": 2} or stored(filing, "duties", "screening") != list(TEXTS)


# ---------------------------------------------------------------- the last stock
def take_out_at_once(monkeypatch, filing: Filing) -> tuple[list[object], SupplyItem, Decimal]:
    """Two people take 8 of the last 10: the results, the item, and the sum of its entries."""
    owner = make.owner_of(filing.enterprise)
    item = supplies.add_item(filing, name="口罩", unit="只", by=owner)

    def record(direction: str, quantity: int) -> LedgerEntry:
        return supplies.record_entry(
            SupplyItem.objects.select_related("filing").get(pk=item.pk),
            direction=direction,
            quantity=Decimal(quantity),
            on=NOW.date(),
            person="孙仓管",
            purpose="发放",
            by=make.fresh(owner),
            at=NOW,
        )

    record("in", 10)
    meet(monkeypatch, supplies, "_require_stock", 2)
    got = all_at_once(2, lambda _number: record("out", 8))
    item.refresh_from_db()
    return got, item, sum(entry.signed for entry in item.entries.all())


def test_the_last_stock_goes_out_once(monkeypatch):
    got, item, total = take_out_at_once(monkeypatch, make.filing())

    assert kinds(got) == ONE_OF_TWO
    assert (item.balance, total) == (Decimal(2), Decimal(2))


def test_without_locks_the_last_stock_goes_out_twice(monkeypatch, without_locks):
    got, item, total = take_out_at_once(monkeypatch, make.filing())

    assert kinds(got) != ONE_OF_TWO or item.balance != total


# ---------------------------------------------------------------- a version and its ledger
def freeze_while_stock_goes_out(monkeypatch) -> tuple[list[object], Decimal, Decimal]:
    """Somebody takes 100 out just when the filing is frozen.

    Gives the results, the balance that the version shows, and the sum of the entries it holds.
    """
    filing = make.fill(make.filing())
    owner = make.owner_of(filing.enterprise)
    looked, taken_out = threading.Event(), threading.Event()
    freeze = versions.freeze

    def freeze_later(*given, **named):
        looked.set()
        taken_out.wait(timeout=WAIT)
        return freeze(*given, **named)

    monkeypatch.setattr(versions, "freeze", freeze_later)

    def act(number: int) -> object:
        by = make.fresh(owner)
        if number == 0:
            return moves.submit_filing(fresh(filing), by=by, at=NOW, key=uuid.uuid4())
        looked.wait(timeout=30)
        entry = supplies.record_entry(
            SupplyItem.objects.select_related("filing").get(filing=filing),
            direction="out",
            quantity=Decimal(100),
            on=NOW.date(),
            person="孙仓管",
            purpose="发放",
            by=by,
            at=NOW,
        )
        taken_out.set()
        return entry

    got = all_at_once(2, act)
    shown = versions.content_of(filing, 1).get("supplies") or [{"balance": 0}]
    held = sum(entry.signed for entry in filing.ledger.filter(first_version=1))
    return got, Decimal(shown[0]["balance"]), Decimal(held)


def test_a_version_shows_the_balance_of_the_entries_that_it_holds(monkeypatch):
    got, shown, held = freeze_while_stock_goes_out(monkeypatch)

    assert kinds(got) == {"done": 2}
    assert (shown, held) == (Decimal(1000), Decimal(1000))


def test_without_locks_a_version_may_hold_more_than_it_shows(monkeypatch, without_locks):
    got, shown, held = freeze_while_stock_goes_out(monkeypatch)

    assert kinds(got) != {"done": 2} or shown != held


# ---------------------------------------------------------------- two imports, or one and a person
LISTS = (sample_people(4, seed=1), sample_people(9, seed=2)[4:])


def waiting_import(filing: Filing, people: list[dict]) -> RosterImport:
    owner = make.owner_of(filing.enterprise)
    upload = SimpleUploadedFile("花名册.xlsx", roster_workbook(people))
    return roster.start_import(filing, upload, by=owner, at=NOW)


def draft_names(filing: Filing) -> list[str]:
    return sorted(RosterRow.objects.filter(filing=filing).in_draft().values_list("name", flat=True))


def apply_at_once(monkeypatch) -> tuple[list[object], list[RosterImport], list[str]]:
    """Two people confirm two imports of one roster at once, and two workers write them."""
    filing = make.filing()
    jobs = [waiting_import(filing, people) for people in LISTS]
    queue.drain()
    meet(monkeypatch, roster, "_stamp", 2)

    def confirm_and_apply(number: int) -> object:
        job = RosterImport.objects.select_related("filing").get(pk=jobs[number].pk)
        roster.confirm_import(job, by=make.owner_of(filing.enterprise))
        roster.apply_import(job, at=NOW)
        return number

    got = all_at_once(2, confirm_and_apply)
    return got, [RosterImport.objects.get(pk=job.pk) for job in jobs], draft_names(filing)


def test_of_two_imports_at_once_one_is_written_and_the_other_shown_again(monkeypatch):
    got, jobs, names = apply_at_once(monkeypatch)

    assert kinds(got) == {"done": 2}
    assert sorted(job.status for job in jobs) == ["applied", "preview"]
    written = next(number for number, job in enumerate(jobs) if job.status == "applied")
    assert names == sorted(person["name"] for person in LISTS[written])
    assert jobs[1 - written].report["refreshed"]
    assert jobs[1 - written].report["counts"]["removed"] == len(LISTS[written])


def test_without_locks_two_imports_are_written_into_each_other(monkeypatch, without_locks):
    _got, jobs, _names = apply_at_once(monkeypatch)

    assert sorted(job.status for job in jobs) != ["applied", "preview"]


def add_while_importing(monkeypatch) -> tuple[list[object], RosterImport, list[str]]:
    """Somebody adds a person in the page just when the worker has begun to write an import."""
    filing = make.filing()
    owner = make.owner_of(filing.enterprise)
    job = waiting_import(filing, LISTS[0])
    queue.drain()
    job.refresh_from_db()
    roster.confirm_import(job, by=owner)
    person, wrong = sheets.check_roster_row(
        {"name": "后来的", "id_number": make.resident_id(7), "mobile": "13800000000",
         "workshop": "一车间"},
        today=NOW.date(),
    )  # fmt: skip
    assert not wrong
    begun, added = threading.Event(), threading.Event()
    stamp = roster._stamp

    def stamp_and_wait(filing):
        found = stamp(filing)
        begun.set()
        added.wait(timeout=WAIT)
        return found

    monkeypatch.setattr(roster, "_stamp", stamp_and_wait)

    def act(number: int) -> object:
        if number == 0:
            roster.apply_import(RosterImport.objects.get(pk=job.pk), at=NOW)
            return number
        begun.wait(timeout=30)
        roster.add_person(fresh(filing), person, by=make.fresh(owner), at=NOW)
        added.set()
        return number

    got = all_at_once(2, act)
    job.refresh_from_db()
    return got, job, draft_names(filing)


def test_somebody_added_during_an_import_is_not_thrown_out_by_it(monkeypatch):
    got, job, names = add_while_importing(monkeypatch)

    assert kinds(got) == {"done": 2}
    assert job.status == "applied"
    assert names == sorted(["后来的", *(person["name"] for person in LISTS[0])])


def test_without_locks_an_import_throws_out_who_was_just_added(monkeypatch, without_locks):
    got, _job, names = add_while_importing(monkeypatch)

    assert kinds(got) != {"done": 2} or "后来的" not in names


# ---------------------------------------------------------------- receipts
DECISIONS = 5


def approve_in_one_district(monkeypatch, *, failing: int | None = None) -> list[object]:
    """The lead approves several filings of a district at once; one may break off at its end."""
    ready = [make.filing_in("in_review") for _ in range(DECISIONS)]
    meet(monkeypatch, ReceiptCounter, "save", DECISIONS, before=True)

    def approve(number: int) -> object:
        filing, people = ready[number]
        by = make.fresh(people.lead)
        with moves.transaction.atomic():
            receipt = moves.approve_filing(fresh(filing), by=by, at=NOW)
            if number == failing:
                raise ConnectionError
        return receipt.number

    return all_at_once(DECISIONS, approve)


def running_numbers() -> list[int]:
    numbers = Receipt.objects.values_list("number", flat=True)
    return sorted(int(re.search(r"(\d+)$", number)[1]) for number in numbers)


def test_receipts_of_a_district_are_numbered_without_gap_or_double(monkeypatch):
    got = approve_in_one_district(monkeypatch)

    assert kinds(got) == {"done": DECISIONS}
    assert len(set(got)) == DECISIONS
    assert running_numbers() == list(range(1, DECISIONS + 1))


def test_a_decision_that_breaks_off_leaves_no_gap(monkeypatch):
    got = approve_in_one_district(monkeypatch, failing=0)

    assert kinds(got) == {"done": DECISIONS - 1, "broke": 1}
    assert running_numbers() == list(range(1, DECISIONS))


def test_without_locks_receipts_cannot_be_numbered_at_once(monkeypatch, without_locks):
    got = approve_in_one_district(monkeypatch)

    assert kinds(got) != {"done": DECISIONS}


# ---------------------------------------------------------------- claims
def claim_at_once(monkeypatch) -> tuple[list[object], Filing, list]:
    filing, people = make.filing_in("submitted")
    reviewers = [people.reviewer, make.officer("bureau", district=filing.district.code)]
    page_revision = filing.revision
    meet(monkeypatch, moves, "require_fresh", 2)

    def claim(number: int) -> object:
        by = make.fresh(reviewers[number])
        return moves.claim_filing(fresh(filing), by=by, at=NOW, revision=page_revision)

    got = all_at_once(2, claim)
    filing.refresh_from_db()
    return got, filing, reviewers


def test_of_two_reviewers_one_gets_the_filing(monkeypatch):
    got, filing, reviewers = claim_at_once(monkeypatch)

    assert kinds(got) == ONE_OF_TWO
    holder = next(number for number, one in enumerate(got) if one is None)
    assert filing.holder == reviewers[holder]
    assert Step.objects.filter(filing=filing, move="claim").count() == 1


def test_without_locks_two_reviewers_believe_it_is_theirs(monkeypatch, without_locks):
    got, _filing, _reviewers = claim_at_once(monkeypatch)

    assert kinds(got) != ONE_OF_TWO
