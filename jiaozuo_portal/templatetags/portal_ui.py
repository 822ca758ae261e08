"""Tags that give every page the same icons, state words, times and figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BaseForm, BoundField
from django.template import Context, engines
from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils import dateformat, timezone
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from jiaozuo_portal.lib import clock, punctuation

register = template.Library()

NEUTRAL, BRAND, GOOD, WARN, DANGER = "neutral", "brand", "good", "warn", "danger"


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: icon, tone of colour, and its word where no other module owns it."""

    icon: str
    tone: str
    word: Promise | str = ""


#: One look per state, the same on every page. Filing states have their words in `filings.states`.
LOOKS: dict[str, Look] = {
    # a filing
    "draft": Look("pencil", NEUTRAL),
    "submitted": Look("send", BRAND),
    "in_review": Look("eye", BRAND),
    "returned": Look("return", WARN),
    "approved": Look("stamp", GOOD),
    "ready": Look("gate", GOOD),
    "started": Look("factory", GOOD),
    "withdrawn": Look("undo", NEUTRAL),
    "suspended": Look("pause", DANGER),
    "revoked": Look("ban", DANGER),
    # an application for a support measure
    "sent": Look("send", BRAND),
    "received": Look("eye", BRAND),
    "asked_back": Look("return", WARN),
    "granted": Look("stamp", GOOD),
    "refused": Look("ban", DANGER),
    "paid": Look("check-circle", GOOD),
    # an official text
    "accepted": Look("stamp", GOOD),
    # a section
    "empty": Look("circle", NEUTRAL, gettext_lazy("未填写")),
    "partly": Look("half", WARN, gettext_lazy("还缺内容")),
    "complete": Look("check-circle", GOOD, gettext_lazy("已填完")),
    "locked": Look("lock", NEUTRAL, gettext_lazy("暂不能填写")),
    # a row of the checklist
    "done": Look("check-circle", GOOD, gettext_lazy("已落实")),
    "not_done": Look("cross-circle", DANGER, gettext_lazy("未落实")),
    "not_given": Look("question", WARN, gettext_lazy("未填报")),
    # a gate
    "pass": Look("check-circle", GOOD, gettext_lazy("通过")),
    "fail": Look("cross-circle", DANGER, gettext_lazy("未通过")),
    "waived": Look("waive", WARN, gettext_lazy("已豁免")),
    # a support measure
    "eligible": Look("check-circle", GOOD, gettext_lazy("可以享受")),
    "not_eligible": Look("cross-circle", NEUTRAL, gettext_lazy("不符合")),
    "unknown": Look("question", WARN, gettext_lazy("还差信息")),
    "expired": Look("clock", NEUTRAL, gettext_lazy("已过期")),
    # a receipt
    "valid": Look("check-circle", GOOD, gettext_lazy("有效")),
    "superseded": Look("replace", NEUTRAL, gettext_lazy("已被新版替代")),
    # a correction or an opinion
    "open": Look("dot", WARN, gettext_lazy("待处理")),
    "handled": Look("check-circle", GOOD, gettext_lazy("已处理")),
    # a row of a comparison
    "added": Look("plus", GOOD, pgettext_lazy("change", "新增")),
    "changed": Look("pencil", WARN, pgettext_lazy("change", "修改")),
    "removed": Look("minus", DANGER, pgettext_lazy("change", "删除")),
    # long work
    "waiting": Look("hourglass", NEUTRAL, gettext_lazy("排队中")),
    "running": Look("refresh", BRAND, gettext_lazy("进行中")),
    "finished": Look("check-circle", GOOD, gettext_lazy("已完成")),
    "failed": Look("cross-circle", DANGER, gettext_lazy("失败")),
}
_UNKNOWN_LOOK = Look("dot", NEUTRAL)
_SELECTED = " selected"


# ---------------------------------------------------------------- icons and states
@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of `static/icons.svg`; without a label it is decoration and hidden from readers."""
    return _drawn(f"{staticfiles_storage.url('icons.svg')}#{name}", f"icon {css}".strip(), label)


# The same few icons and states stand in every row of a long list.
@lru_cache(maxsize=512)
def _drawn(address: str, classes: str, label: str) -> SafeString:
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>',
            classes, label, address,
        )  # fmt: skip
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"/></svg>',
        classes, address,
    )  # fmt: skip


@register.simple_tag
def badge(state: Any, word: Any = "", css: str = "") -> SafeString:
    """A state as icon, word and colour: `{% badge filing.state filing.get_state_display %}`.

    `state` is a code of LOOKS. The word may be left out for a choice that carries its label and
    for a code whose word stands in LOOKS; ValueError where there is no word at all.
    """
    code = getattr(state, "value", state)
    look = LOOKS.get(code, _UNKNOWN_LOOK)
    shown = str(word or getattr(state, "label", "") or look.word)
    if not shown:
        raise ValueError(f"state {code!r} needs its word: {{% badge code word %}}")
    return _stamped(f"state state-{look.tone} {css}".strip(), icon(look.icon), shown)


@lru_cache(maxsize=512)
def _stamped(classes: str, drawn: SafeString, shown: str) -> SafeString:
    return format_html('<span class="{}">{}{}</span>', classes, drawn, shown)


@register.filter
def tone(state: Any) -> str:
    """The tone of a state: neutral, brand, good, warn or danger."""
    return LOOKS.get(getattr(state, "value", state), _UNKNOWN_LOOK).tone


@register.filter
def state_icon(state: Any) -> str:
    """The name of a state's icon."""
    return LOOKS.get(getattr(state, "value", state), _UNKNOWN_LOOK).icon


@register.simple_tag
def copy(text: Any, label: str = "") -> SafeString:
    """A button that copies `text`; put it right behind the text itself."""
    said = label or _("复制 %(text)s") % {"text": text}
    # Inside the f-string below it would not be collected for translation.
    copied = _("已复制")
    # A list has one in every row: `format_html` would cost as much as the rest of the cell.
    return SafeString(
        f'<button type="button" class="copy" data-copy="{escape(text)}"'
        f' data-copied="{escape(copied)}" aria-label="{escape(said)}">{icon("copy")}'
        '<span class="copy-said" role="status"></span></button>'
    )


@register.simple_tag
def code(text: Any) -> SafeString:
    """A text in full with its copy button."""
    return SafeString(f'<span class="code">{escape(text)}</span>{copy(text)}')


@register.simple_tag
def address(route: str, key: int) -> str:
    """The address of one row of a list: `{% address "review" filing.pk %}`."""
    before, after = _address_of(route, get_script_prefix())
    return f"{before}{int(key)}{after}"


@lru_cache(maxsize=64)
def _address_of(route: str, _prefix: str) -> tuple[str, str]:
    before, __, after = reverse(route, args=[0]).rpartition("0")
    return before, after


@register.simple_tag
def fixed(template_name: str) -> SafeString:
    """A piece of page that depends on nothing but the language; it is rendered once in each."""
    if settings.DEBUG:
        return SafeString(get_template(template_name).render({}))
    return _fixed(template_name, get_language())


@lru_cache(maxsize=16)
def _fixed(template_name: str, _language: str | None) -> SafeString:
    return SafeString(get_template(template_name).render({}))


@register.simple_tag(takes_context=True)
def quick(context: Context, template_name: str) -> SafeString:
    """A long piece of page that is written for the quicker of the two engines."""
    piece = engines["quick"].get_template(template_name)
    known: dict[Any, Any] = context.flatten()
    return SafeString(piece.render(known))


# ---------------------------------------------------------------- times as people say them
@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | date | None) -> SafeString | str:
    """The exact time: 3月8日 17:00; with the year where it is not the current one."""
    if value is None:
        return "—"
    return _time(value, _exact(value, _now(context)))


def moments(context: Context) -> Callable[[datetime | date], SafeString]:
    """`moment` for a long list: what is the same in all of its rows is asked for once."""
    this_year, language = _local(_now(context)).year, get_language()
    return lambda value: _time(value, _written(value, this_year, language))


@register.simple_tag(takes_context=True)
def since(context: Context, value: datetime | None) -> SafeString | str:
    """How long ago, with the exact time: 3 小时前（3月2日 08:00）."""
    if value is None:
        return "—"
    now = _now(context)
    if value > now:
        return moment(context, value)
    gone = now - value
    said = _("刚刚") if gone < timedelta(minutes=1) else _("%(span)s前") % {"span": _span(gone)}
    return _said_and_exact(value, said, _("（%(exact)s）") % {"exact": _exact(value, now)})


@register.simple_tag(takes_context=True)
def waited(context: Context, value: datetime | None) -> SafeString | str:
    """How long something has been waiting: 5 小时."""
    if value is None:
        return "—"
    return _time(value, _span(max(_now(context) - value, timedelta(0))))


@register.simple_tag(takes_context=True)
def time_left(context: Context, due: datetime | date | None) -> SafeString | str:
    """How long until a last moment or a last day: 还剩 31 小时（3月8日 17:00 前）."""
    if due is None:
        return "—"
    now = _now(context)
    exact = {"exact": _exact(due, now)}
    if not isinstance(due, datetime):
        return _said_and_exact(due, _days_left(due, now), _("（%(exact)s截止）") % exact)
    if due < now:
        said = _("已超 %(span)s") % {"span": _span(now - due)}
        return _said_and_exact(due, said, _("（应在%(exact)s 前）") % exact)
    said = _("还剩 %(span)s") % {"span": _span(due - now)}
    return _said_and_exact(due, said, _("（%(exact)s 前）") % exact)


@register.simple_tag
def paused_left(left: timedelta) -> str:
    """What is left of a limit while it is paused: 暂停，还剩 31 小时."""
    if left < timedelta(0):
        return _("暂停，已超 %(span)s") % {"span": _span(-left)}
    return _("暂停，还剩 %(span)s") % {"span": _span(left)}


@register.filter
def hm(value: datetime) -> str:
    """Hours and minutes: 08:00."""
    return _local(value).strftime("%H:%M")


@register.filter
def hms(value: datetime) -> str:
    """Hours, minutes and seconds, as in 已保存 14:03:22."""
    return _local(value).strftime("%H:%M:%S")


def _now(context: Context) -> datetime:
    return context.get("portal_now") or clock.now()


def _local(value: datetime) -> datetime:
    return timezone.localtime(value, timezone.get_default_timezone())


def _time(value: datetime | date, shown: str) -> SafeString:
    return SafeString(f'<time class="exact" datetime="{value.isoformat()}">{escape(shown)}</time>')


def _exact(value: datetime | date, now: datetime) -> str:
    return _written(value, _local(now).year, get_language())


# The same times stand in a list at every visit, and to write one out is slow.
@lru_cache(maxsize=4096)
def _written(value: datetime | date, this_year: int, _language: str | None) -> str:
    shown = _local(value) if isinstance(value, datetime) else value
    if isinstance(value, datetime):
        form = _("n月j日 H:i") if shown.year == this_year else _("Y年n月j日 H:i")
    else:
        form = _("n月j日") if shown.year == this_year else _("Y年n月j日")
    return dateformat.format(shown, form)


def _days_left(due: date, now: datetime) -> str:
    days = (due - clock.day_of(now)).days
    if days == 0:
        return _("今天截止")
    words = _("还剩 %(span)s") if days > 0 else _("已超 %(span)s")
    return words % {"span": _counted_days(abs(days))}


def _counted_days(days: int) -> str:
    return ngettext("%(count)s 天", "%(count)s 天", days) % {"count": days}


def _span(length: timedelta) -> str:
    """A length of time in its largest sensible unit: minutes, hours up to two days, days."""
    minutes = max(int(length.total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(count)s 分钟", "%(count)s 分钟", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s 小时", "%(count)s 小时", hours) % {"count": hours}
    return _counted_days(hours // 24)


def _said_and_exact(value: datetime | date, said: str, exact: str) -> SafeString:
    # The exact time wraps as a whole, never in the middle of a date.
    return SafeString(
        f'<time datetime="{value.isoformat()}">{escape(said)}<wbr>'
        f'<span class="exact">{escape(exact)}</span></time>'
    )


# ---------------------------------------------------------------- words
register.filter("listed", punctuation.listed)
register.filter("labelled", punctuation.labelled)
register.filter("remarked", punctuation.remarked)


# ---------------------------------------------------------------- figures
@register.filter
def number(value: int | float | Decimal | None) -> str:
    """A figure with its thousands parted: 12,345.6; a dash where there is none, never a zero."""
    if value is None or value == "":
        return "—"
    return f"{value:,}"


@register.filter
def part_of(value: int, whole: int) -> int:
    """The percentage that `value` is of `whole`, rounded down; 0 of nothing is 0."""
    return value * 100 // whole if whole else 0


# ---------------------------------------------------------------- forms
@register.filter
def widget_attr(field: BoundField, name: str) -> str:
    """An attribute of a field's widget, such as `data-unit` or `data-clause`; blank if not set."""
    return field.field.widget.attrs.get(name, "")


@register.simple_tag
def select(field: BoundField) -> SafeString:
    """A field of choices, drawn without the widget's templates: a desk has ten of them a page."""
    chosen = str(field.value() or "")
    options = "".join(
        f'<option value="{escape(value)}"{_SELECTED if str(value) == chosen else ""}>'
        f"{escape(str(label))}</option>"
        for value, label in field.field.choices  # type: ignore[attr-defined]
    )
    css = field.field.widget.attrs.get("class", "")
    return SafeString(
        f'<select name="{escape(field.html_name)}" id="{escape(field.id_for_label)}"'
        f' class="{escape(css)}">{options}</select>'
    )


@register.filter
def corrections_of(field: BoundField) -> list[Any]:
    """The bureau's corrections beside this field: `form.corrections` maps field names to lists."""
    return getattr(field.form, "corrections", {}).get(field.name, [])


@register.filter
def own_id(field: BoundField) -> str:
    """The id to which an error links: the field itself, or the first of several choices."""
    return field.id_for_label or f"div_{field.auto_id}"


@register.simple_tag
def error_lines(*forms: BaseForm) -> list[ErrorLine]:
    """Every error of the forms, in their order, each with its field's id ("" for the whole)."""
    return [line for form in forms if form for line in _errors_of(form)]


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """One line of the error summary."""

    target: str
    label: str
    message: str


def _errors_of(form: BaseForm) -> Iterator[ErrorLine]:
    for message in form.non_field_errors():
        yield ErrorLine("", "", str(message))
    for field in form:
        for message in field.errors:
            target = "" if field.is_hidden else own_id(field)
            yield ErrorLine(target, str(field.label or ""), str(message))


@register.filter
def has_open(corrections: list[Any]) -> bool:
    """Whether any of the corrections still waits to be done."""
    return any(not note.done for note in corrections)


@register.filter
def is_optional(field: BoundField) -> bool:
    """Whether the label says 选填: by `data-optional`, or by a field that is not required.

    A form whose parts are saved one by one demands nothing at that moment; it says so with
    `saves_partly = True`, and then only `data-optional` counts.
    """
    if widget_attr(field, "data-optional"):
        return True
    return not field.field.required and not getattr(field.form, "saves_partly", False)
