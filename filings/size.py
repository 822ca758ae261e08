"""Size class of an enterprise under the SME size standard (工信部联企业〔2011〕300号): pure.

The figures are data (`data/sme_standard.yaml`). A firm is in a class only if it reaches every lower
bound of that class for its industry; a missing indicator leaves the class open, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

STANDARD_FILE = Path(__file__).parent / "data" / "sme_standard.yaml"

#: The classes from the smallest to the largest, with the names that pages show.
CLASSES: dict[str, Promise | str] = {
    "micro": _("微型企业"),
    "small": _("小型企业"),
    "medium": _("中型企业"),
    "large": _("大型企业"),
}
#: The indicators that the standard knows: name and unit.
INDICATORS: dict[str, tuple[Promise | str, Promise | str]] = {
    "employees": (_("从业人员"), _("人")),
    "annual_revenue_wanyuan": (_("营业收入"), _("万元")),
    "total_assets_wanyuan": (_("资产总额"), _("万元")),
}
_GRADES = tuple(CLASSES)


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry of the standard; `bounds` maps an indicator to its bounds by class."""

    key: str
    zh: str
    en: str
    bounds: Mapping[str, Mapping[str, int]]

    @property
    def label(self) -> str:
        """Its name in the reader's language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Reached:
    """One indicator: its value (None while not given) and the class that it alone reaches.

    `at_least` is the lower bound of that class, None for micro, which has none; `next_class` with
    `next_at` says what the next class asks for.
    """

    indicator: str
    value: Decimal | int | None
    grade: str | None
    at_least: int | None
    next_class: str | None
    next_at: int | None

    @property
    def name(self) -> Promise | str:
        """The indicator's name."""
        return INDICATORS[self.indicator][0]

    @property
    def unit(self) -> Promise | str:
        """The unit that value and bounds are in."""
        return INDICATORS[self.indicator][1]

    @property
    def grade_label(self) -> Promise | str:
        """The name of the class that it reaches; empty while not given."""
        return CLASSES[self.grade] if self.grade else ""

    @property
    def next_label(self) -> Promise | str:
        """The name of the next class; empty for large."""
        return CLASSES[self.next_class] if self.next_class else ""


@dataclass(frozen=True, slots=True)
class Size:
    """The size class and how it follows. `possible` has one class once it is decided."""

    industry: Industry
    possible: tuple[str, ...]
    reached: tuple[Reached, ...]

    @property
    def decided(self) -> str | None:
        """The class, or None while a missing indicator leaves it open."""
        return self.possible[0] if len(self.possible) == 1 else None

    @property
    def label(self) -> Promise | str:
        """The name of the class; empty while open."""
        return CLASSES[self.decided] if self.decided else ""

    @property
    def possible_labels(self) -> list[Promise | str]:
        """The names of the classes that are still possible."""
        return [CLASSES[name] for name in self.possible]

    @property
    def missing(self) -> tuple[Reached, ...]:
        """The indicators that the industry asks for and that are not given."""
        return tuple(row for row in self.reached if row.grade is None)


@lru_cache(maxsize=1)
def industries() -> Mapping[str, Industry]:
    """The industries of the standard by key, in its order."""
    data = yaml.safe_load(STANDARD_FILE.read_text(encoding="utf-8"))
    return {row["key"]: Industry(**row) for row in data["industries"]}


@lru_cache(maxsize=1)
def citation() -> str:
    """The number of the document that the standard is."""
    return str(yaml.safe_load(STANDARD_FILE.read_text(encoding="utf-8"))["citation"]["zh"])


def size_of(industry: str, figures: Mapping[str, Any]) -> Size | None:
    """The size class from the figures known (None or left out where not); None without industry.

    `figures` maps the indicators to heads in persons and money in 万元. The class is the lowest
    that any indicator reaches; while one is missing, everything up to the lowest known is possible.
    """
    found = industries().get(industry)
    if found is None:
        return None
    reached = tuple(_reached(name, figures.get(name), found.bounds[name]) for name in found.bounds)
    grades = [_GRADES.index(row.grade) for row in reached if row.grade is not None]
    lowest = min(grades, default=len(_GRADES) - 1)
    open_ = len(grades) < len(reached)
    return Size(found, _GRADES[: lowest + 1] if open_ else (_GRADES[lowest],), reached)


def _reached(indicator: str, value: Any, bounds: Mapping[str, int]) -> Reached:
    if value is None:
        return Reached(indicator, None, None, None, None, None)
    grade = sum(value >= bounds[name] for name in _GRADES[1:])
    following = _GRADES[grade + 1] if grade + 1 < len(_GRADES) else None
    return Reached(
        indicator=indicator,
        value=value,
        grade=_GRADES[grade],
        at_least=bounds[_GRADES[grade]] if grade else None,
        next_class=following,
        next_at=bounds[following] if following else None,
    )
