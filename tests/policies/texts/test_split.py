"""Splitting policy texts: invented ones, and the official ones where present."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaozuo_portal.lib.scripts import traditional
from policies.texts import split as texts

SOURCES = Path(__file__).parents[4] / "shared" / "policy" / "sources"
HEAD = "测政〔2020〕7号\n一、支持企业\n"
FIRST = "发放灯笼补贴，每盏不超过3.5元。(责任单位:市灯笼局、财政局，各县(市、区)人民政府)"
SECOND = "开办风筝学校。(责任单位:市风筝局)"
TEXT = f"{HEAD}1. {FIRST}\n（二）推广风筝\n2. {SECOND}\n结束语。\n2020年2月6日\n"


def test_a_text_is_split_into_measures_with_their_departments():
    (document,) = texts.split(TEXT)

    assert (document.number, document.dated) == ("测政〔2020〕7号", date(2020, 2, 6))
    assert [(m.number, m.section, m.departments) for m in document.measures] == [
        (1, "一、支持企业", ("市灯笼局", "财政局", "各县(市、区)人民政府")),
        (2, "(二)推广风筝", ("市风筝局",)),
    ]
    assert document.measures[1].text == "开办风筝学校。"


@settings(deadline=None)
@given(
    cut=st.integers(1, 8),
    mark=st.sampled_from(["\n", "\n\n", "\f", "\r\n"]),
    wide=st.booleans(),
    old=st.booleans(),
)
def test_breaks_widths_and_scripts_change_nothing(cut, mark, wide, old):
    changed = TEXT.replace(FIRST, FIRST[:cut] + mark + FIRST[cut:])
    if wide:
        changed = changed.translate({ord("("): "（", ord(")"): "）", ord(":"): "："})
    if old:
        changed = traditional(changed)

    assert texts.split(changed) == texts.split(TEXT)


@pytest.mark.parametrize(
    "text", ["", "\f\n", "没有措施", "1. 没有单位", "2020年13月40日", "(责任单位:"]
)
def test_a_text_without_measures_has_no_documents(text):
    assert texts.split(text) == []


def test_too_long_a_text_is_refused():
    with pytest.raises(ValueError, match="at most"):
        texts.split("一" * (texts.MOST_CHARACTERS + 1))


def test_the_official_texts_are_split_where_they_are_present():
    found = [
        (one.number, [m.number for m in one.measures], all(m.departments for m in one.measures))
        for file in sorted(SOURCES.glob("*.txt"))
        for one in texts.split(file.read_text("utf-8"))
    ]
    if SOURCES.is_dir():
        assert sorted(found) == [
            ("", [*range(1, 27)], True),
            ("焦政〔2020〕4号", [*range(1, 27)], True),
            ("焦政办〔2020〕4号", [*range(1, 22)], True),
            ("豫政〔2020〕9号", [*range(1, 21)], True),
        ]
