"""Documents and departments that a draft adds to its pack."""

from dataclasses import replace
from datetime import date

import pytest

from filings.public import NotAllowed, Refused
from policies.domain import pack_drafts as drafts
from policies.domain.draft_documents import (
    Dates,
    Department,
    NewDocument,
    add_departments,
    add_document,
)
from policies.queries.pack_drafts import content_of_draft, faults_of, pack_of_draft
from tests.factories import NOW, officer

pytestmark = pytest.mark.django_db

TEXT = {"zh": "灯会办法", "en": "Lantern rules"}
NEW = NewDocument(
    number="丙政[2020]3号",
    title=TEXT,
    issuer={"zh": "灯笼市人民政府", "en": "Government of Lantern City"},
    level="city",
    dated=date(2020, 2, 20),
    jurisdiction="city",
    dates=Dates(
        {"zh": "写明到五月底。", "en": "To the end of May."}, None, date(2020, 5, 31), True
    ),
)


@pytest.fixture
def editor():
    return officer("policy")


@pytest.fixture
def draft(pack, editor):
    return drafts.start_draft(pack, name="三月修订", by=editor, at=NOW)


def test_a_document_is_added_under_a_short_form_of_its_number(draft, editor):
    before = content_of_draft(draft)["documents.yaml"]

    key = add_document(draft, NEW, by=editor, at=NOW)

    made = pack_of_draft(draft).documents[key]
    assert (made.key, made.folder, made.number) == ("丙政3", "bingzheng-2020-3", "丙政〔2020〕3号")
    assert (made.title.en, made.issuer.zh, made.date) == (
        "Lantern rules", "灯笼市人民政府", date(2020, 2, 20),
    )  # fmt: skip
    validity = made.validity
    assert (validity.first, validity.last) == (date(2020, 2, 20), date(2020, 5, 31))
    assert (validity.inferred, validity.basis.en) == (True, "To the end of May.")
    assert set(before.splitlines()) <= set(content_of_draft(draft)["documents.yaml"].splitlines())
    assert faults_of(content_of_draft(draft)) == []


@pytest.mark.parametrize(
    ("numbers", "keys"),
    [
        (
            ("丙政〔2020〕3号", "丙政〔2021〕3号", "丙政〔2022〕3号"),
            ["丙政3", "丙政2021_3", "丙政2022_3"],
        ),
        (("灯会通知", "灯会 - 通知"), ["灯会通知", "灯会通知_2"]),
    ],
)
def test_no_two_documents_have_one_key_or_folder(draft, editor, numbers, keys):
    made = [add_document(draft, replace(NEW, number=one), by=editor, at=NOW) for one in numbers]

    folders = [one.folder for one in pack_of_draft(draft).documents.values()]
    assert made == keys
    assert len(set(folders)) == len(folders)
    assert faults_of(content_of_draft(draft)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"number": "甲政【2020】1号"}, "已经有这个文号"),
        ({"title": {"zh": "灯会办法", "en": " "}}, "中文和英文"),
        ({"dates": Dates({"zh": "", "en": "x"})}, "中文和英文"),
    ],
)
def test_a_document_that_cannot_be_is_refused(draft, editor, change, says):
    with pytest.raises(Refused, match=says):
        add_document(draft, replace(NEW, **change), by=editor, at=NOW)

    assert not draft.files.exists()


def test_departments_are_added_once_each(draft, editor):
    kites = Department({"zh": "市风筝局", "en": "Kite Bureau"}, "city")
    known = Department({"zh": "市税务局", "en": "Tax"}, "city")

    add_departments(draft, [kites, known], by=editor, at=NOW)
    add_departments(draft, [kites], by=editor, at=NOW)

    names = [one.name.en for one in pack_of_draft(draft).departments]
    assert names == ["HR Bureau", "Tax Bureau", "Kite Bureau"]


def test_a_department_in_one_language_is_refused(draft, editor):
    with pytest.raises(Refused, match="部门的名称"):
        add_departments(
            draft, [Department({"zh": "市风筝局", "en": ""}, "city")], by=editor, at=NOW
        )


def test_only_policy_officers_add_documents(draft):
    with pytest.raises(NotAllowed):
        add_document(draft, NEW, by=officer("city"), at=NOW)
