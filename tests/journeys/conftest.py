"""People in a real browser: a live portal on the test's database, and everybody's own window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue
from policies.domain import packs
from tests import factories as make

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
expect.set_options(timeout=20_000)


class Window:
    """One person's browser window. It notes whatever a page must not do."""

    def __init__(self, browser: Browser, base: str, *, width: int, language: str) -> None:
        self.base = base
        self.context = browser.new_context(
            base_url=base,
            viewport={"width": width, "height": 800},
            locale=language,
            has_touch=width < 600,
            accept_downloads=True,
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", lambda message: self._note(message.text))
        self.page.on("request", lambda request: self._note_request(request.url))

    def _note(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.troubles.append(text)

    def _note_request(self, url: str) -> None:
        host = urlsplit(url).netloc
        if host and host != urlsplit(self.base).netloc and not url.startswith(("data:", "blob:")):
            self.troubles.append(f"another host: {url}")

    def go(self, path: str) -> Page:
        """Open a page of the portal."""
        self.page.goto(path)
        return self.page

    def sign_in(self, username: str) -> Page:
        """Sign in with the factories' password."""
        self.go("/sign-in/")
        self.page.get_by_label("用户名或手机号码").fill(username)
        self.page.locator("#id_password").fill(make.PASSWORD)
        self.page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def faults(self) -> list[str]:
        """What axe finds serious or critical on the page as it stands."""
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        return [
            f"{fault['id']}: {fault['nodes'][0]['html'][:200]}"
            for fault in found
            if fault["impact"] in {"serious", "critical"}
        ]

    def scrolls_sideways(self) -> bool:
        """Is the page wider than the window?"""
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )


@pytest.fixture
def window(chromium: Browser, live_server, settings) -> Iterator[Callable[..., Window]]:  # type: ignore[no-untyped-def]
    """Open a window for one more person; at the end none of them may have had a trouble."""
    settings.PORTAL_BASE_URL = live_server.url
    opened: list[Window] = []

    def open_window(*, width: int = 1280, language: str = "zh-CN") -> Window:
        opened.append(Window(chromium, live_server.url, width=width, language=language))
        return opened[-1]

    yield open_window
    troubles = [trouble for one in opened for trouble in one.troubles]
    for one in opened:
        one.context.close()
    assert troubles == []


@pytest.fixture
def portal_time(settings) -> datetime:  # type: ignore[no-untyped-def]
    """The portal's clock begins on Monday 2 March 2020, nine o'clock, and runs on."""
    settings.PORTAL_CLOCK_START = make.NOW.astimezone(UTC)
    settings.PORTAL_CLOCK_ANCHOR = clock.real_now()
    return make.NOW


@pytest.fixture
def city_with_policies(transactional_db, portal_time: datetime) -> None:  # type: ignore[no-untyped-def]
    """The city of Jiaozuo with its policy pack published."""
    make.city()
    packs.load_folder(None, at=portal_time)


@pytest.fixture
def work() -> Callable[[], int]:
    """Let the worker do everything that is due."""
    return queue.drain
