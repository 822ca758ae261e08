import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[3]
AXE = (ROOT / "tests" / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} ${node.failureSummary}`));
}"""
ERROR_PAGES = ["400", "403", "403_csrf", "404", "429", "500", "errors/locked", "errors/refused"]


def serious_faults(page):
    page.evaluate(AXE)
    return page.evaluate(RUN_AXE)


@pytest.mark.parametrize("room", ["clerk", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(open_page, room, scheme, width):
    page = open_page(f"/style/{room}/", width=width, scheme=scheme)

    assert serious_faults(page) == []


@pytest.mark.parametrize(
    ("name", "scheme"),
    [*((name, "light") for name in ERROR_PAGES), ("500", "dark"), ("errors/refused", "dark")],
)
def test_axe_finds_nothing_serious_on_error_pages(open_page, name, scheme):
    page = open_page(f"/error/{name}/", width=360, scheme=scheme)

    assert serious_faults(page) == []


def test_axe_finds_a_planted_fault(open_page):
    page = open_page("/style/clerk/")
    page.evaluate("document.querySelector('#id_owner').labels[0].remove()")

    assert [fault for fault in serious_faults(page) if fault.startswith("label: #id_owner")]


@pytest.mark.parametrize("room", ["clerk", "desk"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(open_page, room, width):
    page = open_page(f"/style/{room}/", width=width)

    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_no_error_page_scrolls_sideways(open_page, name):
    page = open_page(f"/error/{name}/", width=360)

    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_scripts_and_styles_keep_the_security_policy(open_page):
    page = open_page("/style/clerk/")

    page.click("[data-dialog]")
    page.click("dialog [data-close]")
    page.fill("#id_owner", "赵铁柱")
    page.evaluate("htmx.process(document.body)")

    assert page.troubles == []


def test_a_breach_of_the_security_policy_is_noticed(open_page):
    page = open_page("/style/clerk/")

    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
    page.wait_for_timeout(200)

    assert len(page.troubles) == 1


def test_nothing_is_asked_of_another_host(open_page, site):
    page = open_page("/error/404/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto("/style/clerk/")
    page.wait_for_load_state("load")

    assert [url for url in asked if not url.startswith((site, "data:"))] == []


def test_what_a_finger_touches_is_44_pixels_high_in_the_clerks_room(open_page):
    page = open_page("/style/clerk/", width=360)

    low = page.evaluate("""() => [...document.querySelectorAll(
        "main .btn:not([hidden]), main .form-control, main .form-select, .choice, .chip, .copy, "
        + ".masthead a, .masthead summary, .masthead .btn-plain")]
      .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
      .map((one) => one.outerHTML.slice(0, 120))""")

    assert low == []


def test_no_text_is_slanted_or_spaced(open_page):
    page = open_page("/style/clerk/")

    odd = page.evaluate("""() => [...document.querySelectorAll("body *")].filter((one) => {
      const look = getComputedStyle(one);
      return look.fontStyle !== "normal" || look.letterSpacing !== "normal";
    }).map((one) => one.outerHTML.slice(0, 80))""")

    assert odd == []


def test_a_text_column_is_at_most_38_em_wide(open_page):
    page = open_page("/style/desk/", width=1280)

    ems = page.evaluate("""() => {
      const text = document.querySelector(".notice p");
      return text.getBoundingClientRect().width / parseFloat(getComputedStyle(text).fontSize);
    }""")

    assert ems <= 38.01


def test_a_row_of_the_desk_is_36_pixels_high_and_its_head_stays(open_page):
    page = open_page("/style/desk/", width=1440)

    head = page.evaluate("""() => {
      const table = document.querySelector("#diff table");
      return [getComputedStyle(table.tHead.rows[0].cells[0]).position,
              Math.round(table.tBodies[0].rows[0].getBoundingClientRect().height)];
    }""")

    assert head == ["sticky", 36]


def test_the_skip_link_comes_first_and_leads_to_the_text(open_page):
    page = open_page("/error/404/")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"


def test_the_summary_of_errors_is_read_first_and_leads_to_its_field(open_page):
    page = open_page("/style/clerk/")
    assert page.evaluate("document.activeElement.matches('[data-error-summary]')")

    page.click("[data-error-summary] a >> nth=0")

    assert page.evaluate("location.hash") == "#wrong_staff"


def test_the_clock_strip_says_that_the_clock_is_simulated(open_page):
    page = open_page("/style/clerk/")

    assert re.sub(r"\s+", " ", page.inner_text(".clock-strip")).strip() == (
        "演示时钟 2020年3月2日 08:00"
    )


def test_the_language_is_switched_by_a_button(open_page):
    page = open_page("/style/clerk/")
    assert page.get_attribute("html", "lang") == "zh-Hans"

    page.click(".masthead button[lang=en]")

    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text(".masthead button[lang=zh-Hans]") == "简体中文"


def test_on_a_phone_a_row_becomes_a_card_that_is_still_a_table(open_page):
    page = open_page("/style/desk/", width=360)

    cells = page.locator("#table tbody tr").first.locator(":scope > *")
    shown = [cell.get_attribute("role") for cell in cells.all() if cell.is_visible()]

    assert shown == ["cell", "rowheader", "cell", "cell", "cell", "cell"]


def test_on_paper_only_the_matter_is_left(open_page):
    page = open_page("/style/clerk/")

    page.emulate_media(media="print")

    assert not page.is_visible(".masthead")
    assert not page.is_visible("#tasks .actions")
    assert page.is_visible(".slip")
