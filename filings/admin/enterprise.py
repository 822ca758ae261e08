"""Enterprises and their sites. They register themselves; an administrator mends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filings.domain import enterprise as domain
from filings.forms.fields import KnownMobileField
from filings.models import Enterprise, Site
from filings.size import industries
from jiaozuo_portal.admin_site import RecordedAdmin


class EnterpriseAdminForm(forms.ModelForm):
    """The profile; the contact's mobile number shows masked."""

    contact_mobile = KnownMobileField(label=_("联系人手机"), required=False)

    class Meta:
        model = Enterprise
        fields = domain.PROFILE_FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mobile: Any = self.fields.get("contact_mobile")
        if mobile is not None:
            mobile.masked = mobile.initial = self.instance.contact_mobile_masked
        if "sme_industry" in self.fields:
            self.fields["sme_industry"] = forms.ChoiceField(
                label=self.fields["sme_industry"].label,
                choices=[(key, row.label) for key, row in industries().items()],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        zone, district = cleaned.get("zone"), cleaned.get("district")
        if zone is not None and district is not None and zone.district_id != district.pk:
            self.add_error("zone", _("这个产业集聚区不在所选的县（市、区）。"))
        return cleaned


class SiteInline(admin.TabularInline):
    """The sites, each with its own filing; only the enterprise adds one."""

    model = Site
    extra = 0
    fields = readonly_fields = ("name", "district", "zone", "address")
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A site opens a filing, which the enterprise does."""
        return False


@admin.register(Enterprise)
class EnterpriseAdmin(RecordedAdmin):
    """Enterprises. The code never changes, and none is deleted: its filings stand on it."""

    form = EnterpriseAdminForm
    list_display = ("name", "uscc", "district", "zone", "contact_name", "contact_mobile_masked")
    list_filter = ("district", "main_sector")
    list_select_related = ("district", "zone")
    search_fields = ("name", "uscc", "pinyin")
    readonly_fields = ("uscc", "registered_at")
    inlines = (SiteInline,)
    fieldsets = (
        (None, {"fields": ("uscc", "name", "legal_representative", "registered_at")}),
        (_("联系人"), {"fields": ("contact_name", "contact_mobile")}),
        (_("地点"), {"fields": ("district", "zone", "address")}),
        (
            _("行业和规模"),
            {
                "fields": (
                    "sme_industry",
                    "main_sector",
                    "makes_epidemic_supplies",
                    "employees",
                    "annual_revenue_wanyuan",
                    "total_assets_wanyuan",
                )
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An enterprise registers itself."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its filings stand on it."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save through the domain, so that the support measures are judged again."""
        mobile = form.cleaned_data.get("contact_mobile")
        if mobile is not None:
            obj.set_contact_mobile(mobile)
        by: Any = request.user
        domain.keep_profile(obj, form.changed_data, by=by)
