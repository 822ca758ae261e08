"""A reviewer inserts a text that is asked often, by a click and by a key, and changes it."""

from __future__ import annotations

import pytest

from filings.domain import text_blocks
from filings.models import Agency, Correction, TextBlock
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_two_texts_are_inserted_by_click_and_by_key_and_the_last_one_is_counted(window, work):
    filing, people = make.filing_in("in_review")
    bureau = Agency.objects.get(kind="bureau", district=filing.district)
    for title, text in (("缺处置", "请写明由谁送诊。"), ("缺电话", "请补电话。")):
        text_blocks.add_block(bureau, by=people.lead, title=title, text=text)
    work()
    reviewer = window()
    reviewer.sign_in(people.reviewer.username)
    page = reviewer.page

    reviewer.go(f"/filings/{filing.pk}/review/")
    page.locator("#at-scheme-duties .point-add").first.click()
    page.get_by_role("link", name="缺处置").click()
    page.keyboard.press("Alt+Digit2")
    page.keyboard.type("（手机）")
    page.get_by_role("button", name="记下这条意见").click()
    page.wait_for_url("**/review/#*")

    point = Correction.objects.get(filing=filing)
    assert point.text.splitlines() == ["请写明由谁送诊。", "请补电话。（手机）"]
    assert (point.block.title, TextBlock.objects.get(title="缺电话").used) == ("缺电话", 1)
