import pytest
from django.template import Context, Template
from django.utils.translation import override

from jiaozuo_portal.lib.punctuation import labelled, listed, remarked


@pytest.mark.parametrize(
    ("language", "row", "pair", "aside"),
    [
        ("zh-hans", "1、2、3", "Stock：12", "Masks（box）"),
        ("en", "1, 2, 3", "Stock: 12", "Masks (box)"),
    ],
)
def test_words_are_joined_as_the_reader_writes(language, row, pair, aside):
    with override(language):
        assert listed([1, "2", "3"]) == row
        assert labelled("Stock", 12) == pair
        assert remarked("Masks", "box") == aside


def test_empty_words_leave_no_mark_behind():
    with override("zh-hans"):
        assert listed(["", "1", ""]) == "1"
        assert listed([]) == ""


def test_templates_join_the_same_way():
    page = Template("{% load portal_ui %}{{ rows|listed }} {{ label|labelled:text }}")
    with override("en"):
        shown = page.render(Context({"rows": ["<a>", "b"], "label": "x", "text": "<y>"}))

    assert shown == "&lt;a&gt;, b x: &lt;y&gt;"
