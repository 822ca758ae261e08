"""Districts, cluster zones and agencies: the city as data, loaded by `load_city`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from filings.timing import Start
from jiaozuo_portal.lib.json_rows import json_rows
from jiaozuo_portal.lib.remembered import once_a_request


def in_words(name: str, name_en: str) -> str:
    """A name in the reader's language; Chinese when there is no English one."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


class Named(models.Model):
    """A thing with a Chinese and an English name."""

    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(_("英文名称"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.local_name

    @property
    def local_name(self) -> str:
        """The name in the reader's language; Chinese when there is no English one."""
        return in_words(self.name, self.name_en)


class District(Named):
    """A county, city or district (县市区) with its six-digit division code."""

    code = models.CharField(_("行政区划代码"), max_length=6, unique=True)
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        verbose_name = _("县（市、区）")
        verbose_name_plural = _("县（市、区）")
        ordering = ("order", "code")


class Zone(Named):
    """An industrial cluster zone (产业集聚区) inside one district."""

    district = models.ForeignKey(
        District, models.PROTECT, related_name="zones", verbose_name=_("县（市、区）")
    )

    class Meta:
        verbose_name = _("产业集聚区")
        verbose_name_plural = _("产业集聚区")
        ordering = ("district__order", "name")
        constraints = [
            models.UniqueConstraint(fields=("district", "name"), name="zone_once_per_district")
        ]


class Agency(Named):
    """An authority that works in the portal, and what it answers for."""

    class Kind(models.TextChoices):
        BUREAU = "bureau", _("县区工信主管部门")
        ZONE = "zone", _("产业集聚区管理机构")
        HEALTH = "health", _("卫生防疫部门")
        CITY = "city", _("市工业和信息化局")
        POLICY = "policy", _("政策责任部门")

    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    district = models.ForeignKey(
        District,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=_("县（市、区）"),
    )
    zone = models.ForeignKey(
        Zone,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="agencies",
        verbose_name=_("产业集聚区"),
    )
    requires_second_factor = models.BooleanField(_("必须使用动态口令"), default=False)
    requires_four_eyes = models.BooleanField(
        _("审核和准予须由两人办理"),
        default=False,
        help_text=_("只对县区工信主管部门有效：领取或移交过这一版的人不能准予备案。"),
    )
    is_active = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = _("部门")
        ordering = ("kind", "district__order", "name")
        constraints = [
            models.CheckConstraint(
                name="agency_answers_for_its_place",
                condition=(
                    models.Q(kind__in=("bureau", "health"), district__isnull=False)
                    | models.Q(kind="zone", zone__isnull=False)
                    | models.Q(kind__in=("city", "policy"))
                ),
            )
        ]


class AgencyContact(models.Model):
    """A published contact of an agency (R2.6), with the day it was last confirmed."""

    agency = models.ForeignKey(
        Agency, models.CASCADE, related_name="contacts", verbose_name=_("部门")
    )
    name = models.CharField(_("联系人或科室"), max_length=60)
    phone = models.CharField(_("电话"), max_length=30)
    hours = models.CharField(_("时间"), max_length=60, blank=True)
    confirmed_on = models.DateField(_("核实日期"))

    class Meta:
        verbose_name = _("公布的联系方式")
        verbose_name_plural = _("公布的联系方式")
        ordering = ("agency", "pk")

    def __str__(self) -> str:
        return f"{self.name} {self.phone}"


class CitySetting(models.Model):
    """Settings that an administrator changes without a programmer; there is one row."""

    city_name = models.CharField(_("城市名称"), max_length=40, default="")
    city_name_en = models.CharField(_("城市英文名称"), max_length=60, default="", blank=True)
    portal_name = models.CharField(_("平台名称"), max_length=60, default="", blank=True)
    portal_name_en = models.CharField(_("平台英文名称"), max_length=120, default="", blank=True)
    number_prefix = models.CharField(_("备案号前缀"), max_length=20, default="", blank=True)
    supplies_days_of_cover = models.PositiveSmallIntegerField(
        _("物资储备天数下限"),
        null=True,
        blank=True,
        help_text=_("指南没有规定数量，留空表示不提醒（R3.1）。"),
    )
    temperature_limit = models.DecimalField(
        _("体温上限（℃）"),
        max_digits=3,
        decimal_places=1,
        default="37.3",
        help_text=_("指南没有规定数值，37.3 是通行做法（R3.6）。"),
    )
    roster_retention_days = models.PositiveSmallIntegerField(
        _("花名册保存天数"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("平台设置")
        verbose_name_plural = _("平台设置")

    def __str__(self) -> str:
        return self.city_name

    @classmethod
    def current(cls) -> CitySetting:
        """The one row with its `offices` and `hours_from_claim`.

        Before a city has been loaded: the defaults, unsaved. A request reads it once, so a page
        that has changed it does not see the change itself.
        """
        return _current_setting()

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        """The bureaus of the districts, the city's bureau and the policy departments, by number.

        Only those that are active. They come with the row of `current`; another has none.
        """
        return tuple(Office.of(rows) for rows in self._told_offices.values())

    def bureau_of(self, district: int) -> Office | None:
        """The office of a district's bureau; the first of several, None where it has none."""
        for rows in self._told_offices.values():
            if rows[0]["district"] == district and rows[0]["kind"] == Agency.Kind.BUREAU:
                return Office.of(rows)
        return None

    @cached_property
    def _told_offices(self) -> dict[int, list[dict[str, Any]]]:
        """By the number of an office its rows as the query tells them, one a contact."""
        found: dict[int, list[dict[str, Any]]] = {}
        for told in sorted(json.loads(vars(self).get("offices_json") or "[]"), key=_in_order):
            found.setdefault(told["pk"], []).append(told)
        return found

    @cached_property
    def hours_from_claim(self) -> dict[str, int | None]:
        """The time limits that begin with the claim, in hours by kind of filing (`TimeLimit`).

        They come with the row of `current`; another has none.
        """
        limits = json.loads(vars(self).get("limits_json") or "[]")
        return {limit["kind"]: limit["hours"] for limit in limits}


@dataclass(slots=True)
class Office:
    """An agency that people ask, with its published contacts (R2.6) in the order of their entry."""

    agency: Agency
    contacts: list[AgencyContact]

    @classmethod
    def of(cls, rows: list[dict[str, Any]]) -> Office:
        """The office from the rows that come with the settings, one a contact."""
        told = rows[0]
        agency = Agency(
            pk=told["pk"], kind=told["kind"], district_id=told["district"],
            name=told["name"], name_en=told["name_en"],
        )  # fmt: skip
        contacts = [
            AgencyContact(
                pk=row["contact"], agency=agency, name=row["contact_name"], phone=row["phone"],
                hours=row["hours"],
            )
            for row in rows
            if row["contact"] is not None
        ]  # fmt: skip
        return cls(agency, contacts)


def _in_order(told: dict[str, Any]) -> tuple[int, int]:
    return told["pk"], told["contact"] or 0


@once_a_request
def _current_setting() -> CitySetting:
    return next(iter(CitySetting.objects.raw(*_setting_query())), None) or CitySetting()


@cache
def _setting_query() -> tuple[str, tuple[Any, ...]]:
    """Settings, offices and time limits in one query, put together once a process.

    Every page shows the city's name and contact, and most whom to ask and until when: some dozens
    of rows.
    """
    kinds = (Agency.Kind.BUREAU, Agency.Kind.CITY, Agency.Kind.POLICY)
    offices = json_rows(
        Agency.objects.filter(is_active=True, kind__in=kinds),
        pk="pk", kind="kind", district="district_id", name="name", name_en="name_en",
        contact="contacts__pk", contact_name="contacts__name",
        phone="contacts__phone", hours="contacts__hours",
    )  # fmt: skip
    time_limits: Any = apps.get_model("filings", "TimeLimit")
    limits = json_rows(
        time_limits.objects.filter(starts_on=Start.CLAIM), kind="kind", hours="hours"
    )
    settings = CitySetting.objects.annotate(offices_json=offices, limits_json=limits)
    return settings.order_by("pk")[:1].query.sql_with_params()
