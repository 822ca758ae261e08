import json
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SAVED = {"ok": True, "saved_at": "14:03:22"}
LINE = "#form [data-saved-line]"


class Server:
    """Answers the page's saving as a test says, and remembers what was sent."""

    def __init__(self, page):
        self.sent = []
        self.answers = []
        self.page = page
        page.route("**/autosave/", self._answer)

    def will(self, status, data, **headers):
        self.answers.append((status, data, headers))

    def _answer(self, route):
        body = parse_qs(route.request.post_data, keep_blank_values=True)
        self.sent.append(body)
        status, data, headers = self.answers.pop(0) if self.answers else (200, SAVED, {})
        route.fulfill(status=status, body=json.dumps(data), headers=headers,
                      content_type="application/json")  # fmt: skip

    def expect(self, count):
        for _ in range(100):
            if len(self.sent) >= count:
                break
            self.page.wait_for_timeout(50)
        assert len(self.sent) == count, self.sent


@pytest.fixture
def page(open_page):
    return open_page("/style/clerk/")


@pytest.fixture
def server(page):
    return Server(page)


def kept(page):
    return page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([k]) => k.startsWith('portal:')))"
    )


def write(page, name, text):
    page.fill(f"#id_{name}", text)


def leave(page, name):
    page.locator(f"#id_{name}").blur()


def test_a_field_saves_itself_when_it_is_left_and_says_so(page, server):
    write(page, "owner", "赵铁柱")
    leave(page, "owner")

    server.expect(1)
    assert server.sent == [{"field": ["owner"], "value": ["赵铁柱"], "base": ["王建设"]}]
    expect(page.locator(LINE)).to_have_text("已保存 14:03:22")
    assert page.inner_text("#div_id_owner .field-status").strip() == "已保存 14:03:22"
    assert kept(page) == {}


def test_a_field_saves_itself_after_a_pause_in_typing(page, server):
    page.locator("#id_owner").press_sequentially("、李四")
    page.wait_for_timeout(300)
    assert server.sent == []

    server.expect(1)

    assert server.sent[0]["value"] == ["、李四王建设"]


def test_a_field_that_was_not_changed_is_not_sent(page, server):
    page.focus("#id_owner")
    leave(page, "owner")
    write(page, "owner", "别人")
    write(page, "owner", "王建设")
    leave(page, "owner")
    page.wait_for_timeout(1900)

    assert server.sent == []
    assert kept(page) == {}


def test_the_next_base_is_what_the_server_stored(page, server):
    server.will(200, {**SAVED, "value": "赵铁柱"})
    write(page, "owner", " 赵铁柱 ")
    leave(page, "owner")
    server.expect(1)
    expect(page.locator("#id_owner")).to_have_value("赵铁柱")

    write(page, "owner", "钱二")
    leave(page, "owner")
    server.expect(2)

    assert server.sent[1]["base"] == ["赵铁柱"]


def test_ticks_and_choices_are_sent_as_what_they_are(page, server):
    page.check("#id_canteen_1")
    server.expect(1)
    page.check("#id_areas_0")
    server.expect(2)
    page.check("#id_areas_2")
    server.expect(3)
    page.check("#id_promise")
    server.expect(4)
    page.uncheck("#id_promise")
    server.expect(5)
    page.select_option("#id_place", "410883")
    server.expect(6)

    assert server.sent == [
        {"field": ["canteen"], "value": ["shift"], "base": [""]},
        {"field": ["areas"], "value": ["work"], "base": [""]},
        {"field": ["areas"], "value": ["work", "office"], "base": ["work"]},
        {"field": ["promise"], "value": ["on"], "base": [""]},
        {"field": ["promise"], "value": [""], "base": ["on"]},
        {"field": ["place"], "value": ["410883"], "base": ["410882"]},
    ]


def conflict(page, server, theirs="孙三"):
    server.will(409, {"conflict": {"theirs": theirs, "by": "王敏", "at": "14:02"}})
    write(page, "owner", "赵铁柱")
    leave(page, "owner")
    page.wait_for_selector("#div_id_owner [data-conflict]")


def test_two_people_in_one_field_see_both_texts(page, server):
    conflict(page, server)

    box = page.locator("#div_id_owner [data-conflict]")
    assert box.locator("[data-said]").inner_text() == "王敏 在 14:02 也改了这一项"
    assert box.locator("[data-mine]").inner_text() == "赵铁柱"
    assert box.locator("[data-theirs]").inner_text() == "孙三"
    assert page.input_value("#id_owner") == "赵铁柱"
    assert kept(page) != {}


def test_keeping_mine_saves_over_what_i_saw(page, server):
    conflict(page, server)

    page.click("#div_id_owner [data-keep-mine]")
    server.expect(2)

    assert server.sent[1] == {"field": ["owner"], "value": ["赵铁柱"], "base": ["孙三"]}
    assert page.locator("#div_id_owner [data-conflict]").count() == 0


def test_taking_theirs_sends_nothing(page, server):
    conflict(page, server)

    page.click("#div_id_owner [data-take-theirs]")
    leave(page, "owner")
    page.wait_for_timeout(1800)

    assert page.input_value("#id_owner") == "孙三"
    assert len(server.sent) == 1
    assert kept(page) == {}


def test_a_conflict_shows_the_words_of_a_choice(page, server):
    server.will(409, {"conflict": {"theirs": "", "by": "王敏", "at": "14:02"}})

    page.select_option("#id_place", "410883")
    page.wait_for_selector("#div_id_place [data-conflict]")

    box = page.locator("#div_id_place [data-conflict]")
    assert box.locator("[data-mine]").inner_text() == "孟州市"
    assert box.locator("[data-theirs]").inner_text() == "请选择"


def test_an_error_stands_between_hint_and_field_and_the_text_stays(page, server):
    server.will(422, {"errors": ["人数不能是负数。"]})

    write(page, "staff", "-3")
    leave(page, "staff")
    page.wait_for_selector("#id_staff_error .field-error")

    places = [
        page.locator(f"#{name}").bounding_box()["y"]
        for name in ("id_staff_helptext", "id_staff_error", "id_staff")
    ]
    assert places == sorted(places)
    assert page.input_value("#id_staff") == "-3"
    assert page.get_attribute("#id_staff", "aria-invalid") == "true"
    assert "id_staff_error" in page.get_attribute("#id_staff", "aria-describedby")


def test_an_error_goes_when_the_field_is_right(page, server):
    server.will(422, {"errors": ["人数不能是负数。"]})
    write(page, "staff", "-3")
    leave(page, "staff")
    page.wait_for_selector("#id_staff_error .field-error")

    write(page, "staff", "3")
    leave(page, "staff")
    server.expect(2)
    page.wait_for_selector("#id_staff_error .field-error", state="detached")

    assert page.get_attribute("#id_staff", "aria-invalid") is None


def test_a_refusal_says_its_reason(page, server):
    server.will(403, {"error": "备案已提交，不能再改。"})

    write(page, "owner", "赵铁柱")
    leave(page, "owner")

    page.wait_for_selector("#id_owner_error .field-error")
    assert page.inner_text("#id_owner_error").strip() == "备案已提交，不能再改。"


@pytest.mark.parametrize("status", [401, 302])
def test_a_session_that_ended_keeps_what_was_typed(page, server, status):
    for _ in range(2):
        server.will(status, {}, **({"Location": "/sign-in/"} if status == 302 else {}))

    write(page, "owner", "赵铁柱")
    leave(page, "owner")

    expect(page.locator(LINE)).to_contain_text("登录已过期")
    assert "您输入的内容已存在本机" in page.inner_text(LINE)
    assert page.get_attribute(f"{LINE} a", "href") == "/sign-in/"
    assert "赵铁柱" in next(iter(kept(page).values()))


def test_after_signing_in_again_elsewhere_saving_resumes(page, server):
    for _ in range(2):
        server.will(401, {})
    write(page, "owner", "赵铁柱")
    leave(page, "owner")
    expect(page.locator(LINE)).to_contain_text("登录已过期")

    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator(LINE)).to_have_text("已保存 14:03:22")

    assert server.sent[-1]["value"] == ["赵铁柱"]


def test_what_was_not_saved_is_there_again_after_the_page_was_closed(page, server):
    for _ in range(9):
        server.will(500, {})
    write(page, "control", "进厂测温")
    page.wait_for_timeout(100)
    server.answers.clear()
    page.goto("about:blank")

    page.goto("/style/clerk/")

    assert page.input_value("#id_control") == "进厂测温"
    expect(page.locator(LINE)).to_have_text("已保存 14:03:22")
    assert "已恢复您上次没来得及保存的内容" in page.inner_text("#sample .notice")
    assert kept(page) == {}


def test_the_restored_text_can_be_dropped(page, server):
    page.route("**/autosave/", lambda route: route.abort())
    write(page, "control", "进厂测温")
    page.goto("/style/clerk/")

    page.click("#sample .notice [data-drop]")

    assert page.input_value("#id_control") == ""
    assert kept(page) == {}


def test_an_old_text_meets_a_newer_one_as_a_conflict(page, server):
    page.evaluate("""localStorage.setItem("portal:7:filing-12.scheme:owner", JSON.stringify(
        {values: ["赵铁柱"], base: ["从前的人"], at: Date.now()}))""")

    page.reload()

    box = page.locator("#div_id_owner [data-conflict]")
    assert box.locator("[data-mine]").inner_text() == "赵铁柱"
    assert box.locator("[data-theirs]").inner_text() == "王建设"
    assert server.sent == []


def test_another_persons_text_is_not_restored(page, server):
    page.route("**/autosave/", lambda route: route.abort())
    write(page, "owner", "赵铁柱")

    page.goto("/style/clerk/?user=8")

    assert page.input_value("#id_owner") == "王建设"


def test_a_text_of_last_week_is_forgotten(page):
    page.evaluate("""localStorage.setItem("portal:7:filing-12.scheme:owner", JSON.stringify(
        {values: ["赵铁柱"], base: ["王建设"], at: Date.now() - 8 * 24 * 3600 * 1000}))""")

    page.reload()

    assert page.input_value("#id_owner") == "王建设"
    assert kept(page) == {}


def test_private_fields_are_never_kept_in_the_browser(page, server):
    page.route("**/autosave/", lambda route: route.abort())

    write(page, "mobile", "13800001234")
    leave(page, "mobile")
    page.wait_for_timeout(100)

    assert kept(page) == {}


def test_signing_out_clears_what_is_kept(page, server):
    page.route("**/autosave/", lambda route: route.abort())
    page.on("dialog", lambda dialog: dialog.accept())
    write(page, "owner", "赵铁柱")
    assert kept(page) != {}

    page.click(".menu summary")
    page.click("[data-sign-out] button")
    page.wait_for_url("**/sign-out/")

    assert kept(page) == {}


def test_offline_is_said_and_saving_resumes(page, server):
    page.context.set_offline(True)
    write(page, "owner", "赵铁柱")
    leave(page, "owner")
    page.wait_for_selector("#offline", state="visible")
    assert "网络已断开，您可以继续填写，恢复后自动保存" in page.inner_text("#offline")
    write(page, "staff", "121")
    leave(page, "staff")
    assert server.sent == []

    page.context.set_offline(False)
    server.expect(2)

    page.wait_for_selector("#offline", state="hidden")
    assert sorted(body["field"][0] for body in server.sent) == ["owner", "staff"]
    expect(page.locator(LINE)).to_have_text("已保存 14:03:22")


def test_a_busy_server_is_asked_again_later(page, server):
    server.will(503, {})

    write(page, "owner", "赵铁柱")
    leave(page, "owner")
    server.expect(1)
    expect(page.locator(LINE)).to_contain_text("稍后自动重试")
    server.expect(2)

    assert server.sent[0] == server.sent[1]


def test_typing_while_a_save_is_under_way_is_saved_too(page, server):
    page.unroute("**/autosave/")
    held = []
    page.route("**/autosave/", lambda route: held.append(route))
    write(page, "owner", "赵")
    leave(page, "owner")
    page.wait_for_timeout(200)
    write(page, "owner", "赵铁柱")
    held[0].fulfill(status=200, body=json.dumps({**SAVED, "value": "赵"}))

    for _ in range(60):
        if len(held) == 2:
            break
        page.wait_for_timeout(50)

    second = parse_qs(held[1].request.post_data)
    assert second == {"field": ["owner"], "value": ["赵铁柱"], "base": ["赵"]}
    assert page.input_value("#id_owner") == "赵铁柱"


def test_leaving_the_page_sends_what_is_waiting(page, server):
    # In one go, so that the pause in typing is not what sends it.
    with page.expect_request("**/autosave/", timeout=1200) as asked:
        page.evaluate("""() => {
          const field = document.querySelector("#id_owner");
          field.value = "赵铁柱";
          field.dispatchEvent(new Event("input", {bubbles: true}));
          dispatchEvent(new PageTransitionEvent("pagehide"));
        }""")

    assert parse_qs(asked.value.post_data)["value"] == ["赵铁柱"]


def test_leaving_asks_only_while_something_is_not_saved(page, server):
    asks = "() => !dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert page.evaluate(asks) is False

    page.locator("#id_owner").press_sequentially("四")
    assert page.evaluate(asks) is True

    leave(page, "owner")
    expect(page.locator(LINE)).to_have_text("已保存 14:03:22")
    assert page.evaluate(asks) is False


def test_the_answer_renews_the_state_of_the_section(page, server):
    server.will(200, {**SAVED, "section": {"html": '<span class="state">已填完</span>'}})

    write(page, "owner", "赵铁柱")
    leave(page, "owner")
    server.expect(1)

    expect(page.locator("[data-section-state]")).to_have_text("已填完")
