"""Bulk actions through the front door: tick, confirm, follow, stop, look back."""

from __future__ import annotations

import csv
import io
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.models import AuditEntry, Batch, Filing, Step, User
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE, THERE = "410882", "410804"


@pytest.fixture(autouse=True)
def march(clock_at):
    clock_at(NOW)


@pytest.fixture
def lead(client) -> User:
    person = make.officer("bureau", district=HERE, role="lead", name="负责人")
    client.force_login(person)
    return person


@pytest.fixture
def colleague(db) -> User:
    return make.officer("bureau", district=HERE, name="同事")


def filings(state: str, count: int = 1, district: str = HERE) -> list[Filing]:
    return [make.filing_in(state, district=district)[0] for _n in range(count)]


def confirm_page(client, kind: str, chosen: list[Filing]) -> Any:
    return client.get(reverse("bulk_new"), {"kind": kind, "id": [one.pk for one in chosen]})


def body(page: Any, **given: Any) -> dict[str, Any]:
    """What the confirm page would send."""
    form = page.context["form"]
    return {name: form[name].value() for name in ("kind", "key", "chosen")} | given


def test_the_desk_has_a_box_in_each_row_and_says_what_can_be_done(client, lead):
    [filing] = filings("submitted")

    page = client.get(reverse("desk"), {"view": "all"}).content.decode()

    assert f'name="id" value="{filing.pk}"' in page
    assert set(re.findall(r'name="kind" value="(\w+)"', page)) == {"assign", "hand_over", "notice"}
    assert f'formaction="{reverse("desk_export")}"' in page
    assert "data-select-all" in page


def test_who_does_not_lead_is_not_offered_to_assign(client, colleague):
    filings("submitted")
    client.force_login(colleague)

    page = client.get(reverse("desk"), {"view": "all"}).content.decode()

    assert set(re.findall(r'name="kind" value="(\w+)"', page)) == {"hand_over", "notice"}


def test_the_citys_list_has_no_boxes(client):
    filings("submitted")
    client.force_login(make.officer("city"))

    page = client.get(reverse("city_home"), {"state": "submitted"}).content.decode()

    assert 'type="checkbox"' not in page


def test_the_confirm_page_says_what_will_happen_to_which_and_writes_nothing(client, lead):
    waiting, draft = *filings("submitted"), *filings("draft")

    page = confirm_page(client, "assign", [waiting, draft])

    text = page.content.decode()
    assert page.status_code == 200
    assert "分派 2 件备案？" in text
    assert "其中 1 件现在不能办理" in text
    assert waiting.enterprise.name in text
    assert draft.enterprise.name in text
    assert not Batch.objects.exists()


def test_from_the_boxes_to_the_results(client, lead, colleague, drain):
    waiting, draft = *filings("submitted"), *filings("draft")
    page = confirm_page(client, "assign", [waiting, draft])

    begun = client.post(reverse("bulk_new"), body(page, to=colleague.pk, text="请优先"))
    batch = Batch.objects.get()
    running = client.get(begun.url)
    before = client.get(reverse("batch_progress", args=[batch.key])).json()
    drain()
    after = client.get(reverse("batch_progress", args=[batch.key])).json()
    over = client.get(begun.url).content.decode()

    assert begun.url == reverse("batch", args=[batch.key])
    assert "等待办理" in running.content.decode()
    assert (before["state"], before["done"], before["total"]) == ("waiting", 0, 2)
    assert "next" not in before
    assert (after["state"], after["done"], after["next"]) == ("finished", 2, begun.url)
    assert after["message"] == "已办理 1 件，没有办理 1 件，共 2 件"
    assert "备案现在的状态是“草稿”，不能分派审核。" in over
    waiting.refresh_from_db()
    assert waiting.holder == colleague
    listed = client.get(reverse("batches")).context["page"].rows
    assert [(one.total, one.done, one.undone) for one in listed] == [(2, 1, 1)]


def test_a_notice_is_written_and_sent(client, lead, drain):
    [filing] = filings("returned")
    page = confirm_page(client, "notice", [filing])
    empty = client.post(reverse("bulk_new"), body(page, text=" "))
    begun = client.post(reverse("bulk_new"), body(page, text="请尽快补正。"))
    drain()
    client.force_login(make.owner_of(filing.enterprise))

    told = client.get(reverse("notices")).content.decode()

    assert (empty.status_code, begun.status_code) == (422, 302)
    assert f"工信部门就{filing.enterprise.name}的备案通知：请尽快补正。" in told


def test_pressed_twice_it_is_done_once(client, lead, colleague, drain):
    page = confirm_page(client, "assign", filings("submitted"))
    sent = body(page, to=colleague.pk)

    first, again = (client.post(reverse("bulk_new"), sent) for _n in range(2))
    drain()

    assert first.url == again.url
    assert Step.objects.filter(move="assign").count() == 1


def test_a_second_batch_waits_for_the_first_and_keeps_what_was_typed(client, lead, colleague):
    one, two = filings("submitted", 2)
    client.post(reverse("bulk_new"), body(confirm_page(client, "assign", [one]), to=colleague.pk))
    page = confirm_page(client, "assign", [two])

    refused = client.post(reverse("bulk_new"), body(page, to=colleague.pk, text="第二批"))

    assert "正在办理" in page.content.decode()
    assert refused.status_code == 422
    assert "第二批" in refused.content.decode()
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("kind", ["approve", "return", "", "claim"])
def test_no_decision_is_offered_or_taken(client, lead, kind):
    [filing] = filings("in_review")

    asked = client.get(reverse("bulk_new"), {"kind": kind, "id": filing.pk})
    sent = client.post(
        reverse("bulk_new"),
        {"kind": kind, "key": uuid.uuid4(), "chosen": f"{filing.pk}-{filing.revision}"},
    )

    assert (asked.status_code, sent.status_code) == (422, 422)
    filing.refresh_from_db()
    assert filing.state == "in_review"


def test_a_filing_of_another_bureau_among_them_is_not_found(client, lead, colleague):
    here, there = *filings("submitted"), *filings("submitted", district=THERE)

    asked = confirm_page(client, "assign", [here, there])
    sent = client.post(
        reverse("bulk_new"),
        {
            "kind": "assign",
            "key": uuid.uuid4(),
            "chosen": f"{here.pk}-1 {there.pk}-1",
            "to": colleague.pk,
        },
    )

    assert (asked.status_code, sent.status_code) == (404, 404)
    assert there.enterprise.name not in asked.content.decode()
    assert not Batch.objects.exists()


def test_somebody_of_another_bureau_is_no_choice(client, lead):
    page = confirm_page(client, "assign", filings("submitted"))
    stranger = make.officer("bureau", district=THERE)

    refused = client.post(reverse("bulk_new"), body(page, to=stranger.pk))

    assert refused.status_code == 422
    assert not Batch.objects.exists()


@pytest.mark.parametrize("chosen", ["", "1", "1-", "x-1", "1-1-1", "1-1;2-2", "٣-1"])
def test_a_page_that_was_tampered_with_is_too_old(client, lead, chosen):
    answer = client.post(
        reverse("bulk_new"), {"kind": "notice", "key": uuid.uuid4(), "chosen": chosen, "text": "甲"}
    )

    assert answer.status_code == 409


def test_without_a_tick_the_page_says_how_to_choose(client, lead):
    page = client.get(reverse("bulk_new"), {"kind": "notice", "id": ["x", "-1", ""]})

    assert page.status_code == 200
    assert "还没有选择备案" in page.content.decode()
    assert '<form method="post" action="/desk/bulk/new/"' not in page.content.decode()


def test_the_batch_of_somebody_else_is_not_found(client, lead, colleague):
    client.post(
        reverse("bulk_new"),
        body(confirm_page(client, "notice", filings("submitted")), text="通知"),
    )
    key = Batch.objects.get().key
    client.force_login(colleague)

    statuses = [
        client.get(reverse("batch", args=[key])).status_code,
        client.get(reverse("batch_progress", args=[key])).status_code,
        client.post(reverse("batch_stop", args=[key])).status_code,
    ]

    assert statuses == [404] * 3
    assert Batch.objects.get().finished_at is None
    assert client.get(reverse("batches")).context["page"].rows == []


def test_a_batch_is_stopped(client, lead, drain):
    client.post(
        reverse("bulk_new"),
        body(confirm_page(client, "notice", filings("submitted")), text="通知"),
    )
    batch = Batch.objects.get()

    stopped = client.post(reverse("batch_stop", args=[batch.key]))
    drain()

    assert stopped.url == reverse("batch", args=[batch.key])
    assert list(batch.items.values_list("result", flat=True)) == ["stopped"]
    assert "已停止" in client.get(stopped.url).content.decode()


@pytest.mark.parametrize("name", ["batches", "bulk_new"])
def test_it_is_the_bureaus_alone(client, name):
    [filing] = filings("submitted")
    for person in (
        make.owner_of(filing.enterprise), make.officer("city"), make.officer("health"),
    ):  # fmt: skip
        client.force_login(person)

        assert client.get(reverse(name), {"kind": "notice"}).status_code == 403


def test_the_ticked_rows_and_no_others_are_exported(client, lead):
    one, _two, three = filings("submitted", 3)
    there = filings("submitted", district=THERE)[0]
    query = f"view=reviewing&id={three.pk}&id={one.pk}&id={there.pk}"

    page = client.get(f"{reverse('desk_export')}?{query}")
    answer = client.post(f"{reverse('desk_export')}?{query}", {"kind": "csv", "columns": ["name"]})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert "共 2 件，是您在审核台勾选的。" in page.content.decode()
    assert sorted(rows) == sorted([one.enterprise.name, three.enterprise.name])
    entry = AuditEntry.objects.get(action="export_desk")
    assert entry.field == "csv 2"
    assert str(three.pk) in entry.reason


def hidden(page: Any) -> dict[str, str]:
    """What the form around the list of the desk sends besides what is ticked."""
    form = re.search(r'<form method="get" action="/desk/bulk/new/">(.*?)<div', page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[1]))


def test_all_that_the_desk_finds_are_taken_also_from_other_pages(
    client, lead, colleague, drain, monkeypatch
):
    monkeypatch.setattr("filings.queries.desk.PAGE_SIZE", 2)
    wanted = filings("submitted", 5)
    filings("submitted", district=THERE)
    filings("in_review")
    page = client.get(reverse("desk"), {"state": "submitted", "sort": "newest"}).content.decode()

    asked = {**hidden(page), "kind": "assign", "id": wanted[0].pk, "all": "1"}
    confirm = client.get(reverse("bulk_new"), asked)
    client.post(reverse("bulk_new"), body(confirm, to=colleague.pk))
    drain()

    assert "连同其他页，全部 5 件" in page
    assert "分派 5 件备案？" in confirm.content.decode()
    assert "一批最多" not in confirm.content.decode()
    order = Batch.objects.get().items.order_by("position").values_list("filing_id", flat=True)
    newest = Filing.objects.filter(pk__in=order).order_by("-submitted_at", "-pk")
    assert set(order) == {one.pk for one in wanted}
    assert list(order) == [one.pk for one in newest]
    assert Filing.objects.filter(holder=colleague).count() == 5


def test_of_more_than_a_batch_takes_the_first_are_taken_and_that_is_said(client, lead, monkeypatch):
    monkeypatch.setattr("filings.domain.bulk.MOST_ITEMS", 2)
    first, second, _third = filings("submitted", 3)

    page = client.get(reverse("bulk_new"), {"kind": "notice", "all": "1"})

    assert "符合条件的共 3 件，一批最多 2 件" in page.content.decode()
    assert [one.filing for one in page.context["chosen"]] == [first, second]


def test_all_of_nothing_says_how_to_choose(client, lead):
    page = client.get(reverse("bulk_new"), {"kind": "notice", "all": "1"})

    assert "还没有选择备案" in page.content.decode()


def test_one_page_offers_no_others(client, lead):
    filings("submitted", 2)

    assert "data-select-rest" not in client.get(reverse("desk")).content.decode()


def test_all_are_exported_whatever_is_ticked(client, lead):
    one, two = filings("submitted", 2)
    query = f"view=waiting&all=1&id={one.pk}"

    answer = client.post(f"{reverse('desk_export')}?{query}", {"kind": "csv", "columns": ["name"]})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert {one.enterprise.name, two.enterprise.name} <= set(text.split())


def queries(client, url: str, query: dict[str, Any] | None = None) -> int:
    client.get(url, query)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url, query).status_code == 200
    return len(seen)


def test_confirm_progress_and_list_ask_as_often_for_three_as_for_one(client, lead, drain):
    chosen = filings("submitted", 3)
    counts: dict[str, list[int]] = {"new": [], "batch": [], "batches": []}
    for some in (chosen[:1], chosen):
        asked = {"kind": "assign", "id": [one.pk for one in some]}
        counts["new"].append(queries(client, reverse("bulk_new"), asked))
        client.post(reverse("bulk_new"), body(confirm_page(client, "notice", some), text="通知"))
        drain()
        batch = Batch.objects.first()
        counts["batch"].append(queries(client, reverse("batch", args=[batch.key])))
        counts["batches"].append(queries(client, reverse("batches")))

    everything = queries(client, reverse("bulk_new"), {"kind": "assign", "all": "1", "view": "all"})
    assert everything <= 10
    assert {name: one == three for name, (one, three) in counts.items()} == {
        "new": True, "batch": True, "batches": True,
    }  # fmt: skip
    assert max(counts["new"] + counts["batch"] + counts["batches"]) <= 10
