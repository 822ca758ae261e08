"""Splitting policy texts: invented ones with everything that real ones do to a reader."""

import itertools
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jiaozuo_portal.lib.scripts import simplified, traditional
from policies.texts import limits
from policies.texts.documents import Part
from policies.texts.refusals import Unreadable
from policies.texts.split import split

FIRST = "发放灯笼补贴。每盏不超过3.5元。（责任单位：市灯笼局、财政局，各县（市、区）人民政府）"
SECOND = "开办风筝学校。学期三个月。（责任单位：市风筝局）另设夜校。（责任单位：市夜校办）"
TEXT = f"""测试市人民政府
关于扶持灯笼作坊的若干意见
测政〔2020〕7号
各县（市、区）人民政府，各有关单位：
为了让灯笼更亮，提出以下意见。
一、支持企业
1. {FIRST}
二、推广风筝
2. {SECOND}
本意见执行期暂定为自发布之日起三个月内。
2020年2月6日
"""


def only(text):
    (document,) = split(text).documents
    return document


def folded(document):
    """A document's parts in one script, one width and without the places of its lines."""
    values = [
        document.number, "".join(document.head), document.addressees, *document.preamble,
        *document.closing, *document.dates,
        *(word for m in document.measures for word in (m.label, *m.path, m.text, *m.departments)),
    ]  # fmt: skip
    half = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return [simplified(value.translate(half)) for value in values]


def test_a_text_is_split_into_its_parts():
    document = only(TEXT)

    assert document.head == ("测试市人民政府", "关于扶持灯笼作坊的若干意见")
    assert document.number == "测政〔2020〕7号"
    assert document.addressees == "各县（市、区）人民政府，各有关单位："
    assert document.preamble == ("为了让灯笼更亮，提出以下意见。",)
    assert document.closing == ("本意见执行期暂定为自发布之日起三个月内。",)
    assert document.dates == ("2020年2月6日",)
    assert document.remarks == ()


def test_a_measure_keeps_its_wording_and_gives_its_departments_bracket_by_bracket():
    first, second = only(TEXT).measures

    assert (first.number, first.path, first.text) == (1, ("一、支持企业",), FIRST)
    assert first.departments == ("市灯笼局", "财政局", "各县（市、区）人民政府")
    assert (second.section, second.heading, second.place) == ("二、推广风筝", "开办风筝学校", 9)
    assert second.parts == (
        Part("开办风筝学校。学期三个月。", ("市风筝局",)),
        Part("另设夜校。", ("市夜校办",)),
    )


@settings(deadline=None)
@given(
    cuts=st.lists(st.integers(1, len(FIRST) - 1), min_size=1, max_size=4, unique=True),
    mark=st.sampled_from(["\n", "\n\n", "\f", "\r\n", "\n- 3 -\n", "\n第 3 页\n\n"]),
    wide=st.booleans(),
    old=st.booleans(),
)
def test_breaks_widths_and_scripts_change_nothing(cuts, mark, wide, old):
    # A number alone between two pages is a page number, whatever it was meant for.
    assume(not any(FIRST[a:b].isdigit() for a, b in itertools.pairwise(sorted(cuts))))
    broken = FIRST
    for cut in sorted(cuts, reverse=True):
        broken = broken[:cut] + mark + broken[cut:]
    changed = TEXT.replace(FIRST, broken)
    if wide:
        changed = changed.translate(
            {ord("（"): "(", ord("）"): ")", ord("："): ":", ord("，"): ","}
        )
    if old:
        changed = traditional(changed)

    assert folded(only(changed)) == folded(only(TEXT))


@pytest.mark.parametrize("width", range(10, 40))
def test_lines_of_any_width_change_nothing(width):
    notice = "关于印发《灯笼措施》的通知\n现印发给你们。\n2020年2月5日\n灯笼若干措施\n"
    notice += (
        "为了让全城的灯笼都亮起来，并且一盏也不要熄灭，根据灯油的情况和作坊的要求制定如下措施：\n"
    )
    text = TEXT.replace("为了让灯笼更亮，提出以下意见。\n", notice)

    lines = [line[i : i + width] for line in text.splitlines() for i in range(0, len(line), width)]

    assert only(lines).enclosed == "灯笼若干措施"
    assert folded(only(lines))[:3] == folded(only(text))[:3]
    assert folded(only(lines))[-12:] == folded(only(text))[-12:]
    assert "".join(only(lines).preamble) == "".join(only(text).preamble)


@pytest.mark.parametrize(
    "broken",
    [
        "测政〔2020〕\n7号",
        "测政\n〔2020〕7号",
        "测政〔20\n20〕7号",
        "测政〔2020〕7\n号",
        "测 政 〔2020〕 7 号",
        "测政\n〔2020〕\n7号",
        "**测政〔2020〕7号**",
        "测政[2020]7号",
        "测政（2020）第7号",
        "测政〔2020〕7号　　签发人：灯某",
    ],
)
def test_a_document_number_is_found_however_it_is_printed(broken):
    document = only(TEXT.replace("测政〔2020〕7号", broken))

    assert re.sub(r"\W|第", "", document.number) == "测政20207号"
    assert document.head == only(TEXT).head


@pytest.mark.parametrize(
    "line",
    [
        "2020年完成两百盏",
        "3个月内补齐竹篾",
        "3.5元以内的竹篾",
        "5G信号灯",
        "9、10月份的竹篾",
        "9.其他竹篾的",
        "一、二季度的竹篾",
        "（三）班的竹篾",
        "第三条规定的竹篾",
        "2021年1月1日",
    ],
)
def test_a_line_within_a_sentence_may_begin_with_any_number(line):
    document = only(
        TEXT.replace(
            "每盏不超过",
            f"每盏的规格和数量按照各地不同的需要另行确定，包括但是不限于\n{line}\n不超过",
        )
    )

    assert [measure.number for measure in document.measures] == [1, 2]
    assert f"不限于{line}不超过" in document.measures[0].text


@pytest.mark.parametrize(
    ("labels", "numbers"),
    [
        (("1、", "2、"), [1, 2]),
        (("1．", "2．"), [1, 2]),
        (("１.", "２."), [1, 2]),
        (("第一条 ", "第二条　"), [1, 2]),
        (("第1条", "第2条"), [1, 2]),
        (("（一）", "（二）"), [1, 2]),
        (("(一)", "(二)"), [1, 2]),
        (("一、", "二、"), [1, 2]),
        (("十一、", "十二、"), [11, 12]),
        (("1.\t", "2.\t"), [1, 2]),
    ],
)
def test_measures_are_counted_by_numbers_of_every_style(labels, numbers):
    document = only(f"{labels[0]}{FIRST}\n{labels[1]}{SECOND}")

    assert [measure.number for measure in document.measures] == numbers
    assert [measure.text for measure in document.measures] == [FIRST, SECOND]


def test_numbers_that_begin_anew_under_each_heading_are_measures_of_their_own():
    document = only(f"一、灯笼\n1. {FIRST}\n2. {SECOND}\n二、风筝\n1. {FIRST}\n2. {SECOND}")

    assert [(m.number, m.path) for m in document.measures] == [
        (1, ("一、灯笼",)), (2, ("一、灯笼",)), (1, ("二、风筝",)), (2, ("二、风筝",)),
    ]  # fmt: skip
    assert document.remarks == ()


def test_lists_within_a_measure_stay_in_it():
    document = only(
        "（一）扶持作坊。\n1. 买竹子。\n2. 买纸。（责任单位：市灯笼局）\n"
        "（二）办学。（责任单位：市风筝局）"
    )

    assert [m.number for m in document.measures] == [1, 2]
    assert document.measures[0].text == "扶持作坊。\n1.买竹子。\n2.买纸。（责任单位：市灯笼局）"


def test_what_stands_under_a_heading_before_the_first_number_is_kept():
    document = only(
        TEXT.replace("一、支持企业", "一、对象\n各类作坊，\n不含烟花。\n二、支持企业").replace(
            "二、推广", "三、推广"
        )
    )

    assert [(one.label, one.heading, one.text) for one in document.sections] == [
        ("一、", "对象", "各类作坊，不含烟花。"),
        ("二、", "支持企业", ""),
        ("三、", "推广风筝", ""),
    ]


def test_a_heading_that_is_broken_over_lines_is_joined():
    document = only(TEXT.replace("一、支持企业", "一、大力支持城乡\n灯笼企业"))

    assert document.measures[0].path == ("一、大力支持城乡灯笼企业",)


def test_a_missing_number_is_a_remark_with_its_line_and_no_error():
    document = only(TEXT.replace("2. 开办", "4. 开办"))

    assert [m.number for m in document.measures] == [1, 4]
    assert [(r.code, r.place, r.before, r.found) for r in document.remarks] == [
        ("gap", 9, "1", "4.")
    ]
    assert "9" in str(document.remarks[0])


def test_a_number_twice_a_bracket_open_and_one_missing_are_remarks():
    text = TEXT.replace("2. 开办", "1. 开头话。\n1. 开办").replace("市夜校办）", "市夜校办")

    assert [(r.code, r.place) for r in only(text).remarks] == [
        ("no_departments", 9), ("open_bracket", 10),
    ]  # fmt: skip


def test_a_covering_notice_its_contents_page_and_the_imprint_are_told_from_the_text():
    text = f"""测试市防灯指挥部文件
测防〔2020〕16号
测试市防灯指挥部关于印发《点灯指南》的通知
各单位：
现印发给你们。
测试市防灯
指挥部
2020年2月24日
目 录
一、点灯	- 4 -
二、熄灯 ........ 5
点灯指南
一、点灯
1. 先擦灯罩。
2. 再点灯芯。
附件：灯笼政策汇编
附件
灯笼政策汇编
1. 《关于扶持灯笼作坊的若干意见》（测政〔2020〕7号）
2. 《另一份意见》（测政办〔2020〕1号）
{TEXT}
测试市防灯指挥部办公室 2020年2月24日印发
"""

    found = split(text)

    (policy,), (guide,) = found.documents, found.apart
    assert folded(policy) == folded(only(TEXT))
    assert policy.tail == ("测试市防灯指挥部办公室2020年2月24日印发",)
    assert (guide.number, guide.enclosed) == ("测防〔2020〕16号", "点灯指南")
    assert guide.signatures == ("测试市防灯指挥部",)
    assert [measure.text for measure in guide.measures] == ["先擦灯罩。", "再点灯芯。"]
    assert guide.measures[1].path == ("一、点灯",)


def test_measures_in_an_attachment_are_found_behind_the_items_of_the_notice():
    text = (
        "关于印发灯笼措施的通知\n各单位：\n一、高度重视。\n二、抓好落实。\n附件：灯笼措施\n"
        f"2020年2月6日\n附件\n灯笼措施\n1. {FIRST}\n2. {SECOND}\n"
    )

    document = only(text)

    assert document.enclosed == "灯笼措施"
    assert [measure.number for measure in document.measures] == [1, 2]
    assert document.preamble == ("一、高度重视。", "二、抓好落实。")


def test_a_file_of_texts_without_departments_is_kept_whole():
    found = split("1. 擦灯罩。\n2. 点灯芯。\n")

    assert [m.text for m in found.documents[0].measures] == ["擦灯罩。", "点灯芯。"]
    assert found.apart == ()


@pytest.mark.parametrize("text", ["", "\f\n", "没有措施", "2020年13月40日", "(责任单位:"])
def test_a_text_without_measures_and_number_has_no_documents(text):
    assert split(text).documents == ()


def test_a_number_alone_is_a_document_without_measures():
    document = only("测政〔2020〕7号\n只有一句话。")

    assert [remark.code for remark in document.remarks] == ["no_measures"]


def test_too_long_a_text_is_refused(monkeypatch):
    monkeypatch.setattr(limits, "MOST_CHARACTERS", 10)

    with pytest.raises(Unreadable, match="10") as refused:
        split("一" * 11)

    assert refused.value.code == "too_long"


PIECES = st.sampled_from(
    [
        "1.", "2、", "一、", "（二）", "第三条", "（责任单位：", "）", "。", "\n", "附件", "目录",
        "测政〔2020〕7号", "2020年2月6日", "关于灯笼的通知", " ", "灯", "：", "- 4 -", "印发", "\t",
        "燈籠", "\u200b",
    ]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_any_text_is_split_and_none_of_its_measures_is_invented(text):
    found = split(text)

    squeezed = re.sub(r"[\s\u200b]|\*\*", "", text)
    for document in (*found.documents, *found.apart):
        for measure in document.measures:
            for part in measure.parts:
                assert part.text[:1] in squeezed
