"""The official texts themselves, where they lie beside the project.

They are read where they are. What stands here of them are facts: numbers, names, days.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from jiaozuo_portal.lib.typesetting import typeset
from policies.eligibility import load_pack
from policies.texts.comparing import compare
from policies.texts.departments import full_names
from policies.texts.identity import identify
from policies.texts.reading import read_text
from policies.texts.resembling import Known, known_as, resemblance
from policies.texts.split import split

SOURCES = Path(__file__).parents[4] / "shared" / "policy" / "sources"
PACK = load_pack()


def found_in(pattern: str):
    (file,) = SOURCES.glob(pattern)
    return split(read_text(file.read_bytes(), name=file.name).lines)


@pytest.fixture(scope="module")
def guide():
    return found_in("*guide*")


@pytest.fixture(scope="module")
def copy():
    (document,) = found_in("*traditional*").documents
    return document


def departments_by_measure(document) -> Iterator[tuple[int, set[str]]]:
    """The departments that the pack keeps for each measure of a document, under full names."""
    for number in sorted({one.number for one in of_pack(document)}):
        items = [one for one in of_pack(document) if one.number == number]
        printed = {name for one in items for name in one.departments}
        yield number, {PACK.department(name, document).name.zh for name in printed}


def of_pack(document):
    return [one for one in PACK.measures.values() if one.document == document]


def aliases(document) -> dict[str, str]:
    return {
        name: one.name.zh
        for one in PACK.departments
        for name in (one.name.zh, *one.printed.get(document, ()))
    }


def test_the_file_holds_three_documents_beside_the_guide(guide):
    assert [(one.number, len(one.measures)) for one in guide.documents] == [
        ("豫政〔2020〕9号", 20),
        ("焦政〔2020〕4号", 26),
        ("焦政办〔2020〕4号", 21),
    ]
    assert [(one.number, len(one.measures)) for one in guide.apart] == [("焦防指〔2020〕16号", 16)]
    assert all(
        [measure.number for measure in one.measures] == [*range(1, len(one.measures) + 1)]
        for one in (*guide.documents, *guide.apart)
    )
    assert guide.remarks == ()


@pytest.mark.parametrize("width", [17, 18, 24, 29])
def test_the_file_gives_the_same_with_lines_of_any_width(guide, width):
    (file,) = SOURCES.glob("*guide*")
    lines = file.read_text("utf-8").splitlines()

    found = split(line[i : i + width] for line in lines for i in range(0, len(line), width))

    assert [said(one) for one in found.documents] == [said(one) for one in guide.documents]


def test_the_file_gives_the_same_as_pdf(guide, tmp_path):
    (file,) = SOURCES.glob("*guide*")
    lines = "\n\n".join(filter(None, file.read_text("utf-8").splitlines()))
    paper = tmp_path / "paper.typ"
    marked = re.sub(r"([^\w\s、-〿！-｠])", r"\\\1", lines)
    paper.write_text(f'#set page(width: 150mm, numbering: "- 1 -")\n{marked}', "utf-8")

    read = read_text(typeset(paper, {}))

    assert (read.kind, read.pages > 5) == ("pdf", True)
    found = split(read.lines)
    assert [said(one) for one in found.documents] == [said(one) for one in guide.documents]


def said(document):
    """What a document says, without the places of its lines."""
    return (
        document.number,
        document.enclosed,
        "".join(document.preamble),
        [(one.number, one.path, one.parts) for one in document.measures],
        document.closing,
        document.dates,
    )


def test_each_document_is_what_the_pack_says(guide):
    found = {one.number: one for one in map(identify, guide.documents)}

    for document in PACK.documents.values():
        one = found[document.number]
        assert one.title == document.title.zh.replace(" ", "")
        assert (one.issuer, one.dated) == (document.issuer.zh, document.date)
        assert one.script == "simplified"
        last = one.validity.last if one.validity else None
        assert last == document.validity.last


def test_one_document_ends_three_months_after_its_date(guide):
    validity = identify(guide.documents[2]).validity

    assert (validity.first, validity.last) == (date(2020, 2, 6), date(2020, 5, 6))
    assert (validity.months, validity.is_provisional, validity.assumes_issue) == (3, True, True)


@pytest.mark.parametrize(("at", "key"), [(0, "豫政9"), (1, "焦政4"), (2, "焦政办4")])
def test_every_department_of_every_measure_is_found(guide, at, key):
    found = {
        measure.number: {
            one.name for part in measure.parts for one in full_names(part.departments, aliases(key))
        }
        for measure in guide.documents[at].measures
    }

    assert found == dict(departments_by_measure(key))


def test_the_copy_in_traditional_script_says_nothing_of_itself_and_is_recognised(guide, copy):
    assert [measure.number for measure in copy.measures] == [*range(1, 27)]
    assert (identify(copy).number, identify(copy).script) == ("", "traditional")

    (found,) = resemblance(copy, [known_as(one.number, one) for one in guide.documents])

    assert found.key == "焦政〔2020〕4号"
    assert found.share > 0.95


def test_the_copy_is_recognised_by_its_departments_alone(copy):
    known = [
        Known(one.key, departments={m.number: m.departments for m in of_pack(one.key)})
        for one in PACK.documents.values()
    ]

    first, *others = resemblance(copy, known)

    assert first.key == "焦政4"
    assert all(other.share < 0.2 for other in others)


def test_every_difference_between_the_two_copies_is_found_and_no_false_one(guide, copy):
    found = compare(guide.documents[1], copy)

    body = ("人力资源社会保障局", "人力資源和社會保障局")
    of_city = tuple("市" + name for name in body)
    disease = ("wording", "感染的", "")
    assert [(one.part, one.label, one.kind) for one in found[:3]] == [
        ("title", "", "missing"), ("number", "", "missing"), ("issuer", "", "missing"),
    ]  # fmt: skip
    assert [
        (one.label or one.part, one.kind, one.left, one.right) for one in found[3:] if one.substance
    ] == [
        ("preamble", *disease),
        ("3", *disease),
        ("3", *disease),
        ("7", "department", *body),
        ("8", "wording", "", "等"),
        ("10", *disease),
        ("12", "wording", "需", "須"),
        ("13", "department", *body),
        ("13", "department", *of_city),
        ("17", "wording", "强", "大"),
        ("19", "wording", "养殖", "飼養"),
        ("19", "wording", "养殖", "飼養"),
        ("24", "department", *of_city),
    ]
    assert [
        (one.label or one.part, one.kind, one.left, one.right) for one in found if not one.substance
    ] == [
        ("七", "variant", "着", "著"),
        ("10", "punctuation", "。", ""),
        ("whole", "format", "（），：；", "(),:;"),
        ("whole", "format", "（）", "〔〕"),
    ]
