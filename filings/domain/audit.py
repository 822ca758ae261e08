"""The record of who did or looked at what."""

from __future__ import annotations

from collections.abc import Mapping
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
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write one audit entry about `thing`, in the caller's transaction.

    SECURITY: no values, but those of an agency's own arrangements: `before` and `after` by column,
    None for what was not there; those that differ are kept.
    """
    return AuditEntry.objects.create(
        action=action,
        object_type=thing._meta.label_lower,
        object_id=str(thing.pk),
        by=by,
        filing=filing,
        field=field,
        reason=reason,
        changed=_differing(before or {}, after or {}),
    )


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    told = {name: [before.get(name), after.get(name)] for name in {**before, **after}}
    return {name: [old, new] for name, (old, new) in told.items() if old != new}
