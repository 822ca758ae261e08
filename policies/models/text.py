"""Official texts as they were imported: the file, the documents in it, and their clauses."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from filings.public import User
from policies.texts.clauses import heading_of


def text_path(file: TextFile, _name: str) -> str:
    """A path that tells nothing of the file's name."""
    return f"texts/{file.key}"


class TextFile(models.Model):
    """A file with official texts as it was uploaded or pasted, kept once."""

    key = models.UUIDField(_("标识"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("文件名"), max_length=200)
    media_type = models.CharField(_("文件类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("校验值"), max_length=64, unique=True)
    file = models.FileField(_("文件"), upload_to=text_path)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = _("政策原文文件")
        verbose_name_plural = _("政策原文文件")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name


class OfficialTextQuerySet(models.QuerySet["OfficialText"]):
    """Reads of official texts."""

    def visible_to(self, user: User | Any) -> OfficialTextQuerySet:
        """Policy officers and administrators see all; everybody else what is accepted."""
        if user.is_authenticated and (user.is_superuser or user.posts_of("policy")):
            return self
        return self.accepted()

    def accepted(self) -> OfficialTextQuerySet:
        """Official texts are public documents once an officer has accepted the wording."""
        return self.filter(status=OfficialText.Status.ACCEPTED)

    def quoted(self) -> OfficialTextQuerySet:
        """Those whose wording the pages quote; a parallel copy is only compared."""
        return self.accepted().filter(parallel_of__isnull=True)


class OfficialText(models.Model):
    """One document of a file: what it is, and its wording as printed.

    `revision` counts every change, so that somebody accepts what they looked at. `parallel_of` is
    another version of the same document, which is the one that is quoted.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ACCEPTED = "accepted", _("已采用")
        WITHDRAWN = "withdrawn", _("已撤下")

    class Script(models.TextChoices):
        HANS = "hans", _("简体")
        HANT = "hant", _("繁体")

    file = models.ForeignKey(
        TextFile, models.PROTECT, related_name="texts", verbose_name=_("来源文件")
    )
    title = models.CharField(_("标题"), max_length=300, blank=True)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    issuer = models.CharField(_("发文机关"), max_length=120, blank=True)
    dated = models.DateField(_("成文日期"), null=True, blank=True)
    valid_from = models.DateField(_("施行首日"), null=True, blank=True)
    valid_until = models.DateField(_("施行末日"), null=True, blank=True)
    valid_basis = models.CharField(_("期限依据"), max_length=300, blank=True)
    script = models.CharField(_("字体"), max_length=4, choices=Script.choices, default=Script.HANS)
    opening = models.TextField(_("开头"), blank=True)
    closing = models.TextField(_("结尾"), blank=True)
    status = models.CharField(
        _("状态"), max_length=9, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    revision = models.PositiveIntegerField(_("修订"), default=1, editable=False)
    parallel_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parallels",
        verbose_name=_("同一文件的另一版本"),
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("采用人"),
    )
    accepted_at = models.DateTimeField(_("采用时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("撤下人"),
    )
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)

    objects = OfficialTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策原文")
        verbose_name_plural = _("政策原文")
        ordering = ("-file_id", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=("number",),
                condition=models.Q(status="accepted", parallel_of__isnull=True),
                name="one_official_wording",
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.title or f"#{self.pk}"

    @property
    def language(self) -> str:
        """The tag that tells browsers and readers which Chinese this is."""
        return "zh-Hant" if self.script == self.Script.HANT else "zh-Hans"


class TextClause(models.Model):
    """One numbered clause of an official text.

    `body` is its wording with the responsibility brackets where they stand; `departments` are the
    names that they print, in Simplified script. `position` orders the clauses of a text.
    """

    text = models.ForeignKey(OfficialText, models.CASCADE, related_name="clauses")
    position = models.PositiveIntegerField(_("次序"))
    number = models.PositiveIntegerField(_("条"))
    section = models.CharField(_("章节"), max_length=300, blank=True)
    body = models.TextField(_("原文"))
    departments = models.JSONField(_("责任部门"), default=list)
    revision = models.PositiveIntegerField(_("修订"), default=1, editable=False)

    class Meta:
        verbose_name = _("政策原文条款")
        verbose_name_plural = _("政策原文条款")
        ordering = ("text", "position", "pk")

    def __str__(self) -> str:
        return f"{self.text_id}-{self.number}"

    @property
    def heading(self) -> str:
        """The first sentence where it is short enough for one; else the clause has none."""
        return heading_of(self.body)
