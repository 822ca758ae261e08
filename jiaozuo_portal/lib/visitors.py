"""Who is asking: the visitor's address, and the name typed at sign-in as an index."""

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from jiaozuo_portal.lib.crypto import blind_index


def address_of(request: HttpRequest) -> str:
    """The visitor's address, as the outermost of our own proxies saw it.

    SECURITY: everything further left in X-Forwarded-For is the visitor's own claim, so the steps
    are counted from the right (PORTAL_PROXY_COUNT).
    """
    direct: str = request.META.get("REMOTE_ADDR", "")
    if not settings.PORTAL_PROXY_COUNT:
        return direct
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if len(chain) < settings.PORTAL_PROXY_COUNT:
        return direct
    claimed = chain[-settings.PORTAL_PROXY_COUNT]
    return claimed if _is_address(claimed) else direct


def name_at_sign_in(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name given at sign-in as a blind index, for the count of failures.

    A typed name may be a mobile number, or a password in the wrong box: it is never stored. A
    sign-in page that turns a mobile number into the user name before it authenticates makes both
    count as one.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username") or ""
    return index_of_name(str(typed))


def index_of_name(name: str) -> str:
    """The index under which failures of this user name are counted, to unlock it."""
    return blind_index("".join(name.split()).casefold(), purpose="sign-in.name")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
