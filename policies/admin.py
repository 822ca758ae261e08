"""Packs, answers and verdicts in the admin site: to be looked at, never changed there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from jiaozuo_portal.lib import clock
from policies.domain.packs import Loaded, UnfitPack, load_archive
from policies.eligibility.archives import write_archive
from policies.forms.archives import PackArchiveForm
from policies.models import (
    Clause,
    Declaration,
    DepartmentDesk,
    Document,
    Match,
    Measure,
    OfficialText,
    Pack,
    Rematch,
    SupportLink,
    TextClause,
)
from policies.queries.packs import exported

#: More faults than these are one fault many times; the number of all is said.
MOST_FAULTS = 200


class ReadOnlyAdmin(admin.ModelAdmin):
    """What the portal alone writes; a pack changes by loading a new version."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DocumentRows(admin.TabularInline):
    """The documents of a pack."""

    model = Document
    fields = ["key", "number", "title", "date", "valid_from", "valid_until"]
    readonly_fields = ["key", "number", "title", "date", "valid_from", "valid_until"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Pack)
class PackAdmin(ReadOnlyAdmin):
    """Every version that was loaded, with its documents."""

    list_display = ["key", "version", "edition", "status", "measures", "loaded_at", "published_at"]
    list_filter = ["status"]
    exclude = ["content"]
    inlines = [DocumentRows]

    def get_urls(self) -> list[Any]:
        return [
            path("load/", self.admin_site.admin_view(self.load), name="policies_pack_load"),
            path(
                "<int:pk>/export/",
                self.admin_site.admin_view(self.export),
                name="policies_pack_export",
            ),
            *super().get_urls(),
        ]

    def load(self, request: HttpRequest) -> HttpResponse:
        """Take a zipped pack and publish it as the next version, or list every fault."""
        if not request.user.has_perm("policies.add_pack"):
            raise PermissionDenied
        form = PackArchiveForm(request.POST or None, request.FILES or None)
        faults: list[Any] = []
        if request.method == "POST" and form.is_valid():
            try:
                loaded = load_archive(form.cleaned_data["file"], by=request.user, at=clock.now())  # type: ignore[arg-type]
            except UnfitPack as unfit:
                faults = unfit.faults
            else:
                self.message_user(request, _told(loaded), messages.SUCCESS)
                return redirect("admin:policies_pack_change", loaded.pack.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("载入政策包"),
            "form": form,
            "faults": faults[:MOST_FAULTS],
            "count": len(faults),
            "opts": self.opts,
        }
        status = 422 if faults or form.errors else 200
        return render(request, "admin/policies/pack/load.html", context, status=status)

    def export(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The files of a version as a zip; the same bytes each time."""
        if not request.user.has_perm("policies.view_pack"):
            raise PermissionDenied
        pack = get_object_or_404(Pack, pk=pk)
        answer = HttpResponse(write_archive(exported(pack)), content_type="application/zip")
        answer["Content-Disposition"] = f'attachment; filename="{pack.key}-v{pack.version}.zip"'
        return answer

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pack]:
        return super().get_queryset(request).defer("content").annotate(n=Count("measures"))

    @admin.display(description=_("支持措施"))
    def measures(self, pack: Any) -> int:
        """How many measures the version holds."""
        return pack.n


@admin.register(Document)
class DocumentAdmin(ReadOnlyAdmin):
    """Official texts by pack version."""

    list_display = ["number", "title", "pack", "level", "date", "valid_until"]
    list_filter = ["pack__status", "level"]
    list_select_related = ["pack"]
    search_fields = ["number", "title"]


@admin.register(Clause)
class ClauseAdmin(ReadOnlyAdmin):
    """Numbered points with our summaries."""

    list_display = ["__str__", "document", "summary"]
    list_filter = ["document__pack__status"]
    list_select_related = ["document__pack"]
    search_fields = ["summary"]


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    """Measures by pack version."""

    list_display = ["key", "label", "kind", "strength", "topic", "valid_from", "valid_until"]
    list_filter = ["pack__status", "kind", "strength"]
    search_fields = ["key", "label"]


@admin.register(Declaration)
class DeclarationAdmin(ReadOnlyAdmin):
    """Who answered which question when.

    SECURITY: not what was answered; that is between the enterprise and whom it applies to.
    """

    list_display = ["enterprise", "fact", "by", "at", "ending", "ended_at"]
    list_filter = ["ending"]
    list_select_related = ["enterprise", "by"]
    search_fields = ["enterprise__name", "=fact"]
    exclude = ["value"]


@admin.register(Match)
class MatchAdmin(ReadOnlyAdmin):
    """When each filing was last judged."""

    list_display = ["filing", "day", "pack", "at"]
    list_select_related = ["filing__enterprise", "filing__site", "pack"]
    list_filter = ["day"]


@admin.register(Rematch)
class RematchAdmin(ReadOnlyAdmin):
    """The rounds of judging every filing again."""

    list_display = ["cause", "subject", "total", "at"]
    list_filter = ["cause"]


@admin.register(SupportLink)
class SupportLinkAdmin(ReadOnlyAdmin):
    """Verdicts with their history. SECURITY: without the reasons, which quote the answers."""

    list_display = ["filing", "measure", "verdict", "day", "pack", "superseded_at"]
    list_filter = ["verdict", ("superseded_at", admin.EmptyFieldListFilter)]
    list_select_related = ["filing__enterprise", "filing__site", "pack"]
    search_fields = ["=measure", "filing__enterprise__name"]
    exclude = ["reasoning", "sheet", "amount_yuan"]


class TextClauseRows(admin.TabularInline):
    """The clauses of an official text."""

    model = TextClause
    fields = ["number", "section", "body"]
    readonly_fields = ["number", "section", "body"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(OfficialText)
class OfficialTextAdmin(ReadOnlyAdmin):
    """Official texts as they were imported; they are corrected on their own pages."""

    list_display = ["__str__", "title", "status", "script", "dated", "file", "accepted_at"]
    list_filter = ["status", "script"]
    list_select_related = ["file"]
    search_fields = ["number", "title"]
    inlines = [TextClauseRows]


def _told(loaded: Loaded) -> str:
    said = _("已载入并发布：%(pack)s。") if loaded.is_new else _("内容与已发布的 %(pack)s 相同。")
    return said % {"pack": loaded.pack}


@admin.register(DepartmentDesk)
class DepartmentDeskAdmin(admin.ModelAdmin):
    """Which agency decides for which department of the texts."""

    list_display = ("department", "agency")
    list_select_related = ("agency",)
    search_fields = ("department",)
