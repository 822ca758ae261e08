"""The record of who did or looked at what."""

from __future__ import annotations

from typing import Any

from filings.models import AuditEntry, Filing, User


def record(
    action: str,
    thing: Any,
    *,
    by: User | None,
    filing: Filing | None = None,
    field: str = "",
    reason: str = "",
) -> AuditEntry:
    """Write one audit entry about `thing`, in the caller's transaction. SECURITY: no values."""
    return AuditEntry.objects.create(
        action=action,
        object_type=thing._meta.label_lower,
        object_id=str(thing.pk),
        by=by,
        filing=filing,
        field=field,
        reason=reason,
    )
