"""The provinces that people of a roster come from, as the rosters write them.

A roster takes any word for a province. 湖北, 湖北省 and 湖北省武汉市 are one place for whoever
counts the people from there; the names are data (`data/provinces.yaml`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PROVINCES_FILE = Path(__file__).parent / "data" / "provinces.yaml"

#: How many words that name no province are told apart for one filing, and how long each may be.
MOST_OTHERS, LONGEST_OTHER = 8, 15


def province_of(word: str) -> str:
    """The full name of the province that a word begins with; another word as it is, without blanks,
    cut after `LONGEST_OTHER` characters."""
    compact = "".join(word.split())
    for short, full in _names():
        if compact.startswith(short):
            return full
    return compact[:LONGEST_OTHER]


def by_province(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    """People by province, from people by what their rosters say; who says nothing is left out.

    Every province keeps its name. Of words that name none, the `MOST_OTHERS` with most people do,
    and the rest are counted together, so that no roster makes the list longer than 43 words.
    """
    known, others = Counter[str](), Counter[str]()
    provinces = {full for _short, full in _names()}
    for word, people in counted:
        if name := province_of(word):
            (known if name in provinces else others)[name] += people
    kept = others.most_common(MOST_OTHERS)
    found = known + Counter(dict(kept))
    if rest := others.total() - sum(people for _word, people in kept):
        found[_data()["other"]] += rest
    return dict(found)


@cache
def _names() -> tuple[tuple[str, str], ...]:
    return tuple(_data()["provinces"].items())


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(PROVINCES_FILE.read_text(encoding="utf-8"))
    return data
