"""The roster: people in the page, and a whole list from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings import access
from filings.domain import privacy
from filings.domain import roster as domain
from filings.forms.filing import ReasonForm
from filings.forms.roster import PersonForm, RosterFileForm
from filings.models import Filing, RosterImport, RosterRow
from filings.queries import roster as reads
from filings.sheets import template, writing
from filings.sheets.roster import ROSTER, ROSTER_FIELDS
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.refusals import Refused

from .scope import frame, own_filing
from .scope import person as reader

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: The page asks again so often while the worker is busy.
_STATES: dict[str, str] = {
    RosterImport.Status.READING: "running",
    RosterImport.Status.APPLYING: "running",
    RosterImport.Status.FAILED: "failed",
}


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@open_to("member")
def roster(request: HttpRequest, pk: int) -> HttpResponse:
    """The people of the draft, problems first to hand."""
    found, user = own_filing(request, pk), reader(request)
    view = request.GET.get("view", "all")
    view = view if view in reads.VIEWS else "all"
    search = request.GET.get("q", "").strip()[:60]
    people = reads.roster_page(
        found, user, view=view, search=search, after=request.GET.get("after")
    )
    labels = {
        "all": _("全部"),
        "untold": _("三项情况未填全"),
        "unfit": _("证明或检验未齐"),
        "unwell": _("健康需关注"),
    }
    return render(
        request,
        "filings/roster/list.html",
        {
            **frame(request, found, clock.now()),
            "people": people,
            "page": people.page,
            "views": [(name, label, people.counts[name]) for name, label in labels.items()],
            "view": view,
            "search": search,
            "may_edit": access.may_edit(user, found),
            "waiting": reads.imports_of(found, user)
            .filter(status__in=(RosterImport.Status.PREVIEW, RosterImport.Status.READING))
            .first(),
        },
    )


def _person(found: Filing, row: int, request: HttpRequest) -> RosterRow:
    return get_object_or_404(reads.draft_roster(found, reader(request)), pk=row)


@open_to("clerk", methods=("GET", "POST"))
def person_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add one person."""
    return _person_form(request, own_filing(request, pk), None)


@open_to("clerk", methods=("GET", "POST"))
def person_change(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Change one person; the numbers stand masked and stay as they are when not typed anew."""
    found = own_filing(request, pk)
    return _person_form(request, found, _person(found, row, request))


def _person_form(request: HttpRequest, found: Filing, row: RosterRow | None) -> HttpResponse:
    user: Any = reader(request)
    access.may_edit(user, found).require()
    form = PersonForm(request.POST or None, today=clock.today(), row=row)
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                saved = domain.add_person(found, form.person, by=user, at=clock.now())
            else:
                saved = domain.change_person(row, form.person, by=user, at=clock.now())
        except Refused as refusal:
            form.add_error("id_number", refusal.message)
        else:
            messages.success(request, _("已保存：%(name)s。") % {"name": saved.name})
            again = "person_new" if "again" in request.POST else "roster"
            return redirect(again, pk=found.pk)
    status = 422 if form.errors else 200
    context = {**frame(request, found, clock.now()), "form": form, "person": row}
    return render(request, "filings/roster/person.html", context, status=status)


@open_to("clerk", methods=("POST",))
def person_remove(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take one person off the list."""
    found = own_filing(request, pk)
    person = _person(found, row, request)
    domain.remove_person(person, by=reader(request), at=clock.now())
    messages.success(request, _("已从花名册删除：%(name)s。") % {"name": person.name})
    return redirect("roster", pk=found.pk)


@open_to("clerk", methods=("GET", "POST"))
def person_reveal(request: HttpRequest, pk: int, row: int, field: str) -> HttpResponse:
    """One number in full: for a reason, once, and recorded.

    SECURITY: the number stands in the answer to the POST alone, which no cache keeps (`open_to`).
    """
    found = own_filing(request, pk)
    person = _person(found, row, request)
    if field not in {"id", "mobile"}:
        raise Http404
    form = ReasonForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "person": person, "field": field}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                context["number"] = privacy.reveal_person(
                    person, field, by=reader(request), reason=form.cleaned_data["reason"]
                )
                status = 200
            except Refused as refusal:
                form.add_error("reason", refusal.message)
    return render(
        request,
        "filings/roster/reveal.html",
        {**frame(request, found, clock.now()), **context},
        status=status,
    )


@open_to("clerk", methods=("GET", "POST"))
def roster_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a file; the worker reads it, and the page of the import shows how far it is."""
    found, user = own_filing(request, pk), reader(request)
    access.may_edit(user, found).require()
    form = RosterFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = domain.start_import(found, form.cleaned_data["file"], by=user, at=clock.now())
        return redirect("roster_import_page", pk=found.pk, key=job.key)
    return render(
        request,
        "filings/roster/import.html",
        {
            **frame(request, found, clock.now()),
            "form": form,
            "jobs": reads.imports_of(found, user)[:5],
            "columns": ROSTER.columns.values(),
        },
        status=422 if form.errors else 200,
    )


def _job(request: HttpRequest, found: Filing, key: Any) -> RosterImport:
    return get_object_or_404(
        RosterImport.objects.visible_to(reader(request)).select_related("filing", "by"),
        filing=found,
        key=key,
    )


@open_to("clerk")
def roster_import_page(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """One import: reading, refused with every error, preview, writing, written."""
    found = own_filing(request, pk)
    job = _job(request, found, key)
    return render(
        request,
        "filings/roster/job.html",
        {
            **frame(request, found, clock.now()),
            "job": job,
            "report": _with_headings(job.report),
            "meter": _meter(job),
            "may_edit": access.may_edit(reader(request), found),
        },
    )


def _with_headings(report: dict[str, Any]) -> dict[str, Any]:
    """The report, each change under the heading of its column in the reader's language."""
    for person in report.get("changed") or []:
        for change in person["changes"]:
            change["heading"] = str(ROSTER.columns[change["field"]].heading)
    return report


def _meter(job: RosterImport) -> dict[str, Any]:
    return {
        "label": job.get_status_display(),
        "state": _STATES.get(job.status, "finished"),
        "done": job.progress,
        "total": job.total,
        "message": "",
    }


@open_to("clerk")
def roster_import_progress(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """How far the import is, for the page's script."""
    found = own_filing(request, pk)
    job = _job(request, found, key)
    meter = _meter(job)
    answer = {name: meter[name] for name in ("state", "done", "total")}
    answer["message"] = ngettext("%(n)s 行", "%(n)s 行", job.total) % {"n": job.total}
    if meter["state"] != "running":
        answer["next"] = reverse("roster_import_page", args=[found.pk, job.key])
    return JsonResponse(answer)


@open_to("clerk", methods=("POST",))
def roster_import_confirm(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """Write what the preview shows."""
    found = own_filing(request, pk)
    job = _job(request, found, key)
    domain.confirm_import(job, by=reader(request))
    return redirect("roster_import_page", pk=found.pk, key=job.key)


@open_to("clerk", methods=("POST",))
def roster_import_drop(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """Give the import up; nothing was written."""
    found = own_filing(request, pk)
    domain.drop_import(_job(request, found, key), by=reader(request))
    messages.info(request, _("已放弃这次导入，花名册没有变化。"))
    return redirect("roster_import", pk=found.pk)


@open_to("clerk")
def roster_import_marked(request: HttpRequest, pk: int, key: Any) -> HttpResponse:
    """The uploaded file with its bad cells marked."""
    found = own_filing(request, pk)
    job = _job(request, found, key)
    return _download(domain.marked_workbook(job, today=clock.today()), "roster-marked.xlsx")


@open_to("signed_in")
def roster_template(request: HttpRequest) -> HttpResponse:
    """An empty roster to fill in."""
    return _download(template.roster_template(), "roster-template.xlsx")


@open_to("member")
def roster_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft roster as a workbook, id and mobile numbers masked."""
    found = own_filing(request, pk)
    rows = reads.draft_roster(found, reader(request)).order_by("order", "pk")
    headings = [str(ROSTER.columns[name].heading) for name in ROSTER_FIELDS]
    sheet = writing.OutSheet(
        _("花名册"), headings, (_exported(row) for row in rows.iterator(chunk_size=2000)), {}
    )
    return _download(writing.xlsx_bytes([sheet]), "roster.xlsx")


def _exported(row: RosterRow) -> list[Any]:
    shown = {
        "id_number": row.id_masked,
        "mobile": row.mobile_masked,
        "id_kind": row.get_id_kind_display(),
        "health": row.get_health_display(),
        "inspection": row.get_inspection_display(),
    }
    return [shown.get(name, getattr(row, name, "")) for name in ROSTER_FIELDS]
