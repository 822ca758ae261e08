"""The admin site: entered through the portal's own sign-in page and second factor."""

from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: SECURITY: these tables of django-otp hold the secrets of the second factors.
_KEPT_OUT = frozenset({"otp_totp", "otp_static"})


class PortalAdminConfig(AdminConfig):
    """Makes `PortalAdminSite` the site that every admin module registers with."""

    default_site = "jiaozuo_portal.admin_site.PortalAdminSite"


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
            # Imported late: this module is loaded while the apps are.
            from django.contrib.auth.views import redirect_to_login

            return redirect_to_login(next_url)
        if user.must_change_password:
            return redirect("password_change")
        if user.is_staff and self._is_kept_waiting(request):
            return redirect("second_factor")
        return redirect("home")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign out as everywhere in the portal (by POST)."""
        from django.contrib.auth.views import LogoutView

        return LogoutView.as_view()(request)

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
