"""A policy pack sent as one zip file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiaozuo_portal.lib.files import ZIP, BadFile, inspect


class PackArchiveForm(forms.Form):
    """The zip of a pack; what is in it is looked at by `domain.packs`."""

    file = forms.FileField(label=_("政策包（.zip）"), help_text=_("与导出的压缩包格式相同。"))

    def clean_file(self) -> Any:
        """A zip that unpacks to a sensible size."""
        file = self.cleaned_data["file"]
        try:
            inspect(file, allow=(ZIP,))
        except BadFile as refused:
            raise forms.ValidationError(refused.message) from None
        return file
