"""What a new clause or item begins with: its words, kind, topic and departments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.domain.draft_documents import Department
from policies.domain.draft_items import COMBINES, Beginning, NewTopic
from policies.eligibility.packs import Kind, Pack
from policies.queries.wording import STRENGTHS, say

from .clause_item import KIND_CHOICES, shared_topics

NEW_TOPIC = "+"
DEPARTMENT_LEVELS = (
    ("province", gettext_lazy("省级")),
    ("city", gettext_lazy("市级")),
    ("county", gettext_lazy("县级")),
)


def _line(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, required=required)


def _area(label: Any, *, required: bool = True, rows: int = 3) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=2000, required=required, widget=widget)


class NewItemForm(forms.Form):
    """The first words of another item of a clause; its conditions follow in the editor."""

    label_zh = _line(gettext_lazy("名称（中文）"))
    label_en = _line(gettext_lazy("名称（英文）"))
    summary_zh = _area(gettext_lazy("摘要（中文）"))
    summary_en = _area(gettext_lazy("摘要（英文）"))
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=KIND_CHOICES)
    strength = forms.ChoiceField(label=gettext_lazy("给予的力度"))
    topic = forms.ChoiceField(label=gettext_lazy("主题"), required=False)
    topic_zh = _line(gettext_lazy("新主题的名称（中文）"), required=False)
    topic_en = _line(gettext_lazy("新主题的名称（英文）"), required=False)
    combine = forms.ChoiceField(
        label=gettext_lazy("新主题里的各条"), choices=tuple(COMBINES.items()), required=False
    )

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack = pack
        strength: Any = self.fields["strength"]
        strength.choices = [*STRENGTHS.items(), ("n/a", _("不分力度"))]
        topic: Any = self.fields["topic"]
        alone, fresh = ("", _("单独一项，不和别的合并")), (NEW_TOPIC, _("新的主题……"))
        topic.choices = [alone, fresh, *shared_topics(pack)]
        for name, field in self.fields.items():
            if name.endswith("_zh"):
                field.widget.attrs["lang"] = "zh-Hans"

    def clean(self) -> dict[str, Any]:
        """A new topic has a name in both languages; a duty has no strength."""
        found = super().clean() or {}
        if found.get("topic") == NEW_TOPIC:
            for name in ("topic_zh", "topic_en"):
                if not found.get(name):
                    self.add_error(name, _("请用两种语言写明新主题的名称。"))
        return found

    def both(self, name: str) -> dict[str, str]:
        """A text in both languages as it was typed."""
        return {code: self.cleaned_data[f"{name}_{code}"] for code in ("zh", "en")}

    @property
    def item(self) -> Beginning:
        """What the item begins with."""
        data = self.cleaned_data
        topic: str | NewTopic | None = data["topic"] or None
        if topic == NEW_TOPIC:
            topic = NewTopic(self.both("topic"), data["combine"] or "any_one")
        is_duty = data["kind"] == Kind.DUTY.value
        strength = "n/a" if is_duty else data["strength"]
        return Beginning(self.both("label"), data["kind"], strength, topic, self.both("summary"))


class NewClauseForm(NewItemForm):
    """The first words of a new clause with its first item, whose summary is the clause's."""

    document = forms.ChoiceField(label=gettext_lazy("文件"))
    number = forms.IntegerField(label=gettext_lazy("第几条"), min_value=1, max_value=999)
    apply_zh = _area(gettext_lazy("怎么办理（中文）"))
    apply_en = _area(gettext_lazy("怎么办理（英文）"))
    departments = forms.MultipleChoiceField(
        label=gettext_lazy("负责部门"), widget=forms.CheckboxSelectMultiple
    )
    more_zh = _area(gettext_lazy("表里没有的部门，一行一个（中文全称）"), required=False, rows=2)
    more_en = _area(gettext_lazy("表里没有的部门，一行一个（英文）"), required=False, rows=2)
    more_level = forms.ChoiceField(
        label=gettext_lazy("这些部门的级别"), choices=DEPARTMENT_LEVELS, required=False
    )

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        super().__init__(pack, *args, **kwargs)
        document: Any = self.fields["document"]
        document.choices = [
            (one.key, f"{one.number} {say(one.title)}") for one in pack.documents.values()
        ]
        departments: Any = self.fields["departments"]
        departments.choices = [(one.name.zh, say(one.name)) for one in pack.departments]
        departments.required = not self["more_zh"].value()

    @property
    def chosen_departments(self) -> list[str]:
        """Those that are ticked, as the page names them."""
        ticked = self["departments"].value() or ()
        choices: Any = self.fields["departments"]
        return [str(label) for value, label in choices.choices if value in ticked]

    def clean(self) -> dict[str, Any]:
        """Each new department in both languages."""
        found = super().clean()
        if len(self._lines("more_zh")) != len(self._lines("more_en")):
            self.add_error("more_en", _("两种语言的部门应一样多，一行一个。"))
        return found

    def _lines(self, name: str) -> list[str]:
        lines = str(self.cleaned_data.get(name) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    @property
    def given(self) -> dict[str, Any]:
        """What `new_clause` takes."""
        data, item = self.cleaned_data, self.item
        level = data["more_level"] or "city"
        return {
            "document": data["document"],
            "number": data["number"],
            "departments": data["departments"],
            "summary": item.summary,
            "apply": self.both("apply"),
            "item": Beginning(item.label, item.kind, item.strength, item.topic),
            "new_departments": [
                Department({"zh": zh, "en": en}, level)
                for zh, en in zip(self._lines("more_zh"), self._lines("more_en"), strict=True)
            ],
        }
