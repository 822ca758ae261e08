"""The app of filings: enterprises, what they file and how it is reviewed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingsConfig(AppConfig):
    name = "filings"
    verbose_name = _("复工备案")
