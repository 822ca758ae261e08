"""Sessions that end: after a while without a request, and after a working day at the latest."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

from jiaozuo_portal.lib import clock

_SEEN, _BEGAN = "seen_at", "began_at"
#: The time of the last request is written once a minute at most, not at every request.
_WRITE_EVERY = 60


class EndingSessions:
    """Signs out whoever was idle for PORTAL_IDLE_MINUTES or came in PORTAL_SESSION_HOURS ago.

    Real time, never the portal's clock. It stands behind the authentication middleware; the view
    then answers as it does to anybody who is not signed in, and leads back after signing in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            self._hold(request)
        return self.get_response(request)

    @staticmethod
    def _hold(request: HttpRequest) -> None:
        now = int(clock.real_now().timestamp())
        session = request.session
        seen, began = session.get(_SEEN, now), session.get(_BEGAN, now)
        idle = now - seen > settings.PORTAL_IDLE_MINUTES * 60
        if idle or now - began > settings.SESSION_COOKIE_AGE:
            logout(request)
            return
        if _BEGAN not in session or now - seen >= _WRITE_EVERY:
            session[_SEEN], session[_BEGAN] = now, began
