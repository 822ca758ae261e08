"""A version of a pack that is being written: only the files that differ from its base."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .pack import Pack


class PackDraftQuerySet(models.QuerySet["PackDraft"]):
    """Reads of drafts."""

    def visible_to(self, user: Any) -> PackDraftQuerySet:
        """Policy officers see every draft; nobody else sees one."""
        return self if user.posts_of("policy") else self.none()

    def unfinished(self) -> PackDraftQuerySet:
        """Drafts that can still be published."""
        return self.filter(status__in=(PackDraft.Status.OPEN, PackDraft.Status.ASKED))


class PackDraft(models.Model):
    """What somebody wants the next version of a pack to be.

    `base` is the version that it started from. A draft that `restores` takes its base as it is.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("编辑中")
        ASKED = "asked", _("待复核")
        PUBLISHED = "published", _("已发布")
        DISCARDED = "discarded", _("已放弃")

    base = models.ForeignKey(Pack, models.PROTECT, related_name="drafts", verbose_name=_("依据"))
    name = models.CharField(_("名称"), max_length=100)
    status = models.CharField(_("状态"), max_length=9, choices=Status.choices, default=Status.OPEN)
    restores = models.BooleanField(_("恢复旧版"), default=False)
    revision = models.PositiveIntegerField(_("修订"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("提请时间"), null=True, blank=True)
    result = models.OneToOneField(
        Pack, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("版本")
    )
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    objects = PackDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("政策包草稿")
        verbose_name_plural = _("政策包草稿")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.name


class DraftFile(models.Model):
    """One file of a draft that differs from the base; `revision` counts its saves."""

    draft = models.ForeignKey(PackDraft, models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    text = models.TextField()
    revision = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("修改时间"))

    class Meta:
        verbose_name = _("草稿文件")
        verbose_name_plural = _("草稿文件")
        ordering = ("path",)
        constraints = [
            models.UniqueConstraint(fields=("draft", "path"), name="draft_file_once"),
        ]

    def __str__(self) -> str:
        return self.path
