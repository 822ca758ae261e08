"""What is read once a request, however many parts of the page ask for it.

Nothing is kept beyond the request, so that a change is seen by the next one in every process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

Read = TypeVar("Read")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


class RequestMemory:
    """The middleware that begins a memory with each request and ends it with the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = _kept.set({})
        try:
            return self.get_response(request)
        finally:
            _kept.reset(begun)


def once_a_request(read: Callable[[], Read]) -> Callable[[], Read]:
    """Let `read` happen once while a request is answered; elsewhere it happens every time.

    For what no request both changes and reads again: the answer is not renewed within a request.
    """

    @wraps(read)
    def reading() -> Read:
        kept = _kept.get()
        if kept is None:
            return read()
        if read not in kept:
            kept[read] = read()
        return kept[read]

    return reading
