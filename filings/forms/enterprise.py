"""The forms of an enterprise: registration, profile, sites, and asking to join."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import District, Enterprise, Zone
from filings.size import INDICATORS, industries

from .fields import HeadsField, KnownMobileField, LineField, MoneyField, Plain, UsccField
from .people import helper

#: What stands for "in no cluster zone", so that it is told and not left open (R1.5).
NO_ZONE = "none"


def _address() -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": "street-address"})


class PlaceForm(Plain):
    """A district, a cluster zone of that district or none, and an address."""

    district = forms.ModelChoiceField(
        label=gettext_lazy("所在县（市、区）"),
        queryset=District.objects.none(),
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("按生产地址选。备案由这个县（市、区）的工信部门审核。"),
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("产业集聚区"),
        help_text=gettext_lazy("在产业集聚区内的企业，备案同时抄送集聚区管理机构。"),
        widget=forms.Select(attrs={"data-clause": "R1.5"}),
    )
    address = LineField(
        label=gettext_lazy("生产地址"), max_length=200, widget=forms.TextInput(attrs={})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        district: Any = self.fields["district"]
        district.queryset = District.objects.all()
        self._zones = {str(zone.pk): zone for zone in Zone.objects.select_related("district")}
        zone_field: Any = self.fields["zone"]
        zone_field.choices = _zone_choices(self._zones.values())
        self.fields["address"].widget = _address()
        self.fields["address"].widget.attrs["maxlength"] = "200"

    @property
    def helper(self) -> FormHelper:
        return helper()

    def clean_zone(self) -> Zone | None:
        chosen = self.cleaned_data["zone"]
        return None if chosen == NO_ZONE else self._zones[chosen]

    def clean(self) -> dict[str, Any]:
        super().clean()
        zone, district = self.cleaned_data.get("zone"), self.cleaned_data.get("district")
        if zone is not None and district is not None and zone.district_id != district.pk:
            self.add_error(
                "zone",
                _("“%(zone)s”在%(there)s，不在%(here)s。请改选，或选“不在集聚区内”。")
                % {"zone": zone, "there": zone.district, "here": district},
            )
        return self.cleaned_data


def _zone_choices(zones: Iterable[Zone]) -> list[Any]:
    grouped = [
        (str(district), [(str(zone.pk), str(zone)) for zone in inside])
        for district, inside in groupby(zones, key=lambda zone: zone.district)
    ]
    return [("", _("请选择")), (NO_ZONE, _("不在集聚区内")), *grouped]


class SiteForm(PlaceForm):
    """A further site of an enterprise; each has its own filing."""

    name = LineField(
        label=gettext_lazy("厂区名称"),
        max_length=80,
        help_text=gettext_lazy("例如：东厂区、二号仓库。"),
    )
    field_order = ("name", "district", "zone", "address")

    def site(self) -> dict[str, Any]:
        """What `domain.enterprise.add_site` takes."""
        return {name: self.cleaned_data[name] for name in ("name", "district", "zone", "address")}


class ProfileForm(PlaceForm):
    """What an enterprise states of itself; an indicator that is not known yet stays blank."""

    name = LineField(
        label=gettext_lazy("企业名称"),
        help_text=gettext_lazy("与营业执照一致。"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    sme_industry = forms.ChoiceField(
        label=gettext_lazy("划型行业"),
        help_text=gettext_lazy("划分大、中、小、微型企业用的行业，决定看哪几项指标。"),
    )
    main_sector = forms.ChoiceField(
        label=gettext_lazy("主营行业"),
        choices=(("", gettext_lazy("请选择")), *Enterprise.Sector.choices),
        help_text=gettext_lazy("有的支持政策只给部分行业。"),
    )
    makes_epidemic_supplies = forms.TypedChoiceField(
        label=gettext_lazy("生产疫情防控物资"),
        choices=(
            ("", gettext_lazy("请选择")),
            ("yes", gettext_lazy("是")),
            ("no", gettext_lazy("否")),
        ),
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        help_text=gettext_lazy("口罩、防护服、消毒液等。这类企业的备案有办结时限。"),
    )
    employees = HeadsField(label=gettext_lazy("从业人员"), required=False)
    annual_revenue_wanyuan = MoneyField(label=gettext_lazy("上年营业收入"), required=False)
    total_assets_wanyuan = MoneyField(label=gettext_lazy("资产总额"), required=False)
    legal_representative = LineField(label=gettext_lazy("法定代表人"), max_length=40)
    contact_name = LineField(
        label=gettext_lazy("联系人"),
        max_length=40,
        help_text=gettext_lazy("审核人员有问题时找谁。"),
    )
    field_order: Any = (
        "uscc",
        "name",
        "legal_representative",
        "contact_name",
        "contact_mobile",
        "district",
        "zone",
        "address",
        "sme_industry",
        "employees",
        "annual_revenue_wanyuan",
        "total_assets_wanyuan",
        "main_sector",
        "makes_epidemic_supplies",
    )
    #: The fields in the groups in which the page shows them.
    GROUPS = (
        (gettext_lazy("企业"), ("uscc", "name", "legal_representative")),
        (gettext_lazy("联系人"), ("contact_name", "contact_mobile")),
        (gettext_lazy("地点"), ("district", "zone", "address")),
        (
            gettext_lazy("行业和规模"),
            (
                "sme_industry",
                "employees",
                "annual_revenue_wanyuan",
                "total_assets_wanyuan",
                "main_sector",
                "makes_epidemic_supplies",
            ),
        ),
    )

    def __init__(self, *args: Any, enterprise: Enterprise | None = None, **kwargs: Any) -> None:
        if enterprise is not None:
            kwargs.setdefault("initial", initial_of(enterprise))
        super().__init__(*args, **kwargs)
        masked = enterprise.contact_mobile_masked if enterprise else ""
        self.fields["contact_mobile"] = KnownMobileField(
            masked=masked,
            label=_("联系人手机"),
            initial=masked,
            help_text=_("号码加密保存，页面上只显示前三位和后四位。"),
        )
        industry: Any = self.fields["sme_industry"]
        industry.choices = [("", _("请选择"))] + [
            (key, row.label) for key, row in industries().items()
        ]
        self.fields["employees"].widget.attrs["data-unit"] = _("人")
        self._mark_indicators()
        self.order_fields(self.field_order)
        self.say_plainly()

    def _mark_indicators(self) -> None:
        """Say of each indicator whether the chosen industry asks for it."""
        chosen = industries().get(str(self["sme_industry"].value() or ""))
        for name in INDICATORS:
            hint = _("还不知道就留空。")
            if chosen is not None and name in chosen.bounds:
                hint = _("划型要看这一项。还不知道就留空，规模先不确定。")
            elif chosen is not None:
                hint = _("所选行业划型不看这一项，有的支持政策会问到。")
            self.fields[name].help_text = hint

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The bound fields by group, for the page."""
        return [
            (label, [self[name] for name in names if name in self.fields])
            for label, names in self.GROUPS
        ]

    def profile(self) -> dict[str, Any]:
        """What `domain.enterprise.change_profile` takes; `contact_mobile` None is unchanged."""
        return {name: value for name, value in self.cleaned_data.items() if name != "uscc"}


class EnterpriseForm(ProfileForm):
    """The registration of an enterprise."""

    uscc = UsccField(
        label=gettext_lazy("统一社会信用代码"),
        help_text=gettext_lazy("营业执照上的 18 位代码，注册后不能修改。"),
    )


def initial_of(enterprise: Enterprise) -> dict[str, Any]:
    """The profile as the form shows it; the mobile number stays masked."""
    fields = (
        "name",
        "district",
        "address",
        "sme_industry",
        "main_sector",
        "employees",
        "annual_revenue_wanyuan",
        "total_assets_wanyuan",
        "legal_representative",
        "contact_name",
    )
    told = {True: "yes", False: "no", None: ""}
    return {name: getattr(enterprise, name) for name in fields} | {
        "zone": str(enterprise.zone_id) if enterprise.zone_id else NO_ZONE,
        "makes_epidemic_supplies": told[enterprise.makes_epidemic_supplies],
    }


class JoinForm(Plain):
    """Asking to join an enterprise that is registered already."""

    uscc = UsccField(
        label=gettext_lazy("统一社会信用代码"),
        help_text=gettext_lazy("营业执照上的 18 位代码。"),
    )
    remark = LineField(
        label=gettext_lazy("说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如：您在企业做什么。企业负责人会看到。"),
    )

    @property
    def helper(self) -> FormHelper:
        return helper()
