"""The lead's page of text blocks, and inserting one into a correction, through the front door."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain import text_blocks
from filings.models import Agency, Correction, TextBlock
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(client):
    """A filing under review, its people, and the bureau; the lead is signed in."""
    filing, people = make.filing_in("in_review")
    client.force_login(people.lead)
    return filing, people, Agency.objects.get(kind="bureau", district=filing.district)


def add(bureau, lead, title: str, **rest) -> TextBlock:
    return text_blocks.add_block(bureau, by=lead, **{"title": title, "text": f"请补{title}"} | rest)


def text(response) -> str:
    return response.content.decode()


def test_a_block_is_added_changed_and_taken_out_of_use(client, held):
    _filing, _people, bureau = held
    given = {"title": "缺处置", "text": "请写明由谁送诊。", "rule": "R1.2", "section": "scheme"}

    client.post(reverse("text_block_new", args=[bureau.pk]), given)
    block = TextBlock.objects.get()
    listed = text(client.get(reverse("text_blocks_home"), follow=True))
    change = reverse("text_block", args=[bureau.pk, block.pk])
    form = text(client.get(change))
    client.post(change, given | {"title": "缺处置流程"})
    block.refresh_from_db()

    assert "请写明由谁送诊。" in listed
    assert "疫情防控方案" in listed
    assert "请写明由谁送诊。" in form
    assert (block.title, block.is_active) == ("缺处置流程", False)


def test_a_second_block_of_the_title_is_told_on_the_form(client, held):
    _filing, people, bureau = held
    add(bureau, people.lead, "缺处置")

    response = client.post(
        reverse("text_block_new", args=[bureau.pk]), {"title": "缺处置", "text": "另一条"}
    )

    assert response.status_code == 422
    assert "已经有名为“缺处置”的常用意见" in text(response)
    assert "另一条" in text(response)


def test_a_correction_offers_the_blocks_of_its_section_and_bureau_used_most_first(client, held):
    filing, people, bureau = held
    seldom = add(bureau, people.lead, "少用的", section="scheme")
    often = add(bureau, people.lead, "常用的")
    TextBlock.objects.filter(pk=often.pk).update(used=9)
    add(bureau, people.lead, "别的部分", section="plan")
    gone = add(bureau, people.lead, "停用的")
    TextBlock.objects.filter(pk=gone.pk).update(is_active=False)
    others = make.officer("bureau", district="410803", role="lead")
    add(Agency.objects.get(kind="bureau", district__code="410803"), others, "别处的")

    page = client.get(
        reverse("correction_add", args=[filing.pk]), {"section": "scheme", "path": "duties"}
    )

    assert list(page.context["blocks"]) == [often, seldom]


def test_without_scripts_the_link_brings_the_words_and_the_block_is_kept(client, held):
    filing, people, bureau = held
    block = add(bureau, people.lead, "缺处置", rule="R1.2")
    url = reverse("correction_add", args=[filing.pk])
    asked = {"section": "scheme", "path": "duties", "block": block.pk}

    form = client.get(url, asked).context["form"]
    client.post(url, {**form.initial, "text": form.initial["text"] + "（当天）"})

    point = Correction.objects.get(filing=filing)
    assert (point.block, point.text, point.rule) == (block, "请补缺处置（当天）", "R1.2")


@pytest.mark.parametrize("strange", ["x", "999999", "-1", "²"])
def test_a_strange_block_in_the_address_is_as_good_as_none(client, held, strange):
    filing, _people, _bureau = held
    asked = {"section": "scheme", "path": "duties", "block": strange}

    response = client.get(reverse("correction_add", args=[filing.pk]), asked)

    assert response.status_code == 200
    assert "text" not in response.context["form"].initial


def test_the_block_of_another_bureau_is_not_taken(client, held):
    filing, _people, _bureau = held
    others = make.officer("bureau", district="410803", role="lead")
    strange = add(Agency.objects.get(kind="bureau", district__code="410803"), others, "别处的")

    response = client.post(
        reverse("correction_add", args=[filing.pk]),
        {
            "revision": filing.revision,
            "section": "scheme",
            "path": "duties",
            "text": "请补",
            "block": strange.pk,
        },
    )

    assert response.status_code == 422
    assert not Correction.objects.filter(filing=filing).exists()


def test_three_blocks_ask_the_database_as_often_as_one(client, held):
    filing, people, bureau = held
    pages = (
        (reverse("text_blocks", args=[bureau.pk]), {}),
        (reverse("correction_add", args=[filing.pk]), {"section": "scheme", "path": "duties"}),
    )

    def queries() -> list[int]:
        counts = []
        for url, asked in pages:
            client.get(url, asked)
            with CaptureQueriesContext(connection) as seen:
                assert client.get(url, asked).status_code == 200
            counts.append(len(seen))
        return counts

    add(bureau, people.lead, "一")
    one = queries()
    add(bureau, people.lead, "二")
    add(bureau, people.lead, "三")

    assert queries() == one


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_the_blocks_of_a_bureau_are_its_leads_to_keep(client, held, role):
    filing, people, bureau = held
    stranger = make.officer("bureau", district="410803", role="lead")
    client.force_login(people.reviewer if role == "reviewer" else stranger)

    status = client.get(reverse("text_blocks", args=[bureau.pk])).status_code

    assert status == (403 if role == "reviewer" else 404)
