"""The ledger through the front door."""

from __future__ import annotations

import io
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from filings.domain import supplies
from filings.models import LedgerEntry, SupplyItem
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HEAD = "物资,单位,方向,数量,日期,经手人,用途\n"


@pytest.fixture(autouse=True)
def at_nine(clock_at):
    clock_at(NOW)


@pytest.fixture
def filing():
    return make.fill(make.filing())


@pytest.fixture
def owner(filing, client):
    person = make.owner_of(filing.enterprise)
    client.force_login(person)
    return person


@pytest.fixture
def masks(filing, owner):
    return SupplyItem.objects.get(filing=filing)


def entry(masks, **fields):
    given = {
        "entry_key": uuid.uuid4(),
        "item": masks.pk,
        "direction": "out",
        "quantity": "1，0",
        "on": "2020-03-02",
        "person": "孙仓管",
        "purpose": "发给一车间",
    }
    return given | fields


def upload(client, filing, text, name="台账.csv"):
    file = SimpleUploadedFile(name, text.encode(), content_type="text/csv")
    return client.post(reverse("ledger_import", args=[filing.pk]), {"file": file})


def test_days_of_cover_stand_with_the_figures_they_came_from(client, filing, owner):
    text = client.get(reverse("supplies", args=[filing.pk])).content.decode()

    assert "1,000 ÷（2 × 2 人）" in text
    assert "250 天" in text


def test_an_entry_out_is_recorded_once_for_two_presses(client, filing, masks):
    given = entry(masks)

    for _ in range(2):
        client.post(reverse("entry_new", args=[filing.pk]), given)

    masks.refresh_from_db()
    assert masks.balance == Decimal(990)


def test_more_than_there_is_is_refused_beside_the_quantity(client, filing, masks):
    answer = client.post(reverse("entry_new", args=[filing.pk]), entry(masks, quantity="1001"))

    assert answer.status_code == 422
    assert "库存不够" in answer.context["form"].errors["quantity"][0]
    assert 'value="发给一车间"' in answer.content.decode()
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("on", "2020-03-03"), ("quantity", "0"), ("quantity", "一"), ("purpose", ""), ("item", "0")],
)
def test_a_wrong_entry_is_told_beside_its_field(client, filing, masks, field, value):
    answer = client.post(reverse("entry_new", args=[filing.pk]), entry(masks, **{field: value}))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_an_entry_is_reversed_with_a_reason_and_stays(client, filing, masks):
    first = LedgerEntry.objects.get()
    url = reverse("entry_reverse", args=[filing.pk, first.pk])

    without = client.post(url, {"reason": ""})
    client.post(url, {"reason": "数量写错"})
    again = client.post(url, {"reason": "数量写错"})

    masks.refresh_from_db()
    assert (without.status_code, again.status_code) == (422, 422)
    assert masks.balance == 0
    assert list(LedgerEntry.objects.values_list("direction", flat=True)) == ["in", "out"]


def test_an_item_is_added_and_changed(client, filing, owner):
    client.post(reverse("item_new", args=[filing.pk]), {"name": "消毒液", "unit": "升"})
    item = SupplyItem.objects.get(name="消毒液")
    twice = client.post(reverse("item_new", args=[filing.pk]), {"name": "消毒液", "unit": "升"})
    client.post(
        reverse("item_change", args=[filing.pk, item.pk]),
        {"unit": "瓶", "daily_use_per_head": "0.05"},
    )

    item.refresh_from_db()
    assert twice.status_code == 422
    assert (item.unit, item.daily_use_per_head) == ("瓶", Decimal("0.05"))


def test_a_unit_with_entries_is_not_changed(client, filing, masks):
    answer = client.post(reverse("item_change", args=[filing.pk, masks.pk]), {"unit": "箱"})

    assert answer.status_code == 422
    assert "不能改单位" in answer.content.decode()


def test_the_export_is_a_workbook_with_entries_and_stock(client, filing, owner):
    answer = client.get(reverse("ledger_export", args=[filing.pk]))

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = book.get_sheet_by_index(0).to_python()
    assert answer["Content-Disposition"].startswith("attachment")
    assert book.sheet_names == ["出入库记录", "库存"]
    assert rows[1][:4] == ["口罩", "只", "入库", 1000.0]


def test_a_sheet_is_shown_first_and_written_once(client, filing, masks):
    text = HEAD + "口罩,只,出库,1200,2020-03-02,孙,发放\n口罩,只,入库,500,2020-03-01,孙,采购\n"

    preview = upload(client, filing, text).context["preview"]
    before = LedgerEntry.objects.count()
    for _ in range(2):
        client.post(reverse("ledger_apply", args=[filing.pk]), {"preview": preview.token})

    masks.refresh_from_db()
    assert preview.faults == []
    assert [line.number for line in preview.lines] == [2, 3]
    assert before == 1
    assert LedgerEntry.objects.count() == 3
    assert masks.balance == Decimal(300)


def test_every_bad_cell_is_told_and_nothing_is_written(client, filing, owner):
    text = HEAD + "口罩,只,借出,10,2020-03-01,孙,采购\n口罩,只,入库,很多,2020-13-01,孙,采购\n"

    answer = upload(client, filing, text)

    places = {(fault.row, fault.column) for fault in answer.context["preview"].faults}
    assert answer.status_code == 422
    assert places == {(2, "C"), (3, "D"), (3, "E")}
    assert LedgerEntry.objects.count() == 1


def test_a_sheet_that_would_empty_the_store_is_refused_before_it_is_written(client, filing, owner):
    answer = upload(client, filing, HEAD + "口罩,只,出库,1001,2020-03-02,孙,发放\n")

    preview = answer.context["preview"]
    assert "库存不够" in preview.faults[0].message
    assert preview.token == ""
    assert LedgerEntry.objects.count() == 1


def test_lines_that_the_ledger_has_already_are_pointed_out(client, filing, owner):
    answer = upload(client, filing, HEAD + "口罩,只,入库,1000,2020-03-02,孙仓管,采购入库\n")

    assert answer.context["preview"].again == 1
    assert "可能是重复导入" in answer.content.decode()


def test_a_preview_of_another_person_writes_nothing(client, filing, owner):
    preview = upload(client, filing, HEAD + "酒精,升,入库,5,2020-03-01,孙,采购\n").context[
        "preview"
    ]
    client.force_login(make.member(filing.enterprise, "clerk"))

    answer = client.post(reverse("ledger_apply", args=[filing.pk]), {"preview": preview.token})
    forged = client.post(
        reverse("ledger_apply", args=[filing.pk]), {"preview": "x" + preview.token}
    )

    assert (answer.status_code, forged.status_code) == (422, 422)
    assert not SupplyItem.objects.filter(name="酒精").exists()


def test_a_file_that_is_no_table_is_told_at_the_file(client, filing, owner):
    answer = upload(client, filing, "%PDF-1.4 …", name="台账.pdf")

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_the_template_can_be_filled_in_and_read_again(client, filing, owner):
    answer = client.get(reverse("ledger_template", args=[filing.pk]))

    file = SimpleUploadedFile("t.xlsx", answer.content)
    read = client.post(reverse("ledger_import", args=[filing.pk]), {"file": file})
    assert read.context["preview"].faults == []


def test_another_enterprise_neither_reads_nor_writes(client, filing, masks):
    first = LedgerEntry.objects.get()
    client.force_login(make.owner_of(make.firm()))

    answers = [
        client.get(reverse("supplies", args=[filing.pk])),
        client.get(reverse("ledger_export", args=[filing.pk])),
        client.post(reverse("entry_new", args=[filing.pk]), entry(masks)),
        client.post(reverse("entry_reverse", args=[filing.pk, first.pk]), {"reason": "写错了"}),
        client.post(reverse("item_change", args=[filing.pk, masks.pk]), {"unit": "箱"}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert LedgerEntry.objects.count() == 1


def test_an_entry_of_another_filing_is_not_reached_through_the_own_one(client, filing, owner):
    other = make.fill(make.filing())
    foreign = LedgerEntry.objects.get(filing=other)

    answer = client.post(
        reverse("entry_reverse", args=[filing.pk, foreign.pk]), {"reason": "写错了"}
    )

    assert answer.status_code == 404


def queries(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_one_entry_and_thirty_cost_the_same_queries(client, filing, masks, owner):
    url = reverse("supplies", args=[filing.pk])
    client.get(url)
    one = queries(client, url)
    for number in range(29):
        item = supplies.add_item(filing, name=f"物资{number}", unit="个", by=owner)
        made = supplies.record_entry(
            item,
            direction="in",
            quantity=Decimal(2),
            on=NOW.date(),
            person="孙",
            purpose="采购",
            by=owner,
            at=NOW,
        )
        if number % 2:
            supplies.reverse_entry(made, by=owner, at=NOW, reason="写错了")

    assert queries(client, url) == one
