"""One section of a filing: read, typed field by field, or saved as a whole page."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from filings import access
from filings.domain import drafts, versions
from filings.domain.attachments import MOST_PER_SECTION
from filings.forms.section import SectionForm, posted_marks, posted_values
from filings.models import Filing, SectionDraft
from filings.queries import filing as reads
from filings.queries.answers import answers_of
from filings.sections import Section, gaps, standing
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.refusals import Refused

from .scope import frame, known_section, own_filing, person


@open_to("member", methods=("GET", "POST"))
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """A section's page: its form, or what was filled in where it cannot be changed now."""
    spec = known_section(section)
    filing = own_filing(request, pk)
    if request.method == "POST":
        return _save_page(request, filing, spec)
    draft = drafts.section_draft(filing, spec.key)
    return _page(request, filing, spec, draft, check="check" in request.GET)


def _save_page(request: HttpRequest, filing: Filing, spec: Section) -> HttpResponse:
    clashes = _save_posted(request, filing, spec)
    draft = drafts.section_draft(filing, spec.key)
    if clashes:
        return _page(request, filing, spec, draft, clashes=clashes, status=409)
    if request.POST.get("then") == "list":
        return redirect("filing", pk=filing.pk)
    return redirect(f"{reverse('section', args=[filing.pk, spec.key])}?check=1")


def _save_posted(request: HttpRequest, filing: Filing, spec: Section) -> list[drafts.Clash]:
    return drafts.save_section(
        filing,
        spec.key,
        posted_values(spec, request.POST),
        posted_marks(request.POST),
        by=person(request),
        at=clock.now(),
    )


def _page(
    request: HttpRequest,
    filing: Filing,
    spec: Section,
    draft: SectionDraft,
    *,
    check: bool = False,
    clashes: list[drafts.Clash] | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    may_fill = access.may_fill(user, filing, spec.key)
    missing = _missing(filing, spec, draft)
    notes, notes_above = _notes(filing, user, spec, draft)
    shown_gaps = [gap for gap in gaps(spec, draft.data) if check or gap.wrong]
    before, after = reads.neighbours(filing, spec.key)
    return render(
        request,
        "filings/section/page.html",
        {
            **frame(request, filing, clock.now()),
            "section": spec,
            "draft": draft,
            "state": _state(spec, draft, missing),
            "missing": missing,
            "may_fill": may_fill,
            "form": SectionForm(spec, draft, gaps=shown_gaps, notes=notes) if may_fill else None,
            "parts": [] if may_fill else answers_of(spec, draft.data),
            "check": check,
            "clashes": clashes or [],
            "notes_above": notes_above,
            "attachment_section": spec.key,
            "attachments": reads.attachments_of(filing, user, spec.key),
            "most_files": MOST_PER_SECTION,
            "before": before,
            "after": after,
        },
        status=status,
    )


def _missing(filing: Filing, spec: Section, draft: SectionDraft) -> list[reads.Missing]:
    """What the section still lacks; the scheme is held against the roster's workshops (R1.3)."""
    content = {"roster": versions.roster_figures(filing)} if spec.key == "scheme" else None
    return reads.missing_of(filing, spec, draft.data, content=content)


def _state(spec: Section, draft: SectionDraft, missing: list[reads.Missing]) -> str:
    state = standing(spec, draft.data)
    return "partly" if state == "complete" and missing else state


def _notes(
    filing: Filing, user: Any, spec: Section, draft: SectionDraft
) -> tuple[dict[str, list[reads.Note]], list[reads.Note]]:
    """The corrections of this section: beside their fields, and those without one above all."""
    known = {rows.name for rows in spec.lists()} | set(SectionForm(spec, draft).fields)
    beside: dict[str, list[reads.Note]] = defaultdict(list)
    above = []
    for note in reads.notes_of(filing, user, spec.key):
        if note.path in known:
            beside[note.path].append(note)
        else:
            above.append(note)
    return dict(beside), above


@open_to("clerk", methods=("POST",))
def field_save(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Save one field as it is left; answers as autosave.js reads it."""
    spec = known_section(section)
    filing = own_filing(request, pk)
    post = request.POST
    try:
        saved = drafts.save_field(
            filing,
            spec.key,
            post.get("field", ""),
            post.get("value", ""),
            post.get("base"),
            by=person(request),
            at=clock.now(),
        )
    except drafts.Conflict as conflict:
        return JsonResponse({"conflict": _both_texts(conflict)}, status=409)
    except Refused as refusal:
        return JsonResponse({"error": refusal.message}, status=422)
    draft = drafts.section_draft(filing, spec.key)
    missing = _missing(filing, spec, draft)
    state = _state(spec, draft, missing)
    return JsonResponse(
        {
            "ok": True,
            "saved_at": f"{timezone.localtime(saved.at):%H:%M:%S}",
            "value": saved.value,
            "errors": [str(gap.message) for gap in saved.gaps],
            "section": {
                "state": state,
                "html": render_to_string("filings/section/_badge.html", {"state": state}, request),
            },
            "missing_html": render_to_string(
                "filings/section/_missing.html", {"missing": missing, "here": True}, request
            ),
        }
    )


def _both_texts(conflict: drafts.Conflict) -> dict[str, str]:
    at = f"{timezone.localtime(conflict.at):%H:%M}" if conflict.at else ""
    return {"theirs": conflict.theirs, "by": conflict.by or _("同事"), "at": at}


@open_to("clerk", methods=("POST",))
def row_add(request: HttpRequest, pk: int, section: str, rows: str) -> HttpResponse:
    """Add a row to a list: its HTML for the script, else back to the page at the new row."""
    spec = known_section(section)
    filing = own_filing(request, pk)
    by_script = _by_script(request)
    if not by_script and _save_posted(request, filing, spec):
        _tell_clash(request)
    row_id = drafts.add_row(filing, spec.key, rows, by=person(request), at=clock.now())
    listed = spec.rows(rows)
    if not by_script:
        first = f"id_{rows}.{row_id}.{listed.fields[0].name}"
        return redirect(f"{reverse('section', args=[filing.pk, spec.key])}#{first}")
    draft = drafts.section_draft(filing, spec.key)
    form = SectionForm(spec, draft)
    row = form.row(listed, row_id, len(draft.data[rows]))
    return render(request, "filings/section/_row.html", {"row": row, "spec": listed, "form": form})


@open_to("clerk", methods=("POST",))
def row_remove(request: HttpRequest, pk: int, section: str, rows: str, row: str) -> HttpResponse:
    """Remove a row of a list."""
    spec = known_section(section)
    filing = own_filing(request, pk)
    by_script = _by_script(request)
    if not by_script and _save_posted(request, filing, spec):
        _tell_clash(request)
    drafts.remove_row(filing, spec.key, rows, row, by=person(request), at=clock.now())
    if by_script:
        return HttpResponse(status=204)
    return redirect(f"{reverse('section', args=[filing.pk, spec.key])}#id_{rows}")


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _tell_clash(request: HttpRequest) -> None:
    messages.warning(request, _("有一项内容同事刚刚也改过，页面上是同事的内容，请核对。"))
