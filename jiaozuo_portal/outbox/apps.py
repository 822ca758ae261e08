"""The app of the outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "jiaozuo_portal.outbox"
    label = "outbox"
    verbose_name = _("待办发送")
    default_auto_field = "django.db.models.BigAutoField"
