"""From a clause of an official text to a new clause of the pack."""

import pytest

from policies.domain.pack_drafts import start_draft
from policies.models import Pack, PackDraft
from policies.queries.pack_drafts import content_of_draft
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import official_text, text_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, clock_at, pack):
    clock_at(NOW)
    person = make.officer("policy")
    client.force_login(person)
    return person


@pytest.fixture
def clause(editor):
    """The seventh clause, for which the pack has no rules."""
    text = official_text()
    text.clauses.filter(number=3).update(number=7, departments=["人社局", "市风筝局"])
    return text.clauses.get(number=7)


def url(clause):
    return f"/texts/{clause.text_id}/clauses/{clause.pk}/rules/"


def test_a_clause_without_rules_offers_to_write_them(client, clause):
    page = client.get(f"/texts/{clause.text_id}/").content.decode()

    assert "3 条中 2 条有规则" in page
    assert page.count("/rules/") == 1
    assert url(clause) in page


def test_rules_begin_in_a_new_draft_with_what_the_text_says(client, clause):
    answer = client.post(url(clause), {"draft": "", "name": "灯会"})
    draft = PackDraft.objects.get()
    page = client.get(answer.url)

    assert answer.url == f"/packs/drafts/{draft.pk}/new/?line={clause.pk}"
    assert page.context["form"].initial == {
        "document": "甲1",
        "number": 7,
        "departments": ["市人力资源社会保障局"],
        "more_zh": "市风筝局",
        "more_level": "city",
    }
    assert clause.body in page.content.decode()


def test_rules_go_on_in_an_open_draft_and_the_clause_is_made(client, clause, editor, pack):
    draft = start_draft(pack, name="修订", by=editor, at=NOW)
    begin = client.post(url(clause), {"draft": str(draft.pk)}).url
    words = dict.fromkeys(
        ("label_zh", "label_en", "summary_zh", "summary_en", "apply_zh", "apply_en"), "x"
    )
    start = client.get(begin).context["form"].initial | {"kind": "information", "strength": "n/a"}
    wrong = client.post(begin, start | words)
    answer = client.post(begin, start | words | {"more_en": "Kite Bureau"})

    assert answer.url == f"/packs/drafts/{draft.pk}/items/%E7%94%B21-7/"
    assert "两种语言的部门应一样多" in wrong.content.decode()
    assert "a/07.yaml" in content_of_draft(draft)
    assert "Kite Bureau" in content_of_draft(draft)["departments.yaml"]


def test_a_new_draft_needs_a_name(client, clause):
    answer = client.post(url(clause), {"draft": "", "name": " "})

    assert answer.status_code == 422
    assert not PackDraft.objects.exists()


def test_a_document_outside_the_pack_is_put_into_the_draft_first(client, editor, pack):
    draft = start_draft(pack, name="修订", by=editor, at=NOW)
    clause = official_text(text_file("丙政〔2020〕3号")).clauses.first()
    shown = client.get(url(clause)).content.decode()
    begin = client.post(url(clause), {"draft": str(draft.pk)}).url
    sent_on = client.get(begin)

    assert "政策包里还没有这份文件" in shown
    assert sent_on.url == f"/packs/drafts/{draft.pk}/documents/new/?line={clause.pk}"
    initial = client.get(sent_on.url).context["form"].initial
    assert (initial["number"], initial["level"]) == ("丙政〔2020〕3号", "city")
    assert initial["jurisdiction"] == "city"
    assert initial["basis_zh"] == "自成文之日（2020年2月6日）起；全文没有写截止日期。"
    assert initial["basis_en"].startswith("From the date of the document (6 February 2020)")


def test_without_a_published_pack_no_rules_are_written(client, editor, pack):
    clause = official_text().clauses.first()
    Pack.objects.update(status="withdrawn")

    assert client.get(url(clause)).status_code == 422
    assert "/rules/" not in client.get(f"/texts/{clause.text_id}/").content.decode()


@pytest.mark.parametrize("line", ["0", "x", "9" * 30, "-1"])
def test_a_line_that_is_none_leaves_the_form_empty(client, editor, pack, line):
    draft = start_draft(pack, name="修订", by=editor, at=NOW)
    page = client.get(f"/packs/drafts/{draft.pk}/new/", {"line": line})

    assert (page.status_code, page.context["line"]) == (200, None)
