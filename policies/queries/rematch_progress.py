"""How far the last round of judging every filing has come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from filings.public import Filing
from jiaozuo_portal.outbox.models import OutboxRow
from policies.models import Match, Rematch

#: The work of one lane of a round.
KIND = "support.rematch"


def key_of(rematch: int, first: int, kind: str = KIND) -> str:
    """The key of a round's work in the outbox: a lane from a filing on, or that filing alone."""
    return f"rematch:{rematch}:{kind}:{first}"


def waiting(rematch: int) -> QuerySet[Filing]:
    """The filings that have not been judged since a round was asked for."""
    return Filing.objects.exclude(match__rematch_id__gte=rematch)


@dataclass(frozen=True, slots=True)
class Progress:
    """A round with what has become of it.

    Of `total` filings `judged` are done, `failed` could not be judged, and more are being tried
    as long as it `is_running`; `is_stopped` where its work was given up.
    """

    rematch: Rematch
    total: int
    judged: int
    failed: int
    is_running: bool
    is_stopped: bool

    @property
    def percent(self) -> int:
        """How much is done, in whole per cent, rounded down."""
        return 100 * self.judged // self.total if self.total else 100


def rematch_progress() -> Progress | None:
    """The last round, or None before the first: three queries."""
    last = Rematch.objects.first()
    if last is None:
        return None
    rows = OutboxRow.objects.filter(key__startswith=f"rematch:{last.pk}:")
    is_lane, is_dead = Q(kind=KIND), Q(dead_at__isnull=False)
    counts = rows.aggregate(
        running=Count("pk", filter=Q(done_at=None, dead_at=None)),
        stopped=Count("pk", filter=is_lane & is_dead),
        failed=Count("pk", filter=~is_lane & is_dead),
    )
    judged = Match.objects.filter(rematch_id__gte=last.pk).count()
    return Progress(
        rematch=last,
        # Filings that came since are judged as they come.
        total=max(last.total, judged),
        judged=judged,
        failed=counts["failed"],
        is_running=counts["running"] > 0,
        is_stopped=counts["stopped"] > 0,
    )
