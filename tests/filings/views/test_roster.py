"""The roster through the front door."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filings.models import AuditEntry, RosterImport, RosterRow
from filings.sheets.samples import planted_workbook, roster_workbook, sample_people
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW.isoformat())


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing, client):
    person = make.owner_of(filing.enterprise)
    client.force_login(person)
    return person


def typed(number=1, **given):
    return {
        "name": f"员工{number}",
        "id_kind": "",
        "id_number": make.resident_id(number),
        "mobile": "13800000000",
        "workshop": "一车间",
        "health": "healthy",
        "travel": "无",
        "gatherings": "无",
        "inspection": "pass",
        "certificate_no": "JK1",
    } | given


def test_a_person_is_added_and_the_page_shows_only_masks(client, owner, filing):
    answer = client.post(reverse("person_new", args=[filing.pk]), typed(1), follow=True)

    page = answer.content.decode()
    assert "员工1" in page
    assert make.resident_id(1) not in page
    assert "13800000000" not in page
    assert "410***********" in page


def test_a_bad_number_keeps_what_was_typed_and_says_what_would_be_right(client, owner, filing):
    answer = client.post(
        reverse("person_new", args=[filing.pk]), typed(1, id_number="410802198805170010")
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "410802198805170010" in page
    assert "#id_id_number" in page
    assert not RosterRow.objects.exists()


def test_masked_numbers_left_alone_stay_as_they_are(client, owner, filing):
    row = make.roster_row(filing, 1)

    client.post(
        reverse("person_change", args=[filing.pk, row.pk]),
        typed(1, id_number=row.id_masked, mobile=row.mobile_masked, team="乙班"),
    )

    changed = RosterRow.objects.get()
    assert (changed.team, changed.id_plain()) == ("乙班", make.resident_id(1))


def test_the_form_of_a_known_person_does_not_carry_the_numbers(client, owner, filing):
    row = make.roster_row(filing, 1)

    page = client.get(reverse("person_change", args=[filing.pk, row.pk])).content.decode()

    assert make.resident_id(1) not in page
    assert "13800000000" not in page


def test_a_number_is_shown_once_for_a_reason(client, owner, filing):
    row = make.roster_row(filing, 1)
    url = reverse("person_reveal", args=[filing.pk, row.pk, "id"])

    before = client.get(url).content.decode()
    shown = client.post(url, {"reason": "电话核实返岗时间"})

    assert make.resident_id(1) not in before
    assert make.resident_id(1) in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.get(action="reveal").reason == "电话核实返岗时间"


def test_the_export_is_masked(client, owner, filing):
    make.roster_row(filing, 1)

    answer = client.get(reverse("roster_export", args=[filing.pk]))

    cells = [
        cell
        for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
        for cell in row
    ]
    assert "员工1" in cells
    assert make.resident_id(1) not in cells
    assert "13800000000" not in cells


def upload(client, filing, content, name="花名册.xlsx"):
    return client.post(
        reverse("roster_import", args=[filing.pk]), {"file": SimpleUploadedFile(name, content)}
    )


def test_a_list_is_uploaded_previewed_and_written(client, owner, filing, drain):
    uploaded = upload(client, filing, roster_workbook(sample_people(30)))
    reading = client.get(uploaded.url).content.decode()
    drain()
    job = RosterImport.objects.get()
    preview = client.get(uploaded.url).content.decode()
    client.post(reverse("roster_import_confirm", args=[filing.pk, job.key]))
    drain()
    progress = client.get(reverse("roster_import_progress", args=[filing.pk, job.key])).json()

    assert "data-progress-url" in reading
    assert sample_people(30)[0]["name"] in preview
    assert sample_people(30)[0]["id_number"] not in preview
    assert RosterRow.objects.count() == 30
    assert (progress["state"], progress["done"]) == ("finished", 30)


def test_every_error_is_listed_with_its_place(client, owner, filing, drain):
    content, planted = planted_workbook()
    uploaded = upload(client, filing, content)
    drain()

    page = client.get(uploaded.url).content.decode()

    assert all(f"{error.column} · " in page for error in planted)
    assert "30" in page


def test_an_import_that_was_dropped_leaves_nothing(client, owner, filing, drain):
    upload(client, filing, roster_workbook(sample_people(3)))
    drain()
    job = RosterImport.objects.get()

    client.post(reverse("roster_import_drop", args=[filing.pk, job.key]))

    job.refresh_from_db()
    assert (job.status, bool(job.file), RosterRow.objects.count()) == ("dropped", False, 0)


@pytest.mark.parametrize("view", ["all", "untold", "unfit", "unwell"])
def test_the_views_count_and_narrow(client, owner, filing, view):
    make.roster_row(filing, 1)
    make.roster_row(filing, 2, travel="")
    make.roster_row(filing, 3, inspection="pending")
    make.roster_row(filing, 4, health="symptoms")
    shown = {"all": "1234", "untold": "2", "unfit": "3", "unwell": "4"}[view]

    page = client.get(reverse("roster", args=[filing.pk]), {"view": view}).content.decode()

    assert [number for number in "1234" if f">员工{number}<" in page] == list(shown)


def test_a_page_costs_the_same_for_1_and_30_people(
    client, owner, filing, django_assert_num_queries, django_assert_max_num_queries
):
    url = reverse("roster", args=[filing.pk])
    make.roster_row(filing, 1)
    client.get(url)
    with django_assert_max_num_queries(30) as first:
        client.get(url)
    for number in range(2, 31):
        make.roster_row(filing, number)

    with django_assert_num_queries(len(first)):
        client.get(url)


def test_a_colleague_who_only_reads_sees_no_buttons_and_changes_nothing(client, filing):
    row = make.roster_row(filing, 1)
    client.force_login(make.member(filing.enterprise, "viewer"))

    page = client.get(reverse("roster", args=[filing.pk])).content.decode()
    answer = client.post(reverse("person_remove", args=[filing.pk, row.pk]))

    assert reverse("person_new", args=[filing.pk]) not in page
    assert answer.status_code == 403
    assert RosterRow.objects.exists()


@pytest.mark.parametrize("name", ["roster", "person_new", "roster_import", "roster_export"])
def test_another_enterprise_finds_nothing_here(client, filing, name):
    client.force_login(make.owner_of(make.firm()))

    assert client.get(reverse(name, args=[filing.pk])).status_code == 404


def test_the_template_can_be_read_back(client, owner):
    answer = client.get(reverse("roster_template"))

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames
