"""Both scripts, both widths: one form to search and compare in."""

from __future__ import annotations

import pytest

from jiaozuo_portal.lib.scripts import folded, simplified, traditional


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("復工複產", "复工复产"),
        ("疫情防控重點保障企業名單", "疫情防控重点保障企业名单"),
        ("稳岗返还", "稳岗返还"),
        ("", ""),
    ],
)
def test_traditional_script_is_read_as_simplified(given, found):
    assert simplified(given) == found


def test_a_simplified_text_can_be_asked_for_in_traditional_script():
    assert simplified(traditional("失业保险返还政策")) == "失业保险返还政策"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("失業保險", "失业保险"),
        ("ＬＰＲ  报价", "lpr 报价"),
        ("豫政〔2020〕９號", "豫政〔2020〕9号"),
        (" 税\n务 ", "税 务"),
    ],
)
def test_writings_of_one_thing_fold_to_one_form(one, other):
    assert folded(one) == folded(other)


def test_different_words_stay_different():
    assert folded("延期申报") != folded("延期缴纳")
