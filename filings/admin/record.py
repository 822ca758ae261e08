"""The record: filings, what was submitted and decided, the roster masked, and the audit.

All of it is read-only, for the administrator too: only the workflow writes it. SECURITY: sealed
columns, health facts, free content and files stand on no page of the admin site.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext as _

from filings.models import (
    Absence,
    AssignmentRule,
    Attachment,
    AuditEntry,
    Batch,
    BatchItem,
    ClockAlert,
    ClockPause,
    Correction,
    Decision,
    Delivery,
    Filing,
    FilingVersion,
    GateWaiver,
    LedgerEntry,
    Notice,
    Opinion,
    PreStartReport,
    Receipt,
    ReviewClock,
    RosterImport,
    RosterRow,
    Step,
    SupplyItem,
    TextBlock,
    ZoneReceipt,
)
from jiaozuo_portal.admin_site import ReadOnlyAdmin
from jiaozuo_portal.lib.punctuation import labelled, listed

_OF_FILING = ("filing__enterprise", "filing__site")


@admin.register(Filing)
class FilingAdmin(ReadOnlyAdmin):
    """Filings and where they stand."""

    list_display = ("enterprise", "site", "district", "state", "version", "holder", "state_since")
    list_filter = ("state", "district")
    list_select_related = ("enterprise", "site", "district", "holder")
    search_fields = ("enterprise__name", "enterprise__uscc", "enterprise__pinyin")
    fields = (
        "enterprise",
        "site",
        "district",
        "zone",
        "state",
        "state_since",
        "version",
        "approved_version",
        "holder",
        "created_at",
        "submitted_at",
        "edited_at",
        "revision",
    )


@admin.register(FilingVersion)
class FilingVersionAdmin(ReadOnlyAdmin):
    """The frozen versions by number; their content is read at the desk."""

    list_display = ("filing", "number", "submitted_at", "submitted_by", "roster_count")
    list_select_related = (*_OF_FILING, "submitted_by")
    fields = (
        "filing",
        "number",
        "submission_key",
        "submitted_at",
        "submitted_by",
        "roster_count",
        "recorded_at",
    )


@admin.register(Step)
class StepAdmin(ReadOnlyAdmin):
    """Every move of every filing."""

    list_display = ("filing", "move", "source", "target", "version", "by", "at")
    list_filter = ("move",)
    list_select_related = (*_OF_FILING, "by")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The decisions, one a version."""

    list_display = ("filing", "version", "kind", "by", "at")
    list_filter = ("kind",)
    list_select_related = (*_OF_FILING, "by")


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """What the bureaus asked to mend."""

    list_display = ("filing", "version", "section", "label", "status", "by", "at")
    list_filter = ("status",)
    list_select_related = (*_OF_FILING, "by")
    exclude = ("text", "answer")


@admin.register(GateWaiver)
class GateWaiverAdmin(ReadOnlyAdmin):
    """Which approval gates a lead has waived, and why."""

    list_display = ("filing", "gate", "reason", "by", "at")
    list_select_related = (*_OF_FILING, "by")


@admin.register(Receipt)
class ReceiptAdmin(ReadOnlyAdmin):
    """The receipts by number."""

    list_display = ("number", "filing", "version", "issued_at", "superseded_at")
    list_select_related = _OF_FILING
    search_fields = ("number",)
    exclude = ("token",)


@admin.register(ZoneReceipt)
class ZoneReceiptAdmin(ReadOnlyAdmin):
    """What the cluster zones have received."""

    list_display = ("filing", "version", "agency", "by", "at")
    list_select_related = (*_OF_FILING, "agency", "by")


@admin.register(Opinion)
class OpinionAdmin(ReadOnlyAdmin):
    """What the health authorities wrote."""

    list_display = ("filing", "version", "agency", "by", "at", "handled_at")
    list_select_related = (*_OF_FILING, "agency", "by")
    exclude = ("text", "answer")


@admin.register(PreStartReport)
class PreStartReportAdmin(ReadOnlyAdmin):
    """That a pre-start report was filed, and when."""

    list_display = ("filing", "version", "by", "at")
    list_select_related = (*_OF_FILING, "by")
    exclude = ("content",)


@admin.register(RosterRow)
class RosterRowAdmin(ReadOnlyAdmin):
    """People on rosters, masked; health, travel and gatherings stay with the health officers."""

    list_display = ("name", "id_masked", "mobile_masked", "workshop", "team", "filing")
    list_select_related = _OF_FILING
    fields = (
        "filing",
        "name",
        "id_kind",
        "id_masked",
        "mobile_masked",
        "workshop",
        "team",
        "post",
        "first_version",
        "last_version",
        "removed",
    )


@admin.register(RosterImport)
class RosterImportAdmin(ReadOnlyAdmin):
    """Imports of rosters and how they ended."""

    list_display = ("filing", "file_name", "status", "total", "by", "at", "applied_at")
    list_filter = ("status",)
    list_select_related = (*_OF_FILING, "by")
    fields = ("filing", "file_name", "status", "progress", "total", "by", "at", "applied_at")


@admin.register(SupplyItem)
class SupplyItemAdmin(ReadOnlyAdmin):
    """Supplies and their balance."""

    list_display = ("name", "unit", "balance", "filing")
    list_select_related = _OF_FILING


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """The entries of the ledgers."""

    list_display = ("item", "direction", "quantity", "on", "person", "filing")
    list_select_related = ("item", *_OF_FILING)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Files by name and size; they are served to those of the filing alone."""

    list_display = ("name", "section", "media_type", "size", "filing", "uploaded_by", "uploaded_at")
    list_select_related = (*_OF_FILING, "uploaded_by")
    exclude = ("file",)


@admin.register(TextBlock)
class TextBlockAdmin(ReadOnlyAdmin):
    """The texts that bureaus use again and again; their leads keep them."""

    list_display = ("title", "agency", "section", "rule", "is_active", "used")
    list_filter = ("agency", "is_active")
    list_select_related = ("agency",)


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(ReadOnlyAdmin):
    """The rules of the bureaus; their leads keep them."""

    list_display = ("agency", "order", "zone", "outside_zones", "industry", "most")
    list_filter = ("agency",)
    list_select_related = ("agency", "zone")


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Who is or was away."""

    list_display = ("user", "agency", "first", "last", "stand_in")
    list_filter = ("agency",)
    list_select_related = ("user", "agency", "stand_in")


class BatchItemInline(admin.TabularInline):
    """What became of each filing."""

    model = BatchItem
    extra = 0
    can_delete = False
    fields = readonly_fields = ("position", "filing", "result", "detail")


@admin.register(Batch)
class BatchAdmin(ReadOnlyAdmin):
    """What was done to many filings at once, and by whom."""

    list_display = ("kind", "person", "to", "made_at", "finished_at")
    list_filter = ("kind",)
    list_select_related = ("person", "to")
    inlines = (BatchItemInline,)


class PauseInline(admin.TabularInline):
    """When the clock stood still."""

    model = ClockPause
    extra = 0
    can_delete = False
    fields = readonly_fields = ("since", "until")


class AlertInline(admin.TabularInline):
    """Which reminders were sent."""

    model = ClockAlert
    extra = 0
    can_delete = False
    fields = readonly_fields = ("stage", "at")


@admin.register(ReviewClock)
class ReviewClockAdmin(ReadOnlyAdmin):
    """How the time limits ran, with their pauses and reminders."""

    list_display = ("filing", "kind", "hours", "started_at", "stopped_at")
    list_filter = ("kind",)
    list_select_related = _OF_FILING
    inlines = (PauseInline, AlertInline)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Who was told what."""

    list_display = ("kind", "to", "filing", "at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("to", *_OF_FILING)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Which notices left the portal."""

    list_display = ("notice", "channel", "sent_at")
    list_select_related = ("notice",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did or looked at what."""

    list_display = ("at", "by", "action", "object_type", "object_id", "field", "reason", "told")
    list_filter = ("action",)
    list_select_related = ("by",)
    search_fields = ("=object_id", "object_type", "by__username")
    date_hierarchy = "at"
    exclude = ("changed",)
    readonly_fields = ("told",)

    @admin.display(description=AuditEntry._meta.get_field("changed").verbose_name)
    def told(self, entry: AuditEntry) -> str:
        """What changed, in words: 每人最多同时审核：3 → 5."""
        if not entry.changed:
            return ""
        columns = apps.get_model(entry.object_type)._meta
        return "\n".join(
            labelled(columns.get_field(name).verbose_name, f"{_value(old)} → {_value(new)}")
            for name, (old, new) in entry.changed.items()
        )


def _value(value: Any) -> str:
    """A kept value in words; a dash for nothing."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return listed(value) or "—"
    return "—" if value in (None, "") else str(value)
