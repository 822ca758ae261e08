import re

import pytest
from django import forms
from django.template import Context, Template

from tests.portal.ui.samples import NOW, SampleForm, sample_form

SCRIPT = '<script>alert("x")</script>'


def render(form, name):
    source = "{% load crispy_forms_tags %}{{ form." + name + "|as_crispy_field }}"
    return Template(source).render(Context({"form": form, "portal_now": NOW}))


def places(html, *marks):
    return [html.index(mark) for mark in marks]


def test_label_then_hint_then_error_then_field():
    found = places(
        render(sample_form(bound=True), "staff"),
        "返岗人数", 'id="wrong_staff_helptext"', 'class="field-error"', '<input type="number"',
    )  # fmt: skip

    assert found == sorted(found)


def test_the_field_is_described_by_hint_and_error():
    html = render(sample_form(bound=True), "staff")

    assert 'aria-describedby="wrong_staff_helptext wrong_staff_error"' in html
    assert 'aria-invalid="true"' in html


def test_the_unit_stands_in_the_field_and_the_clause_at_the_label():
    assert '<span class="field-unit">人</span>' in render(SampleForm(), "staff")
    assert '<span class="clause">指南 R1.3</span>' in render(SampleForm(), "owner")


def test_a_correction_stands_before_the_field_with_its_button():
    html = render(sample_form(), "control")
    found = places(html, "防控措施", "没有写明食堂怎样错峰", 'formaction="/tick/"', "<textarea")

    assert found == sorted(found)
    assert "has-correction" in html


def test_a_correction_that_is_done_no_longer_marks_the_field():
    html = render(sample_form(), "day")

    assert "日期早于通知规定的最早时间" in html
    assert "has-correction" not in html


@pytest.mark.parametrize("name", ["canteen", "areas"])
def test_choices_stand_in_a_fieldset_with_their_question(name):
    html = render(SampleForm(), name)

    assert re.search(r"<fieldset[^>]*>\s*<legend", html)
    assert html.count('<label class="choice"') == 3


def test_the_hint_of_a_tick_describes_it():
    html = render(SampleForm(), "promise")

    assert 'id="id_promise_helptext"' in html
    assert 'aria-describedby="id_promise_helptext"' in html


def test_each_field_has_a_place_for_its_saving():
    html = render(SampleForm(), "owner")

    assert 'data-field="owner"' in html
    assert '<span class="field-status" role="status"></span>' in html


def test_nothing_that_people_wrote_is_markup():
    class Hostile(forms.Form):
        name = forms.CharField(label=SCRIPT, help_text=SCRIPT)

        def clean_name(self):
            raise forms.ValidationError(SCRIPT)

    html = render(Hostile({"name": SCRIPT}), "name")

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 4


def test_a_long_text_keeps_its_empty_lines():
    form = SampleForm(initial={"control": "一、进厂\n\n\n二、食堂"})

    assert "一、进厂\n\n\n二、食堂" in Template(
        "{% load crispy_forms_tags %}{% crispy form %}"
    ).render(Context({"form": form, "portal_now": NOW, "csrf_token": "x"}))


def test_a_whole_form_shows_its_summary_of_errors():
    html = Template("{% load crispy_forms_tags %}{% crispy form %}").render(
        Context({"form": sample_form(bound=True), "portal_now": NOW, "csrf_token": "x"})
    )

    assert "有 6 处需要改正" in html
    assert '<a href="#wrong_staff">返岗人数：' in html
