"""A board as it is shown: one picture in words, with the list behind every figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from filings.gates import APPROVAL_GATES, START_GATES
from filings.models import District, Picture, User
from filings.sections import SECTIONS
from filings.sheets.writing import OutSheet
from filings.states import State

from .figures import behind

#: As many rows of a long list.
MOST = 12

_GATES = {f"gate-{gate.name}": gate.label for gate in (*APPROVAL_GATES, *START_GATES)}
_COVER: dict[str, Promise | str] = {
    "cover-0": gettext_lazy("不到 3 天"),
    "cover-3": gettext_lazy("3 天以上，不到 7 天"),
    "cover-7": gettext_lazy("7 天以上，不到 14 天"),
    "cover-14": gettext_lazy("14 天以上"),
    "cover-open": gettext_lazy("没有登记物资"),
}
_HEADS: dict[str, Promise | str] = {
    "heads-same": gettext_lazy("名单与计划人数相同"),
    "heads-fewer": gettext_lazy("名单少于计划"),
    "heads-more": gettext_lazy("名单多于计划"),
}
#: What a correction may be tied to besides the sections that are typed.
_PARTS: dict[str, Promise | str] = {
    "roster": gettext_lazy("员工花名册"),
    "supplies": gettext_lazy("防疫物资"),
    "attachments": gettext_lazy("附件"),
}
#: What is told hour by hour, and the counts that are added up for it.
HOURLY: tuple[tuple[Promise | str, tuple[str, ...]], ...] = (
    (gettext_lazy("待审和审核中"), ("state-submitted", "state-in_review")),
    (gettext_lazy("退回补正"), ("state-returned",)),
    (gettext_lazy("已备案"), ("state-approved", "state-ready")),
    (gettext_lazy("已开工"), ("state-started",)),
    (gettext_lazy("已超时"), ("overdue",)),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: its words, the number, and the list behind it ("" where there is none); in a part
    with money the yuan beside it, and their list."""

    label: str
    n: float
    url: str = ""
    yuan: float | None = None
    yuan_url: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One chart with its table. `unit` is the unit of the numbers, `note` says what is counted.

    `people` are numbers of people that the note tells beside the chart.
    """

    key: str
    title: str
    unit: str
    lines: list[Line]
    note: str = ""
    with_money: bool = False
    people: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Hour:
    """The filings of one hour of a day, one number for each of `HOURLY`."""

    hour: int
    numbers: list[int]


@dataclass(frozen=True, slots=True)
class Board:
    """The picture of a scope at `taken_at`. `is_now` where its lists are those of this moment."""

    place: str
    district: District | None
    day: date
    hour: int
    taken_at: datetime
    is_now: bool
    tiles: list[Line]
    parts: list[Part]
    hourly: list[str]
    hours: list[Hour]
    worst: list[dict[str, Any]]
    decided: dict[str, Any]
    decided_url: str


def pictures_of(user: User, district: District | None, day: date) -> list[Picture]:
    """The pictures of a scope on a day that the person may see, hour by hour. One query."""
    pictures = Picture.objects.visible_to(user).filter(district=district, day=day)
    return list(pictures.order_by("hour"))


def board_of(
    pictures: list[Picture], *, hour: int | None, district: District | None, now: datetime
) -> Board | None:
    """The board of the hour asked for, or of the last before it; None where no picture is there.

    `now` is the moment of the portal's clock: figures of the last picture lead to their lists.
    """
    chosen = [one for one in pictures if hour is None or one.hour <= hour]
    if not chosen:
        return None
    picture = chosen[-1]
    is_now = picture is pictures[-1] and (now - picture.taken_at).total_seconds() < 3600
    words = _Words(picture.figures, district.code if district else "", links=is_now)
    return Board(
        place=district.local_name if district else _("全市"),
        district=district,
        day=picture.day,
        hour=picture.hour,
        taken_at=picture.taken_at,
        is_now=is_now,
        tiles=list(words.tiles()),
        parts=[part for part in words.parts() if part.lines],
        hourly=[str(words) for words, _keys in HOURLY],
        hours=[_hour(one) for one in pictures],
        worst=picture.figures["worst"],
        decided=picture.figures["decided"],
        decided_url=words.url_of("decided"),
    )


def _hour(picture: Picture) -> Hour:
    told = picture.figures["counts"]
    return Hour(picture.hour, [sum(told.get(key, 0) for key in keys) for _words, keys in HOURLY])


@dataclass(frozen=True, slots=True)
class _Words:
    """One picture, part by part."""

    figures: Mapping[str, Any]
    district: str
    links: bool

    def url_of(self, key: str) -> str:
        """The address of the list behind a figure; empty where the lists have gone on."""
        if not self.links:
            return ""
        asked = {"figure": key} | ({"district": self.district} if self.district else {})
        return f"{reverse('board_list')}?{urlencode(asked)}"

    def _n(self, key: str) -> int:
        return int(self.figures["counts"].get(key, 0))

    def _line(self, key: str, label: Promise | str, n: float | None = None) -> Line:
        return Line(str(label), self._n(key) if n is None else n, self.url_of(key))

    def tiles(self) -> Iterator[Line]:
        """The figures at the top."""
        yield self._line("state-submitted", _("等待领取"))
        yield self._line("state-in_review", _("审核中"))
        yield self._line("overdue", _("已超时"))
        yield self._line("state-started", _("已开工"))
        yield self._line("staff-back", _("已返岗（人）"), self._n("people-back"))

    def parts(self) -> Iterator[Part]:
        """Every chart, in page order."""
        counted = self._counted
        yield counted("states", _("各状态的备案"), {f"state-{s.value}": s.label for s in State})
        yield Part(
            "origins", _("已返岗人员来自哪里"), _("人"),
            [self._line(one["key"], one["name"], one["n"]) for one in self._list("origins")],
            _("已开工企业最近一版花名册上的人。"),
        )  # fmt: skip
        yield self._heads()
        yield counted("cover", _("防疫物资还能用几天"), _COVER, note=_("按最少的一种物资计。"))
        yield self._reasons()
        gates = {key: label for key, label in _GATES.items() if self._n(key)}
        yield counted("gates", _("哪些核对最常不通过"), gates, largest_first=True)
        yield Part(
            "measures", _("用得最多的支持政策"), _("家"),
            [self._measure(one) for one in self._list("measures")],
            _("可以享受的备案数，和部门已同意的金额。"), with_money=True,
        )  # fmt: skip

    def _measure(self, one: Mapping[str, Any]) -> Line:
        granted = f"granted-{one['key'].partition('-')[2]}"
        return Line(
            _in_language(one["name"]),
            one["n"],
            self.url_of(one["key"]),
            one.get("yuan"),
            self.url_of(granted),
        )

    def _counted(
        self,
        name: str,
        title: str,
        labels: Mapping[str, Promise | str],
        *,
        note: str = "",
        largest_first: bool = False,
    ) -> Part:
        lines = [self._line(key, label) for key, label in labels.items()]
        if largest_first:
            lines.sort(key=lambda line: -line.n)
        return Part(name, title, _("件"), lines, note)

    def _list(self, name: str) -> list[dict[str, Any]]:
        return list(self.figures.get(name, []))[:MOST]

    def _heads(self) -> Part:
        planned, listed = self._n("people-planned"), self._n("people-listed")
        note = _("计划返岗 %(planned)s 人，花名册 %(listed)s 人。") % {
            "planned": f"{planned:,}",
            "listed": f"{listed:,}",
        }
        part = self._counted("heads", _("花名册与计划人数"), _HEADS, note=note)
        return replace(part, people=(Line(_("计划返岗"), planned), Line(_("花名册"), listed)))

    def _reasons(self) -> Part:
        lines = [self._line(one["key"], _reason(one), one["n"]) for one in self._list("reasons")]
        note = _("最近 7 天退回补正的备案；一件备案有几处同类问题只算一次。")
        return Part("reasons", _("为什么退回补正"), _("件"), lines, note)


def _in_language(name: Any) -> str:
    """A name that another app gave: as it is, or in both languages."""
    if isinstance(name, str):
        return name
    return str(name["zh" if (get_language() or "zh").startswith("zh") else "en"])


def _reason(one: Mapping[str, Any]) -> str:
    """A text block by its short name; without one, the section that was to be mended."""
    if not one["key"].startswith("part-"):
        return str(one["name"])
    section = SECTIONS.get(one["name"])
    return str(section.title if section else _PARTS.get(one["name"], one["name"]))


def returned_for(reason: object) -> str:
    """The words of a list of filings that were sent back for a reason."""
    return _("最近 7 天退回：%(reason)s") % {"reason": reason}


def label_of(key: str) -> str:
    """The words of a figure whose list is shown."""
    other = behind(key)
    if other:
        return other[0].label(other[1])
    name, _dash, what = key.partition("-")
    known: dict[str, Callable[[], object]] = {
        "state": lambda: State(what).label,
        "overdue": lambda: _("已超时"),
        "decided": lambda: _("最近 7 天准予备案"),
        "staff": lambda: _("已开工、已有人返岗") if what == "back" else _("准予开工、等人返岗"),
        "from": lambda: _("有人从%(place)s返岗") % {"place": what},
        "part": lambda: returned_for(_reason({"key": key, "name": what})),
        "reason": lambda: returned_for(what),
    }
    labels = {**_HEADS, **_COVER, **_GATES}
    return str(known[name]() if name in known else labels[key])


#: A figure in a file: what it is of, the number or words, the unit, an amount of money.
_Cells = tuple[str, float | str | None, str, float | None]


def board_sheets(board: Board) -> list[OutSheet]:
    """Everything that the page of a board tells, a sheet for each subject."""
    headings = [_("项目"), _("数字"), _("单位"), _("金额（元）")]
    sheets = []
    for title, rows in _subjects(board):
        columns = 4 if any(row[3] is not None for row in rows) else 3
        cells = [row[:columns] for row in rows]
        sheets.append(OutSheet(title, headings[:columns], cells, {0: 36}))
    hours = [(f"{one.hour}:00", *one.numbers) for one in board.hours]
    return [*sheets, OutSheet(_hours_title(board), [_("时间"), *board.hourly], hours)]


def board_table(board: Board) -> OutSheet:
    """The same as one table, for a file that has no sheets."""
    headings = [_("部分"), _("项目"), _("数字"), _("单位"), _("金额（元）")]
    rows: list[tuple[Any, ...]] = [
        (title, *row) for title, told in _subjects(board) for row in told
    ]
    rows += [
        (_hours_title(board), f"{one.hour}:00 {words}", n, _("件"), None)
        for one in board.hours
        for words, n in zip(board.hourly, one.numbers, strict=True)
    ]
    return OutSheet(board.place, headings, rows)


def _hours_title(board: Board) -> str:
    return _("%(day)s逐时") % {"day": date_format(board.day, _("n月j日"))}


def _subjects(board: Board) -> Iterator[tuple[str, list[_Cells]]]:
    """The figures of a board, subject by subject, but for those of each hour."""
    yield _("合计"), list(_overall(board))
    people = _("人")
    for part in board.parts:
        lines: list[_Cells] = [(line.label, line.n, part.unit, line.yuan) for line in part.lines]
        yield part.title, lines + [(line.label, line.n, people, None) for line in part.people]
    if board.worst:
        days = _("天")
        told: list[_Cells] = [
            (f"{one['name']} {one['site']}", one["days"], days, None) for one in board.worst
        ]
        yield _("物资最少的企业"), told


def _overall(board: Board) -> Iterator[_Cells]:
    decided, filings, hours = board.decided, _("件"), _("小时")
    yield _("范围"), board.place, "", None
    yield _("截至"), f"{timezone.localtime(board.taken_at):%Y-%m-%d %H:%M}", "", None
    for tile in board.tiles:
        yield tile.label, tile.n, "", None
    yield _("最近 7 天准予备案"), decided["n"], filings, None
    yield _("审核用时（中位数）"), decided["median"], hours, None
    yield _("审核用时（第 90 百分位）"), decided["p90"], hours, None


def brief_of(board: Board, *, printed: str) -> dict[str, Any]:
    """The board as the brief prints it: words, and numbers with their commas."""
    decided = board.decided
    local = timezone.localtime(board.taken_at)
    parts = [
        {
            "title": part.title,
            "note": part.note,
            "money": part.with_money,
            "lines": [
                {
                    "label": line.label,
                    "value": f"{line.n:,}",
                    "unit": part.unit,
                    "yuan": "" if line.yuan is None else f"{line.yuan:,.0f} {_('元')}",
                }
                for line in part.lines
                if line.n
            ],
        }
        for part in board.parts
    ]
    worst = [
        {
            "label": f"{row['name']} {row['site']}",
            "value": str(row["days"]),
            "unit": _("天"),
            "yuan": "",
        }
        for row in board.worst
    ]
    if worst:
        parts.append({"title": _("物资最少的企业"), "note": "", "money": False, "lines": worst})
    return {
        "title": _("复工复产每日简报"),
        "place": board.place,
        "taken": _("数字截至%(day)s %(time)s")
        % {"day": date_format(local, _("Y年n月j日")), "time": f"{local:%H:%M}"},
        "printed": printed,
        "tiles": [
            *({"label": tile.label, "value": f"{tile.n:,}", "unit": ""} for tile in board.tiles),
            {
                "label": _("审核用时（中位数）"),
                "value": "—" if decided["median"] is None else str(decided["median"]),
                "unit": "" if decided["median"] is None else _("小时"),
            },
        ],
        "parts": [part for part in parts if part["lines"]],
    }
