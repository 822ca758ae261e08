"""The pack says what the documents mean in words of its own."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from policies.eligibility import load_pack
from policies.eligibility.loading import folder_content, read_pack_files

ROOT = Path(__file__).resolve().parents[3]
POLICY = ROOT.parent / "shared" / "policy"
LONGEST_SHARED_RUN = 11
NOT_CHINESE = re.compile(r"[^\u3400-\u9fff]+")
PACK = load_pack()


def strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from strings(value)


def names() -> list[str]:
    """Names that are what they are: documents, departments, labels of the vocabulary."""
    vocabulary = json.loads((POLICY / "vocabulary.json").read_text("utf-8"))
    labels = {
        entry["label_zh"]
        for group in ("measures", "facts", "topics")
        for entry in vocabulary[group]
    }
    titles = {text for doc in PACK.documents.values() for text in (doc.title.zh, doc.issuer.zh)}
    departments = {department.name.zh for department in PACK.departments}
    return sorted(labels | titles | departments, key=len, reverse=True)


def shared_runs(text: str, source: str, length: int) -> set[str]:
    return {
        part[i : i + length]
        for part in text.split("|")
        for i in range(len(part) - length + 1)
        if part[i : i + length] in source
    }


def chinese_only(text: str) -> str:
    return NOT_CHINESE.sub("", text)


def test_the_comparison_finds_a_copied_run() -> None:
    source = "甲乙丙丁戊己庚辛壬癸子丑寅卯"

    assert shared_runs("某" + source[1:13] + "某", source, LONGEST_SHARED_RUN + 1) == {source[1:13]}
    assert shared_runs(source[:6] + "|" + source[6:], source, LONGEST_SHARED_RUN + 1) == set()


def test_no_text_of_the_pack_is_copied_from_a_source() -> None:
    sources = [
        chinese_only(path.read_text("utf-8")) for path in sorted(POLICY.glob("sources/*.txt"))
    ]
    known = names() if sources else []
    files = read_pack_files(folder_content(PACK.path))
    texts = [text for content in files.whole.values() for text in strings(content)]
    texts += [text for file in files.clauses for text in strings(file.content)]
    for path in sorted((Path(__file__).parent / "second_reading").glob("*.yaml")):
        texts += strings(yaml.safe_load(path.read_text("utf-8")))

    copied = set()
    for text in texts:
        for name in known:
            text = text.replace(name, "|")
        own = "|".join(chinese_only(part) for part in text.split("|"))
        for source in sources:
            copied |= shared_runs(own, source, LONGEST_SHARED_RUN + 1)

    assert copied == set()
