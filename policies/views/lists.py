"""Official lists: kept by agencies, line by line or from a spreadsheet."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filings.public import Refused, SheetRefused
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.pages import keyset_page
from policies import access
from policies.domain import kept, list_sheets
from policies.eligibility.facts import FactSpec, Registry
from policies.forms.kept import CompleteForm, EntryForm, KeeperForm, ListFileForm
from policies.models import ListEntry, OfficialList
from policies.queries.kept import ended_entries, entries_of, list_facts, lists_of, may_be_keepers
from policies.queries.packs import published_rules
from policies.queries.wording import say

KEEPERS = ("policy", "city", "staff")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A preview can be written for so many seconds.
_FRESH = 3600
_SALT = "policies.lists"


def registry_or_404() -> Registry:
    """The facts of the published pack; 404 before there is one."""
    rules = published_rules()
    if rules is None:
        raise Http404
    return rules.pack.registry


@open_to(*KEEPERS)
def official_lists(request: HttpRequest) -> HttpResponse:
    """Every list with its keeper, and how many are on it."""
    rules = published_rules()
    day = clock.day_of(clock.now())
    found = lists_of(rules.pack.registry, day) if rules else []
    return render(request, "policies/lists/index.html", {"lists": found})


@open_to(*KEEPERS)
def official_list(request: HttpRequest, fact: str) -> HttpResponse:
    """Who is on a list, found by name or code, and what was corrected."""
    spec, row = _list(fact)
    typed = " ".join(request.GET.get("q", "").replace("\0", "").split())[:60]
    entries = entries_of(row, typed)
    form = CompleteForm(initial={"complete_from": row.complete_from if row else None})
    context = {
        "typed": typed,
        "page": keyset_page(entries, order=("uscc", "pk"), after=request.GET.get("after")),
        "total": entries.count(),
        "ended": ended_entries(row),
        "form": form,
        "today": clock.day_of(clock.now()),
    }
    return render(request, "policies/lists/list.html", _frame(request, spec, row) | context)


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_list_entry(request: HttpRequest, fact: str) -> HttpResponse:
    """Add an enterprise, or correct the one that `entry` names."""
    spec, row = _list(fact)
    shown = _standing(row, request.GET.get("entry", ""))
    initial = vars(shown) if shown else {}
    form = EntryForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        line = kept.Line(**form.cleaned_data)
        kept.enter(fact, [line], by=request.user, at=clock.now())  # type: ignore[arg-type]
        messages.success(request, _("已记录：%(name)s。") % {"name": line.name})
        return redirect("official_list", fact)
    status = 422 if form.errors else 200
    context = _frame(request, spec, row) | {"form": form, "entry": shown}
    return render(request, "policies/lists/entry.html", context, status=status)


@open_to(*KEEPERS, methods=("POST",))
def official_list_take_off(request: HttpRequest, fact: str, line: int) -> HttpResponse:
    """Withdraw an entry that was written by mistake."""
    entry = get_object_or_404(ListEntry, pk=line, official_list__fact=fact)
    kept.take_off(entry, by=request.user, at=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("已撤回：%(name)s。") % {"name": entry.name})
    return redirect("official_list", fact)


@open_to(*KEEPERS, methods=("POST",))
def official_list_complete(request: HttpRequest, fact: str) -> HttpResponse:
    """Say from which day the list names everybody."""
    _list(fact)
    form = CompleteForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写日期，例如 2020-03-05。"))
    day = form.cleaned_data["complete_from"]
    kept.declare_complete(fact, day, by=request.user, at=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("已记录，相关备案会重新判断。"))
    return redirect("official_list", fact)


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_list_keeper(request: HttpRequest, fact: str) -> HttpResponse:
    """Give the list to another agency to keep."""
    user: Any = request.user
    spec, row = _list(fact)
    access.may_keep(user, row or OfficialList(fact=fact)).require()
    agencies = may_be_keepers().exclude(pk=row.keeper_id or 0 if row else 0)
    form = KeeperForm(request.POST or None, agencies=agencies)
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        kept.hand_list_over(fact, to, by=user, at=clock.now())
        messages.success(request, _("已移交给%(name)s维护。") % {"name": to})
        return redirect("official_list", fact)
    status = 422 if form.errors else 200
    context = _frame(request, spec, row) | {"form": form}
    return render(request, "policies/lists/keeper.html", context, status=status)


@open_to(*KEEPERS, methods=("GET", "POST"))
def official_list_import(request: HttpRequest, fact: str) -> HttpResponse:
    """Read a file, show what it would do or every fault in it, and write it when confirmed."""
    spec, row = _list(fact)
    if request.method == "POST":
        access.may_keep(request.user, row or OfficialList(fact=fact)).require()  # type: ignore[arg-type]
    if "lines" in request.POST:
        return _write(request, fact)
    form = ListFileForm(request.POST or None, request.FILES or None)
    context = _frame(request, spec, row) | {"form": form}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            sheet = list_sheets.read_list(upload.read(), upload.name)
        except SheetRefused as refused:
            form.add_error("file", str(refused.message))
        else:
            context["sheet"] = sheet
            context["lines"] = signing.dumps(
                [fact, request.user.pk, list_sheets.carried(sheet.lines)], salt=_SALT, compress=True
            )
    is_wrong = form.errors or (context.get("sheet") and context["sheet"].faults)
    template = "policies/lists/import.html"
    return render(request, template, context, status=422 if is_wrong else 200)


@open_to(*KEEPERS)
def official_list_template(request: HttpRequest, fact: str) -> HttpResponse:
    """An empty workbook to fill in."""
    _list(fact)
    return _workbook(list_sheets.template(), f"{fact}-template")


@open_to(*KEEPERS)
def official_list_export(request: HttpRequest, fact: str) -> HttpResponse:
    """The list as a workbook that can be read in again."""
    spec, row = _list(fact)
    entries = entries_of(row, "").iterator(chunk_size=1000)
    return _workbook(list_sheets.export(say(spec.label), entries), fact)


def _list(fact: str) -> tuple[FactSpec, OfficialList | None]:
    """The fact of a list, and its row once somebody wrote to it; 404 for no list."""
    spec = list_facts(registry_or_404()).get(fact)
    if spec is None:
        raise Http404
    return spec, OfficialList.objects.select_related("keeper").filter(fact=fact).first()


def _standing(row: OfficialList | None, entry: str) -> ListEntry | None:
    if row is None or not entry.isdecimal() or len(entry) > 18:
        return None
    return row.entries.filter(pk=int(entry), ended_at__isnull=True).first()


def _frame(request: HttpRequest, spec: FactSpec, row: OfficialList | None) -> dict[str, Any]:
    answer = access.may_keep(request.user, row or OfficialList(fact=spec.name))  # type: ignore[arg-type]
    return {
        "fact": spec.name,
        "label": say(spec.label),
        "row": row,
        "may_keep": bool(answer),
        "why_not": answer.why,
    }


def _write(request: HttpRequest, fact: str) -> HttpResponse:
    """Write what was shown. SECURITY: signed for this list and this person, so nothing is new."""
    try:
        shown = signing.loads(request.POST["lines"], salt=_SALT, max_age=_FRESH)
    except signing.BadSignature:
        raise Refused(_("预览已经过期，请重新上传文件。")) from None
    if shown[:2] != [fact, request.user.pk]:
        raise Http404
    lines = list_sheets.uncarried(shown[2])
    done = kept.enter(fact, lines, by=request.user, at=clock.now())  # type: ignore[arg-type]
    said = ngettext("已写入 %(n)s 家企业。", "已写入 %(n)s 家企业。", len(lines))
    messages.success(request, said % {"n": done.added + done.corrected + done.same})
    return redirect("official_list", fact)


def _workbook(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
