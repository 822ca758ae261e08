import base64
import json
from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.pages import keyset_page
from jiaozuo_portal.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db
ORDER = ("-done_at", "kind", "-pk")


@pytest.fixture
def rows() -> list[OutboxRow]:
    """23 rows in groups of the same moment and kind, a third of them without a moment."""
    now = clock.real_now()
    return OutboxRow.objects.bulk_create(
        OutboxRow(
            kind="ab"[number % 2],
            subject=str(number),
            due_at=now,
            next_at=now,
            done_at=None if number % 3 == 0 else now - timedelta(microseconds=number // 4),
        )
        for number in range(23)
    )


def in_order() -> list[OutboxRow]:
    """The same order by Python: rows without a moment last."""
    found = sorted(OutboxRow.objects.all(), key=lambda row: row.pk, reverse=True)
    found.sort(key=lambda row: row.kind)
    found.sort(key=lambda row: (row.done_at is None, -(row.done_at or row.due_at).timestamp()))
    return found


def walk(
    direction: str, token: str | None, size: int, *, keys_first: bool = False
) -> list[list[OutboxRow]]:
    pages = []
    while True:
        page = keyset_page(
            OutboxRow.objects.all(), order=ORDER, after=token, size=size, keys_first=keys_first
        )
        pages.append(page.rows)
        token = getattr(page, direction)
        if token is None:
            return pages


@pytest.mark.parametrize("keys_first", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24])
def test_walk_forward_shows_every_row_once_and_in_order(rows, size, keys_first):
    pages = walk("next", None, size, keys_first=keys_first)

    assert list(chain.from_iterable(pages)) == in_order()
    assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("keys_first", [False, True])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_walk_back_from_the_end_shows_the_rows_before(rows, size, keys_first):
    token = None
    while (
        following := keyset_page(OutboxRow.objects.all(), order=ORDER, after=token, size=size)
    ).next:
        token = following.next

    pages = walk("previous", following.previous, size, keys_first=keys_first)

    before = list(chain.from_iterable(reversed(pages)))
    assert before == in_order()[: len(before)]
    assert before + following.rows == in_order()


def test_first_and_last_page_have_one_neighbour(rows):
    first = keyset_page(OutboxRow.objects.all(), order=ORDER, size=12)
    last = keyset_page(OutboxRow.objects.all(), order=ORDER, after=first.next, size=12)
    again = keyset_page(OutboxRow.objects.all(), order=ORDER, after=last.previous, size=12)

    assert first.previous is None
    assert last.next is None
    assert again == first


def test_row_that_arrives_shifts_nothing(rows):
    first = keyset_page(OutboxRow.objects.all(), order=ORDER, size=10)
    expected = in_order()[10:20]
    now = clock.real_now()
    OutboxRow.objects.create(kind="a", due_at=now, next_at=now, done_at=now + timedelta(hours=1))

    second = keyset_page(OutboxRow.objects.all(), order=ORDER, after=first.next, size=10)

    assert second.rows == expected


def test_empty_list_is_one_empty_page(db):
    page = keyset_page(OutboxRow.objects.all(), order=ORDER)

    assert (page.rows, page.next, page.previous) == ([], None, None)


def test_keys_that_come_first_are_counted_on_the_first_page(rows, django_assert_num_queries):
    found = OutboxRow.objects.filter(kind="a").only("kind", "done_at")

    with django_assert_num_queries(2):
        first = keyset_page(found, order=ORDER, size=5, keys_first=True)
    with django_assert_num_queries(1):
        second = keyset_page(found, order=ORDER, after=first.next, size=5, keys_first=True)
    nobody = keyset_page(found.filter(kind="z"), order=ORDER, keys_first=True)

    assert first.rows == keyset_page(found, order=ORDER, size=5).rows
    assert (first.total, second.total, nobody.total) == (12, None, 0)


def test_one_query_whatever_the_page(rows, django_assert_num_queries):
    token = keyset_page(OutboxRow.objects.all(), order=ORDER, size=5).next

    with django_assert_num_queries(1):
        keyset_page(OutboxRow.objects.all(), order=ORDER, after=token, size=5)


@pytest.mark.parametrize(
    "content",
    [
        "rubbish",
        json.dumps(["n", []]),
        json.dumps(["x", [None, "a", "0b6f1f43-9a40-4d5c-8a53-000000000000"]]),
        json.dumps(["n", ["no date", "a", "0b6f1f43-9a40-4d5c-8a53-000000000000"]]),
        json.dumps(["n", [None, "a", "no uuid"]]),
        json.dumps(["n", [None, {"a": 1}, "0b6f1f43-9a40-4d5c-8a53-000000000000"]]),
        json.dumps(["n", [None, "\0", "0b6f1f43-9a40-4d5c-8a53-000000000000"]]),
        json.dumps({"n": 1}),
        json.dumps(7),
    ],
)
def test_forged_token_leads_to_the_first_page(rows, content):
    token = base64.urlsafe_b64encode(content.encode()).decode()

    page = keyset_page(OutboxRow.objects.all(), order=ORDER, after=token, size=5)

    assert page == keyset_page(OutboxRow.objects.all(), order=ORDER, size=5)


def test_a_full_column_tells_the_database_where_to_begin(rows):
    full = ("due_at", "-pk")
    token = keyset_page(OutboxRow.objects.all(), order=full, size=5).next

    with CaptureQueriesContext(connection) as seen:
        page = keyset_page(OutboxRow.objects.all(), order=full, after=token, size=5)

    assert '"due_at" >= ' in seen[0]["sql"]
    assert "NULLS" not in seen[0]["sql"]
    assert page.rows == sorted(rows, key=lambda row: row.pk, reverse=True)[5:10]


def test_a_token_without_a_value_that_every_row_has_leads_to_the_first_page(rows):
    full = ("due_at", "-pk")
    content = json.dumps(["n", [None, str(rows[0].pk)]])
    token = base64.urlsafe_b64encode(content.encode()).decode()

    page = keyset_page(OutboxRow.objects.all(), order=full, after=token, size=5)

    assert page == keyset_page(OutboxRow.objects.all(), order=full, size=5)
