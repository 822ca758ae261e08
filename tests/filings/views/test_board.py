"""The boards: whose picture is shown, the list behind each figure, files and the brief."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from filings.domain import picture
from filings.management.scale import seed_scale
from filings.models import DeskEntry, District, Picture
from filings.queries import board as reads
from filings.sheets.writing import sheet_title
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HERE = "410803"


@pytest.fixture
def city(clock_at):
    clock_at(NOW)
    call_command("load_city", verbosity=0)
    seed_scale(60, seed=5, until=NOW, people=3, workers=1)
    picture.take_picture(at=NOW)


@pytest.fixture
def command(client, city):
    person = make.officer("city")
    client.force_login(person)
    return person


@pytest.fixture
def bureau(client, city):
    person = make.officer("bureau", district=HERE)
    client.force_login(person)
    return person


def shown(client, **asked) -> reads.Board:
    return client.get(reverse("board"), asked).context["board"]


def test_the_city_sees_everything_and_a_bureau_its_district(client, bureau):
    own = shown(client)
    assert own.district.code == HERE
    # Neither the city nor another district, whatever the address bar says.
    for place in ("city", "410802", "x"):
        assert shown(client, place=place).district.code == HERE

    client.force_login(make.officer("city"))
    assert shown(client).district is None
    assert shown(client, place=HERE).tiles == own.tiles


@pytest.mark.parametrize("kind", ["zone", "health", "policy"])
def test_others_have_no_board(client, city, kind):
    client.force_login(make.officer(kind, district=HERE))
    for name in ("board", "board_list", "board_brief"):
        assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("place", ["city", HERE])
def test_every_number_is_that_of_the_list_it_leads_to(client, command, place):
    board = shown(client, place=place)
    lines = [*board.tiles, *(line for part in board.parts for line in part.lines)]
    followed = {"people": 0, "filings": 0}
    for line in (line for line in lines if line.url and line.n):
        context = client.get(line.url).context
        kind = "filings" if context["people"] is None else "people"
        assert (context["people"] if kind == "people" else context["queue"].total) == line.n, line
        followed[kind] += 1
    assert followed["filings"] > 8
    assert followed["people"] > 1
    assert client.get(board.decided_url).context["queue"].total == board.decided["n"]


def test_a_list_pages_through_all_filings_behind_a_figure(client, command):
    at = {"figure": "heads-same"}
    total = client.get(reverse("board_list"), at).context["queue"].total
    seen, after = set(), ""
    while True:
        queue = client.get(reverse("board_list"), at | {"after": after}).context["queue"]
        seen |= {row.entry.pk for row in queue.rows}
        if not queue.page.next:
            break
        after = queue.page.next
    assert len(seen) == total > 25


def test_a_list_shows_a_bureau_its_own_filings_only(client, bureau):
    figure = {"figure": "state-started", "district": "410802"}
    assert DeskEntry.objects.filter(state="started", district__code="410802").exists()
    assert client.get(reverse("board_list"), figure).context["queue"].total == 0
    own = client.get(reverse("board_list"), {"figure": "state-started"}).context["queue"]
    assert {row.entry.district.code for row in own.rows} == {HERE}


@pytest.mark.parametrize("figure", ["", "x", "state-none", "from-"])
def test_an_unknown_figure_has_no_list(client, command, figure):
    assert client.get(reverse("board_list"), {"figure": figure}).status_code == 404


def test_an_earlier_hour_shows_its_own_figures_without_lists(client, command, clock_at):
    before = shown(client)
    later = NOW + timedelta(hours=2)
    clock_at(later)
    DeskEntry.objects.filter(state="submitted").delete()
    picture.take_picture(at=later)

    now, then = shown(client), shown(client, day="2020-03-02", hour=9)
    assert now.tiles[0].n == 0 < before.tiles[0].n
    assert then.tiles[0].n == shown(client, hour=10).tiles[0].n == before.tiles[0].n
    assert not any(line.url for line in then.tiles)
    assert [one.hour for one in now.hours] == [9, 11]
    assert "没有清单" in client.get(reverse("board"), {"hour": 9}).content.decode()


@pytest.mark.parametrize("asked", [{"day": "2020-02-01"}, {"hour": 3}])
def test_a_time_without_a_picture_says_so(client, command, asked):
    answer = client.get(reverse("board"), asked)
    assert answer.context["board"] is None
    assert "没有记录" in answer.content.decode()
    assert client.get(reverse("board_brief"), asked).status_code == 404


@pytest.mark.parametrize("asked", [{"day": "x", "hour": "99"}, {"place": "'; --"}])
def test_what_does_not_hold_is_as_good_as_nothing(client, command, asked):
    assert shown(client, **asked) == shown(client)


def test_the_first_look_at_a_board_takes_the_first_picture(client, command):
    Picture.objects.all().delete()
    OutboxRow.objects.all().delete()

    assert shown(client).tiles
    assert Picture.objects.count() == District.objects.count() + 1
    assert OutboxRow.objects.filter(kind="filings.picture").exists()


FIGURE = re.compile(r'class="(?:num|figure)">(?:<a [^>]*>)?([0-9][0-9,.]*)')


def downloads(client) -> tuple[dict[str, list[tuple]], list[list[str]]]:
    """The workbook by sheets, and the rows of the csv."""
    answer = client.get(reverse("board_download", args=["xlsx"]))
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    text = client.get(reverse("board_download", args=["csv"]))
    told = b"".join(text.streaming_content).decode("utf-8-sig")
    sheets = {sheet.title: list(sheet.values) for sheet in book.worksheets}
    return sheets, list(csv.reader(io.StringIO(told, newline="")))


def test_every_figure_of_the_page_is_in_the_files(client, command, clock_at):
    clock_at(NOW + timedelta(hours=2))
    picture.take_picture(at=NOW + timedelta(hours=2))
    page = client.get(reverse("board"))
    board, html = page.context["board"], page.content.decode()
    figures = {float(n.replace(",", "")) for n in FIGURE.findall(html)}

    sheets, table = downloads(client)

    cells = {cell for rows in sheets.values() for row in rows for cell in row}
    assert len(figures) > 15
    assert figures <= cells
    assert figures <= {float(row[2]) for row in table[3:] if row[2]}
    note = next(part.note for part in board.parts if part.key == "heads")
    people = {int(n.replace(",", "")) for n in re.findall(r"[0-9][0-9,]*", note)}
    assert {row[1] for row in sheets["花名册与计划人数"] if row[2] == "人"} == people
    overall = {row[0]: row[1] for row in sheets["合计"]}
    assert {tile.label: tile.n for tile in board.tiles}.items() <= overall.items()
    assert [overall[f"审核用时（{name}）"] for name in ("中位数", "第 90 百分位")] == [
        board.decided["median"], board.decided["p90"],
    ]  # fmt: skip
    assert (overall["范围"], overall["截至"]) == ("全市", "2020-03-02 11:00")


def test_the_files_have_a_part_for_each_part_of_the_page(client, command):
    board = shown(client)

    sheets, table = downloads(client)

    assert list(sheets) == [
        "合计", *(part.title for part in board.parts), "物资最少的企业", "3月2日逐时",
    ]  # fmt: skip
    for part in board.parts:
        told = [(line.label, line.n) for line in part.lines]
        assert [row[:2] for row in sheets[part.title][1 : len(told) + 1]] == told
    assert sheets["3月2日逐时"] == [
        ("时间", *board.hourly), ("9:00", *board.hours[0].numbers),
    ]  # fmt: skip
    parts = {row[0] for row in table[1:]}
    assert parts == set(sheets)
    assert client.get(reverse("board_download", args=["pdf"])).status_code == 404


def test_no_two_sheets_have_one_name_in_english_either(client, command):
    with translation.override("en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        board = shown(client)
        titles = [sheet_title(sheet.title).lower() for sheet in reads.board_sheets(board)]

    assert len(titles) == len(set(titles))
    assert "total" in titles


def test_the_brief_prints_the_figures(client, command):
    board = shown(client)
    answer = client.get(reverse("board_brief"))

    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pages))
    assert "复工复产每日简报" in text
    for tile in board.tiles:
        assert f"{tile.label}{tile.n:,}" in text
    assert board.worst[0]["name"] in text


def test_the_links_of_a_district_stay_in_it(client, command):
    urls = [line.url for line in shown(client, place=HERE).tiles]
    assert {parse_qs(urlsplit(url).query)["district"][0] for url in urls} == {HERE}
