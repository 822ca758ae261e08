"""The clause editor as policy officers use it: without a script, one press at a time."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape
from lxml import html

from policies.domain import packs
from policies.domain.pack_drafts import ask_to_publish, start_draft
from policies.forms.clause_editor import ClauseEditor
from policies.queries.live_check import place_of_item
from policies.queries.pack_drafts import clause_content, content_of_draft, pack_of_draft
from policies.queries.packs import published_rules
from tests.factories import NOW, officer, user

pytestmark = pytest.mark.django_db

REBATE = "甲1-1"


@pytest.fixture
def editor(client, clock_at):
    clock_at(NOW.isoformat())
    person = officer("policy")
    client.force_login(person)
    return person


@pytest.fixture
def draft(pack, editor):
    return start_draft(pack, name="修订", by=editor, at=NOW)


def fields(answer):
    """What a browser without a script would send of the editor's form."""
    (form,) = html.fromstring(answer.content.decode()).xpath('//form[@id="editor"]')
    data = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(value.removeprefix("\n"))
    data.pop("csrfmiddlewaretoken")
    return data


def page_of(client, draft, measure=REBATE):
    answer = client.get(reverse("policy_clause", args=[draft.pk, measure]))
    assert answer.status_code == 200
    return answer


def press(client, draft, data, do, measure=REBATE, **more):
    body = {**data, **{name: one if isinstance(one, list) else [one] for name, one in more.items()}}
    return client.post(reverse("policy_clause", args=[draft.pk, measure]), {**body, "do": do})


def text_of(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def item_of(draft, measure=REBATE):
    content = content_of_draft(draft)
    path, number = place_of_item(content, measure)
    return clause_content(content[path], path)["items"][number]


def test_every_item_of_the_portals_pack_opens_and_saves_unchanged(client, editor):
    base = packs.load_folder(None, at=NOW).pack
    draft = start_draft(base, name="原样", by=editor, at=NOW)
    rules = published_rules().pack
    for measure in rules.measures.values():
        content = clause_content(base.content[measure.file], measure.file)
        number = [item["id"] for item in content["items"]].index(measure.id)
        opened = ClauseEditor(rules, content, number)

        assert opened.applied() == content, measure.id
        assert not opened.has_errors, measure.id
    for measure in [*rules.measures][::12]:
        answer = press(client, draft, fields(page_of(client, draft, measure)), "save", measure)

        assert answer.status_code == 302, (measure, text_of(answer)[-3000:])
    assert not draft.files.exists()


def test_the_condition_reads_as_a_sentence_and_holds_no_code(client, draft):
    page = text_of(page_of(client, draft))

    for words in ("下面的条件都要满足", "参加失业保险", "裁员率", "不超过", "3 项事实"):
        assert words in page
    assert "layoff_rate_pct" not in page
    assert "{&quot;" not in page


def test_a_figure_is_changed_and_the_cases_say_so_at_once(client, draft):
    data = fields(page_of(client, draft))
    assert data["w-1.value"] == ["20"]

    shown = press(client, draft, data, "", **{"w-0.value": "false"})

    assert "个案例与规则不符" in text_of(shown)
    assert "规则说：不符合" in text_of(shown)
    assert not draft.files.exists()
    saved = press(
        client, draft, fields(shown), "save", **{"w-0.value": "true", "w-1.value": "15.5"}
    )
    assert saved.status_code == 302
    assert str(item_of(draft)["when"]["all"][1]["le"]) == "15.5"


def test_whether_an_application_is_needed_is_chosen_and_taken_back(client, draft):
    for chosen, written in (("no", False), ("yes", True), ("", None)):
        data = fields(page_of(client, draft)) | {"needs_application": chosen}
        press(client, draft, data, "save")
        assert item_of(draft).get("needs_application") is written


def test_an_item_that_joins_a_topic_is_checked_and_saved_as_a_member_of_it(client, draft):
    data = fields(page_of(client, draft, "甲1-3")) | {"topic": ["rebate"]}

    shown = press(client, draft, data, "", "甲1-3")
    saved = press(client, draft, data, "save", "甲1-3")

    assert "如何合并" not in text_of(shown)
    assert saved.status_code == 302
    assert pack_of_draft(draft).topics["rebate"].members == ("甲1-1", "甲1-2", "甲1-3")
    alone = {"topic": ["topic-甲1-3"]}
    press(client, draft, fields(page_of(client, draft, "甲1-3")) | alone, "save", "甲1-3")
    assert "甲1-3" not in pack_of_draft(draft).topics["rebate"].members


def test_for_what_it_is_given_once_is_chosen_and_taken_back(client, draft):
    for chosen, written in (("site", "site"), ("case", "case"), ("", None)):
        data = fields(page_of(client, draft)) | {"given_per": chosen}
        press(client, draft, data, "save")
        assert item_of(draft).get("given_per") == written
        assert fields(page_of(client, draft))["given_per"] == [chosen]


def test_papers_are_written_one_a_line_in_both_languages(client, draft):
    data = fields(page_of(client, draft))
    wrong = press(client, draft, data | {"papers_zh": ["甲\n乙"], "papers_en": ["A"]}, "save")
    press(client, draft, data | {"papers_zh": ["甲\n\n乙 "], "papers_en": ["A\nB"]}, "save")

    assert "两种语言的材料应一样多" in text_of(wrong)
    assert item_of(draft)["papers"] == [{"zh": "甲", "en": "A"}, {"zh": "乙", "en": "B"}]


def test_nodes_are_added_wrapped_moved_and_removed_without_a_script(client, draft):
    data = fields(page_of(client, draft))
    shown = press(client, draft, data, "add:w:fact")
    data = fields(shown) | {"w-2.fact": ["规模"]}
    data = fields(press(client, draft, data, "")) | {"w-2.op": ["in"]}
    shown = press(client, draft, data, "")
    assert 'type="checkbox" name="w-2.value"' in text_of(shown)
    data = fields(shown) | {"w-2.value": ["small", "micro"]}
    data = fields(press(client, draft, data, "wrap:w-2:not"))
    data = fields(press(client, draft, data, "up:w-2"))
    data = fields(press(client, draft, data, "remove:w-0"))
    answer = press(client, draft, data, "save")

    assert answer.status_code == 302
    assert item_of(draft)["when"] == {
        "all": [
            {"not": {"fact": "enterprise_size", "in": ["small", "micro"]}},
            {"fact": "layoff_rate_pct", "le": 20, "clause": "甲1-1"},
        ]
    }


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"w-1.fact": "没有的事"}, "没有“没有的事”这个条目"),
        ({"w-1.value": "很多"}, "应为数字"),
        ({"w-1.value": ""}, "请填写要比较的内容"),
        ({"w-1.fact": "税款到期日", "w-1.op": "ge", "w-1.value": "2020-02-30"}, "日历上没有这一天"),
        ({"w-1.fact": "参加失业保险", "w-1.op": "le", "w-1.value": "3"}, "不能这样比较"),
        ({"w-1.fact": "上年失业保险费", "w-1.value": "-5"}, "不能小于 0"),
        ({"w-1.fact": "担保方式", "w-1.op": "eq", "w-1.value": "房子"}, "取值应为其中之一"),
        ({"a-1.value": "-50"}, "不能是负数"),
        ({"a-0.fact": "参加失业保险"}, "不是数字"),
        ({"c-0.amount": "-5"}, "金额应为不小于 0"),
        ({"c-0.day": "2020-13-01"}, "日历上没有这一天"),
        ({"c-0-0.fact": "裁员率"}, "可以填写的条目"),
        ({"label_en": ""}, "两种语言都要填写"),
        ({"term": "dated", "basis_zh": "写明", "basis_en": "printed"}, "请填写末日"),
        (
            {"term": "dated", "valid_from": "2020-05-01", "valid_until": "2020-04-01"},
            "末日早于首日",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(client, draft, typed, says):
    data = fields(page_of(client, draft)) | {name: [value] for name, value in typed.items()}
    answer = press(client, draft, data, "save")

    assert answer.status_code == 422
    assert says in text_of(answer), text_of(answer)
    for value in {*typed.values()} - {"房子"}:  # no choice of a list
        assert escape(value) in text_of(answer)
    assert not draft.files.exists()


def test_a_tree_that_is_too_deep_is_refused_in_words(client, draft):
    data = fields(page_of(client, draft))
    for level in range(1, 13):
        data = fields(press(client, draft, data, f"wrap:w{'-0' * level}:not"))
    shown = press(client, draft, data, "wrap:w-0:any")
    assert "条件嵌套超过" in text_of(shown)

    posted = {f"w{'-0' * level}.kind": ["not"] for level in range(40)}
    answer = press(client, draft, data, "save", **posted)
    assert answer.status_code == 422
    assert "条件嵌套超过 12 层" in text_of(answer)
    many = {f"w-{number}.kind": ["fact"] for number in range(900)}
    assert "最多 600 项" in text_of(press(client, draft, data, "save", **many))


@pytest.mark.parametrize(
    "do",
    ["up:w-99", "remove:z", "add:w:case", "add:w-0:fact", "boom", "wrap:w-0:drop", "start:w:x"],
)
def test_a_press_that_does_not_fit_changes_nothing(client, draft, do):
    data = fields(page_of(client, draft))
    shown = press(client, draft, data, do)

    assert shown.status_code == 200
    assert fields(shown) == data


def test_hostile_text_is_shown_as_text(client, draft):
    evil = "<script>alert(1)</script>\u202e"
    data = fields(page_of(client, draft))
    shown = press(client, draft, data, "save", **{"w-0.fact": evil, "c-0.name": evil})

    assert "<script>alert" not in text_of(shown)
    assert shown.status_code == 422


def test_another_officers_save_is_not_overwritten_unseen(client, draft):
    data = fields(page_of(client, draft))
    press(client, draft, data, "save", label_zh="甲的名称")
    answer = press(client, draft, data, "save", **{"w-1.value": "15"})

    assert answer.status_code == 409
    assert 'value="15"' in text_of(answer)
    assert item_of(draft)["label"]["zh"] == "甲的名称"
    again = press(client, draft, fields(answer), "save_over")
    assert again.status_code == 302
    assert item_of(draft)["when"]["all"][1]["le"] == 15


def test_cases_are_added_edited_and_removed(client, draft):
    data = fields(page_of(client, draft))
    data = fields(press(client, draft, data, "add:c:case"))
    data |= {"c-3.name": ["裁员太多"], "c-3-0.fact": ["参加失业保险"], "c-3.expect": ["unknown"]}
    data = fields(press(client, draft, data, "")) | {"c-3-0.value": ["true"], "c-3.asks": ["yes"]}
    data |= {"c-3.missing": ["裁员人数"]}
    shown = press(client, draft, data, "")
    assert "与规则不符" in text_of(shown)  # the number of layoffs alone can settle it
    data = fields(shown) | {"c-3.asks": ["no"]}
    data = fields(press(client, draft, data, "remove:c-1"))
    answer = press(client, draft, data, "save")

    assert answer.status_code == 302
    names = [case["name"] for case in item_of(draft)["cases"]]
    assert names == ["少裁", "没有说", "裁员太多"]


def test_an_item_without_condition_gets_one_and_loses_it(client, draft):
    measure = "甲1-3"
    data = fields(page_of(client, draft, measure))
    data = fields(press(client, draft, data, "remove:w", measure))
    shown = press(client, draft, data, "start:w:fact", measure)
    data = fields(shown) | {"w.fact": ["参加失业保险"]}
    data = fields(press(client, draft, data, "", measure)) | {"w.value": ["true"]}
    answer = press(client, draft, data, "save", measure)

    assert answer.status_code == 302
    assert item_of(draft, measure)["when"] == {"fact": "insured", "eq": True}


def test_an_asked_draft_is_only_looked_at(client, draft, editor):
    press(client, draft, fields(page_of(client, draft)), "save", label_zh="新名称")
    ask_to_publish(draft, by=editor, at=NOW)
    assert 'value="save"' not in text_of(page_of(client, draft))
    data = {"stamp": "x", "do": "save", "label_zh": "偷改", "label_en": "x"}
    assert client.post(reverse("policy_clause", args=[draft.pk, REBATE]), data).status_code in (
        409,
        422,
    )
    assert item_of(draft)["label"]["zh"] == "新名称"


def test_the_form_alone_is_answered_to_htmx(client, draft):
    data = fields(page_of(client, draft))
    url = reverse("policy_clause", args=[draft.pk, REBATE])
    part = client.post(url, data | {"do": "add:w:fact"}, headers={"HX-Request": "true"})
    saved = client.post(url, data | {"do": "save"}, headers={"HX-Request": "true"})

    assert part.content.decode().lstrip().startswith("<form")
    assert (saved.status_code, saved["HX-Redirect"]) == (204, url)


def test_only_policy_officers_open_the_pages(client, draft):
    for person in (officer("city"), user()):
        client.force_login(person)
        for route, args in (
            ("policy_packs", []),
            ("policy_draft", [draft.pk]),
            ("policy_clause", [draft.pk, REBATE]),
        ):
            assert client.get(reverse(route, args=args)).status_code == 403
    client.force_login(officer("policy"))
    assert client.get(reverse("policy_clause", args=[draft.pk, "甲1-99"])).status_code == 404
