"""Making and ending the keys of the programming interface."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from filings.public import (
    Agency,
    Enterprise,
    NotAllowed,
    Refused,
    User,
    notify_agency,
    notify_enterprise,
    record_audit,
)
from jiaozuo_portal.lib import clock
from policies.models import ApiToken
from policies.models.token import looked_after_by

#: What a key begins with, so that a scanner of leaked secrets can tell what it has found.
MARK = "fgfc_"
_SHOWN = 12

#: For how many days a key may be made, and how many a holder may have at a time.
TERMS = (30, 90, 365)
MOST_TOKENS = 20


def digest(secret: str) -> str:
    """The digest under which a key is kept. It has 256 random bits: no salt or slowness adds."""
    return hashlib.sha256(secret.encode()).hexdigest()


def make_token(
    holder: Enterprise | Agency,
    *,
    name: str,
    scopes: Iterable[str],
    days: int,
    by: User,
    at: datetime,
) -> tuple[ApiToken, str]:
    """A new key of an enterprise or agency, and its secret, which nobody can read again.

    Only an owner of the enterprise or a lead of the agency makes one (NotAllowed). Raises Refused
    for a name or scopes that are missing, a term that is not among `TERMS`, and a holder who has
    enough of them.
    """
    _require_manager(holder, by)
    wanted = [scope for scope in ApiToken.Scope.values if scope in set(scopes)]
    if not name.strip() or not wanted:
        raise Refused(_("请写明用途，并至少选择一项权限。"))
    if days not in TERMS:
        raise Refused(_("请选择有效期。"))
    secret = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        of_holder = {"enterprise" if isinstance(holder, Enterprise) else "agency": holder}
        standing = ApiToken.objects.filter(**of_holder, revoked_at=None, expires_at__gt=at)
        if standing.count() >= MOST_TOKENS:
            raise Refused(
                _("已有 %(count)s 个有效的令牌，请先停用不用的。") % {"count": MOST_TOKENS}
            )
        token = ApiToken.objects.create(
            **of_holder,
            name=name.strip()[:60],
            scopes=wanted,
            prefix=secret[:_SHOWN],
            sha256=digest(secret),
            created_by=by,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        record_audit("token_make", token, by=by, reason=token.name)
        _tell(holder, "token", by=by, at=at, name=token.name)
    return token, secret


def revoke_token(token: ApiToken, *, by: User, at: datetime) -> None:
    """End a key at once. Twice is as good as once. Raises NotAllowed for a stranger."""
    holder = token.enterprise or token.agency
    _require_manager(holder, by)
    with transaction.atomic():
        locked = ApiToken.objects.select_for_update().get(pk=token.pk)
        if locked.revoked_at is None:
            locked.revoked_at, locked.revoked_by = at, by
            locked.save(update_fields=["revoked_at", "revoked_by"])
            record_audit("token_revoke", locked, by=by, reason=locked.name)
            _tell(holder, "token_end", by=by, at=at, name=locked.name)


def _tell(
    holder: Enterprise | Agency | None, kind: str, *, by: User, at: datetime, name: str
) -> None:
    """Let owners and clerks, or the people of the agency, know that a key was made or ended."""
    if holder is None:
        return
    facts: dict[str, Any] = {"by": by.get_full_name(), "enterprise": holder.name, "remark": name}
    tell = notify_enterprise if isinstance(holder, Enterprise) else notify_agency
    tell(holder.pk, kind, at=at, url=reverse("api_tokens"), **facts)


def note_use(token: ApiToken, at: datetime) -> None:
    """Remember on which day a key was last used; one write a day."""
    day = clock.day_of(at)
    if token.used_on != day:
        ApiToken.objects.filter(pk=token.pk).update(used_on=day)


def manages(holder: Enterprise | Agency | None, user: User) -> bool:
    """Whether the person makes and ends the keys of this enterprise or agency."""
    if not user.is_active or holder is None:
        return False
    owned, led = looked_after_by(user)
    return holder.pk in (owned if isinstance(holder, Enterprise) else led)


def _require_manager(holder: Enterprise | Agency | None, user: User) -> None:
    if not manages(holder, user):
        raise NotAllowed(_("只有企业负责人或部门负责人可以管理令牌。"))
