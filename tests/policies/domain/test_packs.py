"""Loading a pack folder: versioned, idempotent, and all or nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain.packs import UnfitPack, load_folder
from policies.models import Clause, Document, Measure, Pack
from policies.queries.packs import SpoiltPack, digest, published_rules, rebuild
from tests.factories import NOW, filing
from tests.factories.policies import CLAUSES, publish_pack, write_pack

pytestmark = pytest.mark.django_db


def test_a_folder_becomes_the_published_version_with_its_documents_and_measures(tmp_path: Path):
    loaded = load_folder(write_pack(tmp_path), at=NOW)

    assert loaded.is_new
    assert (loaded.pack.key, loaded.pack.version, loaded.pack.status) == ("small", 1, "published")
    assert list(loaded.pack.documents.values_list("key", flat=True)) == ["甲1", "乙2"]
    assert Clause.objects.count() == 6
    measure = Measure.objects.get(key="甲1-2")
    assert str(measure.valid_until) == "2020-03-05"
    assert measure.departments == ["人社局"]
    assert str(measure.clause) == "甲1-2"


def test_the_same_content_again_changes_nothing(tmp_path: Path):
    first = load_folder(write_pack(tmp_path), at=NOW)

    again = load_folder(tmp_path, at=NOW + timedelta(days=1))

    assert not again.is_new
    assert again.pack == first.pack
    assert Pack.objects.count() == 1
    assert Pack.objects.get().loaded_at == NOW


def test_changed_content_is_the_next_version_and_the_old_one_keeps_its_rules(tmp_path: Path):
    old = publish_pack(tmp_path)
    later = NOW + timedelta(days=1)

    new = publish_pack(tmp_path, at=later, a__03=None)

    old.refresh_from_db()
    assert (new.version, new.status) == (2, "published")
    assert (old.status, old.withdrawn_at) == ("withdrawn", later)
    assert "a/03.yaml" in old.content
    assert "甲1-3" in rebuild(old.content, old.sha256).measures
    assert "甲1-3" not in published_rules().pack.measures


def test_going_back_to_earlier_content_is_a_version_of_its_own(tmp_path: Path):
    publish_pack(tmp_path)
    publish_pack(tmp_path, a__03=None)

    third = publish_pack(tmp_path)

    assert third.version == 3
    assert Pack.objects.published().get() == third


def test_a_broken_pack_is_refused_with_file_and_line_and_writes_nothing(tmp_path: Path):
    broken = CLAUSES["a/03.yaml"] | {"items": [{**CLAUSES["a/03.yaml"]["items"][0]}]}
    broken["items"][0]["when"] = {"fact": "no_such_fact", "eq": True}

    with pytest.raises(UnfitPack) as refused:
        load_folder(write_pack(tmp_path, a__03=broken), at=NOW)

    assert [fault.file for fault in refused.value.faults] == ["a/03.yaml"]
    assert refused.value.faults[0].line > 1
    assert not Pack.objects.exists()
    assert not Document.objects.exists()
    assert not OutboxRow.objects.filter(kind__startswith="support.").exists()


def test_a_case_that_comes_out_otherwise_keeps_a_pack_from_being_published(tmp_path: Path):
    publish_pack(tmp_path)
    clause = CLAUSES["a/03.yaml"]
    wrong = clause["items"][0]["cases"][0] | {"expect": "unknown"}
    item = clause["items"][0] | {"cases": [wrong, *clause["items"][0]["cases"][1:]]}

    with pytest.raises(UnfitPack):
        load_folder(write_pack(tmp_path, a__03=clause | {"items": [item]}), at=NOW)

    assert Pack.objects.get().version == 1


def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path):
    with pytest.raises(UnfitPack):
        load_folder(tmp_path / "nothing", at=NOW)


def test_publishing_asks_for_every_filing_to_be_judged_and_for_the_next_day(tmp_path: Path):
    made = filing()
    OutboxRow.objects.all().delete()

    publish_pack(tmp_path)

    asked = dict(OutboxRow.objects.values_list("kind", "subject"))
    assert asked == {"support.match": str(made.pk), "support.day": "2020-03-03"}


def test_a_second_published_pack_cannot_be_written(tmp_path: Path):
    pack = publish_pack(tmp_path)

    with pytest.raises(IntegrityError), transaction.atomic():
        Pack.objects.create(
            key="other", version=1, status="published", content={}, loaded_at=NOW, sha256=""
        )

    assert Pack.objects.published().get() == pack


def test_a_stored_pack_that_was_tampered_with_is_not_judged_with(tmp_path: Path):
    pack = publish_pack(tmp_path)

    with pytest.raises(SpoiltPack):
        rebuild(pack.content | {"topics.yaml": "topics: []"}, pack.sha256)


def test_a_stored_file_name_never_leads_out_of_the_folder():
    content = {"../../outside.yaml": "x"}

    with pytest.raises(SpoiltPack):
        rebuild(content, digest(content))
