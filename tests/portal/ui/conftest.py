"""A small site with the style page, without a database, and a real browser to look at it."""

import copy
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import Browser, Page

from jiaozuo_portal.lib import clock

HERE = Path(__file__).parent


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        """The tests speak for themselves."""


def _templates() -> list[dict]:
    """The portal's templates with the style page's, and no context that asks a database."""
    found = copy.deepcopy(portal_settings.TEMPLATES)
    found[0]["DIRS"].append(HERE / "templates")
    options = found[0]["OPTIONS"]
    options["context_processors"] = [
        name for name in options["context_processors"] if not name.startswith("filings.")
    ]
    return found


@pytest.fixture(scope="module")
def ui_settings() -> Iterator[None]:
    """The settings of the style page's site."""
    with override_settings(
        ROOT_URLCONF="tests.portal.ui.urls",
        TEMPLATES=_templates(),
        PORTAL_CLOCK_START=datetime(2020, 3, 2, tzinfo=UTC),
        PORTAL_CLOCK_ANCHOR=clock.real_now(),
    ):
        yield


@pytest.fixture(scope="module")
def site(ui_settings: None) -> Iterator[str]:
    """The address of the style page's site."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _QuietHandler)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page: `open_page("/style/clerk/", width=360, scheme="dark")`.

    The page keeps in `page.troubles` every breach of the content security policy and every error
    of a script.
    """
    contexts = []

    def open_it(
        path: str, *, width: int = 1280, scheme: str = "light", language: str = "zh-CN"
    ) -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            locale=language,
            has_touch=width < 600,
        )
        contexts.append(context)
        page = context.new_page()
        page.troubles = []
        page.on("pageerror", lambda error: page.troubles.append(str(error)))
        page.on("console", lambda message: _note_breach(page, message.text))
        page.goto(path)
        return page

    yield open_it
    for context in contexts:
        context.close()


def _note_breach(page: Page, text: str) -> None:
    if "Content Security Policy" in text:
        page.troubles.append(text)
