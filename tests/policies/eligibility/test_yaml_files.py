from decimal import Decimal

import pytest

from policies.eligibility.yaml_files import FileError, parse_yaml


def test_numbers_are_exact_and_days_are_text() -> None:
    text = "rate: 5.5\ncount: 30\nday: 2020-05-06\nyes: true\nno: no\nnothing: null\nfile: 010\n"

    assert parse_yaml(text.encode(), "a.yaml") == {
        "rate": Decimal("5.5"),
        "count": 30,
        "day": "2020-05-06",
        "yes": True,
        "no": "no",
        "nothing": None,
        "file": "010",
    }


def test_a_mapping_knows_its_lines() -> None:
    content = parse_yaml(b"a: 1\nb:\n  c: 2\n", "a.yaml")

    assert content.line_of("b") == 2
    assert content["b"].line == 3
    assert content.line_of("nowhere") == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2\n", 2),
        ("a: 1\nb: &x [1]\nc: *x\n", 3),
        ("a: [1\n", 2),
        ("a:\n\t- 1\n", 2),
        ("1: a\n", 1),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", 2),
        ("a: 1\nb: !!float nan\n", 2),
        ("a: 0." + "0" * 40 + "1\n", 1),
        ("a: " + "[" * 50 + "]" * 50 + "\n", 1),
        ("a: " + "[" * 10_000 + "]" * 10_000 + "\n", 1),
    ],
)
def test_a_fault_is_named_by_file_and_line(text: str, line: int) -> None:
    with pytest.raises(FileError) as refused:
        parse_yaml(text.encode(), "dir/a.yaml")

    assert refused.value.place == f"dir/a.yaml:{line}"


@pytest.mark.parametrize("raw", [b"\xff\xfea", b"a: \x00", b" " * 2_000_001])
def test_bytes_that_are_no_plain_text_are_refused(raw: bytes) -> None:
    with pytest.raises(FileError, match=r"^a\.yaml"):
        parse_yaml(raw, "a.yaml")
