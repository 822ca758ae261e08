"""Official texts: the list, the upload, one text with its split, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.public import Refused, Stale
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.punctuation import listed
from policies.domain import texts as domain
from policies.domain.text_import import AlreadyImported, Imported, import_texts
from policies.forms.drafts import ReasonForm
from policies.forms.texts import TextForm, TextUploadForm
from policies.models import OfficialText
from policies.queries import texts as read
from policies.queries.packs import published_rules
from policies.queries.text_versions import comparison_of, likeness_of
from policies.texts.limits import MOST_BYTES

from .downloads import download

KEEPERS = ("policy", "staff")


@open_to(*KEEPERS)
def official_texts(request: HttpRequest) -> HttpResponse:
    """Every text that was imported, with its state and how many of its clauses have rules."""
    rules = published_rules()
    rows = read.texts_for(person(request), rules.pack if rules else None)
    return render(request, "policies/texts/index.html", {"rows": rows})


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_text_new(request: HttpRequest) -> HttpResponse:
    """Upload a file or paste a text; every text in it becomes a draft, or nothing at all."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TextUploadForm(*sent)
    standing: list[OfficialText] = []
    if request.method == "POST" and form.is_valid():
        try:
            content, name = _given(form)
            imported = import_texts(content, name, by=person(request), at=clock.now())
        except AlreadyImported as refused:
            standing = refused.texts
        except Refused as refused:
            form.add_error(
                "pasted" if form.cleaned_data["file"] is None else "file", refused.message
            )
        else:
            return _imported(request, imported)
    status = 422 if form.errors or standing else 200
    context = {"form": form, "standing": standing}
    return render(request, "policies/texts/new.html", context, status=status)


@open_to(*KEEPERS)
def official_text(request: HttpRequest, pk: int) -> HttpResponse:
    """One text: what it is, its clauses as they were split, and what comes next."""
    return _page(request, text_or_404(request, pk))


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_text_about(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct title, number, issuer and dates of a draft."""
    text = text_or_404(request, pk)
    initial = vars(text) | _of_pack(request.GET.get("document", ""))
    form = TextForm(request.POST if request.method == "POST" else None, initial=initial)
    stale, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = domain.describe(
                text, form.cleaned_data, revision=number_in(request, "revision"), by=person(request)
            )
        except Stale as refusal:
            stale, status = refusal.message, 409
        else:
            messages.success(request, _("已保存。") if changed else _("没有改动。"))
            return redirect("official_text", pk)
    revision = text.revision if request.method == "GET" or stale else request.POST.get("revision")
    context = {"text": text, "form": form, "stale": stale, "revision": revision}
    status = 422 if form.errors else status
    return render(request, "policies/texts/about.html", context, status=status)


@open_to(*KEEPERS)
def official_text_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    return download(text_or_404(request, pk).file)


@open_to(*KEEPERS, methods=("POST",))
def official_text_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft the official wording of its number."""
    text = text_or_404(request, pk)
    revision = number_in(request, "revision")
    domain.accept(text, revision=revision, by=person(request), at=clock.now())
    messages.success(request, _("已采用。企业和公众会看到这份原文。"))
    return redirect("official_text", pk)


@open_to(*KEEPERS, methods=("POST",))
def official_text_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a text away, with the reason."""
    text = text_or_404(request, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, text, form=form, status=422)
    reason = form.cleaned_data["reason"]
    domain.withdraw(text, reason=reason, by=person(request), at=clock.now())
    messages.success(request, _("已撤下。"))
    return redirect("official_text", pk)


@open_to(*KEEPERS, methods=("POST",))
def official_text_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a withdrawn text a draft again."""
    domain.reopen(text_or_404(request, pk), by=person(request))
    messages.success(request, _("已重新打开，改好后再采用。"))
    return redirect("official_text", pk)


@open_to(*KEEPERS, methods=("POST",))
def official_text_parallel(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of which text a draft is another version; without one, that it is not."""
    text = text_or_404(request, pk)
    other = number_in(request, "other")
    found = text_or_404(request, other) if other else None
    revision = number_in(request, "revision")
    domain.link_parallel(text, found, revision=revision, by=person(request))
    messages.success(request, _("已记录。"))
    return redirect("official_text", pk)


@open_to(*KEEPERS)
def official_text_compare(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """What differs between a text and another one, the other one first."""
    text, left = text_or_404(request, pk), text_or_404(request, other)
    context = {"text": text, "compared": comparison_of(left, text)}
    return render(request, "policies/texts/compare.html", context)


def text_or_404(request: HttpRequest, pk: int) -> OfficialText:
    """A text that this person may see, with its file and the people who acted on it."""
    found = OfficialText.objects.visible_to(request.user).select_related(
        "file__uploaded_by", "accepted_by", "withdrawn_by", "parallel_of"
    )
    return get_object_or_404(found, pk=pk)


def number_in(request: HttpRequest, name: str) -> int:
    """A whole number that the page sent along; 0 where it did not."""
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 10 else 0


def person(request: HttpRequest) -> Any:
    """Who asks; the door lets nobody in who is not signed in."""
    return request.user


def _page(
    request: HttpRequest, text: OfficialText, *, form: Any = None, status: int = 200
) -> HttpResponse:
    rules = published_rules()
    pack = rules.pack if rules else None
    page = read.text_page(text, pack)
    context = {
        "page": page,
        "like": likeness_of(text, pack, person(request)) if _is_open(text) else None,
        "may_write_rules": pack is not None
        and bool(text.number)
        and text.status != OfficialText.Status.WITHDRAWN
        and bool(person(request).posts_of("policy")),
        "text": text,
        "is_draft": text.status == OfficialText.Status.DRAFT,
        "missing": domain.why_not_accept(text) if text.status == "draft" else [],
        "form": form or ReasonForm(),
    }
    return render(request, "policies/texts/text.html", context, status=status)


def _of_pack(folder: str) -> dict[str, Any]:
    """What the pack knows of the document that the officer recognised."""
    rules = published_rules()
    documents = rules.pack.documents.values() if rules else ()
    found = next((one for one in documents if one.folder == folder), None)
    if found is None:
        return {}
    return {
        "title": found.title.zh,
        "number": found.number,
        "issuer": found.issuer.zh,
        "dated": found.date,
    }


def _is_open(text: OfficialText) -> bool:
    """A draft of which nobody has said yet that it is another version."""
    return text.status == OfficialText.Status.DRAFT and text.parallel_of_id is None


def _imported(request: HttpRequest, found: Imported) -> HttpResponse:
    count = len(found.texts)
    said = ngettext("已读出 %(n)s 份原文，存为草稿。", "已读出 %(n)s 份原文，存为草稿。", count)
    messages.success(request, said % {"n": count})
    if found.left_out:
        left = _("没有导入：%(names)s。它没有写责任部门，不是政策措施。")
        messages.info(request, left % {"names": listed(found.left_out)})
    if count == 1:
        return redirect("official_text", found.texts[0].pk)
    return redirect("official_texts")


def _given(form: TextUploadForm) -> tuple[bytes, str]:
    """The bytes and the name of what was uploaded or pasted."""
    upload = form.cleaned_data["file"]
    if upload is None:
        return form.cleaned_data["pasted"].encode(), _("粘贴的文字") + ".txt"
    return upload.read(MOST_BYTES + 1), upload.name  # one more, so that too large a file shows
