"""Papers of an application: who adds, reads and takes them off, and where they are listed."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from filings.models import AuditEntry
from policies.domain import packs
from policies.models import Application, ApplicationFile
from tests import factories as make
from tests.factories import NOW

from .test_applications import apply, eligible, officer_of, press

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROOF = "上年度失业保险缴费凭证"


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)


@pytest.fixture
def applied(client):
    filing, owner = eligible()
    return apply(client, filing, owner), owner


def add(client, application, *names, paper="", content=PDF):
    files = [SimpleUploadedFile(name, content) for name in names or ("凭证.pdf",)]
    url = reverse("application_file_add", args=[application.pk])
    return client.post(url, {"paper": paper, "files": files}, follow=True)


def remove(client, file):
    return client.post(reverse("application_file_remove", args=[file.key]), follow=True)


def page(client, application) -> str:
    return client.get(reverse("application", args=[application.pk])).content.decode()


def ticks(text: str) -> int:
    return text.split('id="papers"')[1].split("</section>")[0].count("已上传</span>")


def test_a_paper_of_the_measures_list_is_ticked_once_it_is_there(client, applied):
    application, _owner = applied
    before = page(client, application)

    answer = add(client, application, paper=PROOF)

    assert PROOF in before
    assert (ticks(before), ticks(answer.content.decode())) == (0, 1)
    file = ApplicationFile.objects.get()
    assert (file.paper, file.name, file.media_type) == (PROOF, "凭证.pdf", "application/pdf")
    assert AuditEntry.objects.filter(action="application_file_add").count() == 1


def test_enterprise_and_department_download_it_and_nobody_else_finds_it(client, applied):
    application, owner = applied
    add(client, application, paper=PROOF)
    url = reverse("application_file", args=[ApplicationFile.objects.get().key])
    officer = officer_of(application)
    strangers = [
        make.owner_of(make.firm()),
        make.officer("health", district="410803"),
        make.officer("policy"),
    ]

    def status(user):
        client.force_login(user)
        return client.get(url).status_code

    assert status(owner) == 200
    assert status(officer) == 404  # not before it is sent
    client.force_login(owner)
    press(client, application, "send")
    assert status(officer) == 200
    assert [status(one) for one in strangers] == [404] * 3
    client.force_login(officer)
    answer = client.get(url)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_what_is_added_while_asked_back_is_the_departments_only_once_it_is_sent(
    client, applied, clock_at
):
    application, owner = applied
    press(client, application, "send")
    Application.objects.update(state="asked_back")
    clock_at(NOW + timedelta(hours=1))
    add(client, application, "补充.pdf")
    url = reverse("application_file", args=[ApplicationFile.objects.get().key])
    officer = officer_of(application)

    client.force_login(officer)
    assert client.get(url).status_code == 404
    assert "补充.pdf" not in page(client, application)
    client.force_login(owner)
    clock_at(NOW + timedelta(hours=2))
    press(client, application, "send")
    client.force_login(officer)

    assert client.get(url).status_code == 200
    assert "补充.pdf" in page(client, application)


def test_files_are_taken_off_while_it_lies_with_the_enterprise_and_not_after(client, applied):
    application, _owner = applied
    add(client, application, "甲.pdf", "乙.pdf")
    first, second = ApplicationFile.objects.order_by("pk")
    storage, name = first.file.storage, first.file.name

    remove(client, first)
    press(client, application, "send")
    refused = remove(client, second).content.decode()
    late = add(client, application).content.decode()

    assert list(ApplicationFile.objects.all()) == [second]
    assert "附件不能再改" in refused
    assert "附件不能再改" in late
    assert storage.exists(second.file.name)
    assert storage.exists(name)  # until the transaction of the test ends


def test_a_colleague_who_only_reads_changes_nothing(client, applied):
    application, _owner = applied
    add(client, application)
    client.force_login(make.member(application.enterprise, "viewer"))

    assert add(client, application).status_code == 403
    assert remove(client, ApplicationFile.objects.get()).status_code == 403
    assert "id_files" not in page(client, application)


@pytest.mark.parametrize(
    ("content", "paper", "said"),
    [
        (b"MZ\x90\x00 program", "", "不是可以上传的类型"),
        (b"", "", "文件是空的"),
        (PDF, "别的材料", "没有要求这份材料"),
    ],
)
def test_a_bad_file_is_refused_in_words(client, applied, content, paper, said):
    application, _owner = applied

    answer = add(client, application, "坏.pdf", paper=paper, content=content)

    assert said in answer.content.decode()
    assert not ApplicationFile.objects.exists()


def test_an_application_takes_twenty_files(client, applied, monkeypatch):
    application, _owner = applied
    monkeypatch.setattr("policies.domain.application_files.MOST_FILES", 2)

    answer = add(client, application, "甲.pdf", "乙.pdf", "丙.pdf")

    assert "最多 2 个附件" in answer.content.decode()
    assert ApplicationFile.objects.count() == 2


def test_pdf_and_workbook_list_the_papers(client, applied):
    application, _owner = applied
    add(client, application, "凭证.pdf", paper=PROOF)

    paper = client.get(reverse("application_paper", args=[application.pk])).content
    text = "".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(paper)).pages).split())
    answer = client.get(reverse("application_sheet", args=[application.pk]))
    book = load_workbook(io.BytesIO(answer.content))

    assert "凭证.pdf" in text
    assert "尚未上传" in text
    assert book.sheetnames == ["申请", "企业资料", "逐条核对", "附件"]
    assert [row[:2] for row in book["附件"].iter_rows(min_row=2, values_only=True)] == [
        (PROOF, "凭证.pdf"),
        ("职工人数、裁员人数的说明", "尚未上传"),
    ]
    facts = list(book["企业资料"].iter_rows(min_row=2, values_only=True))
    assert facts == [(f["label"], f["value"], f["source"]) for f in application.content["facts"]]
    reasons = list(book["逐条核对"].iter_rows(min_row=2, values_only=True))
    assert len(reasons) == len(application.content["reasons"])
    assert {row[3] for row in reasons} <= {"符合", "不符合", "待部门核定"}
    head = dict(book["申请"].iter_rows(min_row=2, values_only=True))
    assert head["统一社会信用代码"] == application.enterprise.uscc
    assert head["申请金额（元）"] == float(application.asked_yuan)


def test_no_cell_of_the_workbook_runs(client, applied):
    application, _owner = applied
    application.content["enterprise"] = '=HYPERLINK("http://x","y")'
    application.content["facts"] = [{"label": "@SUM(1)", "value": "+1", "source": "-2"}]
    application.save()
    add(client, application, "=cmd.pdf")

    answer = client.get(reverse("application_sheet", args=[application.pk]))

    cells = [
        cell
        for sheet in load_workbook(io.BytesIO(answer.content))
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert [str(c.value)[:1] for c in cells if str(c.value)[1:2] in {*"=+-@"}] == ["'"] * 5


def test_strangers_get_no_workbook(client, applied):
    application, _owner = applied
    press(client, application, "send")
    client.force_login(make.officer("health", district="410803"))

    assert client.get(reverse("application_sheet", args=[application.pk])).status_code == 404


def test_an_application_from_before_papers_were_named_still_opens(client, applied):
    application, _owner = applied
    del application.content["papers"]
    application.save()

    shown = page(client, application)
    assert "还没有附件。" in shown
    assert "没有写明要交哪些材料" not in shown
    assert client.get(reverse("application_paper", args=[application.pk])).status_code == 200


def test_where_the_text_names_no_papers_every_form_of_the_application_says_so(client, applied):
    application, _owner = applied
    press(client, application, "send")
    application.refresh_from_db()
    application.content["papers"] = []
    application.save()

    at_home = page(client, application)
    paper = client.get(reverse("application_paper", args=[application.pk])).content
    text = "".join("".join(p.extract_text() for p in PdfReader(io.BytesIO(paper)).pages).split())
    sheet = client.get(reverse("application_sheet", args=[application.pk])).content
    rows = load_workbook(io.BytesIO(sheet))["附件"].iter_rows(min_row=2, values_only=True)
    client.force_login(officer_of(application))
    at_the_desk = page(client, application)

    assert "文件没有写明要交哪些材料，请先向责任部门问清楚。" in at_home
    assert "文件没有写明要交哪些材料，请先向受理部门问清楚。" in text
    assert [row[0] for row in rows] == ["文件没有写明要交哪些材料，请先向受理部门问清楚。"]
    assert "文件没有写明要交哪些材料。" in at_the_desk
