"""The filing of a site, its draft sections, frozen versions, attachments and history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from filings.states import State

from .enterprise import Enterprise, Site
from .place import District, Zone

if TYPE_CHECKING:
    from .people import User
    from .reader import Post


class Knower(Protocol):
    """Somebody who may know of filings: a person, or the bearer of a key."""

    @property
    def roles(self) -> Mapping[int, str]:
        """Enterprise id to role."""

    def posts_of(self, *kinds: str) -> tuple[Post, ...]:
        """The posts in agencies of these kinds."""


def filing_scope(user: Knower, prefix: str = "") -> models.Q:
    """The condition under which a row that belongs to a filing may be seen by `user`.

    `prefix` leads from the row to its filing (`"filing__"`). An enterprise sees its own; a bureau
    its district, drafts included, for it follows up who has not filed (R2.4); zone and health see
    what has been submitted in their place; the city sees all. Others see nothing.
    """

    def where(**terms: object) -> models.Q:
        return models.Q(**{prefix + name: value for name, value in terms.items()})

    if user.posts_of("city"):
        return models.Q()
    scope = where(enterprise_id__in=list(user.roles))
    for post in user.posts_of("bureau"):
        scope |= where(district_id=post.district_id)
    for post in user.posts_of("health"):
        scope |= where(district_id=post.district_id, version__gt=0)
    for post in user.posts_of("zone"):
        scope |= where(zone_id=post.zone_id, version__gt=0)
    return scope


def is_in_scope(user: Knower, filing: Filing) -> bool:
    """Whether `filing_scope` lets this person know of a filing that has been read already."""
    if user.posts_of("city") or filing.enterprise_id in user.roles:
        return True
    if any(post.district_id == filing.district_id for post in user.posts_of("bureau")):
        return True
    return filing.version > 0 and (
        any(post.district_id == filing.district_id for post in user.posts_of("health"))
        or any(post.zone_id == filing.zone_id for post in user.posts_of("zone"))
    )


class FilingQuerySet(models.QuerySet["Filing"]):
    """Reads of filings."""

    def visible_to(self, user: Knower) -> FilingQuerySet:
        """The filings this person may know of."""
        return self.filter(filing_scope(user))


class OfFilingQuerySet(models.QuerySet):
    """Reads of rows that belong to a filing."""

    def visible_to(self, user: User) -> OfFilingQuerySet:
        """The rows of the filings this person may know of."""
        return self.filter(filing_scope(user, "filing__"))


class Filing(models.Model):
    """The filing (备案) of one site.

    `version` is the number of the last frozen version, 0 before the first submission. `revision`
    counts every change of state: a page that carries an older one decides nothing.
    Place columns are copied from the site so that a desk reads one table. So are `due_at` and
    `time_left` from the clock (`domain.timing`): the last moment in time while it runs, what is
    left while it is paused, neither where no limit runs.
    """

    site = models.OneToOneField(Site, models.PROTECT, related_name="filing", verbose_name=_("厂区"))
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="filings", verbose_name=_("企业")
    )
    district = models.ForeignKey(
        District, models.PROTECT, related_name="filings", verbose_name=_("县（市、区）")
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="filings",
        verbose_name=_("产业集聚区"),
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    state_since = models.DateTimeField(_("状态起始"))
    revision = models.PositiveIntegerField(_("修订号"), default=1, editable=False)
    version = models.PositiveIntegerField(_("版本"), default=0, editable=False)
    approved_version = models.PositiveIntegerField(
        _("已备案版本"), null=True, blank=True, editable=False
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="held_filings",
        verbose_name=_("审核人"),
    )
    created_at = models.DateTimeField(_("建立时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    edited_at = models.DateTimeField(_("最后填写"), null=True, blank=True)
    due_at = models.DateTimeField(_("办结期限"), null=True, blank=True, editable=False)
    time_left = models.DurationField(_("剩余时限"), null=True, blank=True, editable=False)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("备案")
        verbose_name_plural = _("备案")
        ordering = ("pk",)
        indexes = [
            # The desk of a bureau: one district, one state, oldest submission first.
            models.Index(fields=("district", "state", "submitted_at"), name="filing_desk"),
            models.Index(fields=("holder", "state"), name="filing_holder"),
            models.Index(fields=("zone", "state"), name="filing_zone"),
        ]

    def __str__(self) -> str:
        return f"{self.enterprise} · {self.site}"


class SectionDraft(models.Model):
    """What was typed into one section of the draft, as typed (see `filings.sections`)."""

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="sections", verbose_name=_("备案")
    )
    key = models.CharField(_("部分"), max_length=12)
    data = models.JSONField(_("内容"), default=dict)
    saved_at = models.DateTimeField(_("保存时间"), null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("保存人"),
    )
    edits = models.JSONField(
        _("修改记录"), default=dict
    )  # path -> [user id, ISO time] of the last change

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("填报内容")
        verbose_name_plural = _("填报内容")
        constraints = [
            models.UniqueConstraint(fields=("filing", "key"), name="section_once_per_filing")
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} {self.key}"


class FilingVersion(models.Model):
    """A frozen, numbered version of a filing: what was submitted, for good.

    `content` holds the sections, the enterprise's profile, the ledger balances and the gates of
    that moment. Roster rows, ledger entries and attachments are frozen by number instead of being
    copied: each row knows the versions in which it stands.
    """

    filing = models.ForeignKey(
        Filing, models.PROTECT, related_name="versions", verbose_name=_("备案")
    )
    number = models.PositiveIntegerField(_("版本号"))
    submission_key = models.UUIDField(_("提交标识"), unique=True)
    submitted_at = models.DateTimeField(_("提交时间"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人")
    )
    content = models.JSONField(_("内容"))
    roster_count = models.PositiveIntegerField(_("花名册人数"), default=0)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("备案版本")
        verbose_name_plural = _("备案版本")
        ordering = ("filing", "number")
        constraints = [
            models.UniqueConstraint(fields=("filing", "number"), name="version_once_per_filing")
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} v{self.number}"


class FrozenRows(OfFilingQuerySet):
    """Rows that are frozen by version numbers (`Versioned`)."""

    def in_draft(self) -> FrozenRows:
        """The rows as the enterprise edits them now."""
        return self.filter(last_version__isnull=True, removed=False)

    def in_version(self, *numbers: int) -> FrozenRows:
        """The rows as they stood in a frozen version, or in any of several, each row once."""
        found = models.Q(pk__in=[])
        for number in numbers:
            until = models.Q(last_version__isnull=True) | models.Q(last_version__gte=number)
            found |= models.Q(first_version__lte=number) & until
        return self.filter(found)


class Versioned(models.Model):
    """A row that stands in the versions `first_version` to `last_version`.

    `first_version` is None while the row is only in the draft; `last_version` is None while no
    later version dropped it; `removed` says that the draft has dropped it.
    """

    first_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    last_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    removed = models.BooleanField(default=False, editable=False)

    objects = FrozenRows.as_manager()

    class Meta:
        abstract = True

    def is_in(self, number: int) -> bool:
        """Whether the row stands in frozen version `number`."""
        first, last = self.first_version, self.last_version
        return first is not None and first <= number and (last is None or last >= number)


def attachment_path(attachment: Attachment, _name: str) -> str:
    """A path that tells nothing of the file's name or owner."""
    return f"attachments/{attachment.filing_id}/{attachment.key}"


class Attachment(Versioned):
    """A file that belongs to a section. It is served only through `views.attachments`."""

    filing = models.ForeignKey(
        Filing, models.CASCADE, related_name="attachments", verbose_name=_("备案")
    )
    key = models.UUIDField(_("标识"), default=uuid.uuid4, unique=True, editable=False)
    section = models.CharField(_("部分"), max_length=12)
    name = models.CharField(_("文件名"), max_length=200)
    media_type = models.CharField(_("文件类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    file = models.FileField(_("文件"), upload_to=attachment_path)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Step(models.Model):
    """One move of a filing: who took it from where to where, when and why. Append-only.

    `by` is None where the portal itself acted, `to` is who got the filing, where somebody did.
    """

    filing = models.ForeignKey(Filing, models.PROTECT, related_name="steps", verbose_name=_("备案"))
    move = models.CharField(_("办理事项"), max_length=12)
    source = models.CharField(_("原状态"), max_length=10, choices=State.choices, blank=True)
    target = models.CharField(_("新状态"), max_length=10, choices=State.choices)
    version = models.PositiveIntegerField(_("版本"), default=0)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="steps",
        verbose_name=_("经手人"),
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("交给谁"),
    )
    as_actor = models.CharField(_("身份"), max_length=10, blank=True)
    at = models.DateTimeField(_("时间"))
    remark = models.TextField(_("说明"), blank=True)
    recorded_at = models.DateTimeField(_("记录时间"), default=timezone.now)

    objects = OfFilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("办理记录")
        verbose_name_plural = _("办理记录")
        ordering = ("filing", "pk")

    def __str__(self) -> str:
        return f"{self.filing_id} {self.move}"
