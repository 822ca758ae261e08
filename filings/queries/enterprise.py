"""What the pages of an enterprise show."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When

from filings import access
from filings.models import (
    Agency,
    AgencyContact,
    Enterprise,
    Filing,
    Invitation,
    JoinRequest,
    Membership,
    Notice,
    User,
)
from filings.size import INDICATORS, Size, size_of
from jiaozuo_portal.lib import clock


@dataclass(frozen=True, slots=True)
class EnterpriseHome:
    """The home page of an enterprise, with what this reader may do there."""

    enterprise: Enterprise
    filings: list[Filing]
    size: Size | None
    notices: list[Notice]
    joins: list[JoinRequest]
    is_member: bool
    may_edit: bool
    may_manage: bool


def enterprise_home(enterprise: Enterprise, user: User) -> EnterpriseHome:
    """The sites with their filings, what is new, and who waits to join."""
    may_manage = bool(access.may_manage_members(user, enterprise))
    return EnterpriseHome(
        enterprise=enterprise,
        filings=list(
            Filing.objects.visible_to(user)
            .filter(enterprise=enterprise)
            .select_related("site", "enterprise", "district", "zone", "holder")
            .order_by("site_id")
        ),
        size=size_of_enterprise(enterprise),
        notices=list(
            Notice.objects.visible_to(user)
            .unread()
            .filter(filing__enterprise=enterprise)
            .select_related("filing__site")
            .order_by("-pk")[:5]
        ),
        joins=list(open_joins(enterprise)) if may_manage else [],
        is_member=enterprise.pk in user.roles,
        may_edit=bool(access.may_edit_enterprise(user, enterprise)),
        may_manage=may_manage,
    )


def size_of_enterprise(enterprise: Enterprise) -> Size | None:
    """The size class that the enterprise's own figures give."""
    return size_of(
        enterprise.sme_industry, {name: getattr(enterprise, name) for name in INDICATORS}
    )


def open_joins(enterprise: Enterprise) -> QuerySet[JoinRequest]:
    """Who asks to join and waits for an answer."""
    return JoinRequest.objects.filter(
        enterprise=enterprise, status=JoinRequest.Status.OPEN
    ).select_related("user")


def joins_to_decide(user: User) -> QuerySet[JoinRequest]:
    """Every open request on which this person may decide: as owner, or for the district."""
    owned = [pk for pk, role in user.roles.items() if role == Membership.Role.OWNER]
    districts = [post.district_id for post in user.posts_of(Agency.Kind.BUREAU)]
    found = JoinRequest.objects.filter(status=JoinRequest.Status.OPEN)
    return (
        found.filter(enterprise__in=owned) | found.filter(enterprise__district__in=districts)
    ).select_related("user", "enterprise", "enterprise__district")


def members_of(enterprise: Enterprise) -> list[Membership]:
    """The people of an enterprise: owners first."""
    rank = Case(
        When(role=Membership.Role.OWNER, then=Value(0)),
        When(role=Membership.Role.CLERK, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(
        Membership.objects.filter(enterprise=enterprise)
        .select_related("user", "enterprise")
        .order_by(rank, "pk")
    )


def open_invitations(enterprise: Enterprise) -> list[Invitation]:
    """Links that were sent and not used yet."""
    return list(
        Invitation.objects.filter(
            enterprise=enterprise, used_at=None, expires_at__gt=clock.real_now()
        ).select_related("invited_by")
    )


def invitable_agencies(user: User) -> QuerySet[Agency]:
    """The agencies into which this person may invite colleagues."""
    agencies = Agency.objects.filter(is_active=True)
    if user.is_superuser:
        return agencies
    led = [post.agency_id for post in user.posts if post.role == "lead"]
    return agencies.filter(pk__in=led)


def agency_invitations(user: User) -> list[Invitation]:
    """Open invitations into the agencies into which this person may invite."""
    return list(
        Invitation.objects.filter(
            agency__in=invitable_agencies(user), used_at=None, expires_at__gt=clock.real_now()
        ).select_related("agency", "invited_by")
    )


def contacts_by_district() -> list[Agency]:
    """Every agency with its published contacts (R2.6), in the order of the districts."""
    contacts = Prefetch("contacts", queryset=AgencyContact.objects.order_by("pk"))
    return list(
        Agency.objects.filter(is_active=True, contacts__isnull=False)
        .select_related("district", "zone__district")
        .prefetch_related(contacts)
        .distinct()
    )
