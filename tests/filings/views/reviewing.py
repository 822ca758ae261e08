"""How the tests of the review page look and press, as somebody who is signed in."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from filings.models import Filing, User


def url(name: str, filing: Filing, *more: Any) -> str:
    """The address of a page about a filing."""
    return reverse(name, args=[filing.pk, *more])


def look(
    client: Client, user: User, filing: Filing, name: str = "review", *more: Any, **query: Any
) -> Any:
    """Open a page about a filing."""
    client.force_login(user)
    return client.get(url(name, filing, *more), query)


def press(client: Client, user: User, filing: Filing, name: str, *more: Any, **given: Any) -> Any:
    """Send a form about a filing, as a page that has just been opened would."""
    client.force_login(user)
    if "revision" not in given:
        filing.refresh_from_db()
        given["revision"] = filing.revision
    return client.post(url(name, filing, *more), given)


def text(response: Any) -> str:
    """The page as it was sent."""
    return str(response.content.decode())
