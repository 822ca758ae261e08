"""The page on which a bureau's lead keeps the texts that reviewers insert with one press."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from filings.domain import text_blocks as domain
from filings.forms.text_blocks import TextBlockForm, initial_of
from filings.models import Agency, TextBlock
from filings.queries import text_blocks as reads
from filings.queries.assignment import bureaus_led_by
from filings.queries.review import PARTS
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused


def _bureau(request: HttpRequest, pk: int) -> Agency:
    user: Any = request.user
    return get_object_or_404(bureaus_led_by(user), pk=pk)


@open_to("lead")
def text_blocks_home(request: HttpRequest) -> HttpResponse:
    """To the text blocks of the bureau that the person leads; of several, the first."""
    user: Any = request.user
    return redirect("text_blocks", pk=get_object_or_404(bureaus_led_by(user)[:1]).pk)


@open_to("lead")
def text_blocks(request: HttpRequest, pk: int) -> HttpResponse:
    """All blocks of the bureau."""
    user: Any = request.user
    bureau = _bureau(request, pk)
    blocks = [(block, PARTS.get(block.section, "")) for block in reads.blocks_of(bureau)]
    return render(
        request,
        "filings/text_blocks/list.html",
        {"bureau": bureau, "bureaus": bureaus_led_by(user), "blocks": blocks},
    )


@open_to("lead", methods=("GET", "POST"))
def text_block_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Another block."""
    return _block_page(request, _bureau(request, pk), None)


@open_to("lead", methods=("GET", "POST"))
def text_block(request: HttpRequest, pk: int, block: int) -> HttpResponse:
    """Change a block, or take it out of use."""
    rows = TextBlock.objects.select_related("agency")
    found = get_object_or_404(rows, agency=_bureau(request, pk), pk=block)
    return _block_page(request, found.agency, found)


def _block_page(request: HttpRequest, bureau: Agency, block: TextBlock | None) -> HttpResponse:
    form = TextBlockForm(request.POST or None, initial=initial_of(block) if block else None)
    if block is None:
        del form.fields["is_active"]
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _keep(request, bureau, block, form.cleaned_data)
            except Refused as said:
                refusal, status = said, status_of(said)
            else:
                messages.success(request, _("常用意见已保存。"))
                return redirect("text_blocks", pk=bureau.pk)
    return render(
        request,
        "filings/text_blocks/block.html",
        {
            "bureau": bureau,
            "block": block,
            "form": form,
            "refusal": refusal,
        },
        status=status,
    )


def _keep(
    request: HttpRequest, bureau: Agency, block: TextBlock | None, given: dict[str, Any]
) -> None:
    user: Any = request.user
    if block is None:
        domain.add_block(bureau, by=user, **given)
    else:
        domain.change_block(block, by=user, **given)
