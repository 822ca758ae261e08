"""The form of a text block."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.models import TextBlock
from filings.queries.review import PARTS


class TextBlockForm(forms.Form):
    """A correction that is asked often."""

    title = forms.CharField(
        label=gettext_lazy("短名"),
        max_length=20,
        strip=True,
        help_text=gettext_lazy("写在按钮上，例如：缺发热处置流程。"),
    )
    text = forms.CharField(
        label=gettext_lazy("需要补正的内容"),
        max_length=1000,
        strip=True,
        help_text=gettext_lazy("插入以后，审核人员还可以改。"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    rule = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=8,
        required=False,
        strip=True,
        help_text=gettext_lazy("指南的条款，例如 R1.2。"),
    )
    section = forms.ChoiceField(label=gettext_lazy("用在哪一部分"), required=False)
    is_active = forms.BooleanField(
        label=gettext_lazy("启用"),
        required=False,
        initial=True,
        help_text=gettext_lazy("不启用的不再出现，用过的记录都在。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(key, title) for key, title in PARTS.items() if key != "process"]
        self.fields["section"].choices = [("", _("所有部分")), *parts]  # type: ignore[attr-defined]


def initial_of(block: TextBlock) -> dict[str, Any]:
    """A block as the form shows it."""
    names = ("title", "text", "rule", "section", "is_active")
    return {name: getattr(block, name) for name in names}
