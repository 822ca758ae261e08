"""How much of a time limit has been used: clock hours, pauses left out, and nothing else.

Pure arithmetic on aware moments, so a day's border, a weekend or a holiday changes nothing: the
48 hours of 焦政办4-13 run on the clock. Exactly at the last moment is still in time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The kinds of filing that may have a time limit of their own."""

    SUPPLIES = "supplies", _("生产疫情防控物资的企业")
    OTHER = "other", _("其他企业")


class Start(TextChoices):
    """What counts as acceptance. No text says it, so each city does."""

    SUBMIT = "submit", _("企业提交时")
    CLAIM = "claim", _("工信部门领取时")


class Stage(TextChoices):
    """The moments of a limit at which somebody hears of it, in their order."""

    HALF = "half", _("时限过半")
    MOST = "most", _("时限用去八成")
    LIMIT = "limit", _("已超时")
    CITY = "city", _("超时上报")


#: After these the limit is over; before them there is still time to act.
PASSED = frozenset({Stage.LIMIT, Stage.CITY})

_SHARES: dict[str, tuple[int, int]] = {Stage.HALF: (1, 2), Stage.MOST: (4, 5)}
_A_MOMENT = timedelta(seconds=1)
_NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count; `until` is None while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a limit of `hours` clock hours from `started` on.

    `pauses` are in their order and apart. `city_after` is how many hours after the limit the city
    hears of it, None for never. `stopped` is when the run came to its end.
    """

    started: datetime
    hours: int
    pauses: tuple[Pause, ...] = ()
    city_after: int | None = None
    stopped: datetime | None = None

    @property
    def limit(self) -> timedelta:
        """The whole time."""
        return timedelta(hours=self.hours)

    @property
    def is_paused(self) -> bool:
        """The last pause still lasts."""
        return bool(self.pauses) and self.pauses[-1].until is None

    @property
    def due(self) -> datetime | None:
        """The last moment in time; None while paused, for then nobody can tell, and when stopped.

        It moves by every pause, one after the limit had passed too: so it always lies as far from
        now as `left` says.
        """
        if self.is_paused or self.stopped:
            return None
        paused = (pause.until - pause.since for pause in self.pauses if pause.until)
        return self.started + self.limit + sum(paused, _NONE)

    @property
    def paused_left(self) -> timedelta | None:
        """What was left when the pause that lasts began; None while the clock runs."""
        return self.left(self.pauses[-1].since) if self.is_paused else None

    def used(self, at: datetime) -> timedelta:
        """What has been used at the moment `at`."""
        end = min(at, self.stopped or at)
        paused = (min(pause.until or end, end) - pause.since for pause in self.pauses)
        return end - self.started - sum((one for one in paused if one > _NONE), _NONE)

    def left(self, at: datetime) -> timedelta:
        """What is left at the moment `at`; below zero when the limit has passed."""
        return self.limit - self.used(at)

    def moment_of(self, stage: str) -> datetime | None:
        """When this stage is reached; None while paused, and where it never will be.

        A stage that means "passed" begins a second after the last moment in time.
        """
        if stage in _SHARES:
            part, whole = _SHARES[stage]
            return self._when(self.limit * part / whole)
        if stage == Stage.LIMIT:
            return _later(self._when(self.limit))
        if self.city_after is None:
            return None
        return _later(self._when(self.limit + timedelta(hours=self.city_after)))

    def has_reached(self, stage: str, at: datetime) -> bool:
        """Whether this stage has been reached at the moment `at`, and the run still goes on."""
        moment = self.moment_of(stage)
        return self.stopped is None and moment is not None and moment <= at

    def moments(self) -> Iterator[tuple[str, datetime]]:
        """The stages that will be reached as things stand, each with its moment."""
        for stage in Stage:
            moment = self.moment_of(stage)
            if moment is not None:
                yield stage.value, moment

    def _when(self, used: timedelta) -> datetime | None:
        """The moment at which so much will have been used; None while paused or stopped before."""
        moment = self.started + used
        for pause in self.pauses:
            if moment < pause.since:
                break
            if pause.until is None:
                return None
            moment += pause.until - pause.since
        return None if self.stopped and self.stopped <= moment else moment


def _later(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment + _A_MOMENT
