"""Texts that reviewers use again and again: kept by the lead, counted where they are used."""

from __future__ import annotations

import pytest

from filings.domain import moves, review, text_blocks
from filings.models import Agency, AuditEntry, Correction, TextBlock
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    """A filing under review, its people, and a block of its bureau."""
    filing, people = make.filing_in("in_review")
    agency = Agency.objects.get(kind="bureau", district=filing.district)
    block = text_blocks.add_block(
        agency, by=people.lead, title="缺发热处置", text="请写明由谁送诊。", rule="R1.2"
    )
    return filing, people, block


def collect(filing, by, block, **rest) -> Correction:
    given = {"section": "scheme", "text": "请写明由谁送诊。当天补。", "rule": "R1.9"} | rest
    return review.collect_correction(filing, by=by, at=NOW, block=block, **given)


def used(block: TextBlock) -> int:
    return TextBlock.objects.get(pk=block.pk).used


def test_a_correction_remembers_its_block_and_takes_its_clause(held):
    filing, people, block = held

    point = collect(filing, people.reviewer, block)

    assert (point.block, point.rule, point.text) == (block, "R1.2", "请写明由谁送诊。当天补。")
    assert used(block) == 1


def test_a_block_without_a_clause_leaves_that_of_the_place(held):
    filing, people, block = held
    TextBlock.objects.update(rule="")
    block.refresh_from_db()

    assert collect(filing, people.reviewer, block).rule == "R1.9"


def test_what_is_taken_back_is_no_use_and_what_was_sent_is(held):
    filing, people, block = held
    first, second = (collect(filing, people.reviewer, block) for _n in range(2))

    review.drop_correction(first, by=people.reviewer)
    moves.return_filing(filing, by=people.reviewer, at=NOW)
    with pytest.raises(Refused):
        review.drop_correction(second, by=people.reviewer)

    assert used(block) == 1


def test_the_block_of_another_bureau_is_refused_and_nothing_is_written(held):
    filing, people, _block = held
    other, others = make.filing_in("in_review", district="410803")
    agency = Agency.objects.get(kind="bureau", district=other.district)
    strange = text_blocks.add_block(agency, by=others.lead, title="别处的", text="别处")

    with pytest.raises(Refused):
        collect(filing, people.reviewer, strange)

    assert not Correction.objects.filter(filing=filing).exists()
    assert used(strange) == 0


def test_a_changed_block_leaves_what_was_written_and_its_count(held):
    filing, people, block = held
    point = collect(filing, people.reviewer, block)

    text_blocks.change_block(
        block, by=people.lead, title="新名", text="新的", section="plan", is_active=False
    )

    point.refresh_from_db()
    assert (point.text, used(block)) == ("请写明由谁送诊。当天补。", 1)
    kept = TextBlock.objects.get(pk=block.pk)
    assert (kept.title, kept.text, kept.section, kept.is_active) == ("新名", "新的", "plan", False)
    assert AuditEntry.objects.filter(action="change_block", by=people.lead).exists()


def test_a_title_stands_once_in_a_bureau(held):
    _filing, people, block = held

    with pytest.raises(Refused, match="已经有名为"):
        text_blocks.add_block(block.agency, by=people.lead, title="缺发热处置", text="又一条")

    assert TextBlock.objects.count() == 1


@pytest.mark.parametrize("who", ["reviewer", "stranger"])
def test_only_the_lead_of_the_bureau_keeps_them(held, who):
    _filing, people, block = held
    stranger = make.officer("bureau", district="410803", role="lead")
    by = {"reviewer": people.reviewer, "stranger": stranger}[who]

    for write in (
        lambda: text_blocks.add_block(block.agency, by=by, title="x", text="x"),
        lambda: text_blocks.change_block(block, by=by, title="x", text="x"),
    ):
        with pytest.raises(NotAllowed):
            write()
