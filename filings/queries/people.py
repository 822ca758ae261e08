"""What every page knows of the person who reads it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from filings.models import (
    Agency,
    AgencyContact,
    CitySetting,
    Membership,
    Posting,
    TimeLimit,
    User,
)
from jiaozuo_portal.lib.punctuation import listed


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere the person works, and the page that holds what is to be done there.

    `route` is the name of that page, `arguments` what it takes.
    """

    label: str
    detail: str
    icon: str
    route: str
    arguments: tuple[int, ...] = ()


#: The page on which each kind of agency finds its work.
DESKS = {
    Agency.Kind.BUREAU.value: "desk",
    Agency.Kind.ZONE.value: "zone_home",
    Agency.Kind.HEALTH.value: "health_home",
    Agency.Kind.CITY.value: "city_home",
    Agency.Kind.POLICY.value: "support_home",
}


def places_of(user: User) -> list[Place]:
    """Where a person works: enterprises first, then agencies, then the admin site."""
    memberships = (
        Membership.objects.filter(user=user).select_related("enterprise").order_by("enterprise_id")
    )
    postings = (
        Posting.objects.filter(user=user, agency__is_active=True)
        .select_related("agency")
        .order_by("agency__kind", "agency_id")
    )
    places = [
        Place(
            row.enterprise.name,
            row.get_role_display(),
            "factory",
            "enterprise",
            (row.enterprise_id,),
        )
        for row in memberships
    ]
    places += [
        Place(str(row.agency), row.get_role_display(), "building", DESKS[row.agency.kind])
        for row in postings
    ]
    if user.is_staff:
        places.append(Place(_("平台管理"), _("管理员"), "settings", "admin:index"))
    return places


def role_line(user: User) -> str:
    """In which capacity the person reads: 企业负责人, 审核员 and so on; several are joined."""
    words = {
        _("企业%(role)s") % {"role": Membership.Role(role).label} for role in user.roles.values()
    }
    for post in user.posts:
        kind, role = Agency.Kind(post.kind).label, Posting.Role(post.role).label
        words.add(f"{kind} · {role}")
    if user.is_staff:
        words.add(_("平台管理员"))
    return listed(sorted(words))


def portal_contact() -> AgencyContact | None:
    """The city's own published contact, for the foot of every page."""
    city = (one for one in CitySetting.current().offices if one.agency.kind == Agency.Kind.CITY)
    contacts = (contact for one in city for contact in one.contacts)
    return min(contacts, key=lambda contact: contact.pk, default=None)


def portal_name(language: str) -> str:
    """The name that an administrator has given the portal, in the reader's language."""
    city = CitySetting.current()
    if language.startswith("en") and city.portal_name_en:
        return city.portal_name_en
    return city.portal_name or city.city_name


def time_limits() -> list[TimeLimit]:
    """The kinds of filing for which the city's bureaus answer within a time. One query."""
    return list(TimeLimit.objects.filter(hours__isnull=False))
