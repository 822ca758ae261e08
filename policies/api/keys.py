"""The door of the interface: keys, scopes and how often one may knock."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from jiaozuo_portal.lib import clock, throttle
from jiaozuo_portal.lib.visitors import address_of
from policies.domain.tokens import digest, note_use
from policies.queries.tokens import Bearer, bearer_of

PER = timedelta(minutes=1)
#: Requests a minute: of a key, of an address without one, and of an address with a wrong one.
OF_A_KEY, OF_A_STRANGER, OF_A_GUESSER = 120, 60, 20


class TooMany(Exception):
    """Too many requests in this minute; answered with 429 and Retry-After."""


class NoScope(Exception):
    """The key was not made for this; answered with 403."""


class Key(HttpBearer):
    """`Authorization: Bearer <key>`; the request then carries whom it stands for."""

    def __call__(self, request: HttpRequest) -> Bearer | None:
        """Whom the request stands for. One without a key is counted by the address, as one that
        needs none: asking for what one may not have is not the way round the limit."""
        if not request.headers.get("Authorization"):
            count_stranger(request)
        found: Bearer | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Bearer | None:
        """Whom the key stands for; None (401) where it opens nothing."""
        at = clock.real_now()
        bearer = bearer_of(digest(token), at)
        if bearer is None:
            _count("api.wrong", address_of(request), OF_A_GUESSER)
            return None
        _count("api.key", str(bearer.token.pk), OF_A_KEY)
        note_use(bearer.token, at)
        return bearer


def bearer(request: HttpRequest, scope: str) -> Bearer:
    """Whom the request stands for, after a look at what its key was made for."""
    found: Bearer = request.auth  # type: ignore[attr-defined]
    if not found.may(scope):
        raise NoScope(_("这个令牌没有“%(scope)s”权限。") % {"scope": scope})
    return found


def count_stranger(request: HttpRequest) -> None:
    """Count a request that needs no key, by the address that it comes from."""
    _count("api.open", address_of(request), OF_A_STRANGER)


def _count(action: str, who: str, limit: int) -> None:
    if not throttle.allow(action, who, limit=limit, per=PER):
        raise TooMany
