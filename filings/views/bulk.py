"""One action on many filings of the desk: confirm, follow, stop, look back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.domain import bulk as domain
from filings.forms.bulk import BatchForm, GiveForm, KindForm, TellForm, ids_of, written_down
from filings.forms.desk import DeskFilter
from filings.models import Batch, Filing
from filings.queries import bulk as reads
from filings.queries.desk import choices_of, colleagues, districts_of
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused, Stale


@open_to("bureau")
def batches(request: HttpRequest) -> HttpResponse:
    """What the person has done in bulk so far."""
    user: Any = request.user
    page = reads.batches_of(user, after=request.GET.get("after"))
    return render(request, "filings/bulk/list.html", {"page": page})


@open_to("bureau", methods=("GET", "POST"))
def bulk_new(request: HttpRequest) -> HttpResponse:
    """Say what will happen to which filings, and begin when it is confirmed."""
    kind = _kind(request)
    if request.method != "POST":
        filings, total = _chosen(request)
        form = _form(
            request,
            kind,
            initial={"kind": kind, "key": uuid.uuid4(), "chosen": written_down(filings)},
        )
        return _confirm(request, kind, form, filings, total=total)
    form = _form(request, kind, request.POST)
    valid = form.is_valid()
    if "chosen" not in form.cleaned_data or "key" not in form.cleaned_data:
        raise Stale(_("页面已经过期，请回到审核台重新选择。"))
    revisions = form.cleaned_data["chosen"]
    filings = _own(request, list(revisions))
    if not valid:
        return _confirm(request, kind, form, filings, status=422)
    return _start(request, kind, form, revisions, filings)


def _start(
    request: HttpRequest,
    kind: str,
    form: BatchForm,
    revisions: dict[int, int],
    filings: list[Filing],
) -> HttpResponse:
    user: Any = request.user
    given = form.cleaned_data
    try:
        batch = domain.start_batch(
            kind,
            revisions,
            by=user,
            at=clock.now(),
            key=given["key"],
            to=given.get("to"),
            text=given["text"],
        )
    except Refused as refusal:
        return _confirm(request, kind, form, filings, refusal=refusal, status=status_of(refusal))
    return redirect("batch", key=batch.key)


def _kind(request: HttpRequest) -> str:
    asked = KindForm(request.POST if request.method == "POST" else request.GET)
    if not asked.is_valid():
        raise Refused(_("这件事不能批量办理。"))
    return str(asked.cleaned_data["kind"])


def _chosen(request: HttpRequest) -> tuple[list[Filing], int]:
    """The filings that were ticked, or all that the desk finds, and how many those are."""
    user: Any = request.user
    if "all" not in request.GET:
        filings = _own(request, ids_of(request.GET))
        return filings, len(filings)
    asked = DeskFilter(request.GET, choices=choices_of(user)).asked(view="waiting")
    return reads.all_found(user, asked, at=clock.now(), most=domain.MOST_ITEMS)


def _own(request: HttpRequest, ids: list[int]) -> list[Filing]:
    """SECURITY: one filing of somebody else among them, and there is no such page."""
    user: Any = request.user
    filings = reads.chosen_filings(user, ids)
    if len(filings) != len(ids):
        raise Http404
    return filings


def _form(request: HttpRequest, kind: str, *args: Any, **kwargs: Any) -> BatchForm:
    if kind == Batch.Kind.NOTICE:
        return TellForm(*args, **kwargs)
    user: Any = request.user
    return GiveForm(*args, colleagues=colleagues(districts_of(user)), **kwargs)


def _confirm(
    request: HttpRequest, kind: str, form: BatchForm, filings: list[Filing], **more: Any
) -> HttpResponse:
    user: Any = request.user
    status = more.pop("status", 200)
    chosen = reads.prospects(filings, kind, user)
    return render(
        request,
        "filings/bulk/new.html",
        {
            "kind": Batch.Kind(kind),
            "form": form,
            "chosen": chosen,
            "not_now": sum(bool(one.why_not) for one in chosen),
            "heading": _heading(kind, len(chosen)),
            "running": reads.open_batch_of(user),
            **more,
        },
        status=status,
    )


def _heading(kind: str, count: int) -> str:
    words = {
        "assign": ngettext("分派 %(n)s 件备案？", "分派 %(n)s 件备案？", count),
        "hand_over": ngettext("移交 %(n)s 件备案？", "移交 %(n)s 件备案？", count),
        "notice": ngettext("给 %(n)s 家企业发通知？", "给 %(n)s 家企业发通知？", count),
    }
    return words[kind] % {"n": count}


def _batch(request: HttpRequest, key: uuid.UUID) -> Batch:
    user: Any = request.user
    return get_object_or_404(Batch.objects.visible_to(user).select_related("to"), key=key)


def _meter(batch: Batch) -> dict[str, Any]:
    tally = reads.tally(batch)
    state = "finished" if batch.finished_at else "running" if tally.over else "waiting"
    return {
        "label": batch.get_kind_display(),
        "state": state,
        "done": tally.over,
        "total": tally.total,
        "message": _told(tally),
    }


def _told(tally: reads.Tally) -> str:
    return _("已办理 %(done)s 件，没有办理 %(left)s 件，共 %(total)s 件") % {
        "done": tally.done,
        "left": tally.left_undone,
        "total": tally.total,
    }


@open_to("bureau")
def batch(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a batch is, and what became of each filing."""
    user: Any = request.user
    found = _batch(request, key)
    return render(
        request,
        "filings/bulk/batch.html",
        {"batch": found, "meter": _meter(found), "items": reads.items_of(found, user)},
    )


@open_to("bureau")
def batch_progress(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The same as figures, for the page's script."""
    found = _batch(request, key)
    meter = _meter(found)
    answer = {name: meter[name] for name in ("state", "done", "total", "message")}
    if found.finished_at:
        answer["next"] = reverse("batch", args=[found.key])
    return JsonResponse(answer)


@open_to("bureau", methods=("POST",))
def batch_stop(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Leave undone what has no result yet."""
    user: Any = request.user
    found = _batch(request, key)
    domain.stop_batch(found, by=user, at=clock.now())
    messages.info(request, _("已停止，没有办理的备案不变。"))
    return redirect("batch", key=found.key)
