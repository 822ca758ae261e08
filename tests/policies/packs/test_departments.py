"""Each numbered point names the departments that its text names, in its order and form."""

import re
from collections.abc import Iterator
from pathlib import Path

from policies.eligibility import load_pack

PACK = load_pack()
SOURCES = Path(__file__).resolve().parents[4] / "shared" / "policy" / "sources"
# Where the numbered points of each document begin and end in the collected text.
PARTS = {
    "豫政9": ("全力保障企业有序复工复产1.", "焦作市人民政府关于加强"),
    "焦政4": ("坚定不移做好防控工作1.", "焦作市人民政府办公室关于应对"),
    "焦政办4": ("支持措施（一）", "$"),
}
BRACKET = re.compile(r"（责任单位：(.*?)）(?=。|[^县市区]|$)")


def collected_text() -> str | None:
    for path in sorted(SOURCES.glob("*guide-and-policies.txt")):
        return re.sub(r"\s+", "", path.read_text("utf-8")).replace("（市）", "〔市〕") + "$"
    return None


def points(text: str, document: str) -> Iterator[tuple[int, str]]:
    first, last = PARTS[document]
    start = text.index(first)
    part = text[start : text.index(last, start)]
    count = sum(1 for clause in PACK.clauses.values() if clause.document == document)
    places = []
    for number in range(1, count + 1):
        pattern = re.compile(rf"(?<![\d.]){number}\.(?!\d)")
        found = pattern.search(part, places[-1] + 1 if places else 0)
        places.append(found.start())
    for number, (begin, end) in enumerate(zip(places, [*places[1:], len(part)], strict=True), 1):
        yield number, part[begin:end]


def test_departments_are_those_of_the_text() -> None:
    text = collected_text()
    for document in PARTS if text else ():
        for number, point in points(text, document):
            printed = {
                tuple(re.split("[、，]", names.replace("〔市〕", "（市）")))
                for names in BRACKET.findall(point)
            }
            clause = PACK.clauses[f"{document}-{number}"]

            assert (clause.key, printed) == (
                clause.key,
                {PACK.measures[measure].departments for measure in clause.measures},
            )
