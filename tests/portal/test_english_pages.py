"""Every page of the portal in English: what a reader sees holds no Chinese but named exceptions.

What people typed is turned into Latin letters first, so that any Chinese character left on a page
is a text of the portal that nobody translated, or a name that was shown without its English one.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from filings import mails
from filings.models import Invitation, Notice, User
from policies.domain import packs
from tests import walk
from tests.factories import NOW
from tests.walk import Route, Side, arguments, routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CHINESE = re.compile(r"[\u2014\u2026]{2}|[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")

#: One sentence run into the next, where Chinese needs no space between them.
RUN_TOGETHER = re.compile(r"[a-z)”][.!?:;,](?=[A-Z“][a-z])")

#: Chinese that an English page holds on purpose.
EXCEPTIONS = {
    r"简体中文": "the name of a language is written in that language",
    r"[\u4e00-\u9fff]+〔\d{4}〕\d+号": "the number of a document is its name",
    r"焦复备[-〔]?\d{4}[-〕]?\d*": "the number of a filing is its name",
    r"[\u4e00-\u9fff]{2,3}\d+-\d+[a-z]?": "the code of a measure is made of its document's number",
    r"企业纾困360": "a platform is found under its own name",
}

#: What a city brings with it carries an English name beside the Chinese one.
HAVE_THEIR_ENGLISH = {"District", "Zone", "Agency", "CitySetting"}

#: Pages of a filing that say something else in each of its states.
OF_EVERY_STATE = {"filing", "review", "history", "check_answers", "support", "version", "start"}


def latin(value: Any) -> Any:
    """The same value with every Chinese character as one Latin letter, every mark as a stop."""
    if isinstance(value, dict):
        return {latin(key): latin(one) for key, one in value.items()}
    if isinstance(value, list):
        return [latin(one) for one in value]
    return CHINESE.sub(_letters, value) if isinstance(value, str) else value


def _letters(found: re.Match[str]) -> str:
    return "".join(
        chr(ord("a") + ord(char) % 26) if "\u3400" <= char <= "\u9fff" else "." for char in found[0]
    )


def write_in_latin(rows: Iterable[type[models.Model]]) -> None:
    """Turn what is written in the rows of these models into Latin letters."""
    for model in rows:
        fields = [
            field.attname
            for field in model._meta.concrete_fields
            if isinstance(field, (models.CharField, models.TextField, models.JSONField))
        ]
        for row in model._base_manager.all():
            typed = {name: latin(getattr(row, name)) for name in fields}
            changed = {name: new for name, new in typed.items() if new != getattr(row, name)}
            if changed:
                model._base_manager.filter(pk=row.pk).update(**changed)


def seen(page: str) -> str:
    """What a person sees or hears of a page: its text and the attributes that are read out.

    A text that says of itself that it is Chinese is left out: readers are told, and it is meant.
    """
    page = re.sub(r"<(script|style|template)\b.*?</\1>|<!--.*?-->", " ", page, flags=re.DOTALL)
    page = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>[^<]*</\1>', " ", page)
    said = re.findall(
        r"\s(?:aria-label|aria-description|title|placeholder|alt|data-\w+)=\"([^\"]*)\"", page
    )
    return html.unescape(" ".join([re.sub(r"<[^>]*>", " ", page), *said]))


def faults_in(page: str) -> list[str]:
    """The Chinese that is left on a page and what runs together, with a few words around it."""
    text = seen(page)
    for exception in EXCEPTIONS:
        text = re.sub(exception, " ", text)
    text = re.sub(r"\s+", " ", text)
    found = [*CHINESE.finditer(text), *RUN_TOGETHER.finditer(text)]
    return [text[max(0, one.start() - 25) : one.end() + 25] for one in found]


@pytest.fixture
def side(clock_at) -> Side:
    """An enterprise with filings in every state and its authorities, all writing Latin letters."""
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)
    with override("en"):
        made = walk.side("410803", "Works ")
    filled = apps.get_app_config("filings").get_models()
    write_in_latin(model for model in filled if model.__name__ not in HAVE_THEIR_ENGLISH)
    User.objects.update(language="en")
    return made


def addresses(side: Side) -> Iterator[str]:
    """Every address that answers GET, those of a filing in each of its states."""
    for route in routes():
        if "GET" not in route.view.policy.methods or route.name in {"metrics", "sign_out"}:
            continue
        yield address(route, arguments(route, side))
        if route.name in OF_EVERY_STATE:
            for state in walk.STATES:
                yield address(route, arguments(route, side) | {"pk": side.filings[state].pk})


def address(route: Route, kwargs: dict[str, Any]) -> str:
    asked = "&".join(f"{name}={value}" for name, value in walk.ASKS.get(route.name, {}).items())
    return reverse(route.name, kwargs=kwargs) + (f"?{asked}" if asked else "")


def admin_addresses() -> Iterator[str]:
    """Lists, forms and histories of the admin site."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{label}_changelist")
        yield reverse(f"{label}_add")
        row = model._base_manager.first()
        if row is not None:
            yield reverse(f"{label}_change", args=[row.pk])


def untranslated(client: Client, urls: Iterator[str]) -> dict[str, list[str]]:
    """What is wrong with each of these pages."""
    client.cookies["django_language"] = "en"
    found = {}
    for url in urls:
        answer = client.get(url)
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        if left := faults_in(answer.content.decode()):
            found[f"{answer.status_code} {url}"] = left
    return found


def test_every_page_is_english_for_everybody(client, side):
    left = untranslated(client, addresses(side))
    for role, person in side.roles.items():
        client.force_login(person)
        seen_by = untranslated(client, addresses(side))
        left |= {f"{role} {page}": texts for page, texts in seen_by.items()}

    assert left == {}


def test_the_admin_site_is_english(client, side):
    # It shows rows as they are: names in both languages, a pack's texts, Django's permissions.
    write_in_latin(apps.get_models())
    client.force_login(side.roles["administrator"])

    assert untranslated(client, admin_addresses()) == {}


def test_every_letter_is_english(side):
    with override("en"):
        for notice in Notice.objects.all():
            mails.mail_notice(notice)
    mails.mail_password_link(User.objects.first(), key="link")
    mails.mail_invitation(Invitation.objects.select_related("invited_by").first())

    assert {notice.kind for notice in Notice.objects.all()} >= {"return", "approve", "opinion"}
    assert [faults_in(f"{letter.subject} {letter.body}") for letter in mail.outbox] == [
        [] for _letter in mail.outbox
    ]


def test_the_walk_sees_chinese(client, side):
    client.force_login(side.roles["owner"])
    User.objects.update(language="zh-hans")
    client.cookies["django_language"] = "zh-hans"

    assert faults_in(client.get(reverse("home"), follow=True).content.decode())


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<p>Filing</p><script>'备案'</script><!-- 备案 -->", []),
        ('<p title="备案">Filing</p>', ["备案"]),
        ('<button data-busy="正在提交…">Submit</button>', ["正在提交"]),
        ('<input name="备案" placeholder="姓名">', ["姓名"]),
        ('<b lang="zh-Hans">姓名</b> <b lang="en">姓名</b>', ["姓名"]),
        ("<p>豫政〔2020〕9号 and 简体中文</p>", []),
        ("<p>Saved.Fill in the rest</p><p>Saved. Fill in</p>", ["Saved.Fill"]),
        ("<p>Masks（box）、gloves</p>", ["（", "）、"]),
    ],
)
def test_what_counts_as_a_fault_of_a_page(page, left):
    found = faults_in(page)

    assert len(found) == len(left)
    assert all(word in line for word, line in zip(left, found, strict=True))
