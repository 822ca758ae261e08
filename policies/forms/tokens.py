"""The form in which a key of the interface is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import Agency, Enterprise
from policies.domain.tokens import TERMS
from policies.models import ApiToken


class TokenForm(forms.Form):
    """For whom, what for, what it opens and for how long."""

    holder = forms.ChoiceField(label=gettext_lazy("令牌属于"))
    name = forms.CharField(
        label=gettext_lazy("用途"),
        max_length=60,
        help_text=gettext_lazy("写明哪个系统用它，以后好认，例如：企业办公系统。"),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一项权限。")},
    )
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), coerce=int, initial=90)

    def __init__(self, *args: Any, holders: list[Enterprise | Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holders = {f"{one._meta.model_name}-{one.pk}": one for one in holders}
        holder: Any = self.fields["holder"]
        holder.choices = [(key, str(one)) for key, one in self._holders.items()]
        days: Any = self.fields["days"]
        days.choices = [(term, _("%(days)s 天") % {"days": term}) for term in TERMS]

    def chosen_holder(self) -> Enterprise | Agency:
        """The enterprise or agency that was chosen."""
        return self._holders[self.cleaned_data["holder"]]
