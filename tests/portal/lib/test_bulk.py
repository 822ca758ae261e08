"""Rows in bulk arrive as they were, whatever their cells hold, or not at all."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from filings.domain.roster import WRITTEN
from filings.models import RosterRow
from jiaozuo_portal.lib.bulk import insert_rows
from tests import factories as make

pytestmark = pytest.mark.django_db

ODD_TEXTS = [
    "反\\斜\t杠",
    "\\N",
    "\\.",
    "一\r\n\\.\r\n二",
    '"引号"，"',
    "a,b;c|d",
    "\r",
    "\n",
    "",
    " 前后有空格 ",
    "NULL",
    "None",
    "𠮷野",
]


def row_with(filing, order=1, **values):
    given = {
        "filing_id": filing.pk, "key": uuid.uuid4(), "order": order, "first_version": None,
        "last_version": None, "removed": False, "id_index": f"i1.{order}", "arrived_on": None,
        "certificate_on": None, "return_batch": None,
    } | values  # fmt: skip
    return [given.get(name, "") for name in WRITTEN]


@pytest.fixture
def filing():
    return make.filing()


def test_odd_texts_arrive_as_they_were(filing):
    rows = [row_with(filing, n, name=text, post=text) for n, text in enumerate(ODD_TEXTS)]

    count = insert_rows(RosterRow, WRITTEN, rows)

    stored = RosterRow.objects.filter(filing=filing).order_by("order")
    assert count == len(ODD_TEXTS)
    assert list(stored.values_list("name", "post")) == [(text, text) for text in ODD_TEXTS]


def test_days_numbers_and_what_is_not_known_keep_their_kind(filing):
    key = uuid.uuid4()
    known = {"key": key, "arrived_on": date(2020, 3, 1), "return_batch": 2, "removed": True}
    insert_rows(RosterRow, WRITTEN, [row_with(filing, 1, **known), row_with(filing, 2)])

    first, second = RosterRow.objects.filter(filing=filing).order_by("order")
    assert {name: getattr(first, name) for name in known} == known
    assert (second.arrived_on, second.return_batch, second.removed) == (None, None, False)


def test_a_missing_text_is_refused_and_not_made_empty(filing):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(RosterRow, WRITTEN, [row_with(filing, 1), row_with(filing, 2, name=None)])

    assert not RosterRow.objects.exists()


def test_constraints_hold(filing):
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(RosterRow, WRITTEN, [row_with(filing, 1), row_with(filing, 1)])


def test_a_field_left_out_is_refused(filing):
    with pytest.raises(ValueError, match="RosterRow"):
        insert_rows(RosterRow, WRITTEN[:-1], [row_with(filing)[:-1]])


def test_no_rows_are_no_work(filing, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert insert_rows(RosterRow, WRITTEN, []) == 0
