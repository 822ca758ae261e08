"""Attachments: several at once, served as downloads only to those who may see them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.domain import attachments
from filings.models import Attachment
from filings.queries import filing as reads
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.refusals import NotAllowed, Refused

from .scope import own_filing, person


@open_to("clerk", methods=("POST",))
def attachment_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the uploaded files with a section; each bad one is named, the good ones stay."""
    filing = own_filing(request, pk)
    section = request.POST.get("section", "")
    if section not in attachments.PLACES:
        raise Http404
    uploads = request.FILES.getlist("files")
    if not uploads:
        messages.warning(request, _("请先选择文件，再点“上传”。"))
    kept = 0
    for upload in uploads:
        try:
            attachments.attach_file(filing, section, upload, by=person(request), at=clock.now())
        except NotAllowed:
            raise
        except Refused as refusal:
            messages.error(
                request, _("“%(name)s”没有上传：%(why)s") % {"name": upload.name, "why": refusal}
            )
        else:
            kept += 1
    if kept:
        said = ngettext("已上传 %(count)s 个附件。", "已上传 %(count)s 个附件。", kept)
        messages.success(request, said % {"count": kept})
    return redirect(f"{reads.url_of(filing, section)}#attachments")


def _attachment(request: HttpRequest, key: uuid.UUID) -> Attachment:
    return get_object_or_404(
        Attachment.objects.visible_to(person(request)).select_related("filing__enterprise"), key=key
    )


@open_to("signed_in")
def attachment(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Download one file."""
    user = person(request)
    found = _attachment(request, key)
    if not attachments.may_download(user, found):
        raise Http404
    # SECURITY: always a download and never sniffed, so no upload runs as a page of the portal.
    response: Any = FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@open_to("clerk", methods=("POST",))
def attachment_remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a file out of the draft; submitted versions keep it."""
    found = _attachment(request, key)
    attachments.remove_attachment(found, by=person(request))
    messages.success(request, _("已移除附件“%(name)s”。") % {"name": found.name})
    return redirect(f"{reads.url_of(found.filing, found.section)}#attachments")
