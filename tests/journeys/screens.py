"""Take the README's screenshots from a running demonstration.

`python -m tests.journeys.screens http://127.0.0.1:8000 PASSWORD` while `make demo` runs, with the
password that it prints.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

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
    ("why", "yibei", "filing:support/焦政4-13d/", 1280),
    ("library", "", "/policies/", 1280),
    ("applications", "zhengce", "/applications/desk/?view=all", 1280),
    ("clause", "zhengce", "clause:焦政4-13d", 1280),
    ("board", "shiju", "/board/", 1280),
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
    elif kind == "clause":
        page.goto(f"{_draft(page)}items/{rest}/")
    else:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")
    context.close()


def _draft(page: Page) -> str:
    """The address of a draft of the policy pack, begun where there is none."""
    page.goto("/packs/")
    drafts = page.locator("a[href*='/packs/drafts/']")
    if not drafts.count():
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        page.locator("form.pack-start [name=name]").first.fill("放宽裁员率")
        page.locator("form.pack-start button").first.click()
        page.wait_for_load_state("networkidle")
        page.goto("/packs/")
    return (drafts.first.get_attribute("href") or "").partition("items/")[0]


def picture_of_brief() -> None:
    """The first page of the city's daily brief, set as a picture from the demonstration's data."""
    import django
    import typst

    from jiaozuo_portal.demo import load_environment

    load_environment()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiaozuo_portal.settings")
    django.setup()
    from filings.models import User
    from filings.papers import brief
    from filings.queries import board as reads
    from jiaozuo_portal.lib import clock, typesetting

    now = clock.now()
    user = User.objects.get(username="shiju")
    pictures = reads.pictures_of(user, None, clock.day_of(now))
    board = reads.board_of(pictures, hour=None, district=None, now=now)
    facts = reads.brief_of(board, printed="")
    pages = typst.compile(
        str(Path(brief.__file__).with_name("brief.typ")), format="png", ppi=110,
        font_paths=[str(typesetting.FONTS)], ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(facts, ensure_ascii=False)},
    )  # fmt: skip
    (FOLDER / "brief.png").write_bytes(pages[0] if isinstance(pages, list) else pages)


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
    picture_of_brief()


if __name__ == "__main__":
    main(*sys.argv[1:3])
