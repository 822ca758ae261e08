"""The second template language escapes, translates and refuses as the first."""

from __future__ import annotations

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from jinja2.exceptions import UndefinedError

from filings.models import Correction
from jiaozuo_portal.lib import clock
from tests import factories as make

HOSTILE = "<b>\"x\" & 'y'</b>"
ESCAPED = "&lt;b&gt;&#34;x&#34; &amp; &#39;y&#39;&lt;/b&gt;"


def rendered(source: str, **known) -> str:
    environment = engines["quick"].env
    return environment.from_string(source).render(**known)


def test_every_value_is_escaped():
    assert rendered("<p>{{ it }}</p>", it=HOSTILE) == f"<p>{ESCAPED}</p>"


def test_what_is_put_into_a_text_is_escaped_and_the_text_is_not_formatted_without():
    shown = rendered('{{ _("%(it)s & <wbr>", it=it) }}|{{ _("100 %") }}', it=HOSTILE)

    assert shown == "&lt;b&gt;&quot;x&quot; &amp; &#x27;y&#x27;&lt;/b&gt; & <wbr>|100 %"


@pytest.mark.parametrize(
    ("source", "chinese", "english"),
    [
        ('{{ _("姓名") }}', "姓名", "Name"),
        ('{{ ngettext("%(n)s 条", "%(n)s 条", 1, n=1) }}', "1 条", "1 entry"),
        ('{{ ngettext("%(n)s 条", "%(n)s 条", 2, n=2) }}', "2 条", "2 entries"),
        ('{{ pgettext("correction", "提意见") }}', "提意见", "Ask for correction"),
        ('{{ npgettext("unit", "人", "人", 1) }}', "人", "person"),
    ],
)
def test_texts_come_in_the_readers_language(source, chinese, english):
    with translation.override("zh-hans"):
        assert rendered(source) == chinese
    with translation.override("en"):
        assert rendered(source).strip() == english


def test_a_name_that_is_not_there_is_an_error_and_not_a_blank():
    with pytest.raises(UndefinedError):
        rendered("{{ nothing }}")


def test_the_query_string_and_pieces_of_the_first_language_know_the_page():
    request = RequestFactory().get("/x/", {"a": "1", "b": HOSTILE})
    page = {"request": request, "portal_now": clock.now()}
    pager = type("Pager", (), {"previous": None, "next": "tok"})()

    query = rendered("{{ querystring(a=None, c=2) }}", **page)
    source = '{{ template("_pager.html", page=it, total=3, anchor="here") }}'
    piece = rendered(source, it=pager, **page)

    assert "a=1" not in query
    assert query.endswith("c=2")
    assert "<b>" not in query
    assert "after=tok#here" in piece
    assert 'rel="next"' in piece


@pytest.mark.django_db
def test_hostile_words_in_a_filing_stand_on_its_page_as_words(client):
    filing, people = make.filing_in("in_review")
    filing.roster.update(name=HOSTILE, workshop=HOSTILE, travel=HOSTILE, post=HOSTILE)
    version = filing.versions.get()
    version.content["scheme"]["duties"] = HOSTILE
    version.content["roster"]["units"] = [[HOSTILE, ""]]
    for item in version.content["supplies"]:
        item |= {"name": HOSTILE, "unit": HOSTILE}
    version.save()
    filing.ledger.update(person=HOSTILE, purpose=HOSTILE)
    Correction.objects.create(
        filing=filing, version=1, section="scheme", text=HOSTILE, by=people.reviewer,
        at=clock.now(),
    )  # fmt: skip
    client.force_login(people.reviewer)

    page = client.get(f"/filings/{filing.pk}/review/").content.decode()

    assert "<b>&" not in page
    assert HOSTILE not in page
    assert page.count(ESCAPED) > 10
