"""Loading a pack folder: versioned, idempotent, and all or nothing."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from filings.models import AuditEntry
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain.packs import Loaded, UnfitPack, load_archive, load_content, load_folder
from policies.eligibility.archives import write_archive
from policies.eligibility.loading import folder_content
from policies.models import Clause, Document, Measure, Pack, Rematch
from policies.queries.packs import SpoiltPack, digest, exported, published_rules, rebuild
from tests.factories import NOW, filing, user
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
    lane = f"{Rematch.objects.get().pk}:{made.pk}:"
    assert asked == {"support.rematch": lane, "support.day": "2020-03-03"}


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
    spoilt = Pack(key="x", version=1, content=content, sha256=digest(content))

    with pytest.raises(SpoiltPack):
        exported(spoilt)


def test_a_pack_comes_back_byte_for_byte(tmp_path: Path):
    folder = write_pack(tmp_path)
    marks = {
        "a/03.yaml": lambda raw: "\ufeff".encode() + raw,
        "a/05.yaml": lambda raw: raw.replace(b"\n", b"\r\n"),
        "topics.yaml": lambda raw: b"# a remark\n" + raw.rstrip(b"\n"),
    }
    for name, changed in marks.items():
        (folder / name).write_bytes(changed((folder / name).read_bytes()))
    files = folder_content(folder)

    loaded = load_folder(folder, at=NOW)

    assert exported(loaded.pack) == files
    assert load_content(exported(loaded.pack), at=NOW) == Loaded(loaded.pack, is_new=False)


def test_an_archive_is_loaded_by_its_sender_and_comes_back_the_same(tmp_path: Path):
    by = user(is_staff=True)
    archive = write_archive(folder_content(write_pack(tmp_path)))

    loaded = load_archive(io.BytesIO(archive), by=by, at=NOW)

    assert loaded.is_new
    assert write_archive(exported(loaded.pack)) == archive
    entry = AuditEntry.objects.get(action="pack.load")
    assert (entry.by, entry.object_id) == (by, str(loaded.pack.pk))
    assert not load_archive(io.BytesIO(archive), by=by, at=NOW).is_new
    assert AuditEntry.objects.filter(action="pack.load").count() == 1


def test_a_broken_archive_writes_nothing(tmp_path: Path):
    broken = CLAUSES["a/03.yaml"]["items"][0] | {"when": {"fact": "nothing", "eq": True}}
    write_pack(tmp_path, a__03=CLAUSES["a/03.yaml"] | {"items": [broken]}, a__09={"clause": 9})
    archive = write_archive(folder_content(tmp_path))

    with pytest.raises(UnfitPack) as refused:
        load_archive(io.BytesIO(archive), by=user(is_staff=True), at=NOW)

    assert {fault.file for fault in refused.value.faults} == {"a/03.yaml", "a/09.yaml"}
    assert not Pack.objects.exists()


def test_a_file_that_is_no_text_is_named(tmp_path: Path):
    write_pack(tmp_path)
    (tmp_path / "a" / "03.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "stray.yaml").write_bytes(b"\xff")

    with pytest.raises(UnfitPack) as refused:
        load_folder(tmp_path, at=NOW)

    assert {fault.file for fault in refused.value.faults} == {"a/03.yaml", "stray.yaml"}
    assert not Pack.objects.exists()
