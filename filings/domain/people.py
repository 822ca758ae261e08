"""Accounts, the people of an enterprise or agency, and the links that bring them in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from filings import access
from filings.models import Agency, Enterprise, Invitation, Membership, Posting, User
from jiaozuo_portal.lib import clock, crypto
from jiaozuo_portal.lib.refusals import Refused
from jiaozuo_portal.outbox.queue import enqueue

from . import audit

INVITATION_LASTS = timedelta(days=7)


# ---------------------------------------------------------------- accounts
def user_by_mobile(mobile: str) -> User | None:
    """Who has this mobile number (11 digits), found by its blind index under any key."""
    indexes = crypto.blind_indexes(mobile, purpose="user.mobile")
    return User.objects.filter(mobile_index__in=indexes).first()


def register_account(
    *, username: str, name: str, email: str, password: str, mobile: str = "", language: str
) -> User:
    """Make an account for somebody who registers; it works for nobody yet.

    Raises Refused when user name or mobile number are taken.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, password, name=name, email=email, mobile=mobile, language=language
            )
            audit.record("register", user, by=user)
    except IntegrityError:
        raise Refused(_("用户名或手机号码已经有人使用。")) from None
    return user


def change_account(
    user: User, *, name: str, email: str, language: str, mobile: str | None = None
) -> User:
    """Change one's own account. `mobile` is 11 digits, empty to clear it, None to keep it.

    Raises Refused when the mobile number belongs to another account.
    """
    try:
        with transaction.atomic():
            locked = User.objects.select_for_update().get(pk=user.pk)
            changed = [
                field
                for field, value in {"name": name, "email": email, "language": language}.items()
                if getattr(locked, field) != value
            ]
            locked.name, locked.email, locked.language = name, email, language
            if mobile is not None and mobile != locked.mobile_plain():
                locked.set_mobile(mobile)
                changed.append("mobile")
            locked.save()
            for field in changed:
                audit.record("change", locked, by=user, field=field)
    except IntegrityError:
        raise Refused(_("这个手机号码已经有人使用。")) from None
    return locked


def set_password(user: User, password: str, *, by: User | None = None) -> None:
    """Give a person a new password; every other session of theirs ends with it.

    `by` is who does it, the person themselves by default. Whoever gets a password from somebody
    else has to choose an own one at the next sign-in.
    """
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password = by is not None and by.pk != user.pk
        user.save(update_fields=["password", "must_change_password"])
        audit.record("password", user, by=by or user)


def ask_password_reset(email: str) -> None:
    """Send a link to every active account with this address; whoever asks learns nothing of it.

    The mail is made later (`tasks`), so a known address takes no longer than an unknown one.
    """
    minute = f"{clock.real_now():%Y%m%d%H%M}"
    with transaction.atomic():
        for user in User.objects.filter(email__iexact=email, is_active=True)[:5]:
            enqueue("password.reset", str(user.pk), key=f"reset:{user.pk}:{minute}")


# ---------------------------------------------------------------- members of an enterprise
def _locked_members(enterprise_id: int) -> None:
    """Hold the enterprise's row, so that two owners do not leave it without one."""
    Enterprise.objects.select_for_update().get(pk=enterprise_id)


def _require_another_owner(membership: Membership) -> None:
    others = Membership.objects.filter(
        enterprise_id=membership.enterprise_id, role=Membership.Role.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Refused(_("企业至少要有一位负责人。请先把另一位成员设为负责人。"))


def change_role(membership: Membership, role: str, *, by: User) -> Membership:
    """Give a member another role. Raises Refused for the last owner."""
    access.may_manage_members(by, membership.enterprise).require()
    if role not in Membership.Role.values:
        raise Refused(_("没有这个角色。"))
    with transaction.atomic():
        _locked_members(membership.enterprise_id)
        locked = Membership.objects.select_for_update().get(pk=membership.pk)
        if locked.role == role:
            return locked
        if locked.role == Membership.Role.OWNER:
            _require_another_owner(locked)
        locked.role = role
        locked.save(update_fields=["role"])
        audit.record("change", locked, by=by, field=f"role={role}")
    return locked


def remove_member(membership: Membership, *, by: User) -> None:
    """Take somebody out of an enterprise. Raises Refused for the last owner."""
    access.may_manage_members(by, membership.enterprise).require()
    with transaction.atomic():
        _locked_members(membership.enterprise_id)
        locked = Membership.objects.filter(pk=membership.pk).first()
        if locked is None:
            return
        if locked.role == Membership.Role.OWNER:
            _require_another_owner(locked)
        audit.record("remove", locked, by=by, field=f"user={locked.user_id}")
        locked.delete()


# ---------------------------------------------------------------- invitations
def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(invitation: Invitation) -> str:
    """The token of an invitation's link: 256 bits that the database alone does not give away.

    It is made again from the secret key when the mail is written, so that it is stored nowhere.
    """
    digest = salted_hmac(
        "filings.invitation",
        f"{invitation.pk}|{invitation.email}|{int(invitation.expires_at.timestamp())}",
        algorithm="sha256",
    ).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def invite(
    *,
    email: str,
    role: str,
    by: User,
    agency: Agency | None = None,
    enterprise: Enterprise | None = None,
    name: str = "",
) -> Invitation:
    """Invite somebody into an agency or an enterprise by an e-mail link: once, for seven days.

    An earlier open invitation of the same address to the same place ends. Raises NotAllowed
    without the right, Refused for an unknown role.
    """
    _require_inviter(by, agency, enterprise)
    if role not in (Posting.Role.values if agency else Membership.Role.values):
        raise Refused(_("没有这个角色。"))
    now = clock.real_now()
    with transaction.atomic():
        Invitation.objects.filter(
            email__iexact=email, agency=agency, enterprise=enterprise, used_at=None
        ).delete()
        invitation = Invitation.objects.create(
            token_hash=crypto.blind_index(f"{email}|{now.isoformat()}", purpose="invitation")[-64:],
            email=email,
            name=name.strip(),
            agency=agency,
            enterprise=enterprise,
            role=role,
            invited_by=by,
            invited_at=now,
            expires_at=now + INVITATION_LASTS,
        )
        invitation.token_hash = _hash(token_of(invitation))
        invitation.save(update_fields=["token_hash"])
        enqueue("invitation.send", str(invitation.pk), key=f"invitation:{invitation.token_hash}")
        audit.record("invite", invitation, by=by, field=role)
    return invitation


def _require_inviter(by: User, agency: Agency | None, enterprise: Enterprise | None) -> None:
    if agency is not None and enterprise is None:
        access.may_invite(by, agency).require()
    elif enterprise is not None and agency is None:
        access.may_manage_members(by, enterprise).require()
    else:
        raise ValueError("an invitation leads to one agency or one enterprise")


def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Take back an invitation that nobody has used yet."""
    _require_inviter(by, invitation.agency, invitation.enterprise)
    with transaction.atomic():
        audit.record("remove", invitation, by=by)
        Invitation.objects.filter(pk=invitation.pk, used_at=None).delete()


def open_invitation(token: str) -> Invitation | None:
    """The invitation behind a link, or None when it is unknown, used or over (real time)."""
    found = (
        Invitation.objects.select_related("agency", "enterprise", "invited_by")
        .filter(token_hash=_hash(token), used_at=None, expires_at__gt=clock.real_now())
        .first()
    )
    if found is None or not hmac.compare_digest(found.token_hash, _hash(token)):
        return None
    return found


def accept_invitation(token: str, *, by: User) -> Invitation:
    """Bring `by` into the place that an invitation leads to; a link works once.

    Raises Refused when the link is used or over, when its sender may no longer invite, or when the
    person is there already (the link stays good for another).
    """
    with transaction.atomic():
        found = open_invitation(token)
        if found is None:
            raise Refused(_("这个邀请链接已经用过或过期，请联系邀请您的人重新发送。"))
        locked = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("agency", "enterprise", "invited_by")
            .get(pk=found.pk)
        )
        if locked.used_at is not None:
            raise Refused(_("这个邀请链接已经用过或过期，请联系邀请您的人重新发送。"))
        _require_inviter(_as_now(locked.invited_by), locked.agency, locked.enterprise)
        _bring_in(locked, by)
        locked.used_by, locked.used_at = by, clock.real_now()
        locked.save(update_fields=["used_by", "used_at"])
        audit.record("accept", locked, by=by, field=locked.role)
    by.forget_standing()
    return locked


def _as_now(person: User) -> User:
    """The person with the rights of this moment: who has left an agency invites nobody into it."""
    if not person.is_active:
        raise Refused(_("邀请您的人已经不能登录，请联系本单位重新邀请。"))
    return person


def _bring_in(invitation: Invitation, user: User) -> None:
    rows: Any = Posting.objects if invitation.agency_id else Membership.objects
    place = (
        {"agency": invitation.agency}
        if invitation.agency_id
        else {"enterprise": invitation.enterprise}
    )
    __, is_new = rows.get_or_create(user=user, **place, defaults={"role": invitation.role})
    if not is_new:
        raise Refused(
            _("您已经在“%(place)s”，不需要再接受邀请。")
            % {"place": invitation.agency or invitation.enterprise}
        )
