"""What a document is, from what it prints."""

from datetime import date

import pytest

from jiaozuo_portal.lib.scripts import traditional
from policies.texts.identity import Identity, identify
from policies.texts.split import split
from policies.texts.validity import months_after

DAY = date(2020, 2, 6)
MARCH_7 = date(2020, 3, 7)


def identity(
    head="测试市人民政府\n关于灯笼的意见\n测政〔2020〕7号", close="", day="2020年2月6日"
) -> Identity:
    text = f"{head}\n各单位：\n1. 点灯。（责任单位：市灯笼局）\n{close}\n{day}\n"
    (document,) = split(text).documents
    return identify(document)


def test_a_document_says_what_it_is():
    found = identity()

    assert found == Identity(
        "关于灯笼的意见", "测政〔2020〕7号", "测试市人民政府", DAY, None, "simplified"
    )


@pytest.mark.parametrize(
    ("head", "issuer", "title"),
    [
        ("测试市灯笼局关于\n灯笼的通知\n测灯〔2020〕7号", "测试市灯笼局", "关于灯笼的通知"),
        ("测试局文件\n测政〔2020〕7号\n测试局\n关于灯笼的通知", "测试局", "关于灯笼的通知"),
        ("測試市人民政府\n關於燈籠的意見\n測政〔2020〕7號", "測試市人民政府", "關於燈籠的意見"),
        ("点灯若干措施（试行）\n测政〔2020〕7号", "", "点灯若干措施（试行）"),
        ("测政〔2020〕7号", "", ""),
    ],
)  # fmt: skip
def test_issuer_and_title_are_told_apart(head, issuer, title):
    found = identity(head)

    assert (found.issuer, found.title) == (issuer, title)


def test_the_signature_is_the_issuer_where_the_head_names_none():
    assert identity("测政〔2020〕7号", "测试市灯笼局").issuer == "测试市灯笼局"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("二〇二〇年二月六日", DAY),
        ("二○二○年十二月三十一日", date(2020, 12, 31)),
        ("2020 年 2 月 6 日", DAY),
        ("（2020年2月6日）", DAY),
        ("2020年2月30日", None),
    ],
)
def test_the_date_is_read_in_digits_and_in_chinese(line, day):
    assert identity(day=line).dated == day


def test_a_text_in_traditional_script_is_known_as_one():
    (document,) = split(traditional("1. 点灯，测试各种灯笼。（责任单位：市灯笼局）")).documents

    assert identify(document).script == "traditional"


@pytest.mark.parametrize(
    ("close", "first", "last", "basis"),
    [
        ("本意见执行期暂定为自发布之日起三个月内。", DAY, date(2020, 5, 6), "counted"),
        ("本意见自印发之日起施行，有效期2年。", DAY, date(2022, 2, 6), "counted"),
        ("本意见自印发之日起施行，有效期半年。", DAY, date(2020, 8, 6), "counted"),
        ("本意见自发布之日起30日后施行，有效期1年。", MARCH_7, date(2021, 3, 7), "counted"),
        ("本意见自2020年3月7日起施行，有效期 6 个月。", MARCH_7, date(2020, 9, 7), "counted"),
        ("本意见有效期至2020年12月31日。", None, date(2020, 12, 31), "printed"),
        ("本意见自发布之日起施行，执行至2021年4月30日。", DAY, date(2021, 4, 30), "printed"),
        ("本意見執行期為自發布之日起３個月。", DAY, date(2020, 5, 6), "counted"),
    ],
)  # fmt: skip
def test_the_last_day_is_printed_or_counted(close, first, last, basis):
    found = identity(close=close).validity

    assert (found.first, found.last, found.basis) == (first, last, basis)
    assert found.words == close.replace(" ", "")


def test_a_term_that_counts_from_publication_says_so_and_that_it_is_provisional():
    found = identity(close="本意见执行期暂定为自发布之日起三个月内。").validity

    assert (found.counted_from, found.months) == (DAY, 3)
    assert (found.assumes_issue, found.is_provisional) == (True, True)


def test_without_a_date_the_last_day_stays_open():
    found = identity(close="本意见有效期三个月。", day="").validity

    assert (found.first, found.last, found.months) == (None, None, 3)


@pytest.mark.parametrize(
    "measure",
    ["补贴政策执行期限至2020年12月31日。", "缓缴期暂定为6个月。", "贷款期限不超过1年。"],
)
def test_the_term_of_a_measure_is_not_that_of_the_document(measure):
    (document,) = split(f"1. {measure}（责任单位：市灯笼局）\n2020年2月6日").documents

    assert identify(document).validity is None


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        (date(2019, 11, 30), 3, date(2020, 2, 29)),
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 12, 15), 1, date(2021, 1, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_the_month(start, months, last):
    assert months_after(start, months) == last
