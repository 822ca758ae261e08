"""The reviewer's document, the points on it, and the single number shown in full."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from filings import access, checklist
from filings.domain import moves, privacy
from filings.domain import review as domain
from filings.forms.desk import RosterFilter
from filings.forms.review import CorrectionForm, OfRevision, RevealForm
from filings.models import Correction, Filing, FilingVersion, PreStartReport
from filings.queries import review as reads
from filings.queries.differences import differences, field_changes, roster_changes_page
from filings.queries.dossier import Dossier, dossier_of, entries_page
from filings.queries.review_roster import PROBLEMS, listed_twice, person_in, roster_page
from filings.queries.text_blocks import blocks_for
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import open_to, status_of
from jiaozuo_portal.lib.refusals import Refused, Stale

from .scope import frame, visible_filing

AUTHORITIES = ("bureau", "zone", "health", "city")


@open_to(*AUTHORITIES)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about the last frozen version on one page.

    SECURITY: a draft that was never submitted is the enterprise's own; of it only the header and
    how the gates stand are shown.
    """
    filing = visible_filing(request, pk)
    at, dossier = clock.now(), dossier_of(filing, filing.version)
    acts = dossier.acts
    context = {
        **frame(request, filing, at),
        **_rights(request, filing),
        "receipt": acts.receipt,
        "decisions": acts.decisions,
    }
    if not filing.version:
        results = moves.approval_gates(filing, draft=True, waivers=acts.waived)
        context["gates"] = reads.gate_lines(results, acts.waivers, reasons=False)
        return render(request, "filings/review/unsubmitted.html", context)
    context |= _document(request, filing, dossier, acts.prestart)
    content = context["version"].content
    results = moves.approval_gates(filing, draft=False, content=content, waivers=acts.waived)
    context["gates"] = reads.gate_lines(results, acts.waivers, reasons=True)
    if filing.approved_version:
        start = moves.start_gates_from(filing, context["version"], acts.prestart)
        context["start_gates"] = reads.gate_lines(start, acts.waivers, reasons=True)
    return render(request, "filings/review/review.html", context)


def _rights(request: HttpRequest, filing: Filing) -> dict[str, Any]:
    """What this person may do here now, as the templates take it."""
    user: Any = request.user
    open_moves = {move.name: move for move in access.moves_open_to(user, filing)}
    may_correct = bool(access.may_correct(user, filing))
    return {
        "may": open_moves,
        "four_eyes": access.may_approve_alone(user, filing).why if "approve" in open_moves else "",
        "may_correct": may_correct,
        "may_waive": bool(access.may_waive(user, filing)),
        "may_reveal": bool(access.may_reveal(user, filing)),
        "zone_may_receive": access.zone_agency(user, filing) is not None,
        "may_opine": access.health_agency(user, filing) is not None,
        "is_bureau": bool(user.posts_of("bureau")),
        "back": request.get_full_path(),
    }


def _version_or_404(request: HttpRequest, filing: Filing, number: int) -> FilingVersion:
    user: Any = request.user
    version = reads.version_of(user, filing, number)
    if version is None:
        raise Http404
    return version


def _document(
    request: HttpRequest, filing: Filing, dossier: Dossier, report: PreStartReport | None
) -> dict[str, Any]:
    user: Any = request.user
    acts, version, before = dossier.acts, dossier.version, dossier.before
    if version is None:
        raise Http404
    asked = RosterFilter(request.GET).asked()
    collected = access.is_bureau(user, filing)
    points = reads.points_in(acts.corrections, collected=collected)
    received = any(one.version == version.number for one in acts.zone_receipts)
    beside = reads.Beside(received=received, opinions=len(acts.opinions))
    files, ledger = dossier.files, dossier.ledger
    documents = reads.documents(version, files=files, points=points, beside=beside, report=report)
    changes = before and differences(filing, before, version, user=user, files=files, ledger=ledger)
    return {
        "version": version,
        "documents": documents,
        "points": points,
        "tally": checklist.tally(row for part in documents if part.is_due for row in part.checks),
        "profile": reads.profile_of(version.content),
        "roster": roster_page(filing, version, asked, user=user),
        "roster_asked": asked,
        "problems": PROBLEMS,
        "figures": {"count": 0, "fit": 0, "told": 0, **(version.content.get("roster") or {})},
        "ledger": ledger,
        "changes": changes,
        "field_changes": field_changes(changes) if changes else [],
        "opinions": acts.opinions,
        "zone_receipts": acts.zone_receipts,
        "received": received,
        "notes": _notes(points),
    }


def _notes(points: reads.Points) -> dict[str, list[Correction]]:
    """The points by the place that they are about, for the notes beside it."""
    notes: dict[str, list[Correction]] = {}
    for point in points.all():
        notes.setdefault(f"{point.section}:{point.path}", []).append(point)
    return notes


@open_to("bureau")
def review_twice(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """How many people of a version also stand on another roster: it comes after the page.

    SECURITY: only the bureau of the filing is told.
    """
    filing = visible_filing(request, pk)
    user: Any = request.user
    if not access.is_bureau(user, filing):
        raise Http404
    return HttpResponse(f"{listed_twice(filing, number):,}", content_type="text/plain")


@open_to("member", *AUTHORITIES)
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One frozen version, to be read: for everybody who may see the filing."""
    filing = visible_filing(request, pk)
    user: Any = request.user
    dossier = dossier_of(filing, number)
    report = dossier.acts.prestart if number == filing.version else None
    return render(
        request,
        "filings/review/version.html",
        {
            **frame(request, filing, clock.now()),
            **_document(request, filing, dossier, report),
            "numbers": range(filing.version, 0, -1),
            "is_member": access.is_member(user, filing),
            "may": {},
            "may_correct": False,
            "may_reveal": False,
            "back": request.get_full_path(),
        },
    )


@open_to("member", *AUTHORITIES)
def version_people(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Everybody who came, went or changed with a version, a page at a time."""
    user: Any = request.user
    filing = _filing_of_version(request, pk, number)
    after = request.GET.get("after", "")
    changes, page = roster_changes_page(filing, number, user=user, after=after)
    context = {"filing": filing, "number": number, "changes": changes, "page": page}
    return render(request, "filings/review/people.html", context)


@open_to("member", *AUTHORITIES)
def version_entries(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The ledger of a version entry by entry, or with `fresh` what came with it."""
    filing = _filing_of_version(request, pk, number)
    fresh, after = "fresh" in request.GET, request.GET.get("after", "")
    page = entries_page(filing, number, fresh=fresh, after=after)
    context = {"filing": filing, "number": number, "fresh": fresh, "page": page}
    return render(request, "filings/review/entries.html", context)


def _filing_of_version(request: HttpRequest, pk: int, number: int) -> Filing:
    """A filing that this person may know of, when it has a version of this number."""
    filing = visible_filing(request, pk)
    if not 0 < number <= filing.version:
        raise Http404
    return filing


# ---------------------------------------------------------------- points
def _kept_label(filing: Filing, found: FilingVersion, place: reads.Place) -> str:
    """The place's name in the portal's first language, from which each reader's own follows."""
    with translation.override(settings.LANGUAGE_CODE):
        named = reads.place_of(filing, found, place.section, place.path)
    return (named or place).label[:120]


@open_to("bureau", methods=("GET", "POST"))
def correction_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note one point about a place of the frozen version; the enterprise sees it on return."""
    user: Any = request.user
    filing = visible_filing(request, pk)
    access.may_correct(user, filing).require()
    asked = request.POST if request.method == "POST" else request.GET
    found = _version_or_404(request, filing, filing.version)
    place = reads.place_of(filing, found, asked.get("section", ""), asked.get("path", ""))
    if place is None:
        raise Http404
    form = CorrectionForm(
        request.POST or None,
        initial=_correction_start(filing, place, asked),
        blocks=blocks_for(filing),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            domain.collect_correction(
                filing,
                section=place.section,
                path=place.path,
                label=_kept_label(filing, found, place),
                rule=place.rule,
                text=given["text"],
                block=given["block"],
                by=user,
                at=clock.now(),
                revision=given["revision"],
            )
        except Stale as stale:
            return stale_page(request, filing, stale, given["revision"], given["text"])
        return redirect(_back(request, filing, given["back"], anchor_of(place)))
    template = "_correction_form.html" if _is_fragment(request) else "correction.html"
    return render(
        request,
        f"filings/review/{template}",
        {
            **frame(request, filing, clock.now()),
            "form": form,
            "place": place,
            "blocks": blocks_for(filing, place.section),
        },
        status=422 if request.method == "POST" else 200,
    )


def _is_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _correction_start(filing: Filing, place: reads.Place, asked: Any) -> dict[str, Any]:
    return {
        "revision": filing.revision,
        "section": place.section,
        "path": place.path,
        "back": asked.get("back", ""),
        **_block_start(filing, asked),
    }


def _block_start(filing: Filing, asked: Any) -> dict[str, Any]:
    """The words of the text block that the address names, for who has no scripts."""
    chosen = asked.get("block", "")
    block = blocks_for(filing).filter(pk=chosen).first() if chosen.isdecimal() else None
    return {"block": block.pk, "text": block.text} if block else {}


def anchor_of(place: reads.Place) -> str:
    """The id on the page of the place that a point is about."""
    return f"at-{place.section}-{place.path}" if place.path else f"part-{place.section}"


def _back(request: HttpRequest, filing: Filing, wanted: str, anchor: str) -> str:
    """The page that the reviewer came from. SECURITY: only within this filing's review."""
    home = reverse("review", args=[filing.pk])
    path = wanted.split("#")[0]
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None) and (
        path == home or path.startswith(f"{home}?")
    )
    return f"{path if safe else home}#{anchor}"


@open_to("bureau", methods=("POST",))
def correction_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a point that has not been sent."""
    user: Any = request.user
    point = _point(request, pk)
    revision = revision_of(request)
    try:
        domain.drop_correction(point, by=user, revision=revision)
    except Stale as stale:
        return stale_page(request, point.filing, stale, revision)
    messages.success(request, _("已删除一条补正意见。"))
    return redirect(f"{reverse('review', args=[point.filing_id])}#points")


@open_to("bureau", methods=("POST",))
def correction_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The reviewer has looked at a mended point and is content."""
    user: Any = request.user
    point = _point(request, pk)
    revision = revision_of(request)
    try:
        domain.settle_correction(point, by=user, revision=revision)
    except Stale as stale:
        return stale_page(request, point.filing, stale, revision)
    return redirect(f"{reverse('review', args=[point.filing_id])}#points")


def _point(request: HttpRequest, pk: int) -> Correction:
    user: Any = request.user
    return get_object_or_404(
        Correction.objects.visible_to(user).select_related("filing__enterprise"), pk=pk
    )


def revision_of(request: HttpRequest) -> int:
    """The revision that the page carried; a form without one is as good as too old."""
    form = OfRevision(request.POST)
    if not form.is_valid():
        raise Stale(_("页面已经过期，请刷新后再办理。"))
    return form.cleaned_data["revision"]


def stale_page(
    request: HttpRequest, filing: Filing, stale: Refused, revision: int, typed: str = ""
) -> HttpResponse:
    """The page was older than the filing: what happened meanwhile, and nothing typed is lost."""
    filing.refresh_from_db()
    return render(
        request,
        "filings/review/stale.html",
        {
            **frame(request, filing, clock.now()),
            "refusal": stale,
            "meanwhile": reads.moved_since(filing, revision),
            "typed": typed,
        },
        status=status_of(stale),
    )


# ---------------------------------------------------------------- one number in full
@open_to("bureau", "health", methods=("GET", "POST"))
def review_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """One number of the frozen version in full: for a reason, once, and recorded.

    SECURITY: the number stands in the answer to the POST alone, which no cache keeps (`open_to`).
    """
    user: Any = request.user
    filing = visible_filing(request, pk)
    access.may_reveal(user, filing).require()
    asked = request.POST if request.method == "POST" else request.GET
    target = _reveal_target(request, filing, asked)
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "target": target, "asked": asked}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            context["number"] = target["read"](form.cleaned_data["reason"], user)
            status = 200
    return render(
        request,
        "filings/review/reveal.html",
        {**frame(request, filing, clock.now()), **context},
        status=status,
    )


def _reveal_target(request: HttpRequest, filing: Filing, asked: Any) -> dict[str, Any]:
    found = _version_or_404(request, filing, filing.version)
    section, path, field = (asked.get(name, "") for name in ("section", "path", "field"))
    place = reads.place_of(filing, found, section, path) if path else None
    if place is None:
        raise Http404
    if section == "roster":
        person = person_in(filing, filing.version, path)
        if person is None or field not in {"id", "mobile"}:
            raise Http404
        label = _("证件号码") if field == "id" else _("手机号码")
        return {
            "label": f"{person.name} · {label}",
            "masked": person.id_masked if field == "id" else person.mobile_masked,
            "read": lambda reason, by: privacy.reveal_person(person, field, by=by, reason=reason),
        }
    return {
        "label": place.label,
        "masked": place.shown,
        "read": lambda reason, by: privacy.reveal_phone(
            filing, section, path, version=filing.version, by=by, reason=reason
        ),
    }
