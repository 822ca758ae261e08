"""How each person uses the desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeskPreference(models.Model):
    """What the desk remembers of one person: `columns` are those of their last export."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="desk_preference",
        verbose_name=_("谁"),
    )
    columns = models.JSONField(_("导出的栏目"), default=list)

    class Meta:
        verbose_name = _("审核台习惯")
        verbose_name_plural = _("审核台习惯")

    def __str__(self) -> str:
        return str(self.user_id)
