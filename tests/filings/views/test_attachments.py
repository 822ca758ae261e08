"""Attachments through the front door."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filings.domain import attachments, moves
from filings.models import Attachment
from jiaozuo_portal.lib import files
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


@pytest.fixture
def filing():
    return make.fill(make.filing())


@pytest.fixture
def owner(filing, client):
    person = make.owner_of(filing.enterprise)
    client.force_login(person)
    return person


def attach(client, filing, *uploads, section="scheme"):
    return client.post(
        reverse("attachment_add", args=[filing.pk]),
        {"section": section, "files": list(uploads)},
        follow=True,
    )


def pdf(name="盖章方案.pdf"):
    return SimpleUploadedFile(name, PDF)


def submit(filing, owner):
    moves.submit_filing(filing, by=owner, at=NOW, key=uuid.uuid4())


def test_several_files_at_once_the_bad_one_named_the_good_ones_kept(client, filing, owner):
    answer = attach(client, filing, pdf(), SimpleUploadedFile("坏.pdf", b"MZ\x90"), pdf("二.pdf"))

    text = answer.content.decode()
    assert list(Attachment.objects.values_list("name", flat=True)) == ["盖章方案.pdf", "二.pdf"]
    assert "坏.pdf" in text
    assert "已上传 2 个附件" in text


def test_a_file_comes_back_as_a_download_that_nothing_sniffs(client, filing, owner):
    attach(client, filing, pdf())
    kept = Attachment.objects.get()

    answer = client.get(reverse("attachment", args=[kept.key]))

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_draft_s_file_is_not_there_for_the_bureau_until_it_is_submitted(client, filing, owner):
    attach(client, filing, pdf())
    url = reverse("attachment", args=[Attachment.objects.get().key])
    reviewer = make.officer("bureau")
    client.force_login(reviewer)
    before = client.get(url).status_code

    submit(filing, owner)

    assert before == 404
    assert client.get(url).status_code == 200


def test_a_stranger_neither_reads_nor_removes(client, filing, owner):
    attach(client, filing, pdf())
    kept = Attachment.objects.get()
    submit(filing, owner)

    for stranger in (make.owner_of(make.firm()), make.officer("bureau", district="410803")):
        client.force_login(stranger)
        assert client.get(reverse("attachment", args=[kept.key])).status_code == 404
        assert client.post(reverse("attachment_remove", args=[kept.key])).status_code in (403, 404)
    assert Attachment.objects.in_draft().count() == 1


def test_a_removed_file_stays_with_the_version_that_holds_it(client, filing, owner):
    attach(client, filing, pdf())
    kept = Attachment.objects.get()
    submit(filing, owner)

    client.post(reverse("attachment_remove", args=[kept.key]))

    assert not Attachment.objects.filter(filing=filing).in_draft().exists()
    assert client.get(reverse("attachment", args=[kept.key])).status_code == 200


def test_a_file_that_only_the_draft_had_is_deleted(
    client, filing, owner, django_capture_on_commit_callbacks
):
    attach(client, filing, pdf())
    kept = Attachment.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("attachment_remove", args=[kept.key]))

    assert not Attachment.objects.exists()
    assert not kept.file.storage.exists(kept.file.name)


def test_an_unknown_section_takes_nothing(client, filing, owner):
    assert attach(client, filing, pdf(), section="nothing").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("方案.pdf", "方案.pdf"),
        ("方案.exe", "方案.exe.pdf"),
        ("C:\\temp\\方案.PDF", "方案.PDF"),
        ("../../etc/passwd", "passwd.pdf"),
        ("fdp.\u202egpj.pdf", "fdp. gpj.pdf"),
        ("", "file.pdf"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_tells_what_the_file_is_and_leads_nowhere(given, kept):
    assert attachments.clean_name(given, files.PDF) == kept
