"""Reminding enterprises of last days, a batch of filings at a time, each notice once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from filings.public import Filing, Letter, notify_enterprises, open_filings_after
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.queue import enqueue
from policies.models import DeadlineReminder
from policies.queries.deadlines import Ending, Waiting, endings_on, waiting_for
from policies.queries.packs import published_rules

#: How many filings one transaction looks at.
BATCH = 500
#: Notices go out in the morning, when the day's verdicts stand and nobody is woken.
MORNING = time(8)


def request_reminders(*, at: datetime, after: int = 0) -> None:
    """Ask for the day's reminders, of the filings that come after `after`; once a day.

    The first batch is due in the morning of the portal day of `at`, or now where that is over.
    """
    day = clock.day_of(at)
    morning = datetime.combine(day, MORNING, tzinfo=timezone.get_default_timezone())
    with transaction.atomic():
        enqueue(
            "support.deadlines",
            after,
            due_at=None if after else clock.real_moment_of(morning),
            key=f"support.deadlines:{day}:{after}",
        )


def remind_batch(after: int, *, at: datetime, size: int = BATCH) -> int:
    """Remind the next `size` filings after `after` of what ends soon; how many notices are due.

    Rows that tell what was reminded of, notices and their outbox rows are written in one
    transaction, with the request for the next batch. Running it again writes nothing.
    """
    with transaction.atomic():
        rules = published_rules()
        endings = endings_on(rules.pack, clock.day_of(at)) if rules else []
        if rules is None or not endings:
            return 0
        filings = open_filings_after(after, size)
        by_id = {filing.pk: filing for filing in filings}
        reminders, letters = [], []
        for ending in endings:
            for pk, waiting in waiting_for(rules.pack, ending, by_id).items():
                reminders.append(_reminder(pk, ending, waiting, at=at))
                letters.append(_letter(by_id[pk], ending, waiting, clock.day_of(at)))
        # The unique key stands behind: a second worker at the same batch is undone whole.
        DeadlineReminder.objects.bulk_create(reminders)
        for kind, some in _by_kind(letters):
            notify_enterprises(kind, some, at=at)
        if len(filings) == size:
            request_reminders(at=at, after=filings[-1].pk)
    return len(reminders)


def _reminder(filing: int, ending: Ending, waiting: Waiting, *, at: datetime) -> DeadlineReminder:
    return DeadlineReminder(
        filing_id=filing,
        last_day=ending.last_day,
        stage=ending.stage,
        measures=len(waiting.measures),
        at=at,
    )


def _letter(filing: Filing, ending: Ending, waiting: Waiting, day: date) -> tuple[str, Letter]:
    left = (ending.last_day - day).days
    facts = {
        "site": filing.site.name,
        "count": len(waiting.measures),
        "days": left,
        "last_day": ending.last_day.isoformat(),
    }
    return "deadline" if left else "deadline_today", Letter(filing, _place(filing, waiting), facts)


def _place(filing: Filing, waiting: Waiting) -> str:
    """Where the enterprise applies: the one draft, the one measure, or all that ends soon."""
    if len(waiting.measures) > 1:
        return reverse("support", args=[filing.pk]) + "?last=7"
    if waiting.applications:
        return reverse("application", args=waiting.applications)
    return reverse("support_measure", args=[filing.pk, waiting.measures[0]])


def _by_kind(letters: list[tuple[str, Letter]]) -> Iterator[tuple[str, list[Letter]]]:
    for kind in ("deadline", "deadline_today"):
        some = [letter for own, letter in letters if own == kind]
        if some:
            yield kind, some
