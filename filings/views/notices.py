"""A person's notices."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from filings.domain.notices import link_of, mark_read, words
from filings.models import Notice
from filings.queries.notices import notices_of
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import SIGNED_IN, open_to


@open_to(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """The list, unread first."""
    user: Any = request.user
    found = notices_of(user, after=request.GET.get("after"))
    return render(
        request,
        "filings/notices/list.html",
        {
            "page": found.page,
            "rows": [(notice, words(notice)) for notice in found.page.rows],
            "unread": found.unread,
            "total": found.total,
        },
    )


@open_to(SIGNED_IN, methods=("POST",))
def notice_open(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    user: Any = request.user
    notice = get_object_or_404(Notice.objects.visible_to(user), key=key)
    mark_read(user, at=clock.now(), keys=[str(notice.key)])
    return redirect(link_of(notice))


@open_to(SIGNED_IN, methods=("POST",))
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    user: Any = request.user
    count = mark_read(user, at=clock.now())
    said = ngettext("%(count)s 条消息已标为已读。", "%(count)s 条消息已标为已读。", count)
    messages.success(request, said % {"count": count})
    return redirect("notices")
