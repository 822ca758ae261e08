"""From a stranger's self-check to money granted: the enterprise and the department in a browser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from filings.models import Filing
from policies.models import Application, Declaration
from tests import factories as make
from tests.journeys.acts import press, register

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.journeys.conftest import Window

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BENEFIT = "稳岗返还（失业保险费返还）"
MEASURE = "失业保险费返还50%"
ENTERPRISE = "焦作云台轴承有限公司"
#: 13 of 520 is 2.5 %, under the 5 % of 焦政4-13d; half of 36,000 yuan comes back.
ANSWERS = {
    "unemployment_insured": "是",
    "total_staff_count": "520",
    "layoff_count": "13",
    "unemployment_insurance_paid_last_year_yuan": "36000",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.mark.parametrize("width", [1280, 360])
def test_from_a_self_check_to_a_grant(
    width: int, window: Callable[..., Window], city_with_policies: None, work: Callable[[], int]
) -> None:
    firm = window(width=width)
    page = firm.go("/policies/check/")
    check_oneself(page)
    assert not Declaration.objects.exists()

    page.locator(".check-next").get_by_role("link", name="企业注册").click()
    register(page)
    filing = Filing.objects.get()

    # Three answers, each in its place, and the verdict turns; a fourth gives the money.
    page.goto(f"/filings/{filing.pk}/support/")
    expect(benefit(page)).to_contain_text("还差")
    asked = [answer_next(page) for _ in range(3)]
    expect(benefit(page)).to_contain_text("可以享受")
    asked.append(answer_next(page))
    assert sorted(asked) == sorted(ANSWERS)
    expect(benefit(page)).to_contain_text("18,000")
    assert not firm.scrolls_sideways()
    assert Declaration.objects.filter(by__username="wangchang").count() == 4

    # An application filled from the answers; a second press makes no second one.
    page.goto(f"/filings/{filing.pk}/support/焦政4-13d/")
    page.get_by_role("button", name="准备申请").dblclick()
    page.wait_for_url("**/applications/*/")
    application = Application.objects.get()
    check_papers(firm, application)
    press(page, "提交申请")
    expect(page.get_by_text("现在由").first).to_be_visible()
    work()

    # The department receives it, asks for a paper, gets it and grants.
    user = make.user()
    user.postings.create(agency=application.agency, role="reviewer")
    office = window(width=width)
    desk = office.sign_in(user.username)
    open_at_desk(office)
    press(desk, "受理")
    desk.get_by_label("说明").fill("请补充上年缴费凭证。")
    press(desk, "要求补充")
    expect(desk.get_by_text("等企业补充后再次提交。")).to_be_visible()
    work()

    page.goto("/notices/")
    page.get_by_role("button", name=f"“{MEASURE}”：要求补充").click()
    expect(page.get_by_text("请补充上年缴费凭证。").first).to_be_visible()
    page.locator("#id_files").set_input_files(
        {"name": "缴费凭证.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "上传")
    expect(page.get_by_role("link", name="缴费凭证.pdf")).to_be_visible()
    press(page, "提交申请")
    expect(page.get_by_text("现在由").first).to_be_visible()
    work()

    open_at_desk(office)
    expect(desk.get_by_role("link", name="缴费凭证.pdf")).to_be_visible()
    press(desk, "受理")
    desk.get_by_label("同意金额（元）").fill("18000")
    press(desk, "同意")
    expect(desk.get_by_text("已同意").first).to_be_visible()
    assert not office.scrolls_sideways()
    work()

    page.goto(f"/applications/{application.pk}/")
    expect(page.locator(".verdict-line")).to_contain_text("已同意")
    expect(page.locator(".verdict-line")).to_contain_text("18,000")
    assert not firm.scrolls_sideways()


def check_oneself(page: Page) -> None:
    """Answer two questions of the self-check, put one off between them."""
    for number in ("第 1 题", "第 2 题"):
        form = page.locator("form#check")
        while not form.locator(".check-choices button").count():
            press(page, "不清楚，先看下一题")
            page.wait_for_load_state("networkidle")
        expect(form.locator(".ask-over")).to_contain_text(number)
        form.locator(".check-choices button").first.click()
        page.wait_for_load_state("networkidle")
    expect(page.get_by_role("heading", name="到现在的结果")).to_be_visible()


def benefit(page: Page) -> Locator:
    """The card of the benefit on the page of support; every benefit stands there once."""
    found = page.locator("li.measure").filter(has=page.locator("h3", has_text=BENEFIT))
    expect(found).to_have_count(1)
    return found


def answer_next(page: Page) -> str:
    """Open the first question that the benefit waits for and answer it in place: the fact."""
    link = benefit(page).locator("a[href*='ask=']").first
    folded = page.locator("details:not([open])", has=link)
    if folded.count():
        folded.locator("summary").first.click()
    link.click()
    page.evaluate("window.untouched = true")
    ask = page.locator("section#ask")
    fact = ask.locator("[name=fact]").first.input_value()
    if ANSWERS[fact] in {"是", "否"}:
        ask.get_by_role("button", name=ANSWERS[fact], exact=True).click()
    else:
        ask.locator("[name=value]").fill(ANSWERS[fact])
        ask.get_by_role("button", name="记录回答").click()
    expect(page.locator(f"section#ask [name=fact][value={fact}]")).to_have_count(0)
    assert page.evaluate("window.untouched") is True
    return fact


def check_papers(firm: Window, application: Application) -> None:
    """The form and the sheet of the application name the firm, and what was answered."""
    where = urlsplit(firm.page.url).path
    paper = firm.context.request.get(f"{where}paper/")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper.body())).pages)
    assert ENTERPRISE in "".join(text.split())
    book = load_workbook(io.BytesIO(firm.context.request.get(f"{where}sheet/").body()))
    cells = {str(cell.value) for sheet in book for row in sheet.rows for cell in row}
    assert {ENTERPRISE, application.content["label"]} <= cells


def open_at_desk(office: Window) -> None:
    """Find the firm's application at the department's desk."""
    page = office.go("/applications/desk/")
    row = page.locator("tbody tr").filter(has_text=ENTERPRISE)
    row.get_by_role("link", name=MEASURE).click()
    expect(page.get_by_role("heading", name=MEASURE).first).to_be_visible()
