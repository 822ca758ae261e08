import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROW = """<div class="rows-row" data-row><label for="p8">姓名</label>
<input class="form-control" id="p8" name="people-8-name">
<button type="submit" formaction="/rows/8/remove/" data-row-remove>删除</button></div>"""


@pytest.fixture
def page(open_page):
    return open_page("/style/clerk/")


def test_a_row_is_added_at_the_end_and_takes_the_focus(page):
    page.route("**/rows/add/", lambda route: route.fulfill(status=200, body=ROW))

    page.click("[data-row-add]")

    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("#p8")).to_be_focused()
    expect(page.locator("[data-rows] > .field-status")).to_have_text("已增加一行")


def test_a_new_row_saves_itself_too(page):
    sent = []
    page.route("**/rows/add/", lambda route: route.fulfill(status=200, body=ROW))
    page.route("**/autosave/", lambda route: (
        sent.append(route.request.post_data), route.fulfill(status=200, body='{"ok": true}')
    ))  # fmt: skip
    page.click("[data-row-add]")

    page.fill("#p8", "a")
    with page.expect_response("**/autosave/"):
        page.locator("#p8").blur()

    assert sent == ["field=people-8-name&value=a&base="]


def test_a_row_is_removed_and_the_list_says_that_it_is_empty(page):
    page.route("**/rows/7/remove/", lambda route: route.fulfill(status=204))

    page.click("[data-row-remove]")

    expect(page.locator("[data-row]")).to_have_count(0)
    expect(page.locator("[data-rows-empty]")).to_be_visible()
    expect(page.locator("[data-row-add]")).to_be_focused()


def test_a_row_stays_when_the_server_says_no(page):
    no = json.dumps({"error": "第一责任人不能删除。"})
    page.route("**/rows/7/remove/", lambda route: route.fulfill(status=422, body=no))

    page.click("[data-row-remove]")

    expect(page.locator("[data-rows] > .field-status")).to_have_text("第一责任人不能删除。")
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_removed_row_leaves_nothing_in_the_browser(page):
    page.route("**/autosave/", lambda route: route.abort())
    page.route("**/rows/7/remove/", lambda route: route.fulfill(status=204))
    page.fill("[name=people-7-name]", "钱二")
    assert page.evaluate("localStorage.length") == 1

    page.click("[data-row-remove]")
    expect(page.locator("[data-row]")).to_have_count(0)

    assert page.evaluate("localStorage.length") == 0


def test_copy_puts_the_text_on_the_clipboard_and_says_so(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.click(".page-head .copy")

    expect(page.locator(".page-head .copy-said")).to_have_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()") == "焦复备〔2020〕沁 0012"


def test_copy_works_without_the_clipboard_of_safe_pages(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")

    page.click(".page-head .copy")
    page.focus("#id_remark")
    page.keyboard.press("Control+v")

    expect(page.locator("#id_remark")).to_have_value("焦复备〔2020〕沁 0012")


def test_danger_asks_once_and_names_the_thing(page):
    page.click("[data-dialog]")
    dialog = page.locator("dialog#withdraw")
    expect(dialog).to_be_visible()
    expect(dialog.locator("h2")).to_have_text("撤回怀府机械的备案？")

    page.keyboard.press("Escape")

    expect(dialog).not_to_be_visible()
    expect(page.locator("[data-dialog]")).to_be_focused()


def test_a_form_is_sent_once(page):
    sent = []
    page.route("**/withdraw/", lambda route: (sent.append(1), route.fulfill(status=204)))
    page.click("[data-dialog]")
    button = page.locator("dialog .btn-danger")

    button.evaluate("one => { one.click(); one.click(); }")
    expect(button).to_have_attribute("aria-busy", "true")
    button.evaluate("one => one.click()")
    page.wait_for_timeout(200)

    assert len(sent) == 1


def test_progress_shows_its_number_and_goes_on_to_the_result(page):
    jobs = [
        {"state": "running", "done": 7000, "total": 10000, "message": "正在写入"},
        {
            "state": "finished",
            "done": 10000,
            "total": 10000,
            "message": "好了",
            "next": "/error/404/",
        },
    ]
    page.route("**/progress/", lambda route: route.fulfill(
        status=200, body=json.dumps(jobs.pop(0)), content_type="application/json"
    ))  # fmt: skip
    page.reload()

    expect(page.locator("[data-progress-figure]")).to_have_text("7,000 / 10,000")
    expect(page.locator("[data-progress-text]")).to_have_text("正在写入")
    page.wait_for_url("**/error/404/")


def test_selected_rows_are_counted_in_a_bar(page):
    bar = page.locator("[data-selbar]")
    expect(bar).to_be_hidden()

    page.check("[data-select] >> nth=0")
    page.check("[data-select] >> nth=2")
    expect(page.locator("[data-selected-count]")).to_have_text("已选 2 项")
    assert page.evaluate("document.querySelector('[data-select-all]').indeterminate")
    page.check("[data-select-all]")
    expect(page.locator("[data-selected-count]")).to_have_text("已选 4 项")
    page.click("[data-select-none]")

    expect(bar).to_be_hidden()


def test_the_account_menu_closes_on_escape_and_on_a_click_elsewhere(page):
    menu = page.locator(".menu-body")
    page.click(".menu summary")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()

    page.click(".menu summary")
    page.click("h1")

    expect(menu).to_be_hidden()


def test_a_remark_that_was_not_sent_comes_back(page):
    page.fill("#remark-text", "请补充错峰安排")

    page.reload()

    expect(page.locator("#remark-text")).to_have_value("请补充错峰安排")
    expect(page.locator("#remark .notice")).to_contain_text("已恢复您上次没来得及保存的内容")


def test_a_remark_that_was_dropped_stays_away(page):
    page.fill("#remark-text", "请补充错峰安排")
    page.reload()

    page.click("#remark [data-drop]")
    page.reload()

    expect(page.locator("#remark-text")).to_have_value("")


def test_a_remark_that_the_server_took_is_forgotten(page):
    page.fill("#remark-text", "请补充错峰安排")

    page.goto("/style/clerk/?done=review-12-v3")
    page.goto("/style/clerk/")

    expect(page.locator("#remark-text")).to_have_value("")


def test_the_page_works_without_scripts(chromium, site):
    context = chromium.new_context(base_url=site, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto("/style/clerk/")

    page.click(".menu summary")
    expect(page.locator(".menu-body")).to_be_visible()
    assert page.get_attribute("[data-dialog]", "href") == "/withdraw/"
    assert page.get_attribute("[data-row-add]", "formaction") == "/rows/add/"
    context.close()
