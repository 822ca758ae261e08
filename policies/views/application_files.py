"""Papers of an application: added, downloaded and taken off."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.public import NotAllowed, Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain.application_files import attach_paper, take_off_paper
from policies.models import ApplicationFile

from .applications import visible
from .downloads import download


@open_to("clerk", methods=("POST",))
def application_file_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the uploaded files with an application; each bad one is named, the good ones stay."""
    user: Any = request.user
    shown = visible(request, pk)
    uploads = request.FILES.getlist("files")
    paper = request.POST.get("paper", "")
    if not uploads:
        messages.warning(request, _("请先选择文件，再点“上传”。"))
    kept = 0
    for upload in uploads:
        try:
            attach_paper(shown, upload, paper=paper, by=user, at=clock.now())
        except NotAllowed:
            raise
        except Refused as refusal:
            said = _("“%(name)s”没有上传：%(why)s") % {"name": upload.name, "why": refusal}
            messages.error(request, said)
        else:
            kept += 1
    if kept:
        said = ngettext("已上传 %(count)s 个附件。", "已上传 %(count)s 个附件。", kept)
        messages.success(request, said % {"count": kept})
    return _back(pk)


def _file(request: HttpRequest, key: uuid.UUID) -> ApplicationFile:
    user: Any = request.user
    return get_object_or_404(ApplicationFile.objects.visible_to(user), key=key)


@open_to("member", "agency")
def application_file(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Download one file."""
    return download(_file(request, key))


@open_to("clerk", methods=("POST",))
def application_file_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a file off an application that lies with the enterprise."""
    user: Any = request.user
    found = _file(request, key)
    try:
        take_off_paper(found, by=user)
    except NotAllowed:
        raise
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已移除附件“%(name)s”。") % {"name": found.name})
    return _back(found.application_id)


def _back(pk: int) -> HttpResponse:
    return redirect(f"{reverse('application', args=[pk])}#papers")
