"""Values that are tried and not saved: one short control for each fact, and the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from filings.public import Refused
from policies.eligibility import FactError
from policies.eligibility.facts import FIRST_DAY, LAST_DAY, Registry
from policies.queries.wording import fault_words, say

from .answers import control, read

#: Fields of facts are named so, apart from everything else that a form carries.
PREFIX = "f_"


def facts_in(data: Mapping[str, Any], registry: Registry) -> list[str]:
    """The facts that a form carries, in its order. Raises Refused for one that does not exist."""
    names = [name.removeprefix(PREFIX) for name in data if name.startswith(PREFIX)]
    if not registry.facts.keys() >= set(names):
        raise Refused(_("没有这个条目，可能政策已经更新。请刷新页面重新选择。"))
    return names


class TrialForm(forms.Form):
    """The facts on the table. `values` are those that were filled in and can be, by name."""

    saves_partly = True  # nothing is demanded, so no label says 选填

    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )

    def __init__(self, registry: Registry, names: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.registry = registry
        self.names = list(names)
        self.fields["day"].label = _("在哪一天")
        for name in self.names:
            self.fields[PREFIX + name] = control(registry.facts[name], in_short=True)

    @property
    def values(self) -> dict[str, Any]:
        """The facts as the registry takes them, without blank and wrong ones."""
        given = {name: self.cleaned_data.get(PREFIX + name) for name in self.names}
        return {name: value for name, value in given.items() if value is not None}

    def day_or(self, today: date) -> date:
        """The day that was chosen, else today."""
        chosen: date | None = self.cleaned_data.get("day")
        return chosen or today

    def refuse_together(self, known: Mapping[str, Any]) -> None:
        """Put an error beside a value that cannot be together with the others and with `known`."""
        try:
            self.registry.parse({**known, **self.values})
        except FactError as error:
            name = error.place.removeprefix("facts.")
            said = fault_words(error, self.registry)
            if name in self.names:
                self.add_error(PREFIX + name, said)
                return
            label = say(self.registry.label(name))
            said = _("“%(label)s”%(reason)s") % {"label": label, "reason": said}
            self.add_error(None, said)

    def clean_day(self) -> date | None:
        """A day in the years that rules know."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(_("日期应在 1900 年到 2200 年之间"))
        return day

    def clean(self) -> dict[str, Any]:
        """Read each fact in its own type; a blank one is left as it is now."""
        for name in self.names:
            given = self.cleaned_data.get(PREFIX + name)
            if given in (None, ""):
                self.cleaned_data[PREFIX + name] = None
                continue
            try:
                self.cleaned_data[PREFIX + name] = read(self.registry.facts[name], given)
            except forms.ValidationError as error:
                self.add_error(PREFIX + name, error)
        return self.cleaned_data
