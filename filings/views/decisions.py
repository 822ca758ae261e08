"""The bureau's decisions: each on its own address, asked once, and never made twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings import access
from filings.domain import moves
from filings.forms.review import DecisionForm, HandOverForm, OfRevision, ReasonForm
from filings.gates import APPROVAL_GATES, GateResult, failing
from filings.models import Filing
from filings.queries import review as reads
from filings.queries.acts import acts_on
from filings.queries.desk import colleagues
from filings.states import MOVES
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.punctuation import listed
from jiaozuo_portal.lib.refusals import Refused, Stale

from .review import revision_of, stale_page
from .scope import frame, visible_filing


@dataclass(frozen=True, slots=True)
class Decision:
    """One move as a page asks for it: the domain function, its form, and the words around it."""

    move: str
    call: Callable[..., Any]
    form: type[OfRevision]
    effect: Promise | str
    done: Promise | str


_RETURN = Decision(
    "return",
    moves.return_filing,
    DecisionForm,
    gettext_lazy("下列意见一并发给企业，备案转回企业补正。"),
    gettext_lazy("已退回补正，意见已发给企业。"),
)
_APPROVE = Decision(
    "approve",
    moves.approve_filing,
    DecisionForm,
    gettext_lazy("系统生成备案号和回执，并通知企业、集聚区和卫生防疫部门。"),
    gettext_lazy("已准予备案，回执已生成。"),
)
_SUSPEND = Decision(
    "suspend",
    moves.suspend_filing,
    ReasonForm,
    gettext_lazy("回执立即显示“已暂停”，企业暂时不能开工生产。以后可以恢复。"),
    gettext_lazy("备案已暂停。"),
)
_RESUME = Decision(
    "resume",
    moves.resume_filing,
    ReasonForm,
    gettext_lazy("回执恢复有效；开工前要再次核对开工条件。"),
    gettext_lazy("备案已恢复。"),
)
_REVOKE = Decision(
    "revoke",
    moves.revoke_filing,
    ReasonForm,
    gettext_lazy("回执永久失效，不能恢复；企业只能重新填报。"),
    gettext_lazy("备案已撤销。"),
)


def _page(
    request: HttpRequest, filing: Filing, decision: Decision, form: Any, **more: Any
) -> HttpResponse:
    """The confirm page of a decision: it names the filing and says what will happen."""
    status = more.pop("status", 200)
    move = MOVES[decision.move]
    return render(
        request,
        "filings/review/confirm.html",
        {
            **frame(request, filing, clock.now()),
            "move": move,
            "button": more.pop("button", move.label),
            "decision": decision,
            "form": form,
            **more,
        },
        status=status,
    )


def _decide(request: HttpRequest, pk: int, decision: Decision, **more: Any) -> HttpResponse:
    user: Any = request.user
    filing = visible_filing(request, pk)
    form = decision.form(request.POST or None, initial={"revision": filing.revision})
    if request.method != "POST":
        access.may_move(user, filing, decision.move).require()
        return _page(request, filing, decision, form, **more)
    if not form.is_valid():
        if "revision" in form.errors:
            revision_of(request)
        return _page(request, filing, decision, form, status=422, **more)
    given = form.cleaned_data
    try:
        decision.call(
            filing,
            by=user,
            at=clock.now(),
            remark=given["remark"],
            revision=given["revision"],
        )
    except Stale as stale:
        return stale_page(request, filing, stale, given["revision"], given["remark"])
    except Refused as refusal:
        filing.refresh_from_db()
        return _page(
            request, filing, decision, form, refusal=refusal, status=status_of(refusal), **more
        )
    messages.success(request, str(decision.done))
    return redirect("review", pk=pk)


@open_to("bureau", methods=("POST",))
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the filing: from then on it is this person's to review."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    revision = revision_of(request)
    try:
        moves.claim_filing(filing, by=user, at=clock.now(), revision=revision)
    except Stale as stale:
        return stale_page(request, filing, stale, revision)
    messages.success(request, _("已领取，由您审核。"))
    return redirect("review", pk=pk)


_ASSIGN = Decision(
    "assign",
    moves.assign_filing,
    HandOverForm,
    gettext_lazy("不管规则怎样分派，都由选定的人领取审核。"),
    gettext_lazy("已分派给%(name)s。"),
)
_HAND_OVER = Decision(
    "hand_over",
    moves.hand_over_filing,
    HandOverForm,
    gettext_lazy("由同事继续审核，已收集的意见保留。"),
    gettext_lazy("已移交给%(name)s。"),
)


@open_to("lead", methods=("GET", "POST"))
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead gives a filing that nobody has claimed to somebody."""
    return _give(request, pk, _ASSIGN)


@open_to("bureau", methods=("GET", "POST"))
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the filing to a colleague of the same bureau."""
    return _give(request, pk, _HAND_OVER)


def _give(request: HttpRequest, pk: int, decision: Decision) -> HttpResponse:
    user: Any = request.user
    filing = visible_filing(request, pk)
    people = colleagues([filing.district_id]).exclude(pk=filing.holder_id or 0)
    form = HandOverForm(
        request.POST or None, colleagues=people, initial={"revision": filing.revision}
    )
    if request.method != "POST":
        access.may_move(user, filing, decision.move).require()
        return _page(request, filing, decision, form)
    if not form.is_valid():
        if "revision" in form.errors:
            revision_of(request)
        return _page(request, filing, decision, form, status=422)
    given = form.cleaned_data
    try:
        decision.call(filing, by=user, at=clock.now(), **given)
    except Stale as stale:
        return stale_page(request, filing, stale, given["revision"], given["remark"])
    messages.success(request, str(decision.done) % {"name": given["to"].get_full_name()})
    return redirect("review", pk=pk)


@open_to("bureau", methods=("GET", "POST"))
def return_filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the collected points to the enterprise, all together."""
    filing = visible_filing(request, pk)
    collected = reads.points_in(acts_on(filing).corrections, collected=True).collected
    button = _("退回补正（%(count)s 项）") % {"count": len(collected)}
    return _decide(request, pk, _RETURN, collected=collected, button=button)


@open_to("bureau", methods=("GET", "POST"))
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Register the last version and issue its receipt."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    acts = acts_on(filing)
    results = (
        moves.approval_gates(filing, draft=False, waivers=acts.waived) if filing.version else []
    )
    points = reads.points_in(acts.corrections, collected=True)
    return _decide(
        request,
        pk,
        _APPROVE,
        gates=reads.gate_lines(results, acts.waivers, reasons=True),
        blocked=access.may_approve_alone(user, filing).why
        or _why_not(failing(results), len(points.collected)),
    )


def _why_not(shut: list[GateResult], collected: int) -> str:
    """What stands in the way of the approval, in one sentence; empty when nothing does."""
    if shut:
        return _("没有通过：%(gates)s") % {"gates": listed(result.label for result in shut)}
    if collected:
        return _("还有 %(count)s 条补正意见没有发出，请退回补正，或者先删除。") % {
            "count": collected
        }
    return ""


@open_to("lead", methods=("GET", "POST"))
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead suspends the filing."""
    return _decide(request, pk, _SUSPEND)


@open_to("lead", methods=("GET", "POST"))
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead lifts a suspension."""
    return _decide(request, pk, _RESUME)


@open_to("lead", methods=("GET", "POST"))
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead revokes the filing for good."""
    return _decide(request, pk, _REVOKE)


@open_to("lead", methods=("GET", "POST"))
def waive(request: HttpRequest, pk: int, gate: str) -> HttpResponse:
    """Let the filing pass one approval gate, for a reason that is shown and logged."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    known = next((row for row in APPROVAL_GATES if row.name == gate), None)
    if known is None:
        raise Http404
    form = ReasonForm(request.POST or None, initial={"revision": filing.revision})
    refusal, status = None, 200
    if request.method != "POST":
        access.may_waive(user, filing).require()
    elif not form.is_valid():
        status = 422
        if "revision" in form.errors:
            revision_of(request)
    else:
        given = form.cleaned_data
        try:
            moves.waive_gate(
                filing,
                gate,
                by=user,
                at=clock.now(),
                reason=given["remark"],
                revision=given["revision"],
            )
        except Stale as stale:
            return stale_page(request, filing, stale, given["revision"], given["remark"])
        except Refused as said:
            refusal, status = said, status_of(said)
        else:
            messages.success(request, _("已免于核对：%(gate)s") % {"gate": known.label})
            return redirect("review", pk=pk)
    return render(
        request,
        "filings/review/waive.html",
        {
            **frame(request, filing, clock.now()),
            "form": form,
            "gate": known,
            "refusal": refusal,
        },
        status=status,
    )
