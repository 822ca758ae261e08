"""Checking the answers, submitting, taking back and filling in again."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from filings import access, gates
from filings.domain import moves, versions
from filings.forms.filing import PageForm, RemarkForm, SubmissionForm
from filings.models import Correction, Filing
from filings.queries import filing as reads
from filings.queries.answers import answers_of
from filings.sections import PLAN, SCHEME
from filings.states import GateSet
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused, Stale

from .filing import gate_lines, reopening
from .scope import frame, own_filing, person


@open_to("member")
def check_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that would be submitted, and what still stands in the way."""
    return _check_page(request, own_filing(request, pk), clock.now())


def _check_page(
    request: HttpRequest, filing: Filing, at: datetime, refusal: Refused | None = None
) -> HttpResponse:
    user = person(request)
    content = versions.snapshot(filing)
    results = gates.judge(GateSet.APPROVAL, content, moves.waivers_of(filing))
    to_mend = [
        point
        for point in reads.corrections_of(filing, user)
        if point.status == Correction.Status.SENT
    ]
    return render(
        request,
        "filings/submit/check.html",
        {
            **frame(request, filing, at),
            "sections": [
                (reads.title_of(spec.key), reads.url_of(filing, spec.key), parts)
                for spec in (SCHEME, PLAN)
                for parts in [answers_of(spec, content[spec.key])]
            ],
            "content": content,
            "gates": gate_lines(filing, results),
            "left": len(gates.failing(results)),
            "to_mend": len(to_mend),
            "may_reveal": access.may_reveal(user, filing),
            "form": SubmissionForm(
                initial={"submission_key": uuid.uuid4(), "revision": filing.revision}
            ),
            "may_submit": access.may_move(user, filing, "submit"),
            "refusal": refusal,
        },
        status=status_of(refusal) if refusal else 200,
    )


@open_to("clerk", methods=("POST",))
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the draft in; a refusal names the gates and their clauses on the check page."""
    filing = own_filing(request, pk)
    at = clock.now()
    form = SubmissionForm(request.POST)
    try:
        if not form.is_valid():
            raise Stale(_("页面不完整，请核对后重新提交。"))
        moves.submit_filing(
            filing,
            by=person(request),
            at=at,
            key=form.cleaned_data["submission_key"],
            revision=form.cleaned_data["revision"],
        )
    except Refused as refusal:
        return _check_page(request, own_filing(request, pk), at, refusal)
    return redirect("received", pk=filing.pk)


@open_to("member")
def received(request: HttpRequest, pk: int) -> HttpResponse:
    """What was received, who has it now, and what happens next."""
    filing = own_filing(request, pk)
    if not filing.version:
        raise Http404
    return render(request, "filings/submit/received.html", frame(request, filing, clock.now()))


@open_to("member", methods=("GET", "POST"))
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the filing back: asked once, with a reason."""
    filing = own_filing(request, pk)
    at = clock.now()
    form = RemarkForm(request.POST or None)
    page = PageForm(request.POST or None, initial={"revision": filing.revision})
    if request.method == "POST" and form.is_valid() and page.is_valid():
        moves.withdraw_filing(
            filing,
            by=person(request),
            at=at,
            remark=form.cleaned_data["remark"],
            revision=page.cleaned_data["revision"],
        )
        return redirect("filing", pk=filing.pk)
    return render(
        request,
        "filings/submit/withdraw.html",
        {
            **frame(request, filing, at),
            "form": form,
            "page": page,
            "may_withdraw": access.may_move(person(request), filing, "withdraw"),
        },
        status=422 if form.errors else 200,
    )


@open_to("clerk", methods=("POST",))
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill in again after withdrawing or a revocation; what was typed is still there."""
    filing = own_filing(request, pk)
    if access.may_move(person(request), filing, reopening(filing)):
        moves.reopen_filing(filing, by=person(request), at=clock.now())
    return redirect("filing", pk=filing.pk)
