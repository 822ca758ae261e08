"""Districts, zones, agencies with their published contacts, and the settings of the city."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from filings.models import Agency, AgencyContact, CitySetting, District, Zone
from jiaozuo_portal.admin_site import RecordedAdmin


@admin.register(District)
class DistrictAdmin(RecordedAdmin):
    """The counties, cities and districts."""

    list_display = ("name", "name_en", "code", "order")
    search_fields = ("name", "name_en", "code")


@admin.register(Zone)
class ZoneAdmin(RecordedAdmin):
    """The industrial cluster zones."""

    list_display = ("name", "name_en", "district")
    list_filter = ("district",)
    list_select_related = ("district",)
    search_fields = ("name", "name_en")


class ContactInline(admin.TabularInline):
    """The published contacts of an agency (R2.6)."""

    model = AgencyContact
    extra = 0


@admin.register(Agency)
class AgencyAdmin(RecordedAdmin):
    """The authorities. One that has people is closed, not deleted."""

    list_display = ("name", "kind", "district", "zone", "requires_second_factor", "is_active")
    list_filter = ("kind", "district", "requires_second_factor", "requires_four_eyes", "is_active")
    list_select_related = ("district", "zone")
    search_fields = ("name", "name_en")
    inlines = (ContactInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Postings and receipts would go with it."""
        return False


@admin.register(CitySetting)
class CitySettingAdmin(RecordedAdmin):
    """The one row of settings."""

    list_display = ("city_name", "portal_name", "number_prefix", "review_hours")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return super().has_add_permission(request) and not CitySetting.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one row."""
        return False
