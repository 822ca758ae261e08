"""The second template language, for the few pieces of page that are too long for the first.

Django's own templates look up and escape each value by itself; a filing with fifty people takes
them thirty milliseconds, and Jinja ten. Everything else is written in Django's: what a piece shares
with other pages comes from the same tags, and `{% quick "….jinja" %}` puts it in.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.template import Context as DjangoContext
from django.template import defaultfilters, defaulttags
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from filings.queries.differences import words_of
from filings.templatetags import ledger
from jiaozuo_portal.templatetags import portal_ui


def environment(**options: Any) -> Environment:
    """The environment: escaping on, an unknown name an error, texts by Django's gettext."""
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=options["loader"],
        auto_reload=options["auto_reload"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {
        "_": _gettext,
        "ngettext": _ngettext,
        "npgettext": _npgettext,
        "pgettext": _pgettext,
        "badge": portal_ui.badge,
        "icon": portal_ui.icon,
        "moment": pass_context(portal_ui.moment),
        "moments": pass_context(portal_ui.moments),
        "quantity": ledger.quantity,
        "querystring": _querystring,
        "template": _template,
        "url": _url,
        "words_of": words_of,
    }
    made.filters |= {
        "filesize": defaultfilters.filesizeformat,
        "number": portal_ui.number,
    }
    return made


# Texts of the catalogue are the portal's own and stand as they are; what is put in is escaped.
def _gettext(text: str, **values: Any) -> SafeString:
    return _filled(translation.gettext(text), values)


def _pgettext(sense: str, text: str, **values: Any) -> SafeString:
    return _filled(translation.pgettext(sense, text), values)


def _ngettext(one: str, many: str, count: int, **values: Any) -> SafeString:
    return _filled(translation.ngettext(one, many, count), values)


def _npgettext(sense: str, one: str, many: str, count: int, **values: Any) -> SafeString:
    return _filled(translation.npgettext(sense, one, many, count), values)


def _filled(said: str, values: dict[str, Any]) -> SafeString:
    if values:
        said %= {name: conditional_escape(value) for name, value in values.items()}
    return SafeString(said)


def _url(route: str, *arguments: Any) -> str:
    return reverse(route, args=arguments)


@pass_context
def _querystring(context: Context, **changed: Any) -> str:
    """The page's query string with some parameters changed, None for none: as Django's own tag."""
    page: Any = SimpleNamespace(request=context["request"])
    return str(defaulttags.querystring(page, **changed))


@pass_context
def _template(context: Context, name: str, **named: Any) -> SafeString:
    """A piece that is written in Django's template language; it knows what is named, and the page's
    address and time."""
    known = DjangoContext({"portal_now": context["portal_now"], **named})
    known.request = context["request"]  # type: ignore[attr-defined]
    piece: Any = get_template(name)
    return SafeString(piece.template.render(known))
