"""The support measures of a filing: the page, one measure, and the question asked next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_htmx.http import push_url, replace_url

from filings.public import Filing, Refused, standing_of
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to
from jiaozuo_portal.lib.pages import keyset_page
from policies import access
from policies.domain.declarations import declare, withdraw_declaration
from policies.forms.answers import AnswerForm, shown_value
from policies.models import Declaration
from policies.queries.answers import answers_of
from policies.queries.applications import standing_application, standing_applications
from policies.queries.benefits import Change, Question, changes_between
from policies.queries.facts import Way
from policies.queries.filters import Filters
from policies.queries.official_wording import quotes_of
from policies.queries.overview import overview_for
from policies.queries.packs import published_rules
from policies.queries.reasons import explain
from policies.queries.support import Support, support_of, supports_of

#: So many undecided benefits are shown at once; the others are one press away.
SHOWN_AT_FIRST = 8
#: Where the session keeps the questions that were put off: facts by enterprise.
PUT_OFF = "support_put_off"


@dataclass(frozen=True, slots=True)
class Asked:
    """The question on the page, its form (None where it is answered elsewhere), and the next."""

    question: Question
    form: AnswerForm | None
    current: Declaration | None
    left: int


def own_filing(request: HttpRequest, pk: int) -> Filing:
    """A filing of an enterprise that the person works for; anything else is a 404.

    SECURITY: the pages of support quote what the enterprise declared, so no authority opens them,
    not even one to which the filing itself is visible.
    """
    filings = Filing.objects.visible_to(request.user).filter(  # type: ignore[arg-type]
        enterprise_id__in=list(request.user.roles)  # type: ignore[union-attr]
    )
    return get_object_or_404(
        filings.select_related("enterprise", "site", "district", "zone", "holder", "match"), pk=pk
    )


@open_to("member")
def support(request: HttpRequest, pk: int) -> HttpResponse:
    """Sums, the question that settles most, and every benefit."""
    filing = own_filing(request, pk)
    shown = support_of(filing, clock.now())
    if shown is None:
        return no_pack(request, filing)
    page = _page(request, shown, asked=_asked(request, shown))
    if _is_part(request):
        return push_url(page, _address(shown, request))
    return page


@open_to("clerk", methods=("GET", "POST"))
def support_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question; what changed is said on the page that asked."""
    filing = own_filing(request, pk)
    if request.method == "GET":  # somebody signed in again on the way
        return redirect("support", pk=pk)
    before = support_of(filing, clock.now())
    name = request.POST.get("fact", "")
    if before is None or name not in before.rules.pack.registry.facts:
        raise Refused(_("没有这个问题，可能政策已经更新。请回到支持政策页重新选择。"))
    form = AnswerForm(before.rules.pack.registry.facts[name], request.POST)
    if form.is_valid():
        try:
            declare(filing, name, form.cleaned_data["value"], by=request.user, at=clock.now())  # type: ignore[arg-type]
        except Refused as refusal:
            if refusal.__class__ is not Refused:
                raise
            form.add_error("value", refusal.message)
    if form.errors:
        asked = _asked(request, before, name=name, form=form)
        page = _page(request, before, asked=asked, status=200 if request.htmx else 422)  # type: ignore[attr-defined]
        page["HX-Reswap"] = "outerHTML show:#ask:top"
        return page
    after = support_of(filing, clock.now())
    if after is None:
        raise Refused(_("政策刚刚撤下，请稍后再看。"))
    changes = changes_between(before, after)
    if request.htmx:  # type: ignore[attr-defined]
        page = _page(request, after, asked=_asked(request, after), changes=changes, answered=name)
        return replace_url(page, _address(after, request))
    messages.success(request, _told(changes))
    return redirect(_address(after, request))


@open_to("member", methods=("POST",))
def support_put_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a question off until the end of this visit, or (without one) ask them all again."""
    filing = own_filing(request, pk)
    shown = support_of(filing, clock.now())
    if shown is None:
        return redirect("support", pk=pk)
    fact = request.POST.get("fact", "")
    kept = request.session.get(PUT_OFF, {})
    mine = [*_put_off(request, shown), fact] if fact in shown.facts else []
    request.session[PUT_OFF] = kept | {str(filing.enterprise_id): mine}
    if request.htmx:  # type: ignore[attr-defined]
        page = _page(request, shown, asked=_asked(request, shown))
        return replace_url(page, _address(shown, request))
    return redirect(_address(shown, request) + "#ask")


@open_to("member")
def support_measure(request: HttpRequest, pk: int, measure: str) -> HttpResponse:
    """Why one measure has its verdict."""
    filing = own_filing(request, pk)
    shown = support_of(filing, clock.now())
    explanation = explain(shown, measure, request.user) if shown else None  # type: ignore[arg-type]
    if shown is None or explanation is None:
        raise Http404
    pack = shown.rules.pack
    context = {
        "shown": shown,
        "why": explanation,
        "may_answer": bool(access.may_declare(request.user, filing.enterprise)),  # type: ignore[arg-type]
        "applied": standing_application(filing, shown.results[measure].measure, pack),
        "quote": quotes_of(pack, [measure]).get(measure),
    }
    return render(request, "policies/support/measure.html", _context(request, filing) | context)


@open_to("member")
def support_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """What the enterprise has answered, to be corrected or withdrawn."""
    filing = own_filing(request, pk)
    shown = support_of(filing, clock.now())
    if shown is None:
        return no_pack(request, filing)
    now, before = answers_of(shown, request.user)  # type: ignore[arg-type]
    may = access.may_declare(request.user, filing.enterprise)  # type: ignore[arg-type]
    context = {"answers": now, "earlier": before, "may_answer": bool(may), "why_not": may.why}
    return render(request, "policies/support/answers.html", _context(request, filing) | context)


@open_to("clerk", methods=("POST",))
def support_withdraw(request: HttpRequest, pk: int, answer: int) -> HttpResponse:
    """Withdraw one answer: the fact is unknown again."""
    filing = own_filing(request, pk)
    mine = Declaration.objects.visible_to(request.user)  # type: ignore[arg-type]
    declaration = get_object_or_404(
        mine.select_related("enterprise"), pk=answer, enterprise=filing.enterprise_id
    )
    withdraw_declaration(declaration, filing=filing, by=request.user, at=clock.now())  # type: ignore[arg-type]
    messages.success(request, _("回答已撤回，相关措施已重新判断。"))
    return redirect("support_answers", pk=pk)


@open_to("member")
def support_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """The sums alone, which other pages of the filing load."""
    filing = own_filing(request, pk)
    shown = support_of(filing, clock.now())
    context = {"filing": filing, "shown": shown}
    return render(request, "policies/support/_summary.html", context)


@open_to("member", "policy", "city")
def support_home(request: HttpRequest) -> HttpResponse:
    """The sums of each of the person's filings; for a department its measures and their counts."""
    user: Any = request.user
    filings = Filing.objects.filter(enterprise_id__in=list(user.roles))
    page = keyset_page(
        filings.select_related("enterprise", "site", "district", "zone", "match"),
        order=("pk",),
        after=request.GET.get("after"),
    )
    is_officer = bool(user.posts_of("policy", "city"))
    if not is_officer and len(page.rows) == 1 and not page.previous:
        return redirect("support", pk=page.rows[0].pk)
    rules = published_rules()
    now = clock.now()
    context = {
        "supports": supports_of(page.rows, now, rules) if rules else [],
        "page": page,
        "overview": overview_for(user, rules, clock.day_of(now)) if is_officer and rules else None,
        "is_officer": is_officer,
        "has_pack": rules is not None,
    }
    return render(request, "policies/support/home.html", context)


def _page(
    request: HttpRequest,
    shown: Support,
    *,
    asked: Asked | None,
    changes: list[Change] | None = None,
    answered: str = "",
    status: int = 200,
) -> HttpResponse:
    filters = Filters.read(request.GET, shown.departments)
    benefits = filters.apply(shown.benefits, shown.day)
    may = access.may_declare(request.user, shown.filing.enterprise)  # type: ignore[arg-type]
    having = [benefit for benefit in benefits if benefit.verdict == "eligible"]
    undecided = [benefit for benefit in benefits if benefit.verdict == "unknown"]
    helping = [benefit for benefit in having if benefit.is_help]
    first = len(undecided) if filters.is_set else SHOWN_AT_FIRST
    context = {
        "shown": shown,
        "having": helping,
        "quotes": quotes_of(shown.rules.pack, (benefit.lead.key for benefit in helping)),
        "applied": standing_applications(shown),
        "services": [benefit for benefit in having if not benefit.is_help],
        "open": undecided[:first],
        "open_later": undecided[first:],
        "open_count": len(undecided),
        "not_for_them": [benefit for benefit in benefits if benefit.verdict == "not_eligible"],
        "count": len(benefits),
        "filters": filters,
        "fields": filters.fields(shown.departments),
        "asked": asked,
        "put_off": len(_put_off(request, shown)),
        "changes": changes,
        "answered": shown.question(answered) if answered else None,
        "may_answer": bool(may),
        "why_not": may.why,
    }
    if _is_part(request):
        return render(request, "policies/support/_support.html", context, status=status)
    context |= _context(request, shown.filing)
    return render(request, "policies/support/support.html", context, status=status)


def _is_part(request: HttpRequest) -> bool:
    """Whether the page's script asks for the part that changes."""
    return bool(request.htmx and not request.htmx.history_restore_request)  # type: ignore[attr-defined]


def no_pack(request: HttpRequest, filing: Filing) -> HttpResponse:
    """The page before any policy is published."""
    return render(request, "policies/support/no_pack.html", _context(request, filing))


def _context(request: HttpRequest, filing: Filing) -> dict[str, Any]:
    return {
        "filing": filing,
        "slip": standing_of(filing, request.user, clock.now()),  # type: ignore[arg-type]
    }


def _put_off(request: HttpRequest, shown: Support) -> list[str]:
    """The questions that this visit put off, as far as they still wait."""
    kept = request.session.get(PUT_OFF, {}).get(str(shown.filing.enterprise_id), [])
    waiting = {question.fact for question in shown.questions}
    return [fact for fact in kept if fact in waiting]


def _asked(
    request: HttpRequest, shown: Support, *, name: str = "", form: AnswerForm | None = None
) -> Asked | None:
    """The question named by the address, or the most telling one that was not put off."""
    put_off = _put_off(request, shown)
    waiting = [q for q in shown.questions if q.way is not Way.SETTING and q.fact not in put_off]
    name = name or (request.GET.get("ask", "") if request.method == "GET" else "")
    if name in shown.facts:
        question = shown.question(name)
    elif waiting:
        question = waiting[0]
    else:
        return None
    origin = shown.gathered.origins.get(question.fact)
    current = origin.declaration if origin else None
    spec = shown.facts[question.fact]
    if form is None and question.way is Way.DECLARE:
        initial = {"value": shown_value(spec, current.value)} if current else {}
        form = AnswerForm(spec, initial=initial)
    return Asked(
        question=question,
        form=form,
        current=current,
        left=sum(q.fact != question.fact for q in waiting),
    )


def _told(changes: list[Change]) -> str:
    if not changes:
        return _("回答已记录，措施的结果没有因此改变。")
    return ngettext(
        "回答已记录，%(count)s 项措施的结果或金额有变化。",
        "回答已记录，%(count)s 项措施的结果或金额有变化。",
        len(changes),
    ) % {"count": len(changes)}


def _address(shown: Support, request: HttpRequest) -> str:
    """The page with the filters that are chosen, and nothing else behind its question mark."""
    query = Filters.read(request.GET, shown.departments).query
    address = reverse("support", args=[shown.filing.pk])
    return f"{address}?{query}" if query else address
