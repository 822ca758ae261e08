"""Forms of official texts: the upload, what a text is, and one clause of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.texts.clauses import names_in

MOST_PASTED = 300_000
_MOST_DEPARTMENTS = 60


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class TextUploadForm(forms.Form):
    """A file with official texts, or the text itself."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        required=False,
        allow_empty_file=True,  # the reader of files says what to do about it
        help_text=gettext_lazy("docx、txt 或带文字的 PDF，最大 20 MB。"),
    )
    pasted = forms.CharField(
        label=gettext_lazy("或者粘贴文字"),
        required=False,
        max_length=MOST_PASTED,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("从标题到落款日期一起粘贴，一处可以有几份文件。"),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two, not both: nobody could tell which one was meant."""
        found = super().clean() or {}
        if self.errors:
            return found
        if found.get("file") is not None and found.get("pasted"):
            self.add_error("pasted", _("已经选了文件。请去掉文件，或清空这里。"))
        elif found.get("file") is None and not found.get("pasted"):
            self.add_error("file", _("请选择文件，或者在下面粘贴文字。"))
        return found


class TextForm(forms.Form):
    """What an official text is."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=300, required=False)
    number = forms.CharField(
        label=gettext_lazy("文号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("按原文填写，括号用六角括号，例如 测政〔2020〕7号。"),
    )
    issuer = forms.CharField(label=gettext_lazy("发文机关"), max_length=120, required=False)
    dated = _day(gettext_lazy("成文日期"))
    valid_from = _day(gettext_lazy("施行首日"))
    valid_until = _day(gettext_lazy("施行末日"), gettext_lazy("没有写明的留空。"))
    valid_basis = forms.CharField(
        label=gettext_lazy("期限依据"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("原文怎样写期限，或者怎样推定的。"),
    )

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        found = super().clean() or {}
        first, last = found.get("valid_from"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("不能早于施行首日。"))
        return found


class ClauseForm(forms.Form):
    """One clause: its number, section, wording and departments."""

    number = forms.IntegerField(label=gettext_lazy("第几条"), min_value=1, max_value=999)
    section = forms.CharField(label=gettext_lazy("章节"), max_length=300, required=False)
    body = forms.CharField(
        label=gettext_lazy("原文"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("要分成两条，就在分开的地方留一个空行，再按“在空行处分成两条”。"),
    )
    departments = forms.CharField(
        label=gettext_lazy("责任部门"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("每行一个，按原文写的名称。"),
    )

    def __init__(self, *args: Any, language: str = "zh-Hans", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("section", "body", "departments"):
            self.fields[name].widget.attrs["lang"] = language

    def clean_departments(self) -> list[str]:
        """The names, each once."""
        found = names_in(self.cleaned_data["departments"])
        if len(found) > _MOST_DEPARTMENTS or any(len(name) > 80 for name in found):
            raise forms.ValidationError(_("最多 60 个部门，每个名称不超过 80 个字。"))
        return found
