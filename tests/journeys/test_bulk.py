"""Many filings at once in a real browser: tick, all of the page, confirm, and see each result."""

from __future__ import annotations

import pytest

from filings.models import Filing
from tests import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = "410882"


@pytest.mark.parametrize("width", [1280, 360])
def test_a_lead_assigns_all_of_a_page(window, city_with_policies, work, width):
    for state in ("submitted", "submitted", "draft"):
        make.filing_in(state, district=HERE)
    lead = make.officer("bureau", district=HERE, role="lead")
    colleague = make.officer("bureau", district=HERE, name="同事")
    person = window(width=width)
    person.sign_in(lead.username)

    page = person.go("/desk/?view=all")
    bar = page.locator("[data-selbar]")
    at_first = bar.is_visible()
    page.locator("[data-select]").first.check()
    one = bar.inner_text()
    if width > 1000:
        page.locator("[data-select-all]").check()
    else:
        for box in page.locator("[data-select]").all():
            box.check()
    three = bar.inner_text()
    faults = person.faults()
    sideways = [person.scrolls_sideways()]
    bar.get_by_role("button", name="分派审核").click()
    page.wait_for_url("**/desk/bulk/new/**")
    faults += person.faults()
    sideways.append(person.scrolls_sideways())
    page.get_by_label("交给谁").select_option(label=str(colleague))
    page.get_by_role("main").get_by_role("button", name="分派审核").click()
    page.wait_for_url("**/desk/bulk/*-*/")
    work()
    page.get_by_role("link", name="以前的批量办理").wait_for()
    faults += person.faults()
    sideways.append(person.scrolls_sideways())
    results = page.locator("tbody .cell-state").all_inner_texts()
    page.get_by_role("link", name="以前的批量办理").click()
    page.wait_for_url("**/desk/bulk/")
    faults += person.faults()
    sideways.append(person.scrolls_sideways())

    assert not at_first
    assert ("已选 1 项" in one, "已选 3 项" in three) == (True, True)
    assert sorted(text.strip() for text in results) == ["已办理", "已办理", "没有办理"]
    assert Filing.objects.filter(holder=colleague).count() == 2
    assert (faults, any(sideways)) == ([], False)


def test_all_of_every_page_are_chosen_with_one_box(window, city_with_policies, monkeypatch):
    monkeypatch.setattr("filings.queries.desk.PAGE_SIZE", 2)
    for _n in range(3):
        make.filing_in("submitted", district=HERE)
    lead = make.officer("bureau", district=HERE, role="lead")
    person = window(width=360)
    person.sign_in(lead.username)

    page = person.go("/desk/")
    bar = page.locator("[data-selbar]")
    page.locator("[data-select]").first.check()
    bar.get_by_label("连同其他页，全部 3 件").check()
    told = bar.inner_text()
    faults, sideways = person.faults(), person.scrolls_sideways()
    bar.get_by_role("button", name="发通知").click()
    page.wait_for_url("**/desk/bulk/new/**")

    assert "已选 3 项" in told
    assert page.get_by_role("heading", name="给 3 家企业发通知？").is_visible()
    assert (faults, sideways) == ([], False)
