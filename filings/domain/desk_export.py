"""What is written down when somebody takes the queue away."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from filings.models import DeskPreference, User

from . import audit

_LONGEST_REASON = 500


def record_export(
    *, by: User, kind: str, columns: Collection[str], asked: str, rows: int
) -> DeskPreference:
    """Record who takes how many rows of the desk by which conditions, and remember the columns.

    `asked` are the conditions as the address bar has them. It is written before the first row
    leaves: what a broken connection took counts too.
    """
    with transaction.atomic():
        kept, __ = DeskPreference.objects.update_or_create(
            user=by, defaults={"columns": list(columns)}
        )
        audit.record(
            "export_desk", kept, by=by, field=f"{kind} {rows}", reason=asked[:_LONGEST_REASON]
        )
    return kept
