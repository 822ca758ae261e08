import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.template import Context, Template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import override

from jiaozuo_portal.templatetags import portal_ui
from tests.portal.ui.samples import NOW, SampleForm, sample_form

ROOT = Path(__file__).resolve().parents[3]
SPRITE = (ROOT / "jiaozuo_portal" / "static" / "icons.svg").read_text("utf-8")
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))


def render(source, **context):
    context.setdefault("portal_now", NOW)
    return Template("{% load portal_ui %}" + source).render(Context(context))


def words(html):
    return re.sub(r"<[^>]+>", "", html)


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=20), "还剩 1 分钟（3月2日 08:00 前）"),
        (timedelta(minutes=59), "还剩 59 分钟（3月2日 08:59 前）"),
        (timedelta(hours=31, minutes=50), "还剩 31 小时（3月3日 15:50 前）"),
        (timedelta(hours=47, minutes=59), "还剩 47 小时（3月4日 07:59 前）"),
        (timedelta(days=2), "还剩 2 天（3月4日 08:00 前）"),
        (timedelta(days=365), "还剩 365 天（2021年3月2日 08:00 前）"),
        (-timedelta(hours=9), "已超 9 小时（应在3月1日 23:00 前）"),
    ],
)
def test_the_time_left_is_said_as_people_say_it(left, said):
    assert words(render("{% time_left due %}", due=NOW + left)) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2020, 3, 2), "今天截止（3月2日截止）"),
        (date(2020, 3, 3), "还剩 1 天（3月3日截止）"),
        (date(2020, 3, 1), "已超 1 天（3月1日截止）"),
    ],
)
def test_the_days_left_until_a_last_day(day, said):
    assert words(render("{% time_left due %}", due=day)) == said


def test_a_last_day_counts_from_the_day_in_shanghai():
    late_evening = datetime(2020, 3, 1, 23, 30, tzinfo=UTC)

    assert words(render("{% time_left due %}", due=date(2020, 3, 2), portal_now=late_evening)) == (
        "今天截止（3月2日截止）"
    )


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(seconds=30), "刚刚（3月2日 07:59）"),
        (timedelta(hours=3), "3 小时前（3月2日 05:00）"),
        (timedelta(days=70), "70 天前（2019年12月23日 08:00）"),
        (-timedelta(hours=1), "3月2日 09:00"),
    ],
)
def test_since_when_is_said_as_people_say_it(gone, said):
    assert words(render("{% since moment %}", moment=NOW - gone)) == said


def test_a_time_carries_its_exact_moment_for_machines():
    assert render("{% moment at %}", at=NOW) == (
        '<time class="exact" datetime="2020-03-02T00:00:00+00:00">3月2日 08:00</time>'
    )


@pytest.mark.parametrize("tag", ["moment", "since", "time_left"])
def test_a_time_that_is_not_known_is_a_dash(tag):
    assert render("{% " + tag + " nothing %}", nothing=None) == "—"


def test_a_state_is_icon_and_word_and_colour():
    html = render('{% badge "done" %}')

    assert re.fullmatch(
        r'<span class="state state-good"><svg class="icon" aria-hidden="true" focusable="false">'
        r'<use href="/static/icons.svg#check-circle"/></svg>已落实</span>',
        html,
    )


def test_a_filing_state_takes_its_word_from_where_it_is_owned():
    class State(TextChoices):
        RETURNED = "returned", "退回补正"

    by_choice = render("{% badge state %}", state=State.RETURNED)
    by_code = render('{% badge "returned" "退回补正" %}')

    assert by_choice == by_code
    assert words(by_choice) == "退回补正"


def test_a_state_without_a_word_is_refused():
    with pytest.raises(ValueError, match="submitted"):
        render('{% badge "submitted" %}')


def test_the_word_of_a_state_is_escaped():
    assert "<b>" not in render('{% badge "done" word %}', word="<b>")


def test_every_look_has_its_icon():
    assert {look.icon for look in portal_ui.LOOKS.values()} <= ICONS


def test_every_icon_that_a_template_names_is_drawn():
    named = {
        (path.name, name)
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{%\s*icon "([\w-]+)"', path.read_text("utf-8"))
    }

    assert [use for use in sorted(named) if use[1] not in ICONS] == []
    assert len(named) > 20


@pytest.mark.parametrize(
    ("value", "shown"),
    [(1234567, "1,234,567"), (Decimal("12345.60"), "12,345.60"), (0, "0"), (None, "—"), ("", "—")],
)
def test_a_figure_parts_its_thousands_and_a_missing_one_is_no_zero(value, shown):
    assert portal_ui.number(value) == shown


@pytest.mark.parametrize(("value", "whole", "share"), [(1, 3, 33), (3, 3, 100), (0, 0, 0)])
def test_the_share_of_a_whole(value, whole, share):
    assert portal_ui.part_of(value, whole) == share


def test_the_summary_links_each_error_to_its_field():
    lines = portal_ui.error_lines(sample_form(bound=True))

    assert [(line.target, line.label) for line in lines] == [
        ("wrong_staff", "返岗人数"),
        ("wrong_day", "计划复工日期"),
        ("wrong_control", "防控措施"),
        ("div_wrong_canteen", "食堂就餐方式"),
        ("div_wrong_areas", "已消毒的区域"),
        ("wrong_promise", "以上内容属实，由本企业负责"),
    ]


def test_an_error_of_the_whole_form_stands_first_and_links_nowhere():
    form = SampleForm({})
    form.add_error(None, "两处日期不一致。")

    first = portal_ui.error_lines(form)[0]

    assert (first.target, first.message) == ("", "两处日期不一致。")


def test_a_part_saved_form_marks_only_what_is_said_to_be_optional():
    form = SampleForm()

    assert [field.name for field in form if portal_ui.is_optional(field)] == ["remark"]


def test_another_form_marks_every_field_that_may_stay_empty(monkeypatch):
    monkeypatch.setattr(SampleForm, "saves_partly", False)
    form = SampleForm()

    assert [field.name for field in form if portal_ui.is_optional(field)] == ["mobile", "remark"]


def test_the_words_are_translated_where_they_are_used():
    with translation.override("en"):
        html = render('{% badge "done" %}')

    assert "state-good" in html


def test_a_text_stands_in_full_before_its_copy_button():
    html = render("{% code text %}", text="<b>&")

    assert html.startswith('<span class="code">&lt;b&gt;&amp;</span><button type="button"')
    assert 'data-copy="&lt;b&gt;&amp;"' in html
    assert 'aria-label="复制 &lt;b&gt;&amp;"' in html


def test_the_address_of_a_row_is_the_one_that_the_routes_give():
    assert render('{% address "review" 470 %}') == reverse("review", args=[470])


def test_a_fixed_piece_follows_the_language():
    piece = '{% fixed "_script_words.html" %}'

    chinese = render(piece)
    with override("en"):
        english = render(piece)

    assert "正在保存…" in chinese
    assert "Saving…" in english
    assert render(piece) == chinese


def test_a_time_is_written_anew_in_another_language_and_year():
    text = "{% moment at %}"
    at = datetime(2020, 3, 8, 9, 0, tzinfo=UTC)
    now = {"portal_now": at}

    with override("en"):
        english = render(text, at=at, **now)

    assert render(text, at=at, **now) != english
    assert "2020年3月8日 17:00" in render(text, at=at, portal_now=at + timedelta(days=400))
