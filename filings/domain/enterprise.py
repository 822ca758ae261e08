"""Registering an enterprise, its sites and profile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from filings import access
from filings.models import Agency, Enterprise, Filing, JoinRequest, Membership, Site, Step, User
from filings.states import State
from jiaozuo_portal.lib.refusals import Refused
from jiaozuo_portal.outbox.queue import enqueue

from . import audit, desk, notices

#: What the enterprise states of itself, and may change later.
PROFILE_FIELDS = (
    "name",
    "district",
    "zone",
    "address",
    "sme_industry",
    "main_sector",
    "makes_epidemic_supplies",
    "employees",
    "annual_revenue_wanyuan",
    "total_assets_wanyuan",
    "legal_representative",
    "contact_name",
)


def pinyin_key(name: str) -> str:
    """Initials and full pinyin of a name, for search: `jzsjx jiaozuoshijixie`."""
    # Its dictionary takes half a second to load, which only who registers should wait for.
    from pypinyin import Style, lazy_pinyin

    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    return f"{initials} {''.join(lazy_pinyin(name))}".lower()[:200]


def register_enterprise(
    *, by: User, at: datetime, uscc: str, contact_mobile: str = "", **profile: Any
) -> Enterprise:
    """Register an enterprise; whoever registers becomes its owner, and its first site is made.

    `profile` takes `PROFILE_FIELDS` (money in 万元, heads in persons, None while not known).
    Raises Refused when the code is registered already: then one asks to join.
    """
    with transaction.atomic():
        if Enterprise.objects.filter(uscc=uscc).exists():
            raise Refused(_("这个统一社会信用代码已经注册，您可以申请加入。"))
        enterprise = Enterprise(uscc=uscc, registered_at=at, **profile)
        enterprise.pinyin = pinyin_key(enterprise.name)
        enterprise.set_contact_mobile(contact_mobile)
        enterprise.save()
        Membership.objects.create(user=by, enterprise=enterprise, role=Membership.Role.OWNER)
        by.forget_standing()
        audit.record("register", enterprise, by=by)
        add_site(
            enterprise,
            name=_("主厂区"),
            district=enterprise.district,
            zone=enterprise.zone,
            address=enterprise.address,
            by=by,
            at=at,
        )
    return enterprise


def add_site(
    enterprise: Enterprise,
    *,
    name: str,
    district: Any,
    zone: Any,
    address: str,
    by: User,
    at: datetime,
) -> Filing:
    """Add a site and open its filing as a draft (one filing per site)."""
    access.may_edit_enterprise(by, enterprise).require()
    if zone is not None and zone.district_id != district.pk:
        raise Refused(_("这个产业集聚区不在所选的县（市、区）。"))
    if Site.objects.filter(enterprise=enterprise, name=name).exists():
        raise Refused(_("已经有名为“%(name)s”的厂区。") % {"name": name})
    with transaction.atomic():
        site = Site.objects.create(
            enterprise=enterprise, name=name, district=district, zone=zone, address=address
        )
        filing = Filing.objects.create(
            site=site,
            enterprise=enterprise,
            district=district,
            zone=zone,
            state_since=at,
            created_at=at,
        )
        desk.refresh_entry(filing)
        Step.objects.create(filing=filing, move="open", source="", target=State.DRAFT, by=by, at=at)
        enqueue("support.match", str(filing.pk), key=f"support:{filing.pk}:{filing.revision}")
    return filing


def change_profile(
    enterprise: Enterprise,
    *,
    by: User,
    at: datetime,
    contact_mobile: str | None = None,
    **profile: Any,
) -> Enterprise:
    """Change what the enterprise states of itself; the support measures are judged again.

    The code never changes. A district can't change while a filing is with the bureau.
    """
    access.may_edit_enterprise(by, enterprise).require()
    with transaction.atomic():
        locked = Enterprise.objects.select_for_update().get(pk=enterprise.pk)
        changed = [
            name
            for name, value in profile.items()
            if name in PROFILE_FIELDS and getattr(locked, name) != value
        ]
        for name in changed:
            setattr(locked, name, profile[name])
        if contact_mobile is not None and contact_mobile != locked.contact_mobile_masked:
            locked.set_contact_mobile(contact_mobile)
            changed.append("contact_mobile")
        keep_profile(locked, changed, by=by)
    enterprise.refresh_from_db()
    return enterprise


def keep_profile(enterprise: Enterprise, changed: Iterable[str], *, by: User) -> None:
    """Save a profile whose fields `changed` were set, and have the measures judged again.

    It asks for no right: the caller has (`change_profile`, the admin site).
    """
    with transaction.atomic():
        enterprise.pinyin = pinyin_key(enterprise.name)
        enterprise.revision += 1
        enterprise.save()
        desk.refresh_entries_of(enterprise)
        for name in changed:
            audit.record("change", enterprise, by=by, field=name)
        for filing in Filing.objects.filter(enterprise=enterprise):
            enqueue(
                "support.match",
                str(filing.pk),
                key=f"support:{filing.pk}:profile:{enterprise.revision}",
            )


def ask_to_join(enterprise: Enterprise, *, by: User, at: datetime, remark: str = "") -> JoinRequest:
    """Ask to join an enterprise that is registered; its owners hear of it. Once is enough."""
    if enterprise.pk in by.roles:
        raise Refused(_("您已经是这家企业的成员。"))
    with transaction.atomic():
        request, made = JoinRequest.objects.get_or_create(
            user=by,
            enterprise=enterprise,
            status=JoinRequest.Status.OPEN,
            defaults={"remark": remark.strip()[:200], "asked_at": at},
        )
        if made:
            notices.send(
                "join_asked",
                _who_decides(enterprise),
                at=at,
                url="/join-requests/",
                enterprise=enterprise.name,
                by=by.get_full_name(),
            )
    return request


def _who_decides(enterprise: Enterprise) -> list[User]:
    """The owners; the district's bureau where none of them can sign in any more."""
    owners = list(notices.members_of(enterprise.pk, Membership.Role.OWNER))
    return owners or list(
        User.objects.filter(
            is_active=True,
            postings__agency__is_active=True,
            postings__agency__kind=Agency.Kind.BUREAU,
            postings__agency__district_id=enterprise.district_id,
        ).distinct()
    )


def decide_join(
    request: JoinRequest, *, accept: bool, role: str = "clerk", by: User, at: datetime
) -> JoinRequest:
    """Accept or refuse somebody who asks to join; the owner or the district's bureau decides."""
    access.may_manage_members(by, request.enterprise).require()
    if role not in Membership.Role.values:
        raise Refused(_("没有这个角色。"))
    with transaction.atomic():
        locked = JoinRequest.objects.select_for_update().get(pk=request.pk)
        if locked.status != JoinRequest.Status.OPEN:
            raise Refused(_("这个申请已经有人处理。"))
        locked.status = JoinRequest.Status.ACCEPTED if accept else JoinRequest.Status.REFUSED
        locked.decided_by, locked.decided_at = by, at
        locked.save()
        if accept:
            Membership.objects.get_or_create(
                user=locked.user, enterprise=locked.enterprise, defaults={"role": role}
            )
        notices.send(
            "join_accepted" if accept else "join_refused",
            [locked.user],
            at=at,
            enterprise=locked.enterprise.name,
        )
        audit.record("join", locked, by=by, field=locked.status)
    return locked
