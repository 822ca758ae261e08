"""Versions and drafts of the policy pack, for policy officers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from filings.public import Refused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from policies.domain import pack_drafts
from policies.domain.packs import UnfitPack
from policies.forms.drafts import DraftForm, ReasonForm
from policies.forms.rule_page import VERDICT_WORDS
from policies.models import Pack, PackDraft
from policies.queries.draft_effect import draft_effect
from policies.queries.live_check import items_of_draft
from policies.queries.pack_drafts import faults_of, merged_content, pack_of_draft
from policies.queries.packs import published_rules, rules_from
from policies.queries.rematch_progress import Progress, rematch_progress

#: What the files are called that belong to no clause.
WHOLE_WORDS = {
    "documents.yaml": gettext_lazy("文件目录"),
    "topics.yaml": gettext_lazy("主题"),
    "departments.yaml": gettext_lazy("部门表"),
}
#: More than these are the same fault many times.
MOST_FAULTS = 50


@open_to("policy")
def packs(request: HttpRequest) -> HttpResponse:
    """Every version with its state and dates, and the drafts that are being written."""
    versions = Pack.objects.defer("content").annotate(count=Count("measures")).order_by("-pk")
    drafts = PackDraft.objects.visible_to(request.user).select_related("base", "created_by")
    progress = rematch_progress()
    context = {
        "versions": versions[:50],
        "drafts": drafts.defer("base__content").unfinished()[:50],
        "form": DraftForm(),
        "progress": progress,
        "meter": progress and {"label": _("已判断的备案"), **_meter(progress)},
        "may_start": versions.first() is not None,
    }
    return render(request, "policies/editor/packs.html", context)


@open_to("policy")
def rematch_state(request: HttpRequest) -> HttpResponse:
    """How far judging every filing again has come, for the page's script."""
    progress = rematch_progress()
    if progress is None:
        raise Http404
    return JsonResponse(_meter(progress))


def _meter(progress: Progress) -> dict[str, Any]:
    """A round as `_meter.html` and the page's script take it."""
    if progress.is_stopped:
        state, said = "failed", _("停下了：请管理员在后台重试停下的任务，已判断的不受影响。")
    elif progress.is_running:
        state, said = "running", _("正在按新的规定逐份判断，可以离开本页。")
    else:
        state, said = "finished", _("已全部判断。")
    if progress.failed:
        said = ngettext(
            "有 %(n)s 份没有判断成功，仍按上次的结果显示，请管理员查看。",
            "有 %(n)s 份没有判断成功，仍按上次的结果显示，请管理员查看。",
            progress.failed,
        ) % {"n": progress.failed}
    return {"state": state, "done": progress.judged, "total": progress.total, "message": said}


@open_to("policy", methods=("POST",))
def draft_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft from a version."""
    base = get_object_or_404(Pack, pk=pk)
    form = DraftForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    draft = pack_drafts.start_draft(base, name=name, by=_person(request), at=clock.now())
    return redirect("policy_draft", draft.pk)


@open_to("policy", methods=("GET", "POST"))
def version_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the published version out of force, with the reason."""
    return _with_reason(request, get_object_or_404(Pack.objects.published(), pk=pk), "withdraw")


@open_to("policy", methods=("GET", "POST"))
def version_restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for an earlier version to come into force again."""
    version = get_object_or_404(Pack, pk=pk)
    if version.status == Pack.Status.PUBLISHED:
        raise Refused(_("这个版本正在施行。"))
    return _with_reason(request, version, "restore")


def _with_reason(request: HttpRequest, version: Pack, move: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason, by, at = form.cleaned_data["reason"], _person(request), clock.now()
        if move == "withdraw":
            pack_drafts.withdraw_version(version, reason=reason, by=by, at=at)
            messages.success(request, _("已撤下。发布新的版本之前，不再判断支持政策。"))
            return redirect("policy_packs")
        draft = pack_drafts.restore_version(version, reason=reason, by=by, at=at)
        messages.success(request, _("已提请恢复，等另一位政策人员复核。"))
        return redirect("policy_draft", draft.pk)
    context = {"version": version, "move": move, "form": form}
    status = 422 if form.errors else 200
    return render(request, "policies/editor/reason.html", context, status=status)


@open_to("policy")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft: its clauses, what was changed, what is wrong, and what comes next."""
    return _draft_page(request, draft_or_404(request, pk))


def _draft_page(
    request: HttpRequest, draft: PackDraft, *, form: Any = None, status: int = 200
) -> HttpResponse:
    content, overlap = merged_content(draft)
    faults = faults_of(content) if draft.status in ("open", "asked") else []
    documents = items_of_draft(draft, pack_of_draft(draft), language=get_language() or "zh-hans")
    context = {
        "draft": draft,
        "documents": documents,
        "changed": [row for one in documents for row in one.items if row.is_changed],
        "files": [
            (file, WHOLE_WORDS.get(file.path, ""))
            for file in draft.files.select_related("edited_by").defer("text")
        ],
        "faults": faults[:MOST_FAULTS],
        "fault_count": len(faults),
        "overlap": overlap,
        "is_open": draft.status == "open" and not draft.restores,
        "why_not": pack_drafts.why_not_publish(draft, _person(request)),
        "form": form or ReasonForm(),
    }
    return render(request, "policies/editor/draft.html", context, status=status)


@open_to("policy")
def draft_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the draft touches: how many enterprises gain, lose or are left open, and where."""
    draft = draft_or_404(request, pk)
    rules = published_rules()
    content, overlap = merged_content(draft)
    effect = None
    if rules is not None and overlap is None and not faults_of(content):
        before = rules.row.content
        paths = [path for path in {*before, *content} if before.get(path) != content.get(path)]
        day = clock.day_of(clock.now())
        effect = draft_effect(rules.pack, rules_from(content), paths, day)
    context = {
        "draft": draft,
        "effect": effect,
        "no_base": rules is None,
        "tables": effect and [(_("县（市）区"), effect.districts), (_("行业"), effect.industries)],
        "samples": [
            (one, VERDICT_WORDS[one.before], VERDICT_WORDS[one.after])
            for one in (effect.samples if effect else ())
        ],
    }
    return render(request, "policies/editor/preview.html", context)


@open_to("policy", methods=("POST",))
def draft_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a colleague to look at the draft and publish it."""
    draft = draft_or_404(request, pk)
    try:
        pack_drafts.ask_to_publish(draft, by=_person(request), at=clock.now())
    except UnfitPack:
        messages.error(request, _("草稿还有问题，改好后才能提请发布。"))
        return _draft_page(request, draft, status=422)
    messages.success(request, _("已提请。由另一位政策人员复核发布。"))
    return redirect("policy_draft", pk)


@open_to("policy", methods=("POST",))
def draft_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish what a colleague asked for."""
    draft = draft_or_404(request, pk)
    try:
        revision = int(request.POST.get("revision", "")[:9])
    except ValueError:
        raise Refused(_("页面不完整，请刷新后再试。")) from None
    by = _person(request)
    try:
        pack = pack_drafts.publish_draft(draft, revision=revision, by=by, at=clock.now())
    except UnfitPack:
        messages.error(request, _("和正在施行的版本合在一起后有问题，不能发布。"))
        return _draft_page(request, draft, status=422)
    said = _("已发布第 %(version)s 版，所有备案重新判断。")
    messages.success(request, said % {"version": pack.version})
    return redirect("policy_packs")


@open_to("policy", methods=("POST",))
def draft_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an asked draft again, or give it up; both with the reason."""
    draft = draft_or_404(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, draft, form=form, status=422)
    reason = form.cleaned_data["reason"]
    if request.POST.get("move") == "take_back":
        pack_drafts.take_back(draft, reason=reason, by=_person(request))
        return redirect("policy_draft", pk)
    pack_drafts.discard_draft(draft, reason=reason, by=_person(request))
    messages.success(request, _("草稿已放弃，内容保留备查。"))
    return redirect("policy_packs")


def draft_or_404(request: HttpRequest, pk: int) -> PackDraft:
    """A draft that this person may see, with its base."""
    found = PackDraft.objects.visible_to(request.user).select_related("base", "created_by")
    return get_object_or_404(found, pk=pk)


def _person(request: HttpRequest) -> Any:
    return request.user
