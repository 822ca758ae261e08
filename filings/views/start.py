"""The pre-start report and the start of work: the gates of R2.8 and R2.9, with no way round."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from filings import access, gates
from filings.domain import moves
from filings.forms.filing import PageForm, SubmissionForm
from filings.models import Filing
from filings.queries import filing as reads
from filings.states import State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused, Stale

from .filing import gate_lines
from .scope import frame, own_filing, person


@open_to("member")
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the filing is from the start, gate by gate."""
    return _page(request, own_filing(request, pk), clock.now())


def _page(
    request: HttpRequest, filing: Filing, at: datetime, refusal: Refused | None = None
) -> HttpResponse:
    user = person(request)
    results = moves.start_gates(filing, draft=filing.state not in {State.READY, State.STARTED})
    shut = gates.failing(results)
    return render(
        request,
        "filings/submit/start.html",
        {
            **frame(request, filing, at),
            "gates": gate_lines(filing, results, in_full=False),
            "left": len(shut),
            "prestart_url": reads.url_of(filing, "prestart"),
            "form": SubmissionForm(
                initial={"submission_key": uuid.uuid4(), "revision": filing.revision}
            ),
            "may_report": access.may_move(user, filing, "report"),
            "may_start": access.may_move(user, filing, "start"),
            "refusal": refusal,
        },
        status=status_of(refusal) if refusal else 200,
    )


@open_to("clerk", methods=("POST",))
def report_prestart(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the pre-start report to the bureau (R2.8)."""
    filing = own_filing(request, pk)
    at = clock.now()
    form = SubmissionForm(request.POST)
    try:
        if not form.is_valid():
            raise Stale(_("页面不完整，请核对后重新提交。"))
        moves.report_prestart(
            filing,
            by=person(request),
            at=at,
            key=form.cleaned_data["submission_key"],
            revision=form.cleaned_data["revision"],
        )
    except Refused as refusal:
        return _page(request, own_filing(request, pk), at, refusal)
    messages.success(request, _("开工前报告已提交。条件都具备时，请确认开工。"))
    return redirect("start", pk=filing.pk)


@open_to("clerk", methods=("POST",))
def start_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin production: the gates are asked once more (R2.9)."""
    filing = own_filing(request, pk)
    at = clock.now()
    form = PageForm(request.POST)
    try:
        if not form.is_valid():
            raise Stale(_("页面不完整，请核对后重新确认。"))
        moves.start_work(filing, by=person(request), at=at, revision=form.cleaned_data["revision"])
    except Refused as refusal:
        return _page(request, own_filing(request, pk), at, refusal)
    messages.success(request, _("已登记开工。"))
    return redirect("filing", pk=filing.pk)
