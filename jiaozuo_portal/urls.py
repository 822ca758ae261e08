"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

from jiaozuo_portal import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("filings.urls")),
    path("", include("policies.urls")),
]
