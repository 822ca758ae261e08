"""Fixtures that every test may use."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from jiaozuo_portal import messages
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, where a .po file is newer than what Django reads."""
    if hasattr(config, "workerinput"):
        return
    pairs = [(path, path.with_suffix(".mo")) for path in messages.LOCALE_DIR.rglob("*.po")]
    if any(not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime for po, mo in pairs):
        messages.compile_all()


CHROMIUM = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# The browser's driver leaves an event loop in the tests' thread; the tests' queries are plain ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(autouse=True)
def chinese_first() -> None:
    """Each test begins in the portal's own language: a page read in English leaves it behind."""
    translation.deactivate()


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch, settings) -> Callable[[str | datetime], datetime]:
    """Stop the portal's clock at a moment: `clock_at("2020-03-02T08:00:00+08:00")`.

    The real clock runs on, as it does for sign-in, tokens and audit stamps. Call it again to move
    the portal's clock.
    """

    def stop(at: str | datetime) -> datetime:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        moment = moment.astimezone(UTC)
        settings.PORTAL_CLOCK_START = moment
        settings.PORTAL_CLOCK_ANCHOR = clock.real_now()
        monkeypatch.setattr(clock, "_portal_moment", lambda real: moment)
        return moment

    return stop


@pytest.fixture
def drain(db) -> Callable[..., int]:
    """Do all due outbox rows at once and without a broker: `drain()`, `drain(until=moment)`.

    The error of a handler comes through. Gives the number of rows done.
    """
    return queue.drain


@pytest.fixture
def process_environment(transactional_db, tmp_path: Path) -> dict[str, str]:
    """The environment of a process started by a test: it sees the test's own database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jiaozuo_portal.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": f"filesystem://{tmp_path}/broker",
    }


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's browser, one for all browser tests: its driver may run once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()
