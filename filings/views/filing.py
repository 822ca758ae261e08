"""The clerk's task list, and the points that the authorities ask the enterprise to deal with."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings import access, gates
from filings.domain import drafts, review, versions
from filings.forms.filing import AnswerForm
from filings.forms.section import posted_marks, posted_values
from filings.gates import GateResult
from filings.models import Correction, Filing, Opinion
from filings.queries import filing as reads
from filings.queries.acts import acts_on
from filings.sections import SECTIONS
from filings.states import GateSet, State
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to

from .scope import frame, own_filing, person, visible_filing


def gate_lines(
    filing: Filing, results: list[GateResult], *, in_full: bool = True
) -> list[dict[str, str]]:
    """Gates as `_gates.html` shows them; what is missing is spelled out `in_full`, or counted."""
    return [
        {
            "state": result.state,
            "label": result.label,
            "clause": _("指南 %(rule)s") % {"rule": result.rule},
            "detail": result.waiver or (" ".join(result.why) if in_full else _count(result.why)),
            "url": reads.url_of(filing, result.section) if result.state == "fail" else "",
        }
        for result in results
    ]


def _count(why: list[str]) -> str:
    if not why:
        return ""
    if len(why) >= gates.MOST_REASONS:
        return _("还差 %(count)s 项以上。") % {"count": gates.MOST_REASONS - 1}
    words = ngettext("还差 %(count)s 项。", "还差 %(count)s 项。", len(why))
    return words % {"count": len(why)}


@open_to("signed_in")
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """The task list of a filing for the enterprise; authorities go to the review."""
    found = visible_filing(request, pk)
    user = person(request)
    if not access.is_member(user, found):
        return redirect("review", pk=found.pk)
    at = clock.now()
    typed, acts = reads.drafts_of(found, user), acts_on(found)
    points = reads.points_to_mend(acts.corrections)
    content = versions.snapshot(found, typed)
    results = gates.judge(GateSet.APPROVAL, content, acts.waived)
    tasks = reads.tasks_of(
        found, user=user, content=content, gates=results, drafts=typed, points=points
    )
    return render(
        request,
        "filings/filing/tasks.html",
        {
            **frame(request, found, at),
            "tasks": tasks,
            "gates": gate_lines(found, results, in_full=False),
            "left": len(gates.failing(results)),
            "minutes": sum(task.minutes for task in tasks if task.key != "prestart"),
            "reason": reads.reason_of(found, user),
            "to_mend": sum(task.to_mend for task in tasks),
            "corrections": points,
            "opinions": acts.opinions,
            "zone_receipt": acts.zone_receipt_of(found.version),
            "receipt": acts.receipt_of(found.approved_version),
            "may_edit": access.may_edit(user, found),
            "may_submit": access.may_move(user, found, "submit"),
            "may_withdraw": access.may_move(user, found, "withdraw"),
            "may_reopen": access.may_move(user, found, reopening(found)),
            "may_start": found.state in {State.APPROVED, State.READY},
        },
    )


def reopening(found: Filing) -> str:
    """The move by which a closed filing is filled in again."""
    return "revise" if found.state == State.REVOKED else "reopen"


@open_to("member")
def corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """Every point of the last return, with a tick and an answer."""
    found = own_filing(request, pk)
    user = person(request)
    points = reads.corrections_of(found, user)
    return render(
        request,
        "filings/filing/corrections.html",
        {
            **frame(request, found, clock.now()),
            "points": [
                {
                    "point": point,
                    "title": reads.title_of(point.section),
                    "url": point_url(found, point),
                    "form": AnswerForm(
                        initial={"answer": point.answer}, auto_id=f"id_%s_{point.pk}"
                    ),
                }
                for point in points
            ],
            "left": sum(point.status == Correction.Status.SENT for point in points),
            "may_edit": access.may_edit(user, found),
            "may_submit": access.may_move(user, found, "submit"),
        },
    )


def point_url(found: Filing, point: Correction) -> str:
    """The page, and where it can be told the field, to which a correction belongs."""
    if not reads.title_of(point.section):
        return reverse("filing", args=[found.pk])
    url = reads.url_of(found, point.section)
    section = SECTIONS.get(point.section)
    return f"{url}#{reads.anchor_of(section, point.path)}" if section and point.path else url


@open_to("clerk", methods=("POST",))
def correction_mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a correction off; what the page around it carries is saved with it."""
    return _tick(request, pk, mended=True)


@open_to("clerk", methods=("POST",))
def correction_unmend(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the tick back."""
    return _tick(request, pk, mended=False)


def _tick(request: HttpRequest, pk: int, *, mended: bool) -> HttpResponse:
    user = person(request)
    point = get_object_or_404(
        Correction.objects.visible_to(user)
        .filter(status__in=reads.TOLD)
        .select_related("filing__enterprise"),
        pk=pk,
    )
    at = clock.now()
    section = SECTIONS.get(point.section)
    from_section = "marks" in request.POST and section is not None
    form = AnswerForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    review.mend_correction(point, by=user, at=at, answer=answer or point.answer, mended=mended)
    if not from_section or section is None:
        return redirect("corrections", pk=point.filing_id)
    values, marks = posted_values(section, request.POST), posted_marks(request.POST)
    if drafts.save_section(point.filing, section.key, values, marks, by=user, at=at):
        messages.warning(request, _("有一项内容同事刚刚也改过，页面上是同事的内容，请核对。"))
    return redirect(point_url(point.filing, point))


@open_to("clerk", methods=("POST",))
def opinion_handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark an opinion of the health authority as handled (R1.6)."""
    opinion = get_object_or_404(
        Opinion.objects.visible_to(person(request)).select_related("filing__enterprise", "by"),
        pk=pk,
    )
    form = AnswerForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    review.handle_opinion(opinion, by=person(request), at=clock.now(), answer=answer)
    messages.success(request, _("已标记为处理，卫生防疫部门会收到通知。"))
    return redirect(f"{reverse('filing', args=[opinion.filing_id])}#opinions")
