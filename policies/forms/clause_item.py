"""One item of a clause as a form: its words, departments, kind, dates, and how to apply."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policies.eligibility import FactError
from policies.eligibility.facts import parse_day
from policies.eligibility.packs import GivenPer, Kind, Pack
from policies.queries.wording import KINDS, STRENGTHS, say

TERMS = (
    ("open", gettext_lazy("没有写截止日期")),
    ("dated", gettext_lazy("到一个日期为止")),
    ("event", gettext_lazy("随一件事结束（在条件里写明）")),
)
KIND_CHOICES = (
    *((kind.value, word) for kind, word in KINDS.items()),
    (Kind.DUTY.value, gettext_lazy("政府职责（不向企业显示）")),
)
NEEDS_CHOICES = (
    ("", gettext_lazy("按类别：优惠要申请，服务和信息不用")),
    ("yes", gettext_lazy("要申请")),
    ("no", gettext_lazy("不用申请，按“怎么办理”享受")),
)
GIVEN_CHOICES = (
    ("", gettext_lazy("一家企业一次")),
    (GivenPer.SITE.value, gettext_lazy("每个厂区一次（文件说的是厂区的东西：房屋、用电、产线）")),
    (
        GivenPer.CASE.value,
        gettext_lazy("每笔一次（文件说的是一笔贷款、一份合同、一个税期、一个项目）"),
    ),
)
#: Form fields of two languages, by the key of the file.
WHOLE = ("summary", "apply")
OWN = ("label", "item_summary", "item_apply")


def _line(label: Any, *, required: bool = False, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=300, **more)


def _area(label: Any, **more: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, required=False, max_length=2000, widget=widget, **more)


def _day(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"type": "date"})
    return forms.CharField(label=label, required=False, max_length=10, widget=widget)


class ItemForm(forms.Form):
    """The words and dates of an item and of the clause it stands in.

    What stays blank in the item follows the clause, and what stays blank there the document.
    """

    saves_partly = True

    label_zh = _line(gettext_lazy("名称（中文）"))
    label_en = _line(gettext_lazy("名称（英文）"))
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=KIND_CHOICES)
    strength = forms.ChoiceField(label=gettext_lazy("给予的力度"))
    topic = forms.ChoiceField(label=gettext_lazy("主题（同一主题只给一次）"))
    item_summary_zh = _area(gettext_lazy("这一项的摘要（中文）"))
    item_summary_en = _area(gettext_lazy("这一项的摘要（英文）"))
    needs_application = forms.ChoiceField(label=gettext_lazy("要不要向部门申请"), required=False)
    given_per = forms.ChoiceField(
        label=gettext_lazy("申请几次"), choices=GIVEN_CHOICES, required=False
    )
    item_apply_zh = _area(gettext_lazy("这一项怎么办理（中文）"))
    item_apply_en = _area(gettext_lazy("这一项怎么办理（英文）"))
    papers_zh = _area(gettext_lazy("申请要交的材料，一行一份（中文）"))
    papers_en = _area(gettext_lazy("申请要交的材料，一行一份（英文）"))
    term = forms.ChoiceField(label=gettext_lazy("期限"), required=False)
    valid_from = _day(gettext_lazy("首日"))
    valid_until = _day(gettext_lazy("末日"))
    basis_zh = _area(gettext_lazy("期限的依据（中文）"))
    basis_en = _area(gettext_lazy("期限的依据（英文）"))
    inferred = forms.BooleanField(label=gettext_lazy("文件没有直接写明，是推定的"), required=False)
    summary_zh = _area(gettext_lazy("全条摘要（中文）"))
    summary_en = _area(gettext_lazy("全条摘要（英文）"))
    departments = forms.MultipleChoiceField(
        label=gettext_lazy("全条负责部门"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    apply_zh = _area(gettext_lazy("全条怎么办理（中文）"))
    apply_en = _area(gettext_lazy("全条怎么办理（英文）"))
    amount_name_zh = _line(gettext_lazy("金额叫什么（中文）"))
    amount_name_en = _line(gettext_lazy("金额叫什么（英文）"))

    def __init__(
        self, pack: Pack, content: Mapping[str, Any], number: int, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.content, self.number = content, number
        item = content["items"][number]
        for name, field in self.fields.items():
            if name.endswith("_zh"):
                field.widget.attrs["lang"] = "zh-Hans"
        strengths: Any = self.fields["strength"]
        strengths.choices = [*STRENGTHS.items(), ("n/a", _("不分力度"))]
        needs: Any = self.fields["needs_application"]
        needs.choices = NEEDS_CHOICES
        topics: Any = self.fields["topic"]
        topics.choices = _topics(pack, item)
        terms: Any = self.fields["term"]
        terms.choices = [("", _("和本条或文件相同")), *TERMS]
        departments: Any = self.fields["departments"]
        departments.choices = _departments(pack, content)
        if not self.is_bound:
            self.initial = _initial(content, item)

    def clean(self) -> dict[str, Any]:
        """Hold what belongs together: both languages, and dates with their basis."""
        for name in (*WHOLE, *OWN, "basis", "amount_name"):
            self._both(name)
        if len({len(lines) for lines in self._papers().values()}) > 1:
            self.add_error("papers_en", _("两种语言的材料应一样多，一行一份。"))
        if not self.cleaned_data.get("label_zh"):
            self.add_error("label_zh", _("请填写名称。"))
        if not self.cleaned_data.get("departments"):
            self.add_error("departments", _("请至少选择一个部门。"))
        if not self.cleaned_data.get("summary_zh"):
            self.add_error("summary_zh", _("请填写摘要。"))
        self._clean_dates()
        return self.cleaned_data

    def _both(self, name: str) -> None:
        zh, en = (self.cleaned_data.get(f"{name}_{code}", "") for code in ("zh", "en"))
        if bool(zh) != bool(en):
            missing = "en" if zh else "zh"
            self.add_error(f"{name}_{missing}", _("两种语言都要填写，或都留空。"))

    def _clean_dates(self) -> None:
        days = {}
        for name in ("valid_from", "valid_until"):
            text = self.cleaned_data.get(name)
            if text:
                try:
                    days[name] = parse_day(text, name)
                except FactError as refused:
                    self.add_error(name, str(refused.reason))
        term = self.cleaned_data.get("term")
        if len(days) == 2 and days["valid_until"] < days["valid_from"]:
            self.add_error("valid_until", _("末日早于首日。"))
        if term == "dated" and not self.cleaned_data.get("valid_until"):
            self.add_error("valid_until", _("请填写末日。"))
        if term and term != "dated" and self.cleaned_data.get("valid_until"):
            self.add_error("valid_until", _("写了末日，期限就应选“到一个日期为止”。"))
        if term and not self.cleaned_data.get("basis_zh"):
            self.add_error("basis_zh", _("请写明期限的依据。"))
        if not term and days:
            self.add_error("term", _("写了日期，请选择期限的种类。"))

    def applied(self) -> dict[str, Any]:
        """The clause file with what was filled in; what stayed the same is the same."""
        content = copy.deepcopy(dict(self.content))
        item = content["items"][self.number]
        for key in WHOLE:
            self._put(content, key, key)
        for key, name in (("label", "label"), ("summary", "item_summary"), ("apply", "item_apply")):
            self._put(item, key, name)
        chosen = self.cleaned_data.get("departments") or []
        if set(chosen) != set(content["departments"]):
            kept = [one for one in content["departments"] if one in chosen]
            content["departments"] = kept + [one for one in chosen if one not in kept]
        for key in ("kind", "strength", "topic"):
            item[key] = self.cleaned_data.get(key) or item[key]
        self._put_needs(item)
        self._put_papers(item)
        self._put_valid(item)
        return content

    def _put_needs(self, item: dict[str, Any]) -> None:
        chosen = self.cleaned_data.get("needs_application")
        if chosen:
            item["needs_application"] = chosen == "yes"
        else:
            item.pop("needs_application", None)
        if self.cleaned_data.get("given_per"):
            item["given_per"] = self.cleaned_data["given_per"]
        elif item.get("given_per") != GivenPer.ENTERPRISE:
            item.pop("given_per", None)

    def _papers(self) -> dict[str, list[str]]:
        """The papers in each language, line by line."""
        return {
            code: [
                line.strip() for line in self._typed(f"papers_{code}").splitlines() if line.strip()
            ]
            for code in ("zh", "en")
        }

    def _put_papers(self, item: dict[str, Any]) -> None:
        typed = self._papers()
        pairs = zip_longest(typed["zh"], typed["en"], fillvalue="")
        papers = [{"zh": zh, "en": en} for zh, en in pairs]
        if not papers:
            item.pop("papers", None)
        elif papers != item.get("papers"):
            item["papers"] = papers

    def _put(self, place: dict[str, Any], key: str, name: str) -> None:
        texts = {code: self._typed(f"{name}_{code}") for code in ("zh", "en")}
        before = place.get(key)
        if not any(texts.values()):
            if key not in ("label", "summary") or before is None or name.startswith("item_"):
                place.pop(key, None)
        elif before is None or _stripped(before) != texts:
            place[key] = texts

    def _put_valid(self, item: dict[str, Any]) -> None:
        term = self.cleaned_data.get("term")
        if not term:
            item.pop("valid", None)
            return
        before = item.get("valid", {})
        days = {"from": self._typed("valid_from"), "until": self._typed("valid_until")}
        valid: dict[str, Any] = {key: day for key, day in days.items() if day}
        valid["term"] = term
        if self.cleaned_data.get("inferred"):
            valid["inferred"] = True
        elif before.get("inferred") is False:
            valid["inferred"] = False
        basis = {code: self._typed(f"basis_{code}") for code in ("zh", "en")}
        same = bool(before) and _stripped(before["basis"]) == basis
        valid["basis"] = before["basis"] if same else basis
        if valid != before:
            item["valid"] = valid

    def _typed(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "").replace("\r\n", "\n").strip()

    @property
    def amount_name(self) -> dict[str, str]:
        """What the amount is called, in both languages."""
        return {code: self._typed(f"amount_name_{code}") for code in ("zh", "en")}


def _stripped(text: Mapping[str, str]) -> dict[str, str]:
    return {code: text[code].strip() for code in ("zh", "en")}


def _initial(content: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    texts = {
        "summary": content.get("summary"),
        "apply": content.get("apply"),
        "label": item.get("label"),
        "item_summary": item.get("summary"),
        "item_apply": item.get("apply"),
        "basis": item.get("valid", {}).get("basis"),
        "amount_name": item.get("amount", {}).get("name"),
    }
    valid = item.get("valid", {})
    return {
        f"{name}_{code}": text[code].strip()
        for name, text in texts.items()
        if text
        for code in ("zh", "en")
    } | {
        "kind": item["kind"],
        "strength": item["strength"],
        "topic": item["topic"],
        "needs_application": _needs(item),
        "given_per": item.get("given_per", "").replace(GivenPer.ENTERPRISE, ""),
        **{
            f"papers_{code}": "\n".join(one[code] for one in item.get("papers", ()))
            for code in ("zh", "en")
        },
        "departments": content["departments"],
        "term": valid.get("term", ""),
        "valid_from": valid.get("from", ""),
        "valid_until": valid.get("until", ""),
        "inferred": valid.get("inferred", False),
    }


def _needs(item: Mapping[str, Any]) -> str:
    if "needs_application" not in item:
        return ""
    return "yes" if item["needs_application"] else "no"


def shared_topics(pack: Pack) -> list[tuple[str, str]]:
    """The topics that a pack names, so that an item can join one."""
    return [(key, say(topic.label)) for key, topic in pack.topics.items() if topic.note]


def _topics(pack: Pack, item: Mapping[str, Any]) -> list[tuple[str, str]]:
    shared, own = shared_topics(pack), item["topic"]
    alone = f"topic-{item['id']}" if own in dict(shared) else own
    return [(alone, _("单独一项，不和别的合并")), *shared]


def _departments(pack: Pack, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each department under the name that the file writes, or its full one."""
    document = content["document"]
    written = {}
    for name in content["departments"]:
        department = pack.department(name, document)
        if department is not None:
            written[department.name.zh] = name
    found = [(written.get(one.name.zh, one.name.zh), say(one.name)) for one in pack.departments]
    known = {value for value, _label in found}
    return found + [(name, name) for name in content["departments"] if name not in known]
