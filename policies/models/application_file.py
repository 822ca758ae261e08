"""The papers that an application brings with it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from filings.public import User

from .application import Application


def paper_path(file: ApplicationFile, _name: str) -> str:
    """A path that tells nothing of the file's name or owner."""
    return f"applications/{file.application_id}/{file.key}"


class ApplicationFileQuerySet(models.QuerySet["ApplicationFile"]):
    """Reads of the files of applications."""

    def visible_to(self, user: User) -> ApplicationFileQuerySet:
        """Those of the person's enterprises, and what was sent to the person's agencies.

        SECURITY: a file that is added while an application is asked back is the enterprise's own
        until it is sent again.
        """
        agencies = [post.agency_id for post in user.posts]
        return self.filter(
            models.Q(application__enterprise_id__in=list(user.roles))
            | models.Q(
                application__agency_id__in=agencies,
                uploaded_at__lte=models.F("application__sent_at"),
            )
        )


class ApplicationFile(models.Model):
    """One file of an application. It is served only through `views.application_files`.

    `paper` is the paper of the measure's list that it is, by its Chinese name; blank for others.
    """

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="files", verbose_name=_("申请")
    )
    key = models.UUIDField(_("标识"), default=uuid.uuid4, unique=True, editable=False)
    paper = models.CharField(_("材料"), max_length=300, blank=True)
    name = models.CharField(_("文件名"), max_length=200)
    media_type = models.CharField(_("文件类型"), max_length=100)
    size = models.PositiveBigIntegerField(_("大小（字节）"))
    sha256 = models.CharField(_("校验值"), max_length=64)
    file = models.FileField(_("文件"), upload_to=paper_path)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))

    objects = ApplicationFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("申请材料")
        verbose_name_plural = _("申请材料")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name
