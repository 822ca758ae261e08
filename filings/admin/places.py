"""Districts, zones, agencies with their published contacts, and the settings of the city."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from filings.models import Agency, AgencyContact, CitySetting, District, TimeLimit, Zone
from filings.timing import Kind
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


@admin.register(TimeLimit)
class TimeLimitAdmin(RecordedAdmin):
    """Within how many hours each kind of filing is decided. Clocks that run keep what they had."""

    list_display = ("kind", "words", "city_after_hours", "rule")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One row a kind."""
        has_all = TimeLimit.objects.count() >= len(Kind)
        return super().has_add_permission(request) and not has_all

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A limit is lifted by leaving its hours blank."""
        return False

    @admin.display(description=_("审核时限"))
    def words(self, limit: TimeLimit) -> str:
        """The limit as a sentence."""
        return limit.words


@admin.register(CitySetting)
class CitySettingAdmin(RecordedAdmin):
    """The one row of settings."""

    list_display = ("city_name", "portal_name", "number_prefix")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one row."""
        return super().has_add_permission(request) and not CitySetting.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one row."""
        return False
