"""The clock of one synthetic filing, as the domain would have let it run (see `scale_story`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from filings.models import ClockPause, ReviewClock, TimeLimit
from filings.states import WITH_BUREAU, State
from filings.timing import Pause, Run


@dataclass(slots=True)
class ScaleClock:
    """Started, paused and stopped by the moves of a story; `limit` is that of the filing's kind.

    A story runs through one review at most, so one clock with the key `pk` is enough.
    """

    pk: int
    limit: TimeLimit | None
    started: datetime | None = None
    stopped: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)

    def turn(self, move: str, target: str, at: datetime) -> None:
        """What `domain.timing.turn_clock` does after this move."""
        if self.started is None:
            if target in WITH_BUREAU and self.limit and self.limit.starts_on == move:
                self.started = at
        elif target == State.RETURNED:
            self.pauses.append(Pause(at))
        elif target not in WITH_BUREAU:
            self.stopped = self.stopped or at
        elif self.pauses and self.pauses[-1].until is None:
            self.pauses[-1] = Pause(self.pauses[-1].since, at)

    def copies(self) -> dict[str, Any]:
        """The columns of the filing that follow from it."""
        if self.limit is None or self.limit.hours is None or self.started is None:
            return {"due_at": None, "time_left": None}
        run = Run(self.started, self.limit.hours, tuple(self.pauses), stopped=self.stopped)
        return {"due_at": run.due, "time_left": None if self.stopped else run.paused_left}

    def add_to(self, rows: Any, filing: int) -> None:
        """Its rows."""
        if self.limit is None or self.started is None:
            return
        rows.add(
            ReviewClock, id=self.pk, filing_id=filing, kind=self.limit.kind,
            hours=self.limit.hours, city_after_hours=self.limit.city_after_hours,
            started_at=self.started, stopped_at=self.stopped,
        )  # fmt: skip
        for pause in self.pauses:
            rows.add(ClockPause, clock_id=self.pk, since=pause.since, until=pause.until)
