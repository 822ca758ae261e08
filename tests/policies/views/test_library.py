"""The policy library: everybody reads it, in either script, and a duty is never a benefit."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from policies.domain.packs import load_folder
from policies.queries import library as read
from tests.factories import NOW

pytestmark = pytest.mark.django_db

URL = "/policies/"


@pytest.fixture(autouse=True)
def _day(clock_at):
    clock_at(NOW)


@pytest.fixture
def real_pack(db, settings):
    """The three texts of Jiaozuo."""
    folder = settings.BASE_DIR / "policies" / "packs" / "jiaozuo-2020"
    return load_folder(folder, at=NOW).pack


def found(client, **query):
    shelf = client.get(URL, query).context["shelf"]
    pages = [shelf]
    while pages[-1].next:
        pages.append(client.get(URL, query | {"after": pages[-1].next}).context["shelf"])
    return [item.key for page in pages for row in page.rows for item in row.items]


def test_without_a_pack_the_library_says_so(client):
    answer = client.get(URL)

    assert answer.status_code == 200
    assert "政策还没有发布" in answer.content.decode()
    assert client.get("/policies/texts/a/1/").status_code == 404


def test_all_clauses_stand_on_pages_and_each_item_once(client, real_pack):
    first = client.get(URL).context["shelf"]
    keys = found(client)

    assert (first.clauses, first.items, len(first.rows)) == (67, 152, read.PAGE)
    assert len(keys) == len(set(keys)) == 152


@pytest.mark.parametrize(
    "typed",
    ["失业保险 返还", "失業保險 返還", "ＳＨＩＹＥＢＡＯＸＩＡＮ 返还", "unemployment rebate"],
)
def test_words_are_found_in_either_script_in_english_and_in_pinyin(client, real_pack, typed):
    assert "豫政9-17b" in found(client, q=typed)


@pytest.mark.parametrize("typed", ["豫政9-1", "豫政〔2020〕9號第1條"])
def test_a_clause_number_finds_that_clause_and_no_longer_one(client, real_pack, typed):
    keys = found(client, q=typed)

    assert keys
    assert {real_pack.measures.get(key=key).clause.number for key in keys} == {1}


def test_an_item_is_found_by_its_number(client, real_pack):
    assert found(client, q="豫政9-17B") == ["豫政9-17b"]


def test_a_department_is_found_under_the_short_name_that_a_text_prints(client, pack):
    assert "甲1-1" in found(client, q="人社局")
    assert "甲1-1" in found(client, q="市人力资源社会保障局")


def test_filters_narrow_and_stand_in_the_address_with_the_page(client, real_pack):
    shelf = client.get(URL, {"kind": "benefit", "department": "市财政局", "q": "贷款"}).context[
        "shelf"
    ]

    assert [chip.word for chip in shelf.chips] == ["“贷款”", "市财政局", "优惠扶持"]
    assert "q=" not in shelf.chips[0].query
    assert "kind=benefit" in shelf.chips[0].query
    assert {item.kind for row in shelf.rows for item in row.items} == {"优惠扶持"}


def test_what_is_no_choice_is_left_out(client, real_pack):
    shelf = client.get(URL, {"kind": "x", "topic": "'", "after": "99999999", "q": "\0"}).context[
        "shelf"
    ]

    assert (shelf.items, shelf.chips, shelf.previous) == (152, (), None)


def test_nothing_found_says_what_to_do(client, real_pack):
    text = client.get(URL, {"q": "没有这样的词"}).content.decode()

    assert "没有找到这样的条款" in text
    assert "看全部条款" in text


def test_a_part_of_the_page_comes_for_the_script(client, real_pack):
    text = client.get(URL, {"q": "租金"}, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in text
    assert 'id="library"' in text


def test_a_clause_shows_dates_departments_and_how_to_apply(client, real_pack):
    text = client.get("/policies/texts/yuzheng-2020-9/17/").content.decode()

    assert "省人力资源社会保障厅" in text
    assert "省财政厅" in text
    assert "2020年6月30日" in text or "6月30日" in text
    assert "（推定）" in text
    assert "怎么办理" in text
    assert "/policies/texts/yuzheng-2020-9/16/" in text
    assert "/policies/texts/yuzheng-2020-9/18/" in text


def test_what_is_applied_for_names_its_papers_or_says_that_the_text_names_none(client, real_pack):
    rebate = client.get("/policies/texts/yuzheng-2020-9/17/").content.decode()
    deferral = client.get("/policies/texts/yuzheng-2020-9/14/").content.decode()
    search = client.get("/policies/texts/jiaozhengban-2020-4/2/").content.decode()

    assert rebate.count("职工人数、裁员人数的说明</li>") == 2
    assert "没有写明要交哪些材料" not in rebate
    assert deferral.count("文件没有写明要交哪些材料，请先向责任部门问清楚。") == 3
    assert "要交的材料" not in search


def test_a_duty_is_never_shown_as_something_to_apply_for(client, pack):
    text = client.get("/policies/texts/a/4/").content.decode()

    assert "政府职责" in text
    assert "企业不用也不能申请" in text
    assert "怎么办理" not in text
    assert "优惠扶持" not in text


@pytest.mark.parametrize("path", ["x/", "a/99/", "a/0/"])
def test_what_no_text_has_is_not_found(client, pack, path):
    assert client.get(f"/policies/texts/{path}").status_code == 404


def test_a_document_lists_all_its_clauses(client, real_pack):
    text = client.get("/policies/texts/jiaozhengban-2020-4/").content.decode()

    assert "焦政办〔2020〕4号" in text
    assert text.count('class="clause-summary"') == 21


def test_a_page_of_the_library_costs_the_same_queries_whatever_is_found(client, real_pack):
    client.get(URL)
    with CaptureQueriesContext(connection) as all_of_them:
        client.get(URL)
    with CaptureQueriesContext(connection) as many:
        client.get(URL, {"q": "企业"})
    with CaptureQueriesContext(connection) as one:
        client.get(URL, {"q": "豫政9-17b"})

    assert len(all_of_them) + 1 == len(many) == len(one) <= 5


def test_a_stranger_may_keep_the_page_and_a_signed_in_reader_asks_again(client, pack):
    from tests import factories as make

    kept = client.get(URL)["Cache-Control"]
    client.force_login(make.user())

    assert ("max-age=300" in kept, "private" in kept) == (True, True)
    assert "no-cache" in client.get(URL)["Cache-Control"]
