"""Correcting the clauses of an official text on its pages."""

import pytest

from filings.models import AuditEntry
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import official_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(client, clock_at):
    clock_at(NOW)
    client.force_login(make.officer("policy"))
    return client


@pytest.fixture
def text(keeper):
    return official_text()


def url(clause, act=""):
    return f"/texts/{clause.text_id}/clauses/{clause.pk}/{act}"


def typed(clause, **changes):
    return {
        "number": clause.number,
        "section": clause.section,
        "body": clause.body,
        "departments": "\n".join(clause.departments),
        "revision": clause.revision,
    } | changes


def numbers(text):
    return list(text.clauses.values_list("number", flat=True))


def test_a_clause_is_corrected(keeper, text):
    clause = text.clauses.get(number=1)
    given = typed(
        clause, number=7, body="点灯\n补贴。", departments="市灯笼局、市财政局\n各县（市、区）政府"
    )
    answer = keeper.post(url(clause), given)
    clause.refresh_from_db()

    assert answer.url == f"/texts/{text.pk}/#clause-{clause.pk}"
    assert (clause.number, clause.body) == (7, "点灯补贴。")
    assert clause.departments == ["市灯笼局", "市财政局", "各县（市、区）政府"]
    assert AuditEntry.objects.get(action="text.clause").field == "number,body,departments"


def test_saving_what_is_there_changes_nothing(keeper, text):
    clause = text.clauses.get(number=1)
    keeper.post(url(clause), typed(clause))
    clause.refresh_from_db()

    assert clause.revision == 1
    assert not AuditEntry.objects.filter(action="text.clause").exists()


def test_two_people_do_not_overwrite_a_clause(keeper, text):
    clause = text.clauses.get(number=1)
    keeper.post(url(clause), typed(clause, body="先改的一句话在这里。"))
    late = keeper.post(url(clause), typed(clause, body="后改的一句话在这里。"))
    page = late.content.decode()
    clause.refresh_from_db()

    assert (late.status_code, clause.body) == (409, "先改的一句话在这里。")
    assert "后改的一句话在这里。" in page
    assert "先改的一句话在这里。" in page
    assert 'name="revision" value="2"' in page


def test_two_people_work_on_two_clauses(keeper, text):
    first, second = text.clauses.all()[:2]
    keeper.post(url(first), typed(first, body="第一条的新文字。"))
    keeper.post(url(second), typed(second, body="第二条的新文字。"))

    assert [one.body for one in text.clauses.all()[:2]] == ["第一条的新文字。", "第二条的新文字。"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", "0"), ("number", "x"), ("body", " "), ("departments", "长" * 90)],
)
def test_what_is_wrong_is_told_beside_its_field(keeper, text, field, value):
    clause = text.clauses.get(number=1)
    answer = keeper.post(url(clause), typed(clause, **{field: value}))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}


def test_a_mistake_does_not_make_an_old_page_a_new_one(keeper, text):
    clause = text.clauses.get(number=1)
    keeper.post(url(clause), typed(clause, body="先改的一句话在这里。"))
    wrong = keeper.post(url(clause), typed(clause, number="x"))

    assert 'name="revision" value="1"' in wrong.content.decode()


def test_a_clause_is_split_at_its_empty_line(keeper, text):
    clause = text.clauses.get(number=2)
    body = "仓库存放三个月。（责任单位：市灯笼局）\n\n5. 出库当面点清。（责任单位：市仓库）"
    keeper.post(url(clause, "split/"), typed(clause, body=body))
    first, second = text.clauses.all()[1:3]

    assert numbers(text) == [1, 2, 5, 3]
    assert (first.departments, second.departments) == (["市灯笼局"], ["市仓库"])
    assert second.body == "出库当面点清。（责任单位：市仓库）"


def test_a_split_without_a_number_counts_on(keeper, text):
    clause = text.clauses.get(number=3)
    keeper.post(url(clause, "split/"), typed(clause, body="报名在窗口。\n　\n当天办完。"))

    assert numbers(text) == [1, 2, 3, 4]
    assert text.clauses.get(number=4).departments == ["市风筝局"]


@pytest.mark.parametrize("body", ["没有空行", "一\n\n二\n\n三"])
def test_a_split_without_its_place_is_refused_and_keeps_the_text(keeper, text, body):
    clause = text.clauses.get(number=3)
    answer = keeper.post(url(clause, "split/"), typed(clause, body=body))

    assert answer.status_code == 422
    assert body.split("\n")[0] in answer.content.decode()
    assert numbers(text) == [1, 2, 3]


def test_saving_a_text_with_an_empty_line_asks_for_the_other_button(keeper, text):
    clause = text.clauses.get(number=3)
    answer = keeper.post(url(clause), typed(clause, body="一\n\n二"))

    assert answer.status_code == 422


def test_a_clause_is_merged_into_the_one_above(keeper, text):
    above, clause = text.clauses.all()[:2]
    sent = {"revision": 1, "above": above.pk, "above_revision": 1}
    whole = f"{above.body}2.{clause.body}"
    keeper.post(url(clause, "merge/"), sent)
    above.refresh_from_db()

    assert numbers(text) == [1, 3]
    assert above.body == whole
    assert above.departments == ["市灯笼局", "财政局", "各县（市）区人民政府"]


def test_a_merge_with_a_clause_that_changed_meanwhile_is_refused(keeper, text):
    above, clause = text.clauses.all()[:2]
    keeper.post(url(above), typed(above, body="刚刚改过的文字。"))
    sent = {"revision": 1, "above": above.pk, "above_revision": 1}
    answer = keeper.post(url(clause, "merge/"), sent)

    assert answer.status_code == 409
    assert numbers(text) == [1, 2, 3]


def test_a_clause_is_dropped(keeper, text):
    clause = text.clauses.get(number=2)
    keeper.post(url(clause, "drop/"), {"revision": 1})

    assert numbers(text) == [1, 3]
    assert AuditEntry.objects.get(action="text.drop").reason == "2"


def test_a_clause_that_was_missed_is_added_at_its_place(keeper, text):
    given = {"number": 2, "body": "灯笼当天送到。", "departments": "市邮局"}
    keeper.post(url(text.clauses.get(number=2), "drop/"), {"revision": 1})
    keeper.post(f"/texts/{text.pk}/clauses/new/", given)

    assert numbers(text) == [1, 2, 3]


def test_doubts_stand_at_their_place_until_they_are_mended(keeper, text):
    clause = text.clauses.get(number=2)
    keeper.post(url(clause), typed(clause, number=5, departments=""))
    before = keeper.get(f"/texts/{text.pk}/").content.decode()
    clause.refresh_from_db()
    keeper.post(url(clause), typed(clause, number=2, departments="市灯笼局"))
    after = keeper.get(f"/texts/{text.pk}/").content.decode()

    assert "前面一条是第 1 条，这里是第 5 条。" in before
    assert "没有写责任部门。" in before
    assert "text-doubts" not in after


def test_a_clause_of_another_text_is_not_found(keeper, text):
    clause = text.clauses.first()

    assert keeper.get(f"/texts/{text.pk + 1}/clauses/{clause.pk}/").status_code == 404
