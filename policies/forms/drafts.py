"""Small forms around drafts: a name, a reason, which draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from policies.models import PackDraft


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
