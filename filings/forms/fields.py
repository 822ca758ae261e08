"""Fields that read what people type as people type it, and say what is wrong with it."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.sheets import identity
from filings.sheets.words import BadValue

#: The alphabet of the unified social credit code (GB 32100-2015): no I, O, S, V, Z.
_USCC_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")


class Plain(forms.Form):
    """Says of an empty field what to do, by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.say_plainly()

    def say_plainly(self) -> None:
        """Word the missing of each required field; again after fields were added."""
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField)
            words = _("请选择“%(field)s”。") if chosen else _("请填写“%(field)s”。")
            field.error_messages["required"] = words % {"field": field.label}


def _refuse(bad: BadValue) -> forms.ValidationError:
    return forms.ValidationError(
        _("%(wrong)s。%(right)s。") % {"wrong": bad.message, "right": bad.expected}
    )


class LineField(forms.CharField):
    """One line of free words; full-width blanks at the ends fall away."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 120, **options})


class MobileField(forms.CharField):
    """A mobile number; spaces, dashes and +86 are taken out. Gives eleven digits or ""."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        )
        super().__init__(**{"max_length": 30, **options})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            return identity.mobile(text)
        except BadValue as bad:
            raise _refuse(bad) from None


class KnownMobileField(MobileField):
    """A mobile number that is on file: the form shows it masked and takes that for unchanged.

    Gives None for unchanged, "" for cleared, eleven digits for a new one.
    """

    def __init__(self, *, masked: str = "", **options: Any) -> None:
        self.masked = masked
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        if value is not None and self.masked and value.strip() == self.masked:
            return None
        return super().clean(value)


def uscc_fault(text: str) -> str:
    """What exactly is wrong with a folded unified social credit code, or "" when it is right."""
    if len(text) != 18:
        return _("统一社会信用代码应为 18 位，这里是 %(length)s 位。") % {"length": len(text)}
    for place, char in enumerate(text, start=1):
        if char not in _USCC_ALPHABET:
            return _(
                "第 %(place)s 位“%(char)s”不会出现在统一社会信用代码里（不用字母 I、O、S、V、Z）。"
            ) % {"place": place, "char": char}
    try:
        identity.uscc(text)
    except BadValue:
        return _("最后一位校验码与前 17 位不符，其中有一位写错了。请对照营业执照核对。")
    return ""


class UsccField(forms.CharField):
    """A unified social credit code; small and full-width letters, blanks and dashes are folded."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.TextInput(
                attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
            ),
        )
        super().__init__(**{"max_length": 60, **options})

    def clean(self, value: Any) -> str:
        text = identity.folded(super().clean(value))
        fault = uscc_fault(text) if text else ""
        if fault:
            raise forms.ValidationError(fault)
        return text


class MoneyField(forms.DecimalField):
    """An amount in 万元 with two decimals at most; blank means not known yet, never zero."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.TextInput(attrs={"inputmode": "decimal", "data-unit": gettext_lazy("万元")}),
        )
        super().__init__(**{"min_value": 0, "max_digits": 14, "decimal_places": 2, **options})

    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain_number(value))


class HeadsField(forms.IntegerField):
    """A number of persons; blank means not known yet."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric"}))
        super().__init__(**{"min_value": 0, "max_value": 1_000_000, **options})

    def to_python(self, value: Any) -> Any:
        return super().to_python(_plain_number(value))


def _plain_number(value: Any) -> Any:
    """1，500.00 and １５００ as people type them."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFKC", value).replace(",", "").strip()
