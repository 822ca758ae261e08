"""Texts that a bureau's reviewers use again and again in their corrections."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .place import Agency


class TextBlock(models.Model):
    """A correction that is asked often: its words, the clause it rests on, and where it is offered.

    A blank `section` is offered everywhere. A block is never deleted, for corrections name it; one
    that is not active is offered no more. `used` counts the corrections that began with it.
    """

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="text_blocks", verbose_name=_("部门")
    )
    title = models.CharField(_("短名"), max_length=20)
    text = models.TextField(_("需要补正的内容"), max_length=1000)
    rule = models.CharField(_("依据"), max_length=8, blank=True)
    section = models.CharField(_("用在哪一部分"), max_length=12, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    used = models.PositiveIntegerField(_("用过几次"), default=0, editable=False)

    class Meta:
        verbose_name = _("常用意见")
        verbose_name_plural = _("常用意见")
        # What is used most comes first.
        ordering = ("agency_id", "-used", "pk")
        constraints = [models.UniqueConstraint(fields=("agency", "title"), name="block_title_once")]

    def __str__(self) -> str:
        return self.title
