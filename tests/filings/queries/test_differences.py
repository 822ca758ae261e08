"""What changed between two versions: fields, rows, persons, entries, files."""

from __future__ import annotations

import base64
import json
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from filings.domain import attachments, drafts, moves, supplies
from filings.models import RosterRow
from filings.queries.differences import (
    MOST_SHOWN,
    differences,
    field_changes,
    profile_changes,
    roster_changes,
    roster_changes_page,
    section_changes,
)
from filings.queries.dossier import dossier_of
from filings.sections import PLAN, SCHEME
from tests import factories as make
from tests.factories import NOW

SEALED = {"sealed": "k1.a", "masked": "138****0000"}


def told(changes) -> list[tuple]:
    return [
        (change.kind, change.path, change.label, change.before, change.after) for change in changes
    ]


# ---------------------------------------------------------------- pure
def test_nothing_changed_is_nothing_told():
    assert told(section_changes(SCHEME, {"duties": "甲 "}, {"duties": "甲"})) == []


def test_a_field_is_added_changed_or_removed():
    old = {"duties": "甲", "screening": "乙"}
    new = {"duties": "丙", "leadership": "丁", "screening": ""}

    assert told(section_changes(SCHEME, old, new)) == [
        ("added", "leadership", "领导体系", "", "丁"),
        ("changed", "duties", "责任分工", "甲", "丙"),
        ("removed", "screening", "排查制度", "乙", ""),
    ]


def test_choices_and_ticks_are_told_in_words():
    old, new = {"has_orders": "yes"}, {"has_orders": "no"}

    assert told(section_changes(PLAN, old, new)) == [
        ("changed", "has_orders", "有订单", "是", "否")
    ]


def test_rows_are_matched_by_their_id():
    old = {
        "origins": [{"id": "a", "province": "河南省", "count": "2"}, {"id": "b", "province": "x"}]
    }
    new = {
        "origins": [
            {"id": "c", "province": "湖北省"},
            {"id": "a", "province": "河南省", "count": "3"},
        ]
    }

    assert told(section_changes(PLAN, old, new)) == [
        ("added", "origins.c", "返岗人员来源", "", "湖北省"),
        ("changed", "origins.a.count", "返岗人员来源 · 河南省 · 人数", "2", "3"),
        ("removed", "origins.b", "返岗人员来源", "x", ""),
    ]


def test_a_phone_is_compared_by_its_seal_and_never_shown():
    other = {"sealed": "k1.b", "masked": "138****0000"}

    same = told(section_changes(SCHEME, {"principal_phone": SEALED}, {"principal_phone": SEALED}))
    changed = told(section_changes(SCHEME, {"principal_phone": SEALED}, {"principal_phone": other}))

    assert same == []
    assert changed == [
        (
            "changed",
            "principal_phone",
            "第一责任人电话",
            "138****0000",
            "138****0000（被遮住的几位有变化）",
        )
    ]


def test_the_profile_is_told_in_words():
    old = {"employees": 40, "main_sector": "manufacturing", "zone": ""}
    new = {"employees": None, "main_sector": "other", "zone": "甲集聚区"}

    assert told(profile_changes(old, new)) == [
        ("added", "zone", "产业集聚区", "", "甲集聚区"),
        ("changed", "main_sector", "主营行业", "制造", "其他"),
        ("removed", "employees", "从业人员（人）", "40", ""),
    ]


# ---------------------------------------------------------------- roster
def submit(filing, people) -> None:
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())


def approve(filing, people) -> None:
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    moves.approve_filing(filing, by=people.reviewer, at=NOW)


def dropped(row: RosterRow) -> None:
    row.removed = True
    row.save()


def edited(row: RosterRow, **fields) -> RosterRow:
    """The row as an edit leaves it: the frozen one dropped, a new one with the same key."""
    dropped(row)
    values = {
        field.name: getattr(row, field.name)
        for field in RosterRow._meta.concrete_fields
        if field.name not in {"id", "first_version", "last_version", "removed"}
    }
    return RosterRow.objects.create(**{**values, **fields})


@pytest.fixture
def two_versions(db):
    """Four persons; then one is dropped, one changed, one added."""
    filing, people = make.filing_in("in_review")
    for gate in ("plan", "responsible_persons"):
        moves.waive_gate(filing, gate, by=people.lead, at=NOW, reason="人数和班组随后更新")
    moves.approve_filing(filing, by=people.reviewer, at=NOW)
    for number in (3, 4):
        make.roster_row(filing, number)
    submit(filing, people)
    approve(filing, people)
    rows = {row.name: row for row in RosterRow.objects.filter(filing=filing).in_draft()}
    dropped(rows["员工1"])
    edited(rows["员工2"], health="symptoms", workshop="二车间")
    make.roster_row(filing, 5)
    submit(filing, people)
    return filing, people


def test_persons_are_added_changed_and_removed_by_key(two_versions):
    filing, people = two_versions

    found = roster_changes(filing, 2, 3, user=people.reviewer)

    assert (found.added, found.changed, found.removed, found.left_out) == (1, 1, 1, 0)
    assert [(person.kind, person.name) for person in found.persons] == [
        ("changed", "员工2"),
        ("added", "员工5"),
        ("removed", "员工1"),
    ]
    assert [(c.label, c.before, c.after) for c in found.persons[0].fields] == [
        ("车间", "一车间", "二车间"),
        ("健康状况", "健康", "有发热或咳嗽等症状"),
    ]


@pytest.mark.parametrize("kind", ["city"])
def test_health_is_compared_only_for_those_who_may_see_it(two_versions, kind):
    filing, _people = two_versions

    found = roster_changes(filing, 2, 3, user=make.officer(kind))

    assert [c.label for c in found.persons[0].fields] == ["车间"]


def test_versions_that_are_not_neighbours_are_compared_as_well(two_versions):
    filing, people = two_versions

    found = roster_changes(filing, 1, 3, user=people.reviewer)

    assert (found.added, found.changed, found.removed) == (3, 1, 1)


def test_a_long_list_is_cut_and_counted_whole(two_versions, monkeypatch):
    filing, people = two_versions
    monkeypatch.setattr("filings.queries.differences.MOST_SHOWN", 2)

    found = roster_changes(filing, 1, 3, user=people.reviewer)

    assert (len(found.persons), found.total, found.left_out) == (2, 5, 3)


def listed(filing, numbers) -> None:
    """More people on the draft roster, made quickly: like its first one but for name and number."""
    first = RosterRow.objects.filter(filing=filing)[0]
    for n in numbers:
        first.pk, first.key, first.first_version = None, uuid.uuid4(), None
        first.order, first.name, first.id_index = n, f"员工{n}", f"{n:08}"
        first.save()


@pytest.mark.django_db
def test_every_one_of_many_who_changed_is_reached_once():
    filing, people = make.filing_in("draft")
    moves.waive_gate(filing, "plan", by=people.lead, at=NOW, reason="人数随后更新")
    listed(filing, range(1000, 1230))
    submit(filing, people)
    moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="人员有变")
    filing.refresh_from_db()
    moves.reopen_filing(filing, by=people.owner, at=NOW)
    rows = RosterRow.objects.filter(filing=filing, order__gte=1000)
    for row in rows.filter(order__lt=1130):
        edited(row, post="焊工")
    rows.filter(order__gte=1130).update(removed=True)
    listed(filing, range(2000, 2150))
    submit(filing, people)

    seen, pages, after = [], 0, ""
    while after is not None:
        found, page = roster_changes_page(filing, 2, user=people.reviewer, after=after)
        seen += [(one.kind, one.name, len(one.fields)) for one in found.persons]
        assert (found.changed, found.added, found.removed) == (130, 150, 100)
        assert len(found.persons) <= MOST_SHOWN
        pages, after = pages + 1, page.next

    assert seen == [
        *(("changed", f"员工{n}", 1) for n in range(1000, 1130)),
        *(("added", f"员工{n}", 0) for n in range(2000, 2150)),
        *(("removed", f"员工{n}", 0) for n in range(1130, 1230)),
    ]
    assert pages == 3
    back, _page = roster_changes_page(filing, 2, user=people.reviewer, after=page.previous)
    assert [one.name for one in back.persons] == [name for _kind, name, _n in seen[100:270]]


@pytest.mark.parametrize("edge", [["x", 1, 1, "x", 1], [2, "x", 1, str(uuid.uuid4()), 1]])
def test_a_made_up_token_leads_to_the_first_page(two_versions, edge):
    filing, people = two_versions
    token = base64.urlsafe_b64encode(json.dumps(["n", edge]).encode()).decode()

    found, _page = roster_changes_page(filing, 3, user=people.reviewer, after=token)

    assert len(found.persons) == 3


def test_the_same_mobile_sealed_anew_is_no_change(two_versions):
    filing, people = two_versions
    approve(filing, people)
    same, other = RosterRow.objects.filter(filing=filing).in_draft().order_by("pk")[:2]
    for row, number in ((same, "13800000000"), (other, "13811110000")):
        new = edited(row)
        new.seal_mobile(number)
        new.save()
    submit(filing, people)

    found = roster_changes(filing, 3, 4, user=people.reviewer)

    assert [[(c.label, c.after) for c in person.fields] for person in found.persons] == [
        [],
        [("手机号码", "138****0000（被遮住的几位有变化）")],
    ]


# ---------------------------------------------------------------- everything
def test_ledger_and_files_are_told_row_by_row(db):
    filing, people = make.filing_in("approved")
    item = filing.supplies.get()
    supplies.record_entry(
        item, direction="out", quantity=Decimal(5), on=NOW.date(), person="孙仓管",
        purpose="领用", by=people.owner, at=NOW,
    )  # fmt: skip
    upload = SimpleUploadedFile("表.csv", "姓名,电话\n甲,1\n".encode())
    attachments.attach_file(filing, "plan", upload, by=people.owner, at=NOW)
    drafts.fill_section(filing, "plan", {"logistics": "改走铁路"}, by=people.owner, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    dossier = dossier_of(filing, 2)

    found = differences(
        filing, dossier.before, dossier.version, user=people.reviewer, files=dossier.files,
        ledger=dossier.ledger,
    )  # fmt: skip

    assert [(e.direction, e.quantity, e.purpose) for e in found.ledger.fresh] == [
        ("out", Decimal(5), "领用")
    ]
    assert (found.ledger.total, found.ledger.fresh_total) == (2, 1)
    assert [(c.kind, c.section, c.label) for c in found.attachments] == [
        ("added", "plan", "表.csv")
    ]
    assert [c.path for c in field_changes(found)] == [
        "logistics",
        str(filing.attachments.get().key),
    ]
    assert found.total == 3
