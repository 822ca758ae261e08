"""The admin site: entered through the portal's own sign-in page and second factor."""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: SECURITY: the tables of django-otp hold the secrets of the second factors. The counts of failed
#: sign-ins name nobody (indexes only); a lock is lifted on the person's page.
_KEPT_OUT = frozenset({"otp_totp", "otp_static", "axes"})


class PortalAdminConfig(AdminConfig):
    """Makes `PortalAdminSite` the site that every admin module registers with."""

    default_site = "jiaozuo_portal.admin_site.PortalAdminSite"


class RecordedAdmin(ModelAdmin):
    """Writes every change into the audit record too, beside Django's own log. Names, no values."""

    show_full_result_count = False
    list_per_page = 50

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record that `obj` was added."""
        _record(request, "admin_add", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Record which fields of `obj` were changed."""
        _record(request, "admin_change", obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Record each object that is deleted."""
        for obj in queryset:
            _record(request, "admin_delete", obj, "")
        return super().log_deletions(request, queryset)


class ReadOnlyAdmin(RecordedAdmin):
    """What is looked at and never written: only the workflow writes it."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


def _record(request: HttpRequest, action: str, obj: Any, message: Any) -> None:
    by: Any = request.user
    apps.get_model("filings", "AuditEntry").objects.create(
        action=action,
        object_type=obj._meta.label_lower[:32],
        object_id=str(obj.pk)[:40],
        by=by,
        field=_fields_in(message)[:60],
    )


def _fields_in(message: Any) -> str:
    """The names of the changed fields in the message of Django's log."""
    if not isinstance(message, list):
        return ""
    names = [str(name) for part in message for name in part.get("changed", {}).get("fields", [])]
    return ", ".join(names)


class PortalAdminSite(AdminSite):
    """Django's admin site behind the portal's door, under the portal's own name."""

    index_title = _("数据管理")
    site_url = "/"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff who have given the one-time code where one is asked for."""
        return super().has_permission(request) and not self._is_kept_waiting(request)

    @staticmethod
    def _is_kept_waiting(request: HttpRequest) -> bool:
        user: Any = request.user
        return user.must_change_password or (user.needs_second_factor and not user.is_verified())

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Lead to the portal's own pages: sign-in, change of password, second factor."""
        user: Any = request.user
        next_url = request.GET.get("next") or request.get_full_path()
        if not user.is_authenticated:
            # Imported late: this module is loaded while the apps are, and the views need them.
            from django.contrib.auth.views import redirect_to_login

            return redirect_to_login(next_url)
        if user.must_change_password:
            return redirect("password_change")
        if user.is_staff and self._is_kept_waiting(request):
            return redirect("second_factor")
        return redirect("home")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Sign out as everywhere in the portal: by POST, so that no link signs anybody out."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        logout(request)
        return redirect("sign_in")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The names of the portal as an administrator has set them."""
        city = apps.get_model("filings", "CitySetting").current()
        is_english = (get_language() or "").startswith("en")
        name = (is_english and city.portal_name_en) or city.portal_name or city.city_name
        return {
            **super().each_context(request),
            "site_header": name or _("平台管理"),
            "site_title": name or _("平台管理"),
        }

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register models, but never those that hold secrets."""
        models = (
            model_or_iterable
            if isinstance(model_or_iterable, list | tuple)
            else [model_or_iterable]
        )
        allowed = [model for model in models if model._meta.app_label not in _KEPT_OUT]
        if allowed:
            super().register(allowed, admin_class, **options)
