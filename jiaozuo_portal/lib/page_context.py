"""What every page knows: the portal's clock, whether it is simulated, and the portal's name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from . import clock


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The names that `templates/base.html` takes on every page.

    Context processors of the apps stand after this one and add to it or replace its
    `portal_name`: `portal_nav`, `account_links`, `unread_notices`, `notices_url`, `portal_contact`.
    """
    return {
        "portal_now": clock.now(),
        "portal_clock_is_simulated": clock.is_simulated(),
        "portal_name": _("复工复产备案平台"),
    }
