"""What is written of a judging: once for all who share it, and never again once it was shown."""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from filings.domain.enterprise import change_profile
from policies.domain.declarations import declare, withdraw_declaration
from policies.domain.matching import match_filing, match_filings
from policies.domain.pack_drafts import withdraw_version
from policies.eligibility import recall
from policies.models import FactSheet, Pack, Reasoning, SupportLink
from policies.queries.verdicts import content_of_link
from tests.factories import NOW, filing, officer, owner_of
from tests.factories.policies import CLAUSES, publish_pack

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=1)


def lasting(until: str) -> dict:
    """甲1-2 with another last day."""
    clause = deepcopy(CLAUSES["a/02.yaml"])
    clause["valid"]["until"] = until
    return clause


def told(made) -> dict[int, dict]:
    links = SupportLink.objects.filter(filing=made).select_related("reasoning", "sheet", "pack")
    return {
        link.pk: {**content_of_link(link), "day": link.day, "version": link.pack.version}
        for link in links
    }


def test_what_was_shown_on_a_day_is_never_written_anew(pack, tmp_path: Path, monkeypatch):
    made = filing(employees=40)
    owner = owner_of(made.enterprise)
    answer = declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "premium_yuan", Decimal(800), by=owner, at=NOW)
    before = told(made)

    withdraw_declaration(answer, filing=made, by=owner, at=LATER)
    change_profile(made.enterprise, by=owner, at=LATER, employees=4000)
    publish_pack(tmp_path, a__02=lasting("2020-03-20"), a__03=None, at=LATER)
    match_filing(made.pk, at=LATER)
    withdraw_version(Pack.objects.published().get(), reason="试", by=officer("policy"), at=LATER)
    monkeypatch.setattr(recall, "judge_measure", None)

    after = told(made)
    assert {pk: after[pk] for pk in before} == before
    assert len(after) > len(before)


def test_filings_that_are_alike_share_their_reasons_and_not_their_facts(pack):
    made = [filing(), filing()]
    match_filings([one.pk for one in made], at=NOW)

    first, second = (
        list(SupportLink.objects.filter(filing=one).order_by("measure")) for one in made
    )
    assert [link.reasoning_id for link in first] == [link.reasoning_id for link in second]
    assert {link.sheet_id for link in first}.isdisjoint(link.sheet_id for link in second)
    assert Reasoning.objects.count() == 5


def test_a_fact_that_no_standing_verdict_uses_makes_a_sheet_and_no_link(pack):
    made = filing()
    match_filing(made.pk, at=NOW)
    links = SupportLink.objects.count()

    declare(made, "form", "信用", by=owner_of(made.enterprise), at=LATER)
    new = SupportLink.objects.exclude(at=NOW)

    assert FactSheet.objects.filter(filing=made).count() == 2
    assert all("form" in link.reasoning.content["uses"] for link in new)
    assert SupportLink.objects.count() == links + len(new)


def test_a_last_day_that_moves_makes_a_new_link_with_the_same_reasons(pack, tmp_path: Path):
    made = filing()
    match_filing(made.pk, at=NOW)
    before = SupportLink.objects.current().get(filing=made, measure="甲1-2")

    moved = publish_pack(tmp_path, at=LATER, a__02=lasting("2020-03-20"))
    match_filing(made.pk, at=LATER)

    after = SupportLink.objects.current().get(filing=made, measure="甲1-2")
    assert (after.pack, after.reasoning) == (moved, before.reasoning)
    assert after.valid_until.isoformat() == "2020-03-20"


def test_no_link_points_at_nothing(pack):
    made = filing()
    match_filing(made.pk, at=NOW)
    change_profile(made.enterprise, by=owner_of(made.enterprise), at=LATER, employees=7)
    match_filing(made.pk, at=LATER)

    for link in SupportLink.objects.all():
        assert link.sheet.filing_id == link.filing_id
        assert link.reasoning.measure == link.measure
        assert link.reasoning.content["verdict"] == link.verdict
