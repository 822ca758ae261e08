"""The page on which a bureau's lead keeps who gets which filings, and who is away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from filings.domain import assignment
from filings.forms.assignment import AbsenceForm, RuleForm, TryForm, initial_of
from filings.models import Absence, Agency, AssignmentRule, Zone
from filings.queries import assignment as reads
from filings.queries.desk import colleagues
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused


def _bureau(request: HttpRequest, pk: int) -> Agency:
    user: Any = request.user
    return get_object_or_404(reads.bureaus_led_by(user), pk=pk)


@open_to("lead")
def assignment_home(request: HttpRequest) -> HttpResponse:
    """To the rules of the bureau that the person leads; of several, the first."""
    user: Any = request.user
    bureau = get_object_or_404(reads.bureaus_led_by(user)[:1])
    return redirect("assignment_rules", pk=bureau.pk)


@open_to("lead")
def assignment_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules in their order, what they would do with a filing, who is away, and the loads."""
    user: Any = request.user
    bureau = _bureau(request, pk)
    day = clock.today()
    form = TryForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    return render(
        request,
        "filings/assignment/rules.html",
        {
            "bureau": bureau,
            "bureaus": reads.bureaus_led_by(user),
            "rules": reads.rule_lines(bureau),
            "absences": reads.absences_of(bureau, day=day),
            "team": reads.team_lines(bureau, day=day),
            "today": day,
            "form": form,
            "asked": asked,
            "trials": reads.trials(user, asked, day=day) if asked else [],
        },
    )


def _rule_form(bureau: Agency, *args: Any, **kwargs: Any) -> RuleForm:
    district = bureau.district_id or 0
    zones = list(Zone.objects.filter(district_id=district))
    return RuleForm(*args, colleagues=colleagues([district]), zones=zones, **kwargs)


def _rule_page(
    request: HttpRequest, bureau: Agency, form: RuleForm, rule: AssignmentRule | None, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    return render(
        request,
        "filings/assignment/rule.html",
        {"bureau": bureau, "form": form, "rule": rule, **more},
        status=status,
    )


@open_to("lead", methods=("GET", "POST"))
def assignment_rule_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A rule behind the others."""
    user: Any = request.user
    bureau = _bureau(request, pk)
    form = _rule_form(bureau, request.POST or None)
    if request.method != "POST":
        return _rule_page(request, bureau, form, None)
    if not form.is_valid():
        return _rule_page(request, bureau, form, None, status=422)
    assignment.add_rule(bureau, by=user, **form.rule())
    messages.success(request, _("规则已增加，排在最后。"))
    return redirect("assignment_rules", pk=pk)


def _rule(request: HttpRequest, pk: int, rule: int) -> AssignmentRule:
    rows = AssignmentRule.objects.select_related("agency", "zone")
    return get_object_or_404(rows, agency=_bureau(request, pk), pk=rule)


@open_to("lead", methods=("GET", "POST"))
def assignment_rule(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """Change a rule."""
    user: Any = request.user
    found = _rule(request, pk, rule)
    form = _rule_form(found.agency, request.POST or None, initial=initial_of(found))
    if request.method != "POST":
        return _rule_page(request, found.agency, form, found)
    if not form.is_valid():
        return _rule_page(request, found.agency, form, found, status=422)
    assignment.change_rule(found, by=user, **form.rule())
    messages.success(request, _("规则已修改。已经分派的备案不变。"))
    return redirect("assignment_rules", pk=pk)


@open_to("lead", methods=("POST",))
def assignment_rule_up(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """Ask this rule before the one above it."""
    user: Any = request.user
    assignment.move_rule_up(_rule(request, pk, rule), by=user)
    return redirect("assignment_rules", pk=pk)


@open_to("lead", methods=("POST",))
def assignment_rule_remove(request: HttpRequest, pk: int, rule: int) -> HttpResponse:
    """Take a rule away."""
    user: Any = request.user
    assignment.remove_rule(_rule(request, pk, rule), by=user)
    messages.success(request, _("规则已删除。已经分派的备案不变。"))
    return redirect("assignment_rules", pk=pk)


@open_to("lead", methods=("GET", "POST"))
def assignment_absence_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that somebody is away."""
    user: Any = request.user
    bureau = _bureau(request, pk)
    form = AbsenceForm(request.POST or None, colleagues=colleagues([bureau.district_id or 0]))
    refusal, status = None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                assignment.add_absence(bureau, by=user, at=clock.now(), **form.cleaned_data)
            except Refused as said:
                refusal, status = said, status_of(said)
            else:
                messages.success(request, _("请假已登记，代办人已收到通知。"))
                return redirect("assignment_rules", pk=pk)
    return render(
        request,
        "filings/assignment/absence.html",
        {"bureau": bureau, "form": form, "refusal": refusal},
        status=status,
    )


@open_to("lead", methods=("POST",))
def assignment_absence_end(request: HttpRequest, pk: int, absence: int) -> HttpResponse:
    """The person is back, or does not go."""
    user: Any = request.user
    rows = Absence.objects.select_related("agency", "user")
    found = get_object_or_404(rows, agency=_bureau(request, pk), pk=absence)
    assignment.end_absence(found, by=user, on=clock.today())
    messages.success(request, _("%(name)s从今天起又可以分派。") % {"name": found.user})
    return redirect("assignment_rules", pk=pk)
