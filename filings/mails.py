"""The letters that the portal writes: notices, links to a new password, invitations.

Each is written in the reader's language, holds nothing personal but the reader's own name, and
carries the id of what it is about as its message id, so that a repetition can be told.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from filings.domain.notices import link_of, words
from filings.domain.people import token_of
from filings.models import CitySetting, Invitation, Notice, User
from filings.queries.people import portal_name

#: A subject that is longer gets cut by mail programs.
LONGEST_SUBJECT = 120


def _send(to: str, subject: str, lines: list[str], *, key: str) -> None:
    name = portal_name(translation.get_language() or "") or CitySetting.current().city_name
    headed = _("【%(name)s】%(subject)s") % {"name": name, "subject": subject}
    body = [*lines, _("此邮件由系统发出，请勿直接回复。")]
    EmailMessage(
        # A remark may hold line breaks, and a header must not.
        subject=" ".join(headed.split())[:LONGEST_SUBJECT],
        body="\n\n".join(body),
        to=[to],
        headers={"Message-ID": f"<{key}@portal>", "X-Portal-Key": key},
    ).send()


def _greeting(name: str) -> str:
    return _("%(name)s，您好：") % {"name": name} if name else _("您好：")


def mail_notice(notice: Notice) -> None:
    """Tell somebody of a notice, with the link to what it is about."""
    sentence = words(notice)
    link = settings.PORTAL_BASE_URL + link_of(notice)
    _send(
        notice.to.email,
        sentence,
        [
            _greeting(notice.to.get_full_name()),
            _("%(sentence)s。") % {"sentence": sentence},
            _("请登录平台查看：%(url)s") % {"url": link},
        ],
        key=str(notice.key),
    )


def mail_password_link(user: User, *, key: str) -> None:
    """Send the link with which a person chooses a new password."""
    path = reverse(
        "password_reset_link",
        args=(
            urlsafe_base64_encode(force_bytes(user.pk)),
            default_token_generator.make_token(user),
        ),
    )
    with translation.override(user.language):
        _send(
            user.email,
            _("设置新密码"),
            [
                _greeting(user.get_full_name()),
                _("有人（多半是您自己）要为用户名“%(username)s”设置新密码。请打开：%(url)s")
                % {"username": user.username, "url": settings.PORTAL_BASE_URL + path},
                _("如果不是您本人操作，不用理会这封邮件，密码不会改变。"),
            ],
            key=key,
        )


def mail_invitation(invitation: Invitation) -> None:
    """Send the link that brings somebody into an agency or an enterprise."""
    path = reverse("invitation_accept", args=(token_of(invitation),))
    place = invitation.agency or invitation.enterprise
    facts = {"by": invitation.invited_by.get_full_name(), "place": place}
    with translation.override(invitation.invited_by.language):
        _send(
            invitation.email,
            _("邀请您加入“%(place)s”") % facts,
            [
                _greeting(invitation.name),
                _("%(by)s邀请您加入“%(place)s”。请打开下面的链接，设好您的账号：") % facts,
                settings.PORTAL_BASE_URL + path,
                _("链接 7 天内有效，只能用一次。不认识邀请人时，请不要打开。"),
            ],
            key=f"invitation-{invitation.pk}-{invitation.token_hash[:12]}",
        )
