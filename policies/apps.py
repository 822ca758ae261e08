"""The app of policies: documents, their clauses, and the measures an enterprise can use."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PoliciesConfig(AppConfig):
    name = "policies"
    verbose_name = _("惠企政策")
