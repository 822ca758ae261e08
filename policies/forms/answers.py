"""One question as a form: the control follows from the type of the fact."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.eligibility import FactError
from policies.eligibility.facts import FactSpec, FactType
from policies.queries.wording import figure_words, say

_GROUPS = re.compile(r"[\s,\uff0c]")
YES_NO = (("yes", gettext_lazy("是")), ("no", gettext_lazy("否")))
#: More values than this are a list to choose from and no longer a row of buttons.
MOST_BUTTONS = 8


class AnswerForm(forms.Form):
    """The answer to one question. `cleaned_data["value"]` is what the registry takes."""

    fact = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, spec: FactSpec, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        self.initial.setdefault("fact", spec.name)
        self.fields["value"] = control(spec)

    def add_error(self, field: Any, error: Any) -> None:
        """Also put the cursor where the error is, when the page comes back."""
        super().add_error(field, error)
        self.fields["value"].widget.attrs["autofocus"] = True

    @property
    def is_yes_no(self) -> bool:
        """Whether one press of a button answers it."""
        return self.spec.type is FactType.BOOL

    def clean_value(self) -> Any:
        """The value in the fact's own type, or what would be right."""
        return read(self.spec, self.cleaned_data["value"])


def read(spec: FactSpec, given: Any) -> Any:
    """What a control gave as the registry takes it. Raises ValidationError with what is right."""
    value = _READERS.get(spec.type, str)(given)
    try:
        spec.parse(value)
    except FactError as error:
        raise forms.ValidationError(str(error.reason)) from None
    return value


def shown_value(spec: FactSpec, stored: Any) -> str:
    """A declared value as the form shows it, to be corrected."""
    if spec.type is FactType.BOOL:
        return "yes" if stored else "no"
    return str(stored)


def control(spec: FactSpec, *, in_short: bool = False) -> forms.Field:
    """The control that fits the type of a fact, labelled with its question.

    In short it is labelled with the fact's name, may stay blank and takes no row of buttons.
    """
    field = _control(spec, say(spec.label if in_short else spec.question), in_short)
    field.required = not in_short
    return field


def _control(spec: FactSpec, label: str, in_short: bool) -> forms.Field:
    if spec.type is FactType.BOOL and in_short:
        return forms.ChoiceField(label=label, choices=[("", "—"), *YES_NO])
    if spec.type is FactType.BOOL:
        return forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)
    if spec.type is FactType.ENUM:
        choices = [(name, say(text)) for name, text in spec.values.items()]
        few = len(choices) <= MOST_BUTTONS and not in_short
        widget = forms.RadioSelect if few else forms.Select
        return forms.ChoiceField(
            label=label,
            choices=choices if widget is forms.RadioSelect else [("", "—"), *choices],
            widget=widget,
        )
    if spec.type is FactType.DATE:
        return forms.DateField(
            label=label,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("请填写日期，例如 2020-03-05。")},
        )
    return forms.CharField(
        label=label,
        max_length=40,
        help_text=_limits(spec),
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric" if spec.type is FactType.INT else "decimal",
                "autocomplete": "off",
                "data-unit": say(spec.unit) if spec.unit else "",
            }
        ),
    )


def _limits(spec: FactSpec) -> str:
    if spec.maximum is not None and spec.minimum is not None:
        return _("%(low)s 到 %(high)s 之间") % {"low": spec.minimum, "high": spec.maximum}
    return ""


def _plain_digits(text: str) -> str:
    """Full-width digits, spaces and thousands commas are what people paste from a table."""
    return _GROUPS.sub("", unicodedata.normalize("NFKC", text))


def _whole(text: str) -> int:
    digits = _plain_digits(text)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", digits):
        raise forms.ValidationError(_("请填写整数，例如 40。"))
    return int(digits)


def _decimal(text: str) -> Decimal:
    digits = _plain_digits(text)
    if not re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,12})?", digits):
        raise forms.ValidationError(
            _("请只填数字，例如 %(example)s。") % {"example": figure_words("36000.5")}
        )
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise forms.ValidationError(_("请只填数字。")) from None


_READERS: dict[FactType, Any] = {
    FactType.BOOL: lambda given: given == "yes",
    FactType.INT: _whole,
    FactType.NUMBER: _decimal,
    FactType.DATE: lambda day: day.isoformat(),
}
