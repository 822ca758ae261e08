"""The supplies ledger: items, entries in and out, reversals, and sheets in and out (R3.1, R3.2)."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings import access
from filings.domain import ledger_sheets, supplies
from filings.domain.attachments import MOST_PER_SECTION
from filings.forms.supplies import EntryForm, ItemChangeForm, ItemForm, LedgerFileForm, ReversalForm
from filings.models import Filing, LedgerEntry, SupplyItem
from filings.queries import filing as reads
from filings.queries import supplies as ledger_reads
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import NotAllowed, Refused

from .scope import frame, own_filing, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@open_to("member")
def ledger(request: HttpRequest, pk: int) -> HttpResponse:
    """The ledger: what there is, how long it lasts, and every entry."""
    return _page(request, own_filing(request, pk))


def _page(request: HttpRequest, filing: Filing) -> HttpResponse:
    user = person(request)
    at = clock.now()
    before, after = reads.neighbours(filing, "supplies")
    stock = ledger_reads.stock_of(filing, user)
    return render(
        request,
        "filings/supplies/ledger.html",
        {
            **frame(request, filing, at),
            "stock": stock,
            "page": ledger_reads.entries_page(filing, user, after=request.GET.get("after")),
            "total": ledger_reads.entry_count(filing, user),
            "may_edit": access.may_edit(user, filing),
            "entry_form": EntryForm(items=[line.item for line in stock.lines], today=clock.today()),
            "notes_above": reads.notes_of(filing, user, "supplies"),
            "attachments": reads.attachments_of(filing, user, "supplies"),
            "attachment_section": "supplies",
            "most_files": MOST_PER_SECTION,
            "before": before,
            "after": after,
        },
    )


@open_to("clerk", methods=("GET", "POST"))
def item_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a kind of supply."""
    filing = own_filing(request, pk)
    access.may_edit(person(request), filing).require()
    form = ItemForm(request.POST or None)
    if form.is_valid():
        try:
            item = supplies.add_item(filing, by=person(request), **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("已增加“%(name)s”，请登记入库数量。") % {"name": item.name})
            return redirect("supplies", pk=filing.pk)
    return _form_page(request, filing, form, title=_("增加一种物资"), button=_("增加物资"))


@open_to("clerk", methods=("GET", "POST"))
def item_change(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Change the unit or the daily use of a supply."""
    filing = own_filing(request, pk)
    access.may_edit(person(request), filing).require()
    found = get_object_or_404(
        SupplyItem.objects.visible_to(person(request)).select_related("filing"),
        filing=filing,
        pk=item,
    )
    form = ItemChangeForm(
        request.POST or None,
        initial={"unit": found.unit, "daily_use_per_head": found.daily_use_per_head},
    )
    if form.is_valid():
        try:
            supplies.change_item(found, by=person(request), **form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("unit", refusal.message)
        else:
            messages.success(request, _("已保存“%(name)s”。") % {"name": found.name})
            return redirect("supplies", pk=filing.pk)
    title = _("修改“%(name)s”") % {"name": found.name}
    return _form_page(request, filing, form, title=title, button=_("保存"))


@open_to("clerk", methods=("GET", "POST"))
def entry_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an entry in or out."""
    filing = own_filing(request, pk)
    access.may_edit(person(request), filing).require()
    items = list(SupplyItem.objects.visible_to(person(request)).filter(filing=filing))
    form = EntryForm(request.POST or None, items=items, today=clock.today())
    if form.is_valid():
        given = dict(form.cleaned_data)
        item = next(item for item in items if str(item.pk) == given.pop("item"))
        try:
            supplies.record_entry(
                item,
                by=person(request),
                at=clock.now(),
                key=given.pop("entry_key") or uuid.uuid4(),
                **given,
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("quantity", refusal.message)
        else:
            messages.success(request, _("已登记“%(name)s”。") % {"name": item.name})
            return redirect("supplies", pk=filing.pk)
    return _form_page(request, filing, form, title=_("登记出入库"), button=_("登记"))


@open_to("clerk", methods=("GET", "POST"))
def entry_reverse(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """Reverse an entry: it stays, and an opposite one is written beside it."""
    filing = own_filing(request, pk)
    access.may_edit(person(request), filing).require()
    found = get_object_or_404(
        LedgerEntry.objects.visible_to(person(request)).select_related("item", "filing"),
        filing=filing,
        pk=entry,
    )
    form = ReversalForm(request.POST or None)
    if form.is_valid():
        try:
            supplies.reverse_entry(
                found,
                by=person(request),
                at=clock.now(),
                reason=form.cleaned_data["reason"],
                key=form.cleaned_data["entry_key"],
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("reason", refusal.message)
        else:
            messages.success(request, _("已冲销，原记录仍然保留。"))
            return redirect("supplies", pk=filing.pk)
    return _form_page(
        request,
        filing,
        form,
        title=_("冲销这条记录"),
        button=_("冲销"),
        entry=found,
    )


def _form_page(
    request: HttpRequest, filing: Filing, form: Any, *, title: str, button: str, **more: Any
) -> HttpResponse:
    return render(
        request,
        "filings/supplies/form.html",
        {
            **frame(request, filing, clock.now()),
            "form": form,
            "title": title,
            "button": button,
            **more,
        },
        status=422 if form.errors else 200,
    )


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@open_to("member")
def ledger_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole ledger as a workbook: stock on one sheet, entries on the other."""
    filing = own_filing(request, pk)
    content = ledger_sheets.export(filing)
    return _download(content, f"ledger-{filing.pk}-{clock.today():%Y%m%d}.xlsx")


@open_to("signed_in")
def ledger_template(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty ledger to fill in."""
    filing = own_filing(request, pk)
    return _download(ledger_sheets.template(), f"ledger-template-{filing.pk}.xlsx")


@open_to("clerk", methods=("GET", "POST"))
def ledger_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an uploaded ledger: every error at once, else what it would write."""
    filing = own_filing(request, pk)
    access.may_edit(person(request), filing).require()
    form = LedgerFileForm(request.POST or None, request.FILES or None)
    preview = None
    status = 200
    if form.is_valid():
        try:
            preview = ledger_sheets.preview(
                filing, form.cleaned_data["file"], by=person(request), at=clock.now()
            )
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error("file", refusal.message)
            status = status_of(refusal)
    return render(
        request,
        "filings/supplies/import.html",
        {**frame(request, filing, clock.now()), "form": form, "preview": preview},
        status=422 if form.errors or (preview and preview.faults) else status,
    )


@open_to("clerk", methods=("POST",))
def ledger_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the entries of a preview: all or none."""
    filing = own_filing(request, pk)
    written = ledger_sheets.apply(
        filing, request.POST.get("preview", ""), by=person(request), at=clock.now()
    )
    said = ngettext("已写入 %(count)s 条记录。", "已写入 %(count)s 条记录。", written)
    messages.success(request, said % {"count": written})
    return redirect("supplies", pk=filing.pk)
