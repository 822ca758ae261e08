"""A reviewer's morning: twenty filings with the keyboard alone, no mouse touched."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from filings.models import Correction, Filing
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = "410882"
FILINGS = 20
#: Every fourth one has something to mend.
RETURNED = {4, 8, 12, 16, 20}


def key(page: Page, name: str, *, leads_to: str = "") -> None:
    """Press a key as a person does, and wait for the page that it leads to."""
    if leads_to:
        with page.expect_navigation(url=re.compile(leads_to)):
            page.keyboard.press(name)
    else:
        page.keyboard.press(name)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('.section')?.id ?? ''"))


def send_back(page: Page) -> None:
    """Two sections on, note what is missing there, and return the filing."""
    key(page, "j")
    key(page, "j")
    key(page, "c")
    expect(page.locator(".mark-slot textarea")).to_be_focused()
    page.keyboard.type("请补充负责人的联系电话。")
    key(page, "Control+Enter", leads_to=r"/review/")
    key(page, "r", leads_to=r"/return/")
    key(page, "Control+Enter", leads_to=r"/review/")


def approve(page: Page) -> None:
    key(page, "a", leads_to=r"/approve/")
    key(page, "Control+Enter", leads_to=r"/review/")


def test_twenty_filings_by_keys_alone(window, city_with_policies):
    for _number in range(FILINGS):
        make.filing_in("submitted", district=HERE)
    reviewer = make.officer("bureau", district=HERE)
    person = window()
    page = person.sign_in(reviewer.username)

    person.go("/desk/")
    key(page, "n", leads_to=r"/review/")
    faults = person.faults()
    seen = []
    for number in range(1, FILINGS + 1):
        seen.append(page.url)
        key(page, "t", leads_to=r"/review/")
        send_back(page) if number in RETURNED else approve(page)
        if number < FILINGS:
            key(page, "n", leads_to=r"/review/")
    key(page, "n", leads_to=r"/desk/")

    expect(page.get_by_text("没有别的备案在等您审核。")).to_be_visible()
    assert len(set(seen)) == FILINGS
    assert Filing.objects.filter(state="returned").count() == len(RETURNED)
    assert Filing.objects.filter(state="approved").count() == FILINGS - len(RETURNED)
    assert Correction.objects.count() == len(RETURNED)
    assert faults == []


def test_the_letters_move_the_focus_and_rest_while_one_types_or_has_turned_them_off(
    window, city_with_policies
):
    filing, _people = make.filing_in("submitted", district=HERE)
    reviewer = make.officer("bureau", district=HERE)
    person = window()
    page = person.sign_in(reviewer.username)
    person.go(f"/filings/{filing.pk}/review/")

    key(page, "j")
    first = focused(page)
    key(page, "j")
    second = focused(page)
    key(page, "k")
    again = focused(page)
    key(page, "?")
    legend = page.locator("[data-shortcuts]")
    expect(legend).to_have_attribute("open", "")
    faults = person.faults()
    legend.get_by_role("checkbox").uncheck()
    page.locator("h1").click()
    key(page, "j")
    off = focused(page)
    page.reload()
    key(page, "n")
    page.wait_for_timeout(300)
    still_here = page.url
    page.locator("[data-shortcuts] summary").click()
    page.get_by_label("使用单键快捷键").check()
    page.locator("h1").click()
    key(page, "j")

    assert (bool(first), first != second, again) == (True, True, first)
    assert off == ""
    assert still_here.endswith(f"/filings/{filing.pk}/review/")
    assert focused(page) == first
    assert faults == []
