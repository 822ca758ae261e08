"""Small forms around drafts: a name, a reason, a new clause."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.eligibility.packs import Pack
from policies.models import PackDraft
from policies.queries.wording import say


class DraftForm(forms.Form):
    """What a new draft is called."""

    name = forms.CharField(label=_("草稿名称"), max_length=100)


class ReasonForm(forms.Form):
    """Why something is done; kept in the record."""

    reason = forms.CharField(
        label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class PickDraftForm(forms.Form):
    """The open draft in which somebody goes on, or the name of a new one."""

    draft = forms.ChoiceField(label=_("写在哪份草稿里"), widget=forms.RadioSelect)
    name = forms.CharField(label=_("新草稿的名称"), max_length=100, required=False)

    def __init__(self, drafts: Iterable[PackDraft], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        draft: Any = self.fields["draft"]
        draft.choices = [(str(one.pk), one.name) for one in drafts] + [("", _("另起一份草稿"))]
        draft.required = False
        draft.initial = draft.choices[0][0]

    def clean(self) -> dict[str, Any]:
        """A new draft has a name."""
        found = super().clean() or {}
        if not self.errors and not found.get("draft") and not found.get("name", "").strip():
            self.add_error("name", _("请给草稿起一个名称，不超过 100 个字。"))
        return found


class NewClauseForm(forms.Form):
    """The first words of a new clause; its conditions follow in the editor."""

    document = forms.ChoiceField(label=_("文件"))
    number = forms.IntegerField(label=_("第几条"), min_value=1, max_value=999)
    label_zh = forms.CharField(label=_("名称（中文）"), max_length=300)
    label_en = forms.CharField(label=_("名称（英文）"), max_length=300)
    summary_zh = forms.CharField(label=_("摘要（中文）"), max_length=2000)
    summary_en = forms.CharField(label=_("摘要（英文）"), max_length=2000)
    apply_zh = forms.CharField(label=_("怎么办理（中文）"), max_length=2000)
    apply_en = forms.CharField(label=_("怎么办理（英文）"), max_length=2000)
    departments = forms.MultipleChoiceField(
        label=_("负责部门"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        document: Any = self.fields["document"]
        document.choices = [
            (one.key, f"{one.number} {say(one.title)}") for one in pack.documents.values()
        ]
        departments: Any = self.fields["departments"]
        departments.choices = [(one.name.zh, say(one.name)) for one in pack.departments]

    @property
    def given(self) -> dict[str, Any]:
        """What `new_clause` takes."""
        data = self.cleaned_data
        texts = {
            name: {code: data[f"{name}_{code}"] for code in ("zh", "en")}
            for name in ("label", "summary", "apply")
        }
        return {name: data[name] for name in ("document", "number", "departments")} | texts
