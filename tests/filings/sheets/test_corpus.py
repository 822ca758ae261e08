"""Every bad upload gets its answer within 5 s and 300 MB, each in a process of its own."""

import json
import resource
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from filings.sheets.limits import STANDARD, SheetRefused
from filings.sheets.package import inspect

from .corpus import CORPUS, Upload

PROBE = Path(__file__).parent / "probe.py"
SECONDS, BYTES = 5.0, 300 * 1000 * 1000

pytestmark = pytest.mark.slow


def hold_back() -> None:
    """Far above what is allowed: only so that a failing guard cannot take the machine along."""
    resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))
    resource.setrlimit(resource.RLIMIT_CPU, (30, 30))


def probe(upload: Upload, folder: Path, mode: str = "guarded") -> subprocess.CompletedProcess:
    path = folder / "upload"
    path.write_bytes(upload.build())
    return subprocess.run(
        [sys.executable, str(PROBE), str(path), upload.name, mode],
        capture_output=True,
        text=True,
        preexec_fn=hold_back,
        timeout=60,
        check=False,
    )


def by_title(title: str) -> Upload:
    return next(upload for upload in CORPUS if upload.title == title)


def test_the_corpus_has_forty_bad_files():
    titles = [upload.title for upload in CORPUS]

    assert len(set(titles)) == len(titles)
    assert sum(bool(upload.refused or upload.errors) for upload in CORPUS) >= 40


@pytest.mark.parametrize("upload", CORPUS, ids=lambda upload: upload.title)
def test_upload_is_answered(upload, tmp_path):
    done = probe(upload, tmp_path)

    assert done.returncode == 0, done.stderr[-2000:]
    answer = json.loads(done.stdout)
    assert answer["refused"] == upload.refused, answer
    if upload.refused:
        assert len(answer["message"]) > 8
    elif isinstance(upload.errors, int):
        assert answer["count"] == upload.errors, answer
    else:
        assert [tuple(place) for place in answer["errors"]] == upload.errors, answer
    assert answer["seconds"] < SECONDS
    assert answer["peak"] < BYTES


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("zip_bomb_of_spaces", "bomb"),
        ("one_long_string_in_every_cell", "bomb"),
        ("millions_of_shared_strings", "bomb"),
        ("cells_without_places", "too_many_columns"),
    ],
)
def test_a_bomb_is_refused_without_the_help_of_its_ratio(title, key):
    """A patient attacker packs his bomb loosely: each guard holds by itself."""
    with pytest.raises(SheetRefused) as caught:
        inspect(by_title(title).build(), replace(STANDARD, ratio=10**9))

    assert caught.value.key == key


@pytest.mark.parametrize(
    "title",
    [
        "far_cell",
        "cells_without_places",
        "one_long_string_in_every_cell",
        "millions_of_shared_strings",
    ],
)
def test_without_the_guard_the_process_dies_or_takes_too_much(title, tmp_path):
    """The control: the same files straight to calamine."""
    done = probe(by_title(title), tmp_path, "bare")

    assert done.returncode != 0 or json.loads(done.stdout)["peak"] > BYTES
