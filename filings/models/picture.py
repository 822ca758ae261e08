"""The picture of the city and its districts, as it was at an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from .place import District

if TYPE_CHECKING:
    from .people import User


class PictureQuerySet(models.QuerySet["Picture"]):
    """Reads of pictures."""

    def visible_to(self, user: User) -> PictureQuerySet:
        """All of them for the city, those of the own districts for a bureau."""
        if user.posts_of("city"):
            return self.all()
        return self.filter(district_id__in=[post.district_id for post in user.posts_of("bureau")])


class Picture(models.Model):
    """The figures of a district, or of the city, in an hour of the portal's clock: the last ones.

    `figures` holds what `queries.figures` counted at `taken_at`, by part; nothing decides by it.
    """

    district = models.ForeignKey(
        District, models.CASCADE, null=True, related_name="+", verbose_name=_("县（市、区）")
    )
    day = models.DateField(_("日期"))
    hour = models.PositiveSmallIntegerField(_("小时"))
    taken_at = models.DateTimeField(_("时间"))
    figures = models.JSONField(_("数字"))

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("进度图")
        verbose_name_plural = _("进度图")
        ordering = ("day", "hour", "district")
        constraints = [
            models.UniqueConstraint(
                fields=("district", "day", "hour"), name="one_picture_of_a_district_an_hour"
            ),
            models.UniqueConstraint(
                fields=("day", "hour"),
                condition=models.Q(district__isnull=True),
                name="one_picture_of_the_city_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.district_id or 'city'} {self.day} {self.hour}"
