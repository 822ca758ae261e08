"""The answers that the page of the self-check carries in hidden fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from policies.eligibility import FactError
from policies.eligibility.facts import Registry
from policies.queries.wording import fault_words, say

from .answers import control, read, shown_value
from .trial import PREFIX, facts_in


@dataclass(frozen=True, slots=True)
class Carried:
    """`values` as the registry takes them, `texts` as hidden fields hold them, and what is wrong.

    SECURITY: a page can send whatever it likes, so every value is read anew, as if just typed;
    one that cannot be is left out and said.
    """

    values: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def texts(self, registry: Registry) -> list[tuple[str, str]]:
        """The hidden fields of the answers."""
        return [
            (PREFIX + name, shown_value(registry.facts[name], value))
            for name, value in self.values.items()
        ]


def read_carried(data: Mapping[str, Any], registry: Registry) -> Carried:
    """The answers in a form. Raises Refused for a fact that does not exist."""
    carried = Carried()
    for name in facts_in(data, registry):
        spec = registry.facts[name]
        try:
            value = read(spec, control(spec).clean(data[PREFIX + name]))
            registry.parse({**carried.values, name: value})
        except forms.ValidationError as error:
            carried.wrong[name] = _said(say(spec.label), " ".join(error.messages))
        except FactError as error:
            carried.wrong[name] = _said(say(spec.label), fault_words(error, registry))
        else:
            carried.values[name] = value
    return carried


def _said(label: str, reason: str) -> str:
    return _("“%(label)s”：%(reason)s") % {"label": label, "reason": reason}
