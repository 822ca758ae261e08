"""The second template language, for the few pieces of page that are too long for the first.

Django's own templates look up and escape each value by itself; a document with a thousand cells
takes them some thirty milliseconds, and Jinja two. Everything else is written in Django's: what a
piece shares with other pages comes from the same tags, and `{% quick "….jinja" %}` puts it in.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.template import defaultfilters, defaulttags
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined, pass_context
from jinja2.runtime import Context

from filings.queries.differences import words_of
from filings.templatetags import ledger
from jiaozuo_portal.templatetags import portal_ui


def environment(**options: Any) -> Environment:
    """The environment: escaping on, names that are not there an error, texts by Django's gettext.

    In translated texts a `%` is written twice, for all of them are formatted; what is put into them
    is escaped.
    """
    made = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=options["loader"],
        auto_reload=options["auto_reload"],
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext,
        translation.ngettext,
        newstyle=True,
        pgettext=translation.pgettext,
        npgettext=translation.npgettext,
    )
    made.globals |= {
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
    known = {"request": context["request"], "portal_now": context["portal_now"]}
    return SafeString(get_template(name).render({**known, **named}))
