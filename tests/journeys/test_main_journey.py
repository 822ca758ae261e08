"""From registering to starting work, and the measures of support: everybody in a browser."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from filings.models import Filing, Receipt
from filings.sheets.samples import SAMPLE_DAY, sample_people, sample_workbook
from tests import factories as make
from tests.journeys.acts import press, register, saved, type_fields, type_row

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = 500


def fill_scheme(page: Page, base: str, workshops: list[str]) -> None:
    page.goto(f"{base}scheme/")
    plain = {name: value for name, value in make.SCHEME.items() if isinstance(value, str)}
    type_fields(page, plain)
    for at, workshop in enumerate(workshops):
        lead = {"workshop": workshop, "name": f"负责人{at}", "phone": "13800002222"}
        type_row(page, "unit_leads", lead, at=at)
    for rows in ("control_staff", "temperature_points", "gates"):
        type_row(page, rows, make.SCHEME[rows][0], at=0)  # type: ignore[index, arg-type]
    saved(page)


def fill_plan(page: Page, base: str) -> None:
    page.goto(f"{base}plan/")
    plain = {name: value for name, value in make.PLAN.items() if isinstance(value, str)}
    type_fields(page, plain | {"returning_total": str(PEOPLE)})
    type_row(page, "origins", {"province": "河南省", "city": "焦作市", "count": str(PEOPLE)}, at=0)
    first = {"number": "1", "on": "2020-03-09", "count": "300"}
    type_row(page, "batches", first, at=0)
    type_row(page, "batches", {"number": "2", "on": "2020-03-13", "count": "200"}, at=1)
    for rows in ("purchase_places", "sales_places"):
        type_row(page, rows, make.PLAN[rows][0], at=0)  # type: ignore[index, arg-type]
    saved(page)


def import_roster(page: Page, base: str, work, folder: Path) -> None:  # type: ignore[no-untyped-def]
    file = folder / "花名册.xlsx"
    file.write_bytes(sample_workbook(PEOPLE))
    page.goto(f"{base}roster/")
    press(page, "从表格导入")
    page.locator("input[type=file]").set_input_files(str(file))
    press(page, "上传并检查")
    page.wait_for_url(re.compile(r"/imports/"))
    work()
    expect(page.get_by_text(f"写入花名册（{PEOPLE} 人）")).to_be_visible()
    press(page, f"写入花名册（{PEOPLE} 人）")
    page.wait_for_load_state("networkidle")
    work()
    expect(page.get_by_text(f"增加 {PEOPLE} 人")).to_be_visible()


def stock_masks(page: Page, base: str) -> None:
    page.goto(f"{base}supplies/items/new/")
    type_fields(page, {"name": "口罩", "unit": "只", "daily_use_per_head": "2"})
    press(page, "增加物资")
    page.goto(f"{base}supplies/entries/new/")
    type_fields(
        page,
        {
            "direction": "in",
            "quantity": "20000",
            "on": SAMPLE_DAY.isoformat(),
            "person": "孙仓管",
            "purpose": "采购入库",
        },
    )
    press(page, "登记")
    expect(page.get_by_text("20,000").or_(page.get_by_text("20000")).first).to_be_visible()


def test_from_registration_to_start(window, city_with_policies, work, tmp_path):
    reviewer = make.officer("bureau", district="410803", username="shenhe", name="周审核")
    lead = make.officer("bureau", district="410803", role="lead", username="zeren", name="吴负责")
    make.officer("zone", district="410803", username="jijuqu")
    make.officer("health", district="410803", username="weijian")
    clerk, desk, chief, keeper, doctor, public = (window() for _ in range(6))

    # The enterprise registers, fills in on one screen after another, and is refused by a gate.
    page = clerk.go("/")
    press(page, "企业注册")
    register(page)
    filing = Filing.objects.get()
    base = f"/filings/{filing.pk}/"
    fill_plan(page, base)
    import_roster(page, base, work, tmp_path)
    workshops = sorted({person["workshop"] for person in sample_people(PEOPLE)})
    fill_scheme(page, base, workshops[:-1])
    page.goto(f"{base}check/")
    press(page, "提交备案")
    expect(page.get_by_text(workshops[-1]).first).to_be_visible()
    filing.refresh_from_db()
    assert filing.state == "draft"

    # It completes what is missing and submits.
    page.goto(f"{base}scheme/")
    type_row(
        page,
        "unit_leads",
        {"workshop": workshops[-1], "name": "最后一人", "phone": "13800003333"},
        at=len(workshops) - 1,
    )
    saved(page)
    stock_masks(page, base)
    page.goto(f"{base}check/")
    press(page, "提交备案")
    expect(page.get_by_text("中站区工业和信息化局").first).to_be_visible()
    filing.refresh_from_db()
    assert (filing.state, filing.version) == ("submitted", 1)
    work()

    # The reviewer claims it and returns two corrections; the enterprise mends and submits again.
    review_and_return(desk, filing, reviewer.username)
    mend(page, base, filing)
    work()

    # Zone and health authority act, the lead approves.
    keeper.sign_in("jijuqu")
    keeper.go(f"{base}review/")
    press(keeper.page, "登记接收")
    doctor.sign_in("weijian")
    doctor.go(f"{base}opinion/")
    doctor.page.locator("textarea").first.fill("食堂请分时段用餐。")
    doctor.page.locator("main form .btn-primary").first.click()
    approve(desk, chief, filing, lead.username)
    work()

    # Receipt, public page.
    check_receipt(clerk, public, filing)

    # Pre-start report and start.
    page.goto(f"{base}start/")
    expect(page.get_by_role("button", name="确认开工")).to_be_disabled()
    page.goto(f"{base}prestart/")
    plain = {name: value for name, value in make.PRESTART.items() if isinstance(value, str)}
    type_fields(page, plain | {"screened_count": str(PEOPLE)})
    type_row(page, "areas", make.PRESTART["areas"][0], at=0)  # type: ignore[index, arg-type]
    saved(page)
    page.goto(f"{base}start/")
    press(page, "提交开工前报告")
    page.goto(f"{base}start/")
    press(page, "确认开工")
    filing.refresh_from_db()
    assert filing.state == "started"

    # The filing shows the measures that it can use.
    work()
    page.goto(f"{base}support/")
    press(page, "省级技改项目优先")
    expect(page.get_by_role("heading", name="省级技改项目优先").first).to_be_visible()
    expect(page.get_by_text("豫政〔2020〕9号 第9条").first).to_be_visible()


def review_and_return(desk, filing, username) -> None:  # type: ignore[no-untyped-def]
    page = desk.sign_in(username)
    page.goto("/desk/")
    press(page, "焦作云台轴承有限公司")
    press(page, "领取审核")
    for section, path, text in (
        ("scheme", "emergency", "请写明送诊由谁负责。"),
        ("plan", "logistics", "请补充外来司机的管理。"),
    ):
        page.goto(f"/filings/{filing.pk}/corrections/add/?section={section}&path={path}")
        page.locator("textarea").first.fill(text)
        page.locator("main form .btn-primary").first.click()
    page.goto(f"/filings/{filing.pk}/return/")
    press(page, "退回补正（2 项）")
    filing.refresh_from_db()
    assert filing.state == "returned"


def mend(page: Page, base: str, filing: Filing) -> None:
    page.goto(f"{base}scheme/")
    expect(page.get_by_text("请写明送诊由谁负责。").first).to_be_visible()
    type_fields(page, {"emergency": "发现发热由办公室主任送诊，同时报社区。"})
    saved(page)
    page.goto(f"{base}plan/")
    type_fields(page, {"logistics": "司机不下车，登记车牌并消毒。"})
    saved(page)
    for _ in range(2):
        page.goto(f"{base}corrections/")
        page.get_by_role("button", name="已改好，勾选这一项").first.click()
        page.wait_for_load_state("networkidle")
    page.goto(f"{base}check/")
    press(page, "提交备案")
    page.wait_for_load_state("networkidle")
    filing.refresh_from_db()
    assert (filing.state, filing.version) == ("submitted", 2)


def approve(desk, chief, filing, username) -> None:  # type: ignore[no-untyped-def]
    desk.go(f"/filings/{filing.pk}/review/")
    press(desk.page, "领取审核")
    expect(desk.page.get_by_text("报社区").first).to_be_visible()
    page = chief.sign_in(username)
    page.goto(f"/filings/{filing.pk}/approve/")
    press(page, "准予备案")
    page.wait_for_load_state("networkidle")
    filing.refresh_from_db()
    assert filing.state == "approved"


def check_receipt(clerk, public, filing) -> None:  # type: ignore[no-untyped-def]
    receipt = Receipt.objects.get(filing=filing)
    answer = clerk.context.request.get(f"/filings/{filing.pk}/receipt.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.body())).pages)
    squeezed = re.sub(r"\s", "", text)
    assert "焦作云台轴承有限公司" in squeezed
    assert receipt.number in squeezed
    page = public.go(f"/r/{receipt.token}/")
    expect(page.get_by_text(receipt.number).first).to_be_visible()
    expect(page.get_by_text("有效").first).to_be_visible()
    assert "王厂长" not in page.content()
