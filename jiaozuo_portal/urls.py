"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from jiaozuo_portal import health
from jiaozuo_portal.lib.doors import PUBLIC, open_to

choose_language = open_to(PUBLIC, methods=("POST",))(set_language)

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("i18n/setlang/", choose_language, name="set_language"),
    path("", include("filings.urls")),
    path("", include("policies.urls")),
]
