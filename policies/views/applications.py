"""Applications: of an enterprise, and on the desk of a department."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from filings.public import Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.files import XLSX
from policies.domain import applications as writes
from policies.domain.application_files import MOST_FILES, may_change_files
from policies.forms.applications import MoveForm
from policies.models import Application
from policies.papers.application import application_pdf
from policies.papers.application_sheet import Paper, application_xlsx
from policies.queries import applications as reads
from policies.queries.application_files import papers_of
from policies.states import APPLICATION_MOVES

from .support import own_filing


def visible(request: HttpRequest, pk: int) -> Application:
    """An application that this person may read; 404 for all others."""
    user: Any = request.user
    found = Application.objects.visible_to(user).select_related("enterprise", "agency", "filing")
    return get_object_or_404(found, pk=pk)


@open_to("member")
def applications(request: HttpRequest) -> HttpResponse:
    """The applications of the person's enterprises."""
    user: Any = request.user
    page = reads.applications_of(user, request.GET.get("after", ""))
    return render(request, "policies/applications/list.html", {"page": page})


@open_to("agency")
def applications_desk(request: HttpRequest) -> HttpResponse:
    """What lies with the person's department."""
    user: Any = request.user
    listing = reads.desk_list(user, request.GET.get("view", ""), request.GET.get("after", ""))
    tabs = [
        {
            "name": name,
            "label": label,
            "count": listing.counts[name],
            "current": name == listing.view,
        }
        for name, (label, _wanted) in reads.VIEWS.items()
    ]
    context = {"listing": listing, "tabs": tabs}
    return render(request, "policies/applications/desk.html", context)


@open_to("clerk", methods=("POST",))
def application_prepare(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Prepare an application for one measure of a filing; the one that stands where there is one.

    Whoever may prepare works for the enterprise, and sees the applications of all its sites.
    """
    filing = own_filing(request, pk)
    user: Any = request.user
    try:
        made = writes.prepare_application(filing, measure, by=user, at=clock.now())
    except writes.AppliedAlready as refusal:
        messages.warning(request, str(refusal))
        return redirect("application", refusal.application.pk)
    return redirect("application", made.pk)


@open_to("member", "agency")
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application: what it says, where it stands, and what this person may do."""
    return _page(request, visible(request, pk))


def _page(
    request: HttpRequest, shown: Application, refusal: Refused | None = None, status: int = 200,
    form: MoveForm | None = None,
) -> HttpResponse:  # fmt: skip
    user: Any = request.user
    is_own = shown.enterprise_id in user.roles
    steps = shown.steps.select_related("by")
    if not is_own:
        # What happened before it was sent is the enterprise's own.
        steps = steps.exclude(move="prepare")
    moves = writes.moves_open_to(user, shown)
    initial = {"revision": shown.revision, "amount": shown.asked_yuan}
    return render(
        request,
        "policies/applications/application.html",
        {
            "application": shown,
            "content": shown.content,
            "steps": [(step, APPLICATION_MOVES.get(step.move)) for step in steps],
            "moves": [move for move in moves if not move.needs_day],
            "elsewhere": next((move for move in moves if move.needs_day), None),
            "is_own": is_own,
            "turn": reads.whose_turn(shown),
            "papers": papers_of(shown, user),
            "may_change_files": may_change_files(user, shown),
            "most_files": MOST_FILES,
            "form": form or MoveForm(initial=initial),
            "refusal": refusal,
        },
        status=status,
    )


@open_to("clerk", "agency", methods=("POST",))
def application_move(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Take an application one move on; what was typed comes back with the reason of a no."""
    shown = visible(request, pk)
    if move not in APPLICATION_MOVES:
        raise Http404
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, Refused(_first_error(form)), 422, form)
    user: Any = request.user
    given = form.cleaned_data
    try:
        moved = writes.move_application(
            shown,
            move,
            by=user,
            at=clock.now(),
            revision=given["revision"],
            remark=given["remark"],
            amount=given["amount"],
            handed_in=given["outside_on"]
            and writes.HandedIn(given["outside_on"], given["outside_number"]),
        )
    except Refused as refusal:
        if refusal.__class__ is not Refused:
            raise
        return _page(request, shown, refusal, 422, form)
    done = _("“%(label)s”：现在是“%(state)s”。") % {
        "label": moved.content["label"],
        "state": moved.get_state_display(),
    }
    messages.success(request, done)
    return redirect("application", moved.pk)


def _first_error(form: MoveForm) -> str:
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label or ""
    return f"{label} {errors[0]}".strip()


@open_to("member", "agency")
def application_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The application as a PDF to print and sign."""
    user: Any = request.user
    shown = visible(request, pk)
    content = application_pdf(shown, _papers(shown, user))
    return _download(content, "application/pdf", f"application-{shown.pk}.pdf")


@open_to("member", "agency")
def application_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The application as a workbook."""
    user: Any = request.user
    shown = visible(request, pk)
    content = application_xlsx(shown, _papers(shown, user))
    return _download(content, XLSX.media_type, f"application-{shown.pk}.xlsx")


def _papers(shown: Application, user: Any) -> list[Paper]:
    return [(one.key, one.files) for one in papers_of(shown, user)]


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
