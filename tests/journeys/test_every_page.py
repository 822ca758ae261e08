"""Every page as people see it: axe, a phone's width, the content policy, no other host."""

from __future__ import annotations

import pytest
from django.urls import reverse

from jiaozuo_portal.lib.doors import PUBLIC
from tests import factories as make
from tests.walk import ASKS, Route, Side, arguments, routes, side

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: They answer with a file, with data, or with a part of a page.
NO_PAGES = {
    "healthz",
    "readyz",
    "metrics",
    "attachment",
    "ledger_export",
    "ledger_template",
    "roster_export",
    "roster_template",
    "batch_progress",
    "roster_import_progress",
    "roster_import_marked",
    "receipt_pdf",
    "application_paper",
    "application_sheet",
    "coverage_export",
    "application_file",
    "reopened_xlsx",
    "board_brief",
    "board_download",
    "policy_rematch",
    "review_twice",
    "support_summary",
    "enterprise_size",
    "official_list_template",
    "official_list_export",
    "official_text_file",
    "password_reset_link",
}

WHO = ("owner", "lead", "zone", "health", "city", "policy")
EVERYBODYS = ("owner", "lead")
#: How many pages each role is let into at the least, of which it sees something in the walk.
LEAST = {"owner": 55, "lead": 60, "zone": 6, "health": 8, "city": 15, "policy": 20}


def _pages(role: str, here: Side) -> list[tuple[Route, str]]:
    """The pages that this role is let into, each once.

    What everybody or everybody signed in is let into looks the same to all: two of them see it.
    """
    person = here.roles[role]
    found = []
    for route in routes():
        audiences = route.view.policy.audiences
        is_for = any(person.stands_as(name) for name in audiences)
        if role in EVERYBODYS and ("signed_in" in audiences or PUBLIC in audiences):
            is_for = True
        if "GET" not in route.view.policy.methods or route.name in NO_PAGES or not is_for:
            continue
        asks = "&".join(f"{name}={value}" for name, value in ASKS.get(route.name, {}).items())
        found.append((route, reverse(route.name, kwargs=arguments(route, here)) + f"?{asks}"))
    return found


@pytest.mark.parametrize("role", WHO)
def test_every_page_stands_up_to_axe_and_to_a_phone(window, city_with_policies, role, work):
    here = side("410803", "测试")
    work()
    pages = _pages(role, here)
    faults, seen = [], 0
    for width in (1280, 360):
        someone = window(width=width)
        someone.sign_in(here.roles[role].username)
        for route, url in pages:
            answer = someone.page.goto(url)
            if answer is None or answer.status >= 400:
                continue
            seen += 1
            faults += [f"{route.name} {width}: {fault}" for fault in someone.faults()]
            if someone.scrolls_sideways():
                faults.append(f"{route.name}: wider than {width}")

    assert faults == []
    assert seen >= 2 * LEAST[role]


def test_a_strangers_pages_stand_up_too(window, city_with_policies):
    for width in (1280, 360):
        stranger = window(width=width)
        for path in (
            "/",
            "/sign-in/",
            "/register/",
            "/contacts/",
            "/help/",
            "/reopened/",
            "/policies/",
            "/policies/?q=%E5%A4%B1%E6%A5%AD%E4%BF%9D%E9%9A%AA&kind=benefit",
            "/policies/texts/yuzheng-2020-9/",
            "/policies/texts/yuzheng-2020-9/17/",
            "/policies/check/",
            "/no-such-page/",
        ):
            stranger.go(path)

            assert stranger.faults() == [], path
            assert not stranger.scrolls_sideways(), path


def test_a_clerk_reaches_everything_by_keyboard(window, city_with_policies):
    filing = make.filing(district="410803", zone=True)
    clerk = window()
    clerk.sign_in(make.owner_of(filing.enterprise).username)
    page = clerk.go(f"/filings/{filing.pk}/")
    page.keyboard.press("Tab")

    skip = page.evaluate("document.activeElement.getAttribute('href')")
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.getAttribute('href')"))

    assert skip == "#main" or str(skip).startswith("#")
    assert {f"/filings/{filing.pk}/{key}/" for key in ("scheme", "plan", "roster", "supplies")} <= (
        reached
    )
