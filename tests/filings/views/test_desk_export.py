"""The queue as a file, through the front door."""

from __future__ import annotations

import csv
import io
import urllib.parse
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.models import AuditEntry, DeskEntry, RosterRow
from filings.queries import desk_export as reads
from filings.queries.desk import Asked, desk_entries
from filings.queries.desk_export import COLUMNS
from filings.sheets import writing
from filings.sheets.reading import read_grid
from jiaozuo_portal.lib import clock
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def five_hours_later(clock_at):
    clock_at(NOW + timedelta(hours=6))


def ask(client, user, *, kind="csv", columns=("name",), **query):
    client.force_login(user)
    address = f"{reverse('desk_export')}?{urllib.parse.urlencode(query)}"
    return client.post(address, {"kind": kind, "columns": list(columns)})


def table(response) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def shown(client, user, **query) -> list[str]:
    client.force_login(user)
    found = client.get(reverse("desk"), query).context["queue"]
    return [row.entry.name for row in found.rows]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"view": "all", "sort": "newest"},
        {"view": "all", "sort": "due"},
        {"view": "all", "q": "cshy", "sort": "name"},
        {"view": "all", "state": "returned"},
        {"view": "reviewing"},
        {"view": "all", "size": "nonsense"},
    ],
)
def test_the_file_has_the_rows_of_the_queue_in_their_order(client, query):
    _one, people = make.filing_in("submitted", name="测试化验厂", makes_epidemic_supplies=True)
    make.filing_in("in_review", name="测试化验二厂")
    make.filing_in("returned")
    make.filing_in("submitted", name="别处", district="410803")

    rows = table(ask(client, people.reviewer, **query))

    assert [row[0] for row in rows[1:]] == shown(client, people.reviewer, **query)


def test_a_row_says_what_the_queue_says(client):
    filing, people = make.filing_in("in_review", name="怀府机械厂", zone=True, district="410803")

    heading, row = table(ask(client, people.reviewer, columns=list(COLUMNS), view="all"))

    assert dict(zip(heading, row, strict=True)) == {
        "企业名称": "怀府机械厂",
        "厂区名称": filing.site.name,
        "状态": "审核中",
        "办结期限": "",
        "暂停，还剩（小时）": "",
        "已等（小时）": "5",
        "提交时间": "2020-03-02 10:00:00",
        "版本": "1",
        "退回次数": "0",
        "审核人": people.reviewer.name,
        "县（市、区）": str(filing.district),
        "产业集聚区": str(filing.zone),
        "规模": "小型企业",
        "划型行业": "工业（采矿、制造、水电气生产供应）",
        "统一社会信用代码": filing.enterprise.uscc,
        "备案号": "",
        "返岗人数": "2",
        "物资可用天数": "250.0",
        "没有通过的核对": "",
        "返岗人员来源省": "河南省",
    }


def test_a_workbook_has_the_same_rows(client):
    filing, people = make.filing_in("submitted")

    answer = ask(client, people.reviewer, kind="xlsx", columns=["name", "version"])

    rows = read_grid(b"".join(answer.streaming_content), "desk.xlsx").rows
    assert rows == [["企业名称", "版本"], [filing.enterprise.name, 1.0]]


def test_columns_are_remembered_for_each_person(client):
    _filing, people = make.filing_in("submitted")
    ask(client, people.reviewer, columns=["uscc", "name"])

    mine = client.get(reverse("desk_export")).context["form"].initial["columns"]
    client.force_login(people.lead)
    others = client.get(reverse("desk_export")).context["form"].initial["columns"]

    assert mine == ["name", "uscc"]
    assert others == [name for name, column in COLUMNS.items() if column.is_usual]


def test_without_a_column_nothing_is_exported(client):
    _filing, people = make.filing_in("submitted")

    answer = ask(client, people.reviewer, columns=[])

    assert answer.status_code == 422
    assert "请至少选一个栏目" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="export_desk").exists()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(client, sign):
    _filing, people = make.filing_in("submitted")
    DeskEntry.objects.update(site=f"{sign}HYPERLINK(1)")

    (_heading, row) = table(ask(client, people.reviewer, columns=["site"]))

    assert row[0].startswith("'")


def test_the_file_opens_in_excel_as_chinese(client):
    _filing, people = make.filing_in("submitted")

    content = b"".join(ask(client, people.reviewer).streaming_content)

    assert content.startswith(b"\xef\xbb\xbf" + "企业名称".encode())


def test_nobody_of_the_enterprise_stands_in_any_column(client):
    filing, people = make.filing_in("submitted", contact_name="李联系", employees=41)
    person = RosterRow.objects.filter(filing=filing).first()

    answer = ask(client, people.reviewer, columns=list(COLUMNS), view="all")

    text = b"".join(answer.streaming_content).decode()
    assert filing.enterprise.name in text
    for secret in ("李联系", "王厂长", "138", person.name, person.id_masked):
        assert secret not in text


def test_an_export_is_recorded_with_conditions_and_rows(client):
    _filing, people = make.filing_in("submitted")
    make.filing_in("submitted")

    ask(client, people.reviewer, view="all", state="submitted", sort="name", columns=["name"])

    entry = AuditEntry.objects.get(action="export_desk")
    assert (entry.by, entry.field) == (people.reviewer, "csv 2")
    assert entry.reason == "view=all state=submitted sort=name"


def test_looking_at_the_page_records_nothing(client):
    _filing, people = make.filing_in("submitted")
    client.force_login(people.reviewer)

    page = client.get(reverse("desk_export"), {"view": "all", "state": "submitted"})

    assert page.context["total"] == 1
    assert not AuditEntry.objects.filter(action="export_desk").exists()


def test_more_rows_than_a_sheet_holds_are_refused_as_a_workbook(client, monkeypatch):
    monkeypatch.setattr("filings.views.desk_export.MOST_ROWS", 0)
    _filing, people = make.filing_in("submitted")

    assert ask(client, people.reviewer, kind="xlsx").status_code == 422
    assert ask(client, people.reviewer, kind="csv").status_code == 200


def test_an_export_costs_the_same_queries_for_1_and_3_rows(client):
    _filing, people = make.filing_in("submitted")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            table(ask(client, people.reviewer, columns=list(COLUMNS)))
        return len(seen)

    queries()
    one = queries()
    make.filing_in("submitted")
    make.filing_in("submitted")

    assert queries() == one


def test_headings_leave_before_the_rows_are_read(client):
    _filing, people = make.filing_in("submitted")
    pieces = iter(ask(client, people.reviewer).streaming_content)

    with CaptureQueriesContext(connection) as seen:
        first = next(pieces)

    assert first.decode("utf-8-sig").strip() == "企业名称"
    assert len(seen) == 0


def in_a_transaction() -> bool:
    """Whether the database holds a transaction open for this connection."""
    raw = connection.connection
    if connection.vendor == "sqlite":
        return bool(raw.in_transaction)
    return bool(raw.get_transaction_status())


def cursors() -> int:
    """How many cursors the server keeps."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_cursors WHERE name LIKE '_django%'")
        return int(cursor.fetchone()[0])


def names_of_two(user) -> Iterator[Sequence[Any]]:
    make.filing_in("submitted")
    entries = reads.entries_to_export(desk_entries(user), Asked(), user=user, at=clock.now())
    return iter(reads.export_sheet(entries, ["name"], at=clock.now()).rows)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_leaves_no_transaction_and_no_cursor(monkeypatch):
    monkeypatch.setattr(writing, "PIECE", 1)
    _filing, people = make.filing_in("submitted")
    lines = writing.csv_lines(["name"], names_of_two(people.reviewer))
    next(lines)
    next(lines)

    between = in_a_transaction()
    lines.close()

    assert (between, in_a_transaction(), cursors()) == (False, False, 0)


@pytest.mark.django_db(transaction=True)
def test_read_in_a_transaction_a_broken_stream_would_hold_it():
    """The control: what the test above looks at is there to be seen."""
    _filing, people = make.filing_in("submitted")

    def within() -> Iterator[Sequence[Any]]:
        with transaction.atomic():
            yield from names_of_two(people.reviewer)

    rows = within()
    next(rows)
    between = in_a_transaction()
    rows.close()

    assert between


def test_rows_are_read_as_plain_values(client, monkeypatch):
    _filing, people = make.filing_in("submitted")
    made = []
    monkeypatch.setattr(DeskEntry, "from_db", lambda *given: made.append(given))

    table(ask(client, people.reviewer, columns=list(COLUMNS)))

    assert made == []


@pytest.mark.parametrize("query", [{"state": "submitted"}, {"district": "410882"}, {"q": "cshy"}])
def test_the_city_takes_away_what_its_list_shows(client, query):
    make.filing_in("submitted", name="城山化验")
    make.filing_in("submitted", district="410882")
    make.filing_in("approved", district="410882")
    client.force_login(make.officer("city"))
    listed = client.get(reverse("city_home"), query).context["queue"]
    address = f"{reverse('city_export')}?{urllib.parse.urlencode(query)}"

    form = client.get(address)
    columns = form.context["form"].initial["columns"]
    taken = table(client.post(address, {"kind": "csv", "columns": columns}))

    assert [row[0] for row in taken[1:]] == [row.entry.name for row in listed.rows] != []
    assert str(COLUMNS["district"].heading) in taken[0]
    assert f'href="{reverse("city_home")}?' in form.content.decode()
    assert AuditEntry.objects.get(action="export_desk").field == f"csv {len(listed.rows)}"
