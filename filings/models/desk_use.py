"""How each person uses the desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User
from .place import Agency


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Reads of saved views."""

    def visible_to(self, user: User) -> SavedViewQuerySet:
        """The person's own, and those shared with a bureau they work in."""
        bureaus = [post.agency_id for post in user.posts_of(Agency.Kind.BUREAU)]
        return self.filter(models.Q(owner=user) | models.Q(shared_with__in=bureaus))


class SavedView(models.Model):
    """A state of the desk's address bar under a name.

    `query` is checked anew by the desk's form at each use, and finds what its reader may see.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_views",
        verbose_name=_("保存人"),
    )
    shared_with = models.ForeignKey(
        Agency, models.CASCADE, null=True, related_name="+", verbose_name=_("给谁看")
    )
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(_("条件"), max_length=1000)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("保存的视图")
        verbose_name_plural = _("保存的视图")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(fields=("owner", "name"), name="view_name_once_a_person")
        ]

    def __str__(self) -> str:
        return self.name


class DeskPreference(models.Model):
    """What the desk remembers of one person.

    `columns` are those of their last export; `begins_with` is the view that the desk opens with.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        primary_key=True,
        related_name="desk_preference",
        verbose_name=_("谁"),
    )
    begins_with = models.ForeignKey(
        SavedView,
        models.SET_NULL,
        null=True,
        related_name="begun_by",
        verbose_name=_("先看的视图"),
    )
    columns = models.JSONField(_("导出的栏目"), default=list)

    class Meta:
        verbose_name = _("审核台习惯")
        verbose_name_plural = _("审核台习惯")

    def __str__(self) -> str:
        return str(self.user_id)
