"""Where an accepted text holds a clause, pages show its wording; else the portal's own summary."""

import pytest
from django.urls import reverse

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
