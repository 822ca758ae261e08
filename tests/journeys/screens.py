"""Take the README's screenshots from a running demonstration.

`python -m tests.journeys.screens http://127.0.0.1:8000 PASSWORD` while `make demo` runs, with the
password that it prints.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parent / "screens"

#: file, account ("" for a stranger), path, width of the window
SCREENS = (
    ("landing", "", "/", 1280),
    ("enterprise", "buzheng", "/", 1280),
    ("tasks", "buzheng", "filing:", 1280),
    ("scheme-on-a-phone", "buzheng", "filing:scheme/", 360),
    ("roster", "yibei", "filing:roster/", 1280),
    ("supplies", "yibei", "filing:supplies/", 1280),
    ("support", "yibei", "filing:support/", 1280),
    ("desk", "shenhe", "/desk/?view=all", 1280),
    ("review", "shenhe", "first:/desk/", 1280),
    ("city", "shiju", "/city/", 1280),
)


def take(
    browser: Browser, base: str, password: str, name: str, account: str, path: str, width: int
) -> None:
    """Open one page as one account and save what the window shows."""
    context = browser.new_context(
        base_url=base, viewport={"width": width, "height": 800}, locale="zh-CN"
    )
    page = context.new_page()
    if account:
        page.goto("/sign-in/")
        page.locator("#id_username").fill(account)
        page.locator("#id_password").fill(password)
        page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
        page.wait_for_load_state("networkidle")
    kind, _, rest = path.partition(":")
    if kind == "filing":
        page.goto("/")
        link = page.locator("a[href^='/filings/']").first.get_attribute("href") or ""
        page.goto(f"/filings/{link.split('/')[2]}/{rest}")
    elif kind == "first":
        page.goto(rest)
        page.locator("th.cell-title a").first.click()
    else:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def main(base: str, password: str) -> None:
    """Take every screenshot."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-background-networking", "--no-first-run"],
        )
        for screen in SCREENS:
            take(browser, base, password, *screen)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
