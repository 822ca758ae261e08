"""match_facts and check_pack as they are run: output, refusals, exit codes, no database."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from policies.eligibility.loading import default_pack_path

# No test here asks for the database: pytest-django refuses every query.


def match(tmp_path: Path, data: Any, *options: str) -> Any:
    file = tmp_path / "facts.json"
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    out = io.StringIO()
    call_command("match_facts", str(file), *options, stdout=out)
    return json.loads(out.getvalue())


def test_a_file_is_judged_without_a_database(tmp_path: Path) -> None:
    facts = {"housing_fund_difficulty": True}

    (answer,) = match(tmp_path, {"id": "甲", "as_of": "2020-03-10", "facts": facts})

    assert answer["id"] == "甲"
    assert answer["results"]["豫政9-14c"]["verdict"] == "eligible"


def test_the_day_of_the_file_comes_before_the_option_and_the_clock(
    tmp_path: Path, clock_at: Any
) -> None:
    clock_at("2020-03-02T00:30:00+08:00")
    profiles = [{"as_of": "2020-05-06", "facts": {}}, {"facts": {}}]

    by_option = match(tmp_path, profiles, "--as-of", "2020-04-01")
    by_clock = match(tmp_path, profiles)

    assert [one["as_of"] for one in by_option] == ["2020-05-06", "2020-04-01"]
    assert [one["as_of"] for one in by_clock] == ["2020-05-06", "2020-03-02"]


def test_standard_input_is_read_for_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"facts": {}}')))
    out = io.StringIO()

    call_command("match_facts", "-", stdout=out)

    assert len(json.loads(out.getvalue())) == 1


def test_a_pack_is_named_by_folder_or_name(tmp_path: Path) -> None:
    profile = {"facts": {"special_difficulty_paying_tax": True}}
    copy = tmp_path / "other"
    shutil.copytree(default_pack_path(), copy)
    text = (copy / "documents.yaml").read_text("utf-8")
    (copy / "documents.yaml").write_text(text.replace("2020-05-06", "2020-02-20"), "utf-8")
    day = ("--as-of", "2020-03-10")

    here = match(tmp_path, profile, "--pack", "jiaozuo-2020", *day)
    there = match(tmp_path, profile, "--pack", str(copy), *day)

    assert here[0]["results"]["焦政办4-19"]["verdict"] == "eligible"
    assert there[0]["results"]["焦政办4-19"]["verdict"] == "not_eligible"


@pytest.mark.parametrize(
    ("data", "options", "says"),
    [
        ([{"facts": {}}, {"facts": {"layoff_count": -1}}], (), "[1].facts.layoff_count: "),
        ({"facts": {"nobody": 1}}, (), "facts.nobody: "),
        (b"{", (), "JSON"),
        (b'{"facts": {}, "facts": {}}', (), "facts: "),
        ({"facts": {}}, ("--as-of", "2020-02-30"), "--as-of: "),
        ({"facts": {}}, ("--as-of", "soon"), "--as-of: "),
        ({"facts": {}}, ("--pack", "no-such-pack"), "no-such-pack: "),
    ],
)
def test_a_refusal_says_where_and_prints_nothing(
    data: Any, options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    file = tmp_path / "facts.json"
    file.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    out = io.StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("match_facts", str(file), *options, stdout=out)

    assert refused.value.returncode == 2
    assert says in str(refused.value)
    assert out.getvalue() == ""


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("match_facts", str(tmp_path / "gone.json"))

    assert refused.value.returncode == 2


def test_the_pack_of_the_portal_passes_its_check() -> None:
    out = io.StringIO()

    call_command("check_pack", stdout=out)

    assert "152" in out.getvalue()


def test_faults_are_listed_and_fail_the_check(tmp_path: Path) -> None:
    copy = tmp_path / "pack"
    shutil.copytree(default_pack_path(), copy)
    path = copy / "yuzheng-2020-9" / "12.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("{ figure: 1, clause: 豫政9-12 }", "{ figure: 1 }"), "utf-8")
    errors = io.StringIO()

    with pytest.raises(CommandError):
        call_command("check_pack", str(copy), stderr=errors)

    line = next(n for n, row in enumerate(text.splitlines(), 1) if "figure: 1," in row)
    assert errors.getvalue().startswith(f"yuzheng-2020-9/12.yaml:{line}: ")
