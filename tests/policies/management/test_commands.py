"""`load_pack` and `rematch` from the command line."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from policies.eligibility.archives import read_archive
from policies.eligibility.loading import default_pack_path, folder_content
from policies.models import Pack, SupportLink
from tests.factories import filing
from tests.factories.policies import publish_pack, write_pack

pytestmark = pytest.mark.django_db


def test_load_pack_says_what_it_did(tmp_path: Path):
    first, again = StringIO(), StringIO()

    call_command("load_pack", str(write_pack(tmp_path)), stdout=first)
    call_command("load_pack", str(tmp_path), stdout=again)

    assert first.getvalue() == "small v1 loaded and published (6 measures)\n"
    assert again.getvalue() == "small v1 is published already (6 measures)\n"


def test_load_pack_refuses_a_broken_pack_by_file_and_line(tmp_path: Path):
    write_pack(tmp_path)
    (tmp_path / "a" / "01.yaml").write_text("document: 甲1\nclause: one\n", encoding="utf-8")

    told = StringIO()
    with pytest.raises(CommandError):
        call_command("load_pack", str(tmp_path), stderr=told)

    assert re.match(r"a/01\.yaml:\d+: ", told.getvalue())

    assert not Pack.objects.exists()


def test_the_pack_beside_the_code_loads_by_itself():
    call_command("load_pack", stdout=StringIO())

    measures = Pack.objects.published().get().measures
    assert {"豫政9-17b", "豫政9-10d", "豫政9-12a"} <= set(measures.values_list("key", flat=True))


def test_export_pack_gives_the_files_of_the_portals_pack_back(tmp_path: Path):
    call_command("load_pack", stdout=StringIO())
    out = StringIO()

    call_command("export_pack", str(tmp_path / "out"), stdout=out)

    assert folder_content(tmp_path / "out") == folder_content(default_pack_path())
    assert out.getvalue().startswith("jiaozuo-2020 v1 written to ")
    assert [
        path for path in (tmp_path / "out").rglob("*") if path.suffix not in ("", ".yaml")
    ] == []


def test_export_pack_writes_an_earlier_version_and_a_zip(tmp_path: Path):
    first = folder_content(write_pack(tmp_path / "in"))
    publish_pack(tmp_path / "in")
    publish_pack(tmp_path / "in", a__03=None)

    call_command("export_pack", "--version", "1", str(tmp_path / "one"), stdout=StringIO())
    call_command("export_pack", str(tmp_path / "two.zip"), stdout=StringIO())

    assert folder_content(tmp_path / "one") == first
    with (tmp_path / "two.zip").open("rb") as archive:
        assert read_archive(archive) == folder_content(tmp_path / "in")


def test_export_pack_overwrites_nothing(tmp_path: Path):
    publish_pack(tmp_path / "in")
    full, archive = tmp_path / "full", tmp_path / "there.zip"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    archive.write_text("mine")

    for target in (full, archive, full / "mine.txt"):
        with pytest.raises(CommandError):
            call_command("export_pack", str(target))

    assert [path.read_text() for path in (full / "mine.txt", archive)] == ["mine", "mine"]
    assert len(list(full.iterdir())) == 1


def test_export_pack_refuses_a_version_that_is_not_there_or_was_tampered_with(tmp_path: Path):
    pack = publish_pack(tmp_path / "in")

    with pytest.raises(CommandError, match="no such pack version"):
        call_command("export_pack", "--version", "7", str(tmp_path / "out"))
    Pack.objects.update(content=pack.content | {"../../evil.yaml": "x"})
    with pytest.raises(CommandError, match="digest differs"):
        call_command("export_pack", str(tmp_path / "out"))

    assert not (tmp_path / "out").exists()


def test_rematch_asks_for_every_filing_once_a_day_or_again(tmp_path: Path, clock_at, drain):
    clock_at("2020-03-02T09:00:00+08:00")
    publish_pack(tmp_path)
    for _ in range(2):
        filing()
    drain()
    judged = SupportLink.objects.count()
    out = StringIO()

    clock_at("2020-03-03T09:00:00+08:00")
    call_command("rematch", stdout=out)
    call_command("rematch", stdout=out)
    call_command("rematch", again=True, stdout=out)

    assert [line.split()[0] for line in out.getvalue().splitlines()] == ["2", "nothing", "2"]
    drain()
    assert SupportLink.objects.count() == judged
