"""Where an accepted text holds a clause, pages show its wording; else the portal's own summary."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiaozuo_portal.lib.scripts import traditional
from policies.domain import texts
from policies.domain.declarations import declare
from policies.models import OfficialText
from tests.factories import NOW, filing, officer, owner_of
from tests.factories.texts import official_text, text_file

pytestmark = pytest.mark.django_db

WORDING = "企业可以在仓库存放灯笼三个月"
FIRST = "每盏灯笼补贴三元五角"


@pytest.fixture(autouse=True)
def _march(clock_at, pack):
    clock_at(NOW)


@pytest.fixture
def made():
    return filing()


@pytest.fixture
def owner(made):
    return owner_of(made.enterprise)


def accept(text: OfficialText) -> OfficialText:
    return texts.accept(text, revision=text.revision, by=officer("policy"), at=NOW)


def clause_page(client, number=2):
    return client.get(reverse("library_clause", args=["a", number])).content.decode()


def support_pages(client, made):
    return [
        client.get(reverse("support", args=[made.pk])).content.decode(),
        client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).content.decode(),
    ]


def test_a_stranger_reads_the_accepted_wording_beside_the_summary(client):
    before = clause_page(client)
    accept(official_text())
    after = clause_page(client)

    assert WORDING not in before
    assert "这是平台写的摘要" in before
    assert "文件原文：甲政〔2020〕1号 第2条" in after
    assert WORDING in after
    assert "平台摘要" in after


def test_a_draft_and_a_withdrawn_text_are_not_quoted(client):
    text = official_text()
    draft = clause_page(client)
    texts.withdraw(accept(text), reason="有错", by=officer("policy"), at=NOW)

    assert WORDING not in draft
    assert WORDING not in clause_page(client)


def test_a_parallel_copy_is_not_quoted(client):
    official = official_text()
    copy = official_text(text_file() + "完。".encode())
    officer_ = officer("policy")
    texts.link_parallel(copy, official, revision=copy.revision, by=officer_)
    copy.refresh_from_db()
    accept(copy)

    assert WORDING not in clause_page(client)


def test_a_clause_that_the_text_does_not_hold_keeps_its_summary(client):
    accept(official_text())
    page = clause_page(client, 5)

    assert "这是平台写的摘要" in page
    assert "文件原文：" not in page


def test_the_support_pages_show_the_wording_of_their_clauses(client, made, owner):
    for fact, value in (("insured", True), ("layoff_count", 0)):
        declare(made, fact, value, by=owner, at=NOW)
    client.force_login(owner)
    before = support_pages(client, made)
    accept(official_text())
    after = support_pages(client, made)

    assert [FIRST in page for page in before] == [False, False]
    assert [FIRST in page for page in after] == [True, True]


def shelf(client, typed):
    return client.get(reverse("library"), {"q": typed}).context["shelf"]


@pytest.mark.parametrize("typed", ["收保管费", "收保管費", "当面点清 收保管费"])
def test_the_library_finds_words_of_the_accepted_wording_in_either_script(client, typed):
    before = shelf(client, typed)
    accept(official_text())
    after = shelf(client, typed)

    assert before.clauses == 0
    assert [row.number for row in after.rows] == [2]
    assert after.items == 1
    assert after.rows[0].passage.found in {"收保管费", "当面点清"}


def test_a_wording_in_traditional_script_is_found_by_simplified_words_and_shown_as_printed(client):
    accept(official_text(traditional(text_file().decode()).encode()))
    page = client.get(reverse("library"), {"q": "收保管费"}).content.decode()

    assert '<q lang="zh-Hant">' in page
    assert "<mark>收保管費</mark>" in page


def test_what_the_summary_says_needs_no_passage_and_a_number_never_comes_from_a_wording(client):
    accept(official_text(text_file(出库时="按照第5条的摘要，出库时")))

    said = {row.number: row.passage for row in shelf(client, "摘要").rows}

    assert said[2] is None
    assert [row.number for row in shelf(client, "第5条").rows] == [5]


def test_a_search_takes_one_query_more_for_the_wordings_however_many(
    client, django_assert_num_queries
):
    url = reverse("library")
    client.get(url)
    with CaptureQueriesContext(connection) as before:
        client.get(url)
    accept(official_text())
    with django_assert_num_queries(len(before) + 1):
        client.get(url, {"q": "灯笼"})


def document_page(client):
    return client.get(reverse("library_document", args=["a"])).content.decode()


def test_the_page_of_a_document_shows_the_wording_of_each_clause(client):
    before = document_page(client)
    accept(official_text(text_file(**{"3. 设立": "6. 设立"})))
    after = document_page(client)

    assert WORDING not in before
    assert "以文件原文为准" in before
    assert WORDING in after
    assert FIRST in after
    assert "还没有整理成措施" in after.split("6. 设立灯会窗口")[0]
    assert "还没有整理成措施" not in before


def download(client):
    return client.get(reverse("library_file", args=["a"]))


def test_everybody_may_download_the_file_of_an_accepted_text_and_nothing_runs_from_it(client):
    text = official_text()
    link = reverse("library_file", args=["a"])
    before = download(client).status_code, link in document_page(client)
    accept(text)

    answer = download(client)

    assert before == (404, False)
    assert link in document_page(client)
    assert b"".join(answer.streaming_content) == text_file()
    assert answer["Content-Disposition"] == 'attachment; filename="a.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_file_is_not_handed_out_once_withdrawn_or_while_it_holds_a_draft_too(client):
    text = official_text()
    other = official_text(text_file("丙政〔2020〕9号"), file=text.file)
    accept(text)
    with_draft = download(client).status_code, document_page(client)
    texts.withdraw(other, reason="不用", by=officer("policy"), at=NOW)
    without = download(client).status_code
    text.refresh_from_db()
    texts.withdraw(text, reason="有错", by=officer("policy"), at=NOW)

    assert (with_draft[0], without, download(client).status_code) == (404, 200, 404)
    assert WORDING in with_draft[1]
    assert reverse("library_file", args=["a"]) not in with_draft[1]


def test_the_page_of_a_document_takes_at_most_six_queries(client):
    accept(official_text())
    document_page(client)
    with CaptureQueriesContext(connection) as seen:
        document_page(client)

    assert len(seen) <= 6


def test_the_wording_takes_one_query_however_many_clauses(
    client, made, owner, django_assert_max_num_queries
):
    for fact, value in (("insured", True), ("layoff_count", 0)):
        declare(made, fact, value, by=owner, at=NOW)
    client.force_login(owner)
    url = reverse("support", args=[made.pk])
    client.get(url)
    with django_assert_max_num_queries(40) as before:
        client.get(url)
    accept(official_text())
    with django_assert_max_num_queries(40) as after:
        client.get(url)

    assert len(after) == len(before)
