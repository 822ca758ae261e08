"""What people do on many pages: press, type, wait until it is saved, register."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests import factories as make


def press(page: Page, name: str) -> None:
    """Press the button or link that says so."""
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()


def saved(page: Page) -> None:
    """Wait until the section says that everything is saved."""
    expect(page.locator("[data-saved-line]").first).to_contain_text("已保存")
    page.wait_for_load_state("networkidle")


def type_fields(page: Page, values: dict[str, str]) -> None:
    """Fill in fields by name as a person does, each left before the next one."""
    for name, value in values.items():
        control = page.locator(f"[name='{name}']")
        kind = control.first.evaluate("e => e.type")
        if kind == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "select-one":
            control.select_option(value)
        else:
            control.fill(value)
            control.blur()


def type_row(page: Page, rows: str, values: dict[str, str], *, at: int) -> None:
    """Add a row to a list and fill it in."""
    box = page.locator(f"[data-rows='{rows}']")
    box.locator("[data-row-add]").click()
    row = box.locator("[data-row]").nth(at)
    expect(row).to_be_visible()
    for name, value in values.items():
        control = row.locator(f"[name$='.{name}']").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
            control.blur()


def register(page: Page) -> None:
    """Register 王厂长 and his enterprise, beginning on the empty form."""
    type_fields(
        page,
        {
            "name": "王厂长",
            "username": "wangchang",
            "email": "wang@example.org",
            "mobile": "13800001111",
            "password": make.PASSWORD,
            "password_again": make.PASSWORD,
        },
    )
    press(page, "注册并继续")
    type_fields(
        page,
        {
            "uscc": make.uscc(900001),
            "name": "焦作云台轴承有限公司",
            "legal_representative": "王厂长",
            "contact_name": "王厂长",
            "contact_mobile": "13800001111",
            "address": "工业路 8 号",
            "employees": "520",
            "annual_revenue_wanyuan": "6000",
        },
    )
    page.locator("[name=district]").select_option(label="中站区")
    page.locator("[name=zone]").select_option(label="中站区产业集聚区")
    page.locator("[name=sme_industry]").select_option("industry")
    page.locator("[name=main_sector]").select_option("manufacturing")
    press(page, "登记企业")
    expect(page.get_by_role("heading", name="焦作云台轴承有限公司")).to_be_visible()
