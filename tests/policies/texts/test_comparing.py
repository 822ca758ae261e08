"""Two copies of one document: every difference and no false one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaozuo_portal.lib.scripts import traditional
from policies.texts.comparing import Difference, compare
from policies.texts.diffing import MOST_EDITS, hunks
from policies.texts.split import split

TEXT = """测试市人民政府
关于扶持灯笼作坊的若干意见
测政〔2020〕7号
各县（市）区人民政府：
全面落实点灯制度，遏制断电，现提出意见。
一、着力复工复产
1. 补贴系统。尽早开辟 3 条灯笼通道，委托采购竹篾，
周转平台台账共 20%（责任单位：市人力资源灯笼局、财政局）
另行制作面具。（责任单位：市风筝局）
2. 关系灯火。按照“先点后报”的原则，各作坊无需报批；
对新灯会感染的热情予以鼓励。
（责任单位：市灯笼局，各县（市）区人民政府）。
本意见执行期三个月。
2020年2月6日
"""
#: What a converter makes of one-to-many characters, wrongly.
FAULTS = {
    "面": "麵", "复": "複", "制": "製", "系": "係", "采": "采", "尽": "盡", "辟": "辟", "托": "托",
    "周": "周", "台": "台",
}  # fmt: skip
RIGHT = {"采": "採", "尽": "儘", "辟": "闢", "托": "託", "周": "週", "台": "臺"}
NUMBER, TITLE, BODY = "测政〔2020〕7号", "关于扶持灯笼作坊的若干意见", "市人力资源灯笼局"
HALF = {ord(full): half for full, half in zip("（），：；", "(),:;", strict=True)}


def document(text):
    (found,) = split(text).documents
    return found


def old(text, choice=FAULTS):
    """The text in Traditional script as a machine may write it."""
    return "".join(choice.get(one) or traditional(one) for one in text).replace("着", "着")


def changes(copy, text=TEXT):
    return [
        (d.part, d.label, d.kind, d.left, d.right) for d in compare(document(text), document(copy))
    ]


def test_a_copy_does_not_differ_from_itself():
    assert changes(TEXT) == []


@pytest.mark.parametrize("choice", [FAULTS, {**FAULTS, **RIGHT}, {}])
def test_a_copy_in_the_other_script_does_not_differ_however_it_was_converted(choice):
    copy = old(TEXT, choice)

    assert copy != TEXT
    assert [one for one in changes(copy) if one[2] != "variant"] == []


def test_widths_and_shapes_of_brackets_are_told_once_each_as_format():
    copy = TEXT.translate(HALF).replace("各县(市)区", "各县〔市〕区").replace("〔2020〕", "[2020]")

    width, shape = compare(document(TEXT), document(copy))

    assert (width.part, width.kind, width.left, width.right) == (
        "whole", "format", "（），：；", "(),:;",
    )  # fmt: skip
    assert (shape.left, shape.right, shape.count) == ("（）", "〔〕", 4)
    assert not width.substance
    assert not shape.substance


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("感染的热情", "热情", ("measure", "2", "wording", "感染的", "")),
        ("全面落实", "落实", ("preamble", "", "wording", "全面", "")),
        ("无需", "无须", ("measure", "2", "wording", "需", "须")),
        ("新灯会", "新花会", ("measure", "2", "wording", "灯", "花")),
        ("作坊无", "工坊无", ("measure", "2", "wording", "作", "工")),
        ("竹篾", "竹篾等", ("measure", "1", "wording", "", "等")),
        ("共 20%", "共 25%", ("measure", "1", "figure", "0", "5")),
        ("资源灯", "资源和灯", ("measure", "1", "department", BODY, BODY.replace("源", "源和"))),
        ("、财政局", "", ("measure", "1", "department", "财政局", "")),
        ("）。\n本", "）\n本", ("measure", "2", "punctuation", "。", "")),
        ("着力", "著力", ("section", "一", "variant", "着", "著")),
        ("三个月", "四个月", ("closing", "", "wording", "三", "四")),
        ("2月6日", "2月7日", ("dated", "", "wording", "2020-02-06", "2020-02-07")),
        ("的若干意见", "的意见", ("title", "", "wording", TITLE, TITLE.replace("若干", ""))),
        ("〕7号", "〕8号", ("number", "", "wording", NUMBER, NUMBER.replace("7", "8"))),
    ],
)  # fmt: skip
def test_each_difference_is_told_where_it_stands(before, after, found):
    assert changes(TEXT.replace(before, after)) == [found]


@pytest.mark.parametrize("kind", ["wording", "figure", "department", "missing"])
def test_words_figures_and_names_are_of_substance(kind):
    assert Difference("measure", "1", kind, "灯", "").substance


def test_a_difference_carries_the_words_around_it():
    (found,) = compare(document(TEXT), document(TEXT.replace("感染的热情", "热情")))

    assert (found.before, found.after) == ("坊无需报批；对新灯会"[-8:], "热情予以鼓励。（…）")
    assert "2" in found.where


def test_a_stop_that_both_copies_lack_is_no_difference():
    assert "20%（责任" in TEXT
    assert changes(TEXT.translate(HALF))[0][2] == "format"


def test_a_copy_without_head_lacks_title_number_and_issuer():
    copy = TEXT[TEXT.index("各县") :]

    assert [one[:4] for one in changes(copy)] == [
        ("title", "", "missing", "关于扶持灯笼作坊的若干意见"),
        ("number", "", "missing", "测政〔2020〕7号"),
        ("issuer", "", "missing", "测试市人民政府"),
    ]


def test_a_measure_that_one_copy_lacks_is_missing():
    copy = TEXT[: TEXT.index("2. ")] + TEXT[TEXT.index("本意见") :]

    assert [one[:3] for one in changes(copy)] == [("measure", "2", "missing")]


def test_another_order_of_departments_is_told():
    copy = TEXT.replace("市灯笼局，各县（市）区人民政府", "各县（市）区人民政府，市灯笼局")

    assert [one[2] for one in changes(copy)] == ["department"]


@settings(deadline=None)
@given(st.text("灯笼竹篾。", max_size=40), st.text("灯笼竹篾。", max_size=40))
def test_the_passages_that_differ_turn_one_text_into_the_other(left, right):
    made, at = "", 0
    for hunk in hunks(left, right):
        made += left[at : hunk.a] + right[hunk.c : hunk.d]
        at = hunk.b

    assert made + left[at:] == right


def test_texts_that_have_nothing_in_common_are_one_difference():
    left, right = "灯" * MOST_EDITS, "笼" * MOST_EDITS

    (only,) = hunks(left, right)

    assert (only.a, only.b, only.c, only.d) == (0, MOST_EDITS, 0, MOST_EDITS)
