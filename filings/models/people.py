"""Users, and in which enterprise or agency they stand."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jiaozuo_portal.lib import crypto

from .reader import Post, Reader, reader_of


class UserManager(BaseUserManager["User"]):
    """Creates users; `createsuperuser` and the forms go through it."""

    def create_user(
        self, username: str, password: str | None = None, *, mobile: str = "", **fields: Any
    ) -> User:
        """A user with a hashed password; None makes the password unusable until it is set."""
        user = self.model(username=username, **fields)
        user.set_mobile(mobile)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str, **fields: Any) -> User:
        """An administrator of the portal."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """The user who signs in with this user name, whatever its case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. The mobile number is sealed; its index finds it again."""

    username = models.CharField(
        _("用户名"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^(?!\d+$)[\w.@-]{3,40}$",
                _("3 到 40 个字，可用汉字、字母、数字和 . @ - _，不能全是数字。"),
            )
        ],
        error_messages={"unique": _("这个用户名已经有人使用。")},
    )
    name = models.CharField(_("姓名"), max_length=40)
    email = models.EmailField(_("电子邮箱"), blank=True)
    mobile_sealed = models.CharField(max_length=120, blank=True, editable=False)
    mobile_index = models.CharField(
        max_length=80, null=True, blank=True, unique=True, editable=False
    )
    mobile_masked = models.CharField(_("手机号码"), max_length=20, blank=True, editable=False)
    language = models.CharField(
        _("语言"),
        max_length=10,
        default="zh-hans",
        choices=(("zh-hans", "简体中文"), ("en", "English")),
    )
    is_active = models.BooleanField(_("可以登录"), default=True)
    is_staff = models.BooleanField(_("可以进入管理后台"), default=False)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    date_joined = models.DateTimeField(_("注册时间"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("用户")
        verbose_name_plural = _("用户")
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once_any_case")]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name that pages show."""
        return self.name or self.username

    def get_short_name(self) -> str:
        """The same: Chinese names are not shortened."""
        return self.get_full_name()

    def set_mobile(self, mobile: str) -> None:
        """Seal and index `mobile` (11 digits; empty clears it). The caller saves."""
        if not mobile:
            self.mobile_sealed, self.mobile_index, self.mobile_masked = "", None, ""
            return
        self.mobile_index = crypto.blind_index(mobile, purpose="user.mobile")
        self.mobile_sealed = crypto.seal(mobile, bound_to=f"user.mobile.{self.mobile_index}")
        self.mobile_masked = crypto.mask_mobile(mobile)

    def mobile_plain(self) -> str:
        """The mobile number itself, for sending to it. SECURITY: never into a page or a log."""
        if not self.mobile_sealed:
            return ""
        return crypto.unseal(self.mobile_sealed, bound_to=f"user.mobile.{self.mobile_index}")

    @cached_property
    def reader(self) -> Reader:
        """Where this person stands, read once."""
        return reader_of(self)

    @property
    def roles(self) -> dict[int, str]:
        """Enterprise id to role, for the enterprises this person works for."""
        return self.reader.roles

    @property
    def posts(self) -> tuple[Post, ...]:
        """The agencies this person works in."""
        return self.reader.posts

    @property
    def has_second_factor(self) -> bool:
        """The person has set up one-time codes."""
        return self.reader.has_second_factor

    def forget_standing(self) -> None:
        """Read roles, posts and second factor anew, after one of them has changed."""
        self.__dict__.pop("reader", None)

    @property
    def must_have_second_factor(self) -> bool:
        """One of the person's agencies, or the admin site, requires a one-time code."""
        if self.is_staff and settings.PORTAL_STAFF_SECOND_FACTOR:
            return True
        return any(post.requires_second_factor for post in self.posts)

    @property
    def needs_second_factor(self) -> bool:
        """A session of this person counts only after a one-time code: required, or set up."""
        return self.must_have_second_factor or self.has_second_factor

    def stands_as(self, standing: str) -> bool:
        """Does the person stand in this capacity anywhere? The coarse check of `lib.doors`."""
        if standing == "staff":
            return self.is_staff
        if standing == "member":
            return bool(self.roles)
        if standing == "owner":
            return Membership.Role.OWNER in self.roles.values()
        if standing == "clerk":
            return bool({Membership.Role.OWNER, Membership.Role.CLERK} & set(self.roles.values()))
        if standing == "agency":
            return bool(self.posts)
        if standing == "lead":
            return any(post.role == Posting.Role.LEAD for post in self.posts_of("bureau"))
        return bool(self.posts_of(standing))

    def posts_of(self, *kinds: str) -> tuple[Post, ...]:
        """The posts in agencies of these kinds."""
        return tuple(post for post in self.posts if post.kind in kinds)


class Membership(models.Model):
    """Somebody works for an enterprise."""

    class Role(models.TextChoices):
        OWNER = "owner", pgettext_lazy("enterprise", "负责人")
        CLERK = "clerk", _("经办人")
        VIEWER = "viewer", _("只读")

    user = models.ForeignKey(
        User, models.CASCADE, related_name="memberships", verbose_name=_("用户")
    )
    enterprise = models.ForeignKey(
        "filings.Enterprise", models.CASCADE, related_name="memberships", verbose_name=_("企业")
    )
    role = models.CharField(_("角色"), max_length=8, choices=Role.choices)
    since = models.DateTimeField(_("起始时间"), default=timezone.now)

    class Meta:
        verbose_name = _("企业成员")
        verbose_name_plural = _("企业成员")
        constraints = [
            models.UniqueConstraint(fields=("user", "enterprise"), name="member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


class Posting(models.Model):
    """Somebody works in an agency."""

    class Role(models.TextChoices):
        REVIEWER = "reviewer", _("审核员")
        LEAD = "lead", pgettext_lazy("agency", "负责人")

    user = models.ForeignKey(User, models.CASCADE, related_name="postings", verbose_name=_("用户"))
    agency = models.ForeignKey(
        "filings.Agency", models.CASCADE, related_name="postings", verbose_name=_("部门")
    )
    role = models.CharField(_("角色"), max_length=8, choices=Role.choices)
    since = models.DateTimeField(_("起始时间"), default=timezone.now)

    class Meta:
        verbose_name = _("部门人员")
        verbose_name_plural = _("部门人员")
        constraints = [models.UniqueConstraint(fields=("user", "agency"), name="posted_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency}"


class JoinRequest(models.Model):
    """Somebody registered a code that exists and asks to join; owner or bureau decides."""

    class Status(models.TextChoices):
        OPEN = "open", _("待处理")
        ACCEPTED = "accepted", _("已同意")
        REFUSED = "refused", _("已拒绝")

    user = models.ForeignKey(
        User, models.CASCADE, related_name="join_requests", verbose_name=_("用户")
    )
    enterprise = models.ForeignKey(
        "filings.Enterprise", models.CASCADE, related_name="join_requests", verbose_name=_("企业")
    )
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("申请时间"), default=timezone.now)
    status = models.CharField(_("状态"), max_length=8, choices=Status.choices, default=Status.OPEN)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="join_decisions",
        verbose_name=_("处理人"),
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("加入申请")
        verbose_name_plural = _("加入申请")
        ordering = ("-asked_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("user", "enterprise"),
                condition=models.Q(status="open"),
                name="one_open_join_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.enterprise}"


class Invitation(models.Model):
    """A link, good once and for a while, that brings somebody into an agency or enterprise.

    Only the hash of the token is kept.
    """

    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    email = models.EmailField(_("电子邮箱"))
    name = models.CharField(_("姓名"), max_length=40, blank=True)
    agency = models.ForeignKey(
        "filings.Agency",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("部门"),
    )
    enterprise = models.ForeignKey(
        "filings.Enterprise",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("企业"),
    )
    role = models.CharField(_("角色"), max_length=8)
    invited_by = models.ForeignKey(
        User, models.PROTECT, related_name="invitations_sent", verbose_name=_("邀请人")
    )
    invited_at = models.DateTimeField(_("邀请时间"), default=timezone.now)
    expires_at = models.DateTimeField(_("有效至"))
    used_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations_used",
        verbose_name=_("接受人"),
    )
    used_at = models.DateTimeField(_("接受时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("邀请")
        verbose_name_plural = _("邀请")
        ordering = ("-invited_at",)
        constraints = [
            models.CheckConstraint(
                name="invitation_to_one_place",
                condition=models.Q(agency__isnull=False, enterprise__isnull=True)
                | models.Q(agency__isnull=True, enterprise__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.agency or self.enterprise}"
