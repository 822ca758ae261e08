"""What a reader chose to see of the benefits, and in which order; read from an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy, pgettext_lazy

from .benefits import Benefit, Card, lead_rank
from .wording import KINDS

#: Each filter with its choices; the first word is said when nothing is chosen. Departments come
#: from the pack. `close` is one answer away; a number is a least amount in yuan or a span of days.
CHOICES: dict[str, dict[str, Any]] = {
    "verdict": {
        "": gettext_lazy("全部结果"),
        "eligible": gettext_lazy("可以享受"),
        "close": gettext_lazy("只差一个回答"),
        "unknown": gettext_lazy("还差信息"),
        "not_eligible": gettext_lazy("不符合"),
    },
    "kind": {"": gettext_lazy("全部种类")}
    | {kind.name.lower(): word for kind, word in KINDS.items()},
    "money": {
        "": gettext_lazy("不限金额"),
        "stated": gettext_lazy("写明金额算法"),
        "known": gettext_lazy("金额已算出"),
        "1000": gettext_lazy("1,000 元以上"),
        "10000": gettext_lazy("1 万元以上"),
        "100000": gettext_lazy("10 万元以上"),
    },
    "last": {
        "": gettext_lazy("不限期限"),
        "7": gettext_lazy("7 天内截止"),
        "30": gettext_lazy("30 天内截止"),
        "open": gettext_lazy("还没有截止"),
        "none": gettext_lazy("没有写明截止日期"),
        "ended": gettext_lazy("已经截止"),
    },
    "sort": {
        "": pgettext_lazy("order", "按推荐顺序"),
        "money": pgettext_lazy("order", "金额大的在前"),
        "last": pgettext_lazy("order", "先截止的在前"),
    },
}


_LABELS = {
    "verdict": gettext_lazy("结果"),
    "kind": gettext_lazy("种类"),
    "department": gettext_lazy("责任部门"),
    "money": gettext_lazy("金额"),
    "last": gettext_lazy("期限"),
    "sort": gettext_lazy("排序"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One filter as a list to choose from: pairs of value and word."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One chosen filter as a chip: its word, and the address query without it."""

    word: str
    query: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader chose. `sort` is no filter: it leaves nothing out."""

    verdict: str = ""
    kind: str = ""
    department: str = ""
    money: str = ""
    last: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], departments: Iterable[str]) -> Filters:
        """The choices of an address; what is no choice is left out."""
        chosen = {name: query.get(name, "") for name in CHOICES}
        kept = {name: value for name, value in chosen.items() if value in CHOICES[name]}
        department = query.get("department", "")
        return cls(**kept, department=department if department in departments else "")

    @property
    def is_set(self) -> bool:
        """Anything left out at all."""
        return bool(self.verdict or self.kind or self.department or self.money or self.last)

    def fields(self, departments: Iterable[str]) -> list[Field]:
        """Every filter with its choices."""
        named = {"": gettext_lazy("全部部门")} | {name: name for name in departments}
        return [
            Field(
                name,
                str(_LABELS[name]),
                tuple((v, str(word)) for v, word in CHOICES.get(name, named).items()),
                chosen,
            )
            for name, chosen in self._pairs()
        ]

    @property
    def query(self) -> str:
        """The choices as the query of an address, without those that are not made."""
        return urlencode({name: value for name, value in self._pairs() if value})

    @property
    def chips(self) -> list[Chip]:
        """What is chosen, each to be dropped by itself."""
        return [
            Chip(
                str(CHOICES[name][value]) if name in CHOICES else value,
                replace(self, **{name: ""}).query,
            )
            for name, value in self._pairs()
            if value and name != "sort"
        ]

    def apply(self, benefits: Iterable[Benefit], day: date) -> list[Benefit]:
        """The benefits to be shown, in the chosen order; those of one verdict stay together."""
        shown = [one for benefit in benefits if (one := self._shown(benefit, day)) is not None]
        if self.sort:
            order = list(dict.fromkeys(benefit.verdict for benefit in shown))
            key = _by_money if self.sort == "money" else _by_last_day
            shown.sort(key=lambda benefit: (order.index(benefit.verdict), key(benefit)))
        return shown

    def _shown(self, benefit: Benefit, day: date) -> Benefit | None:
        """The benefit with a measure in front to which every filter applies.

        Only the measures that give it its verdict count: a benefit that runs on under another
        clause does not end with the first one.
        """
        if self.verdict == "close" and not benefit.is_close:
            return None
        if self.verdict not in ("", "close", benefit.verdict):
            return None
        if not _has_money(benefit, self.money):
            return None
        fitting = [card for card in benefit.deciding if self._fits(card, day)]
        if not fitting:
            return None
        lead = benefit.lead if benefit.lead in fitting else min(fitting, key=lead_rank)
        if lead is benefit.lead:
            return benefit
        others = tuple(card for card in benefit.cards if card is not lead)
        return replace(benefit, lead=lead, others=others)

    def _fits(self, card: Card, day: date) -> bool:
        return (
            self.kind in ("", card.kind)
            and (not self.department or self.department in card.departments)
            and _ends(card, self.last, day)
        )

    def _pairs(self) -> Iterable[tuple[str, str]]:
        return ((one.name, getattr(self, one.name)) for one in fields(self))


def _has_money(benefit: Benefit, asked: str) -> bool:
    if asked == "stated":
        return any(card.amount_name for card in benefit.deciding)
    if asked == "known":
        return benefit.money is not None
    return not asked or (benefit.money or Decimal(0)) >= Decimal(asked)


def _ends(card: Card, asked: str, day: date) -> bool:
    last = card.last_day
    if asked == "none":
        return last is None
    if asked == "open":
        return last is None or day <= last
    if asked == "ended":
        return last is not None and last < day
    return not asked or (last is not None and day <= last <= day + timedelta(days=int(asked)))


def _by_money(benefit: Benefit) -> Decimal:
    return -(benefit.money or Decimal(0))


def _by_last_day(benefit: Benefit) -> date:
    return benefit.lead.last_day or date.max
