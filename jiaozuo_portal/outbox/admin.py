"""The outbox in the admin site: what waits, what was given up, and a second chance for it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxQuerySet, OutboxRow


class StandingFilter(admin.SimpleListFilter):
    """Open, given up, or done."""

    title = _("状态")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("待办")), ("dead", _("已放弃")), ("done", _("已完成"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> QuerySet[OutboxRow]:
        if self.value() == "open":
            return queryset.filter(done_at=None, dead_at=None)
        if self.value() == "dead":
            return queryset.exclude(dead_at=None)
        if self.value() == "done":
            return queryset.exclude(done_at=None)
        return queryset


@admin.register(OutboxRow)
class OutboxRowAdmin(admin.ModelAdmin):
    """Read-only but for the retry: a row is written by the portal and by nobody else."""

    list_display = [
        "kind",
        "subject",
        "due_at",
        "sends",
        "tries",
        "done_at",
        "dead_at",
        "last_error",
    ]
    list_filter = [StandingFilter, "kind"]
    search_fields = ["=id", "subject"]
    ordering = ["-created_at"]
    actions = ["retry"]
    show_full_result_count = False

    @admin.action(description=_("重新发送已放弃的"), permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: OutboxQuerySet) -> None:
        """Open the chosen dead rows again; the others stay as they are."""
        number = queryset.retry(at=clock.real_now())
        text = ngettext("已重新发送 %d 项。", "已重新发送 %d 项。", number) % number
        self.message_user(request, text, messages.SUCCESS if number else messages.WARNING)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever may change the rows may send them again."""
        return request.user.has_perm("outbox.change_outboxrow")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxRow | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxRow | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: OutboxRow | None = None) -> bool:
        return request.user.has_perm("outbox.view_outboxrow")
