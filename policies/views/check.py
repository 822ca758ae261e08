"""The self-check: anybody answers a few questions and sees what an enterprise could use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from jiaozuo_portal.lib import clock, throttle
from jiaozuo_portal.lib.doors import PUBLIC, open_to
from jiaozuo_portal.lib.visitors import address_of
from policies.eligibility import FactError
from policies.forms.answers import AnswerForm, shown_value
from policies.forms.check import Carried, read_carried
from policies.queries.benefits import Change, Question, changes_between
from policies.queries.check import Check, check_of
from policies.queries.packs import Rules, published_rules
from policies.queries.wording import fault_words

#: So many answers a minute from one address: an office that shares one may all answer at once.
ANSWERS, PERIOD = 120, timedelta(minutes=1)
#: So many undecided benefits are shown at once; the others are one press away.
SHOWN_AT_FIRST = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the self-check: what is known, what is asked, and what the last answer did."""

    check: Check
    carried: Carried
    question: Question | None
    form: AnswerForm | None
    changes: list[Change] | None = None
    answered: Question | None = None
    is_correction: bool = False

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The answers that are one press of a button; none where something is typed."""
        choices = getattr(self.form.fields["value"], "choices", ()) if self.form else ()
        return [(value, word) for value, word in choices if value]


@dataclass(slots=True)
class _Table:
    """The answers and the questions put off, as a page sent them."""

    rules: Rules
    day: date
    carried: Carried = field(default_factory=Carried)
    put_off: list[str] = field(default_factory=list)

    def judged(self) -> Check:
        return check_of(self.rules, self.carried.values, self.day, self.put_off)


@sensitive_post_parameters()
@open_to(PUBLIC, methods=("GET", "POST"))
def check(request: HttpRequest) -> HttpResponse:
    """One question at a time, and what follows from the answers so far.

    SECURITY: answers come in the body of a request and go back in hidden fields of the page.
    There is no row, no session, no cookie and no address of them.
    """
    if not throttle.allow("check", address_of(request), limit=ANSWERS, per=PERIOD):
        return _too_often(request)
    rules = published_rules()
    if rules is None:
        return render(request, "policies/check/no_pack.html")
    table = _Table(rules, clock.day_of(clock.now()))
    step = _step(table.judged(), table)
    if request.method == "POST":
        step = _next_step(request, table)
    return _page(request, step)


def _next_step(request: HttpRequest, table: _Table) -> Step:
    """What follows from what was pressed; where several things were, the first of these counts."""
    data, facts = request.POST, table.rules.pack.registry.facts
    table.carried = read_carried(data.dict(), table.rules.pack.registry)
    table.put_off = [name for name in data.getlist("later") if name in facts]
    if "forget" in data:
        table.carried.values.pop(data["forget"], None)
        return _step(table.judged(), table)
    if "again" in data:
        table.put_off = []
        return _step(table.judged(), table)
    if data.get("put_off") in facts:
        table.put_off.append(data["put_off"])
        return _step(table.judged(), table)
    if data.get("ask") in facts:
        return _step(table.judged(), table, name=data["ask"])
    if data.get("fact") in facts:
        return _answer(request, table, data["fact"])
    return _step(table.judged(), table)


def _answer(request: HttpRequest, table: _Table, name: str) -> Step:
    """Take one answer, or say beside the question what is wrong with it."""
    registry = table.rules.pack.registry
    before = table.judged()
    form = AnswerForm(registry.facts[name], request.POST)
    if not form.is_valid():
        return _step(before, table, name=name, form=form)
    values = {**table.carried.values, name: form.cleaned_data["value"]}
    try:
        after = check_of(table.rules, values, table.day, table.put_off)
    except FactError as error:
        form.add_error("value", fault_words(error, registry))
        return _step(before, table, name=name, form=form)
    table.carried.values[name] = form.cleaned_data["value"]
    changes = changes_between(before, after)
    return _step(after, table, changes=changes, answered=after.question(name))


def _step(
    checked: Check,
    table: _Table,
    *,
    name: str = "",
    form: AnswerForm | None = None,
    changes: list[Change] | None = None,
    answered: Question | None = None,
) -> Step:
    waiting = checked.waiting
    question = checked.question(name) if name else (waiting[0] if waiting else None)
    if question is not None and form is None:
        spec, known = checked.facts[question.fact], table.carried.values.get(question.fact)
        initial = {} if known is None else {"value": shown_value(spec, known)}
        form = AnswerForm(spec, initial=initial)
    is_correction = question is not None and question.fact in table.carried.values
    return Step(checked, table.carried, question, form, changes, answered, is_correction)


def _page(request: HttpRequest, step: Step) -> HttpResponse:
    shown = step.check
    undecided = [one for one in shown.benefits if one.verdict == "unknown"]
    context: dict[str, Any] = {
        "step": step,
        "shown": shown,
        "hidden": step.carried.texts(shown.rules.pack.registry),
        "having": [one for one in shown.having if one.benefit.is_help],
        "services": [one for one in shown.having if not one.benefit.is_help],
        "open": undecided[:SHOWN_AT_FIRST],
        "open_later": undecided[SHOWN_AT_FIRST:],
        "not_for_them": [one for one in shown.benefits if one.verdict == "not_eligible"],
        "leads_to": reverse("support_home" if request.user.is_authenticated else "register"),
        "is_part": bool(request.htmx),  # type: ignore[attr-defined]
    }
    if context["is_part"] and step.form and not step.choices:
        step.form.fields["value"].widget.attrs["autofocus"] = True
    is_wrong = bool(step.carried.wrong or (step.form and step.form.errors))
    template = "policies/check/_check.html" if context["is_part"] else "policies/check/check.html"
    # The page's script takes a part with any status but an error's.
    status = 422 if is_wrong and not context["is_part"] else 200
    answer = render(request, template, context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


def _too_often(request: HttpRequest) -> HttpResponse:
    """Where scripts run, said beside the question, so that no answer is lost."""
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "policies/check/_too_often.html")
        answer["HX-Retarget"], answer["HX-Reswap"] = "#check-said", "innerHTML show:#check:top"
        return answer
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(throttle.seconds_left(PERIOD))
    return answer
