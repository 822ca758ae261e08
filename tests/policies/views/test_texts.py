"""The pages of official texts, from the upload to the accepted wording."""

import io
import zipfile
from datetime import date
from pathlib import Path
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from filings.models import AuditEntry
from policies.models import OfficialText, TextClause, TextFile
from tests import factories as make
from tests.factories import NOW
from tests.factories.texts import TEXT, official_text, text_file

pytestmark = pytest.mark.django_db

SOURCES = Path(__file__).parents[4] / "shared" / "policy" / "sources"


@pytest.fixture
def keeper(client, clock_at):
    clock_at(NOW)
    client.force_login(make.officer("policy"))
    return client


def upload(client, content, name="a.txt"):
    return client.post("/texts/new/", {"file": SimpleUploadedFile(name, content)})


def accepted(client, text):
    return client.post(f"/texts/{text.pk}/accept/", {"revision": text.revision})


def told(answer):
    return [str(one) for errors in answer.context["form"].errors.values() for one in errors]


def test_an_empty_list_says_how_texts_get_there(keeper):
    page = keeper.get("/texts/").content.decode()

    assert "还没有导入原文" in page
    assert "/texts/new/" in page


def test_a_file_becomes_a_draft_with_its_clauses(keeper):
    answer = upload(keeper, text_file(), "C:\\灯笼.pdf")
    text = OfficialText.objects.get()

    assert answer.url == f"/texts/{text.pk}/"
    assert (text.status, text.number, text.issuer) == ("draft", "甲政〔2020〕1号", "灯笼市人民政府")
    assert text.title == "关于支持灯笼企业点亮全城的意见"
    assert (text.dated, text.script) == (date(2020, 2, 6), "hans")
    assert [(one.number, one.section, one.heading) for one in text.clauses.all()] == [
        (1, "一、点灯补贴", "发放点灯补贴"),
        (2, "一、点灯补贴", "开放灯笼仓库"),
        (3, "二、灯会服务", "设立灯会窗口"),
    ]
    assert text.file.name == "灯笼.pdf.txt"
    assert AuditEntry.objects.get(action="text.import").object_id == str(text.pk)


def test_a_wording_is_kept_as_it_is_printed(keeper):
    upload(keeper, text_file())
    clause = TextClause.objects.get(number=2)

    assert clause.body == (
        "开放灯笼仓库。企业可以在仓库存放灯笼三个月，不收保管费，由仓库负责防潮，"
        "出库时当面点清。（责任单位：市灯笼局，各县（市）区人民政府）"
    )
    assert clause.departments == ["市灯笼局", "各县（市）区人民政府"]


def test_a_text_can_be_pasted(keeper):
    keeper.post("/texts/new/", {"pasted": TEXT.format(number="甲政〔2020〕1号")})

    assert OfficialText.objects.get().clauses.count() == 3


def test_a_file_with_two_documents_becomes_two_drafts(keeper):
    answer = upload(keeper, text_file() + b"\n" + text_file("乙政〔2020〕2号"))

    assert answer.url == "/texts/"
    assert sorted(OfficialText.objects.values_list("number", flat=True)) == [
        "乙政〔2020〕2号",
        "甲政〔2020〕1号",
    ]
    assert TextFile.objects.count() == 1


def test_a_guide_in_front_of_the_texts_is_left_out_and_named(keeper):
    guide = "灯笼指南\n\n测办〔2020〕3号\n\n1. 先看灯。看清楚。\n2. 再点灯。\n\n2020年2月1日\n\n"
    content = guide.encode() + text_file()
    answer = keeper.post("/texts/new/", {"file": SimpleUploadedFile("a.txt", content)}, follow=True)

    assert OfficialText.objects.get().number == "甲政〔2020〕1号"
    assert "没有导入：测办〔2020〕3号" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.txt", "空的"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "a.png", "只能读取"),
        ("没有编号的文字。".encode(), "a.txt", "没有找到编号的条"),
        (b"PK\x03\x04" + bytes(60), "a.docx", "损坏"),
        (b"x" * (20 * 1024 * 1024 + 1), "a.txt", "20 MB"),
        ("\n".join(f"{n}. 点灯。" for n in range(1, 700)).encode(), "a.txt", "最多 600 条"),
    ],
)
def test_a_file_that_is_none_says_what_to_do_and_leaves_nothing(keeper, content, name, words):
    answer = upload(keeper, content, name)

    assert answer.status_code == 422
    assert any(words in said for said in told(answer))
    assert (TextFile.objects.count(), OfficialText.objects.count()) == (0, 0)


def test_a_docx_of_fifty_megabytes_is_told_to_lose_its_pictures(keeper):
    content = io.BytesIO()
    Document().save(content)
    with zipfile.ZipFile(content, "a") as parts:
        parts.writestr("word/media/scan.png", Random(1).randbytes(50 * 1024 * 1024))

    answer = upload(keeper, content.getvalue(), "a.docx")

    assert answer.status_code == 422
    assert told(answer) == ["文件超过 20 MB，请删去图片，或分成几个文件再上传。"]
    assert (TextFile.objects.count(), OfficialText.objects.count()) == (0, 0)


def test_a_pdf_without_text_is_told_to_be_a_scan(keeper):
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    content = io.BytesIO()
    writer.write(content)
    answer = upload(keeper, content.getvalue(), "a.pdf")

    assert any("只有图像" in said for said in told(answer))


def test_what_was_pasted_stays_on_the_page_when_it_is_refused(keeper):
    answer = keeper.post("/texts/new/", {"pasted": "没有编号的文字。"})

    assert answer.status_code == 422
    assert "没有编号的文字。" in answer.content.decode()


def test_neither_file_nor_text_and_both_are_refused(keeper):
    nothing = keeper.post("/texts/new/", {})
    both = keeper.post(
        "/texts/new/", {"file": SimpleUploadedFile("a.txt", text_file()), "pasted": "1. 点灯。"}
    )

    assert (nothing.status_code, both.status_code) == (422, 422)
    assert not OfficialText.objects.exists()


def test_the_same_file_again_leads_to_what_it_became(keeper):
    upload(keeper, text_file())
    text = OfficialText.objects.get()
    again = upload(keeper, text_file())

    assert again.status_code == 422
    assert f'href="/texts/{text.pk}/"' in again.content.decode()
    assert OfficialText.objects.count() == 1


def test_a_withdrawn_file_can_be_imported_again(keeper):
    upload(keeper, text_file())
    text = OfficialText.objects.get()
    keeper.post(f"/texts/{text.pk}/withdraw/", {"reason": "传错了"})
    upload(keeper, text_file())

    assert OfficialText.objects.filter(status="draft").count() == 1
    assert TextFile.objects.count() == 1


def test_the_file_comes_back_as_it_was_sent_and_only_as_a_download(keeper):
    upload(keeper, text_file())
    answer = keeper.get(f"/texts/{OfficialText.objects.get().pk}/file/")

    assert b"".join(answer.streaming_content) == text_file()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_title_number_and_dates_are_corrected(keeper):
    text = official_text()
    given = {
        "title": "灯笼意见",
        "number": "甲政[2020]9 号",
        "issuer": "灯笼市",
        "dated": "2020-02-07",
    }
    keeper.post(f"/texts/{text.pk}/about/", given | {"revision": text.revision})
    text.refresh_from_db()

    assert (text.title, text.number, text.dated) == (
        "灯笼意见",
        "甲政〔2020〕9号",
        date(2020, 2, 7),
    )


def test_a_last_day_before_the_first_is_told(keeper):
    text = official_text()
    given = {"valid_from": "2020-03-01", "valid_until": "2020-02-01", "revision": text.revision}
    answer = keeper.post(f"/texts/{text.pk}/about/", given)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"valid_until"}


def test_two_people_do_not_overwrite_what_a_text_is(keeper):
    text = official_text()
    keeper.post(f"/texts/{text.pk}/about/", {"title": "先", "revision": text.revision})
    late = keeper.post(f"/texts/{text.pk}/about/", {"title": "后", "revision": text.revision})
    text.refresh_from_db()

    assert (late.status_code, text.title) == (409, "先")
    assert 'value="后"' in late.content.decode()
    assert f'name="revision" value="{text.revision}"' in late.content.decode()


def test_accepting_makes_it_the_wording(keeper):
    text = official_text()
    accepted(keeper, text)
    text.refresh_from_db()

    assert (text.status, text.accepted_at) == ("accepted", NOW)
    assert AuditEntry.objects.filter(action="text.accept").exists()


def test_a_text_without_number_cannot_be_accepted(keeper):
    text = official_text(number="")
    answer = accepted(keeper, text)
    text.refresh_from_db()

    assert (answer.status_code, text.status) == (422, "draft")
    assert "文号还没有填。" in answer.content.decode()


def test_a_second_text_of_the_same_number_is_refused(keeper):
    accepted(keeper, official_text())
    second = official_text(text_file() + "完。".encode())
    answer = accepted(keeper, second)

    assert answer.status_code == 422
    assert "已经有采用的原文" in answer.content.decode()


def test_what_changed_since_it_was_looked_at_is_not_accepted(keeper):
    text = official_text()
    keeper.post(f"/texts/{text.pk}/about/", {"title": "新", "revision": text.revision})
    answer = accepted(keeper, text)
    text.refresh_from_db()

    assert (answer.status_code, text.status) == (409, "draft")


def test_a_withdrawn_text_is_reopened_corrected_and_accepted_again(keeper):
    text = official_text()
    accepted(keeper, text)
    keeper.post(f"/texts/{text.pk}/withdraw/", {"reason": "有错字"})
    keeper.post(f"/texts/{text.pk}/reopen/")
    text.refresh_from_db()
    accepted(keeper, text)
    text.refresh_from_db()

    assert text.status == "accepted"
    assert AuditEntry.objects.get(action="text.withdraw").reason == "有错字"


def test_withdrawing_asks_for_the_reason(keeper):
    text = official_text()
    answer = keeper.post(f"/texts/{text.pk}/withdraw/", {"reason": " "})
    text.refresh_from_db()

    assert (answer.status_code, text.status) == (422, "draft")


def test_an_accepted_text_cannot_be_changed(keeper):
    text = official_text()
    accepted(keeper, text)
    clause = text.clauses.first()
    answer = keeper.post(
        f"/texts/{text.pk}/clauses/{clause.pk}/drop/", {"revision": clause.revision}
    )

    assert answer.status_code == 409
    assert text.clauses.count() == 3


def test_coverage_counts_the_clauses_with_rules(keeper, pack):
    text = official_text()
    page = keeper.get(f"/texts/{text.pk}/").content.decode()

    assert "3 条中 3 条有规则" in page
    assert "/policies/texts/a/1/" in page


def test_a_document_outside_the_pack_says_so(keeper, pack):
    text = official_text(number="丙政〔2020〕3号")
    page = keeper.get(f"/texts/{text.pk}/").content.decode()

    assert "政策包里没有这份文件" in page
    assert page.count("等待写规则") == 3


@pytest.mark.parametrize("role", ["owner", "bureau", "city"])
def test_drafts_are_for_policy_officers_alone(client, clock_at, role):
    clock_at(NOW)
    text = official_text()
    person = make.owner_of(make.filing().enterprise) if role == "owner" else make.officer(role)
    client.force_login(person)

    assert client.get(f"/texts/{text.pk}/").status_code == 403
    assert client.get(f"/texts/{text.pk}/file/").status_code == 403


def test_the_list_takes_the_same_queries_for_one_and_for_three(keeper, pack):
    official_text()
    keeper.get("/texts/")
    with CaptureQueriesContext(
        connection,
    ) as one:
        keeper.get("/texts/")
    official_text(text_file("乙政〔2020〕2号"))
    official_text(text_file("丙政〔2020〕3号"))
    with CaptureQueriesContext(connection) as three:
        keeper.get("/texts/")

    assert len(three) == len(one)


def test_the_official_files_become_three_texts_with_all_their_clauses(keeper):
    for path in sorted(SOURCES.glob("*.txt")):
        upload(keeper, path.read_bytes(), path.name)

    found = [
        (text.number, text.script, text.clauses.count()) for text in OfficialText.objects.all()
    ]
    if SOURCES.is_dir():
        assert sorted(found) == [
            ("", "hant", 26),
            ("焦政〔2020〕4号", "hans", 26),
            ("焦政办〔2020〕4号", "hans", 21),
            ("豫政〔2020〕9号", "hans", 20),
        ]
