"""What an application says, who decides it, and the lists of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.public import Agency, Filing, User, bureau_of
from jiaozuo_portal.lib.pages import Page, keyset_page
from policies.eligibility.finding import facts_used
from policies.eligibility.packs import GIVEN_ONCE, GivenPer, Measure, Pack
from policies.models import Application, DepartmentDesk
from policies.models.application import NEXT_CASE
from policies.states import GIVEN, STANDING, WITH_APPLICANT, WITH_DESK, ApplicationState

from .benefits import Used
from .departments import departments_of, is_meant
from .reasons import lines_of
from .support import Support
from .verdicts import content_of

PAGE = 25

#: The views of the department's desk.
VIEWS: dict[str, tuple[Promise | str, Q]] = {
    "waiting": (_("待受理"), Q(state=ApplicationState.SENT)),
    "open": (_("办理中"), Q(state=ApplicationState.RECEIVED)),
    "asked": (_("待企业补充"), Q(state=ApplicationState.ASKED_BACK)),
    "granted": (_("待兑付"), Q(state=ApplicationState.GRANTED)),
    "done": (
        _("已办结"),
        Q(
            state__in=(
                ApplicationState.PAID,
                ApplicationState.REFUSED,
                ApplicationState.WITHDRAWN,
            )
        ),
    ),
    "all": (_("全部"), Q()),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of applications with the counts of its views."""

    page: Page[Application]
    counts: Mapping[str, int]
    view: str

    @property
    def total(self) -> int:
        """How many the view holds."""
        return self.counts[self.view]


def content_for(support: Support, key: str) -> dict[str, Any]:
    """What the department gets to decide on for one measure, in plain words; nothing else.

    SECURITY: only the facts that this measure rests on, and the firm's name, code and contact.
    """
    result = support.results[key]
    card, enterprise = support.cards[key], support.filing.enterprise
    judged = content_of(result, support.judgement, support.gathered)
    used = facts_used(result)
    return {
        "label": card.label,
        "clause": card.clause,
        "kind": card.kind_word,
        "verdict": card.verdict,
        "apply": card.apply,
        "papers": [{"zh": one.zh, "en": one.en} for one in result.measure.papers],
        "departments": list(card.departments),
        "amount_name": card.amount_name,
        "formula": card.formula,
        "pack_version": support.rules.row.version,
        "day": support.day.isoformat(),
        "enterprise": enterprise.name,
        "uscc": enterprise.uscc,
        "contact": enterprise.contact_name,
        "contact_phone": enterprise.contact_mobile_masked,
        "facts": [
            _fact(support.given(name)) for name in used if name in support.gathered.values
        ],
        "missing": [question.label for question in card.missing],
        "reasons": [
            {"label": line.label, "requirement": line.requirement, "actual": line.actual,
             "state": line.state, "clause": line.clause}
            for line in lines_of(judged["reasons"], support)
        ],
    }  # fmt: skip


def _fact(used: Used) -> dict[str, str]:
    return {"label": used.label, "value": used.value, "source": used.source}


def benefit_of(pack: Pack, measure: Measure) -> str:
    """What may be applied for only once at a time: the topic where it is given once."""
    topic = pack.topics.get(measure.topic)
    return topic.key if topic is not None and topic.combine in GIVEN_ONCE else measure.id


def desk_for(pack: Pack, measure: Measure, filing: Filing) -> Agency | None:
    """The agency that decides: as the administrator has set it, by its name, or the bureau."""
    departments = departments_of(pack, measure)
    names = [department.name.zh for department in departments]
    chosen = {
        desk.department: desk.agency
        for desk in DepartmentDesk.objects.filter(
            department__in=names, agency__is_active=True
        ).select_related("agency")
    }
    for name in names:
        if name in chosen:
            return chosen[name]
    agencies = list(Agency.objects.filter(kind__in=("policy", "city"), is_active=True))
    for department in departments:
        for agency in agencies:
            if is_meant(agency.name, department):
                return agency
    return bureau_of(filing)


def given_to(filing: Filing, measure: Measure) -> str:
    """Who gets the benefit of a measure once: the enterprise of a filing, or its site.

    What is given for each case is the site's next one until it is granted.
    """
    if measure.given_per is GivenPer.SITE:
        return f"site:{filing.site_id}"
    if measure.given_per is GivenPer.CASE:
        return f"{NEXT_CASE}{filing.site_id}"
    return f"enterprise:{filing.enterprise_id}"


def standing_application(filing: Filing, measure: Measure, pack: Pack) -> Application | None:
    """The application for the benefit of a measure that runs or was granted, with its site.

    Of the enterprise, whichever of its sites it came from; of the site alone where each gets it,
    and where each case gets it, only the one that is not granted yet.
    """
    standing = _standing(filing).filter(benefit=benefit_of(pack, measure))
    if measure.given_per is not GivenPer.ENTERPRISE:
        standing = standing.filter(filing=filing)
    if measure.given_per is GivenPer.CASE:
        standing = standing.exclude(state__in=GIVEN)
    return standing.first()


def standing_applications(support: Support) -> dict[str, Application]:
    """By benefit the applications that stand in the way of another one. One query."""
    filing, measures = support.filing, support.rules.pack.measures
    found: dict[str, Application] = {}
    for one in _standing(filing):
        measure = measures.get(one.measure)
        given_per = measure.given_per if measure else GivenPer.ENTERPRISE
        is_over = given_per is GivenPer.CASE and one.state in GIVEN
        is_anothers = given_per is not GivenPer.ENTERPRISE and one.filing_id != filing.pk
        if not is_over and not is_anothers:
            found.setdefault(one.benefit, one)
    return found


def _standing(filing: Filing) -> QuerySet[Application]:
    """Those of the filing's enterprise, the oldest first."""
    rows = Application.objects.filter(enterprise_id=filing.enterprise_id, state__in=STANDING)
    return rows.select_related("filing__site").order_by("pk")


def applications_of(user: User, after: str) -> Page[Application]:
    """The applications of the person's enterprises, the newest first."""
    mine = Application.objects.visible_to(user).filter(enterprise_id__in=list(user.roles))
    return keyset_page(
        mine.select_related("enterprise", "agency"), order=("-pk",), after=after, size=PAGE
    )


def desk_list(user: User, view: str, after: str) -> Listing:
    """The applications that lie with the person's agencies, the longest waiting first."""
    view = view if view in VIEWS else "waiting"
    agencies = [post.agency_id for post in user.posts]
    rows = Application.objects.visible_to(user).filter(agency_id__in=agencies)
    counted = rows.aggregate(
        **{
            f"in_{name}": Count("pk", filter=wanted) if wanted else Count("pk")
            for name, (_label, wanted) in VIEWS.items()
        }
    )
    page = keyset_page(
        rows.filter(VIEWS[view][1]).select_related("enterprise", "agency"),
        order=("sent_at", "pk"),
        after=after,
        size=PAGE,
    )
    return Listing(page, {name: counted[f"in_{name}"] for name in VIEWS}, view)


def whose_turn(application: Application) -> str:
    """Who has to act: `desk`, `applicant`, or nobody any more."""
    if application.state in WITH_DESK:
        return "desk"
    return "applicant" if application.state in WITH_APPLICANT else ""
