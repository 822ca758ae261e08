"""The form that is made from a section's specification."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict

from filings.domain import drafts
from filings.domain.drafts import section_draft
from filings.forms.section import SectionForm, posted_marks, posted_values
from filings.models import Filing, SectionDraft
from filings.sections import PLAN, SCHEME, SECTIONS, gaps
from tests import factories as make
from tests.factories import NOW


def draft(data, key="scheme"):
    return SectionDraft(filing=Filing(pk=1), key=key, data=data, edits={})


@pytest.mark.parametrize("key", list(SECTIONS))
def test_every_field_of_a_section_has_an_input(key):
    form = SectionForm(SECTIONS[key], draft({}, key))

    assert set(form.fields) == {field.name for field in SECTIONS[key].fields()}


def test_rows_have_inputs_named_by_their_own_id():
    form = SectionForm(SCHEME, draft({"gates": [{"id": "0123456789ab", "name": "东门"}]}))

    assert form["gates.0123456789ab.name"].value() == "东门"
    assert [row.id for row in form.rows(SCHEME.rows("gates"))] == ["0123456789ab"]


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("gates_before", ("data-unit", "个")),
        ("gates_before", ("inputmode", "numeric")),
        ("principal_phone", ("data-private", "1")),
        ("principal", ("data-private", "1")),
        ("duties", ("data-clause", "指南 R1.2")),
        ("isolation_room", ("data-optional", "1")),
    ],
)
def test_inputs_carry_what_the_page_needs(name, mark):
    attrs = SectionForm(SCHEME, draft({})).fields[name].widget.attrs

    assert attrs[mark[0]] == mark[1]


def test_a_date_that_cannot_be_read_is_shown_as_it_was_typed():
    good = SectionForm(PLAN, draft({"resume_on": "2020-03-09"}, "plan")).fields["resume_on"]
    bad = SectionForm(PLAN, draft({"resume_on": "三月九号"}, "plan")).fields["resume_on"]

    assert good.widget.input_type == "date"
    assert bad.widget.input_type == "text"


def test_yes_and_no_stand_open_and_fold_up_in_a_row():
    form = SectionForm(SCHEME, draft({"gates": [{"id": "0123456789ab"}]}))

    assert isinstance(form.fields["isolation_room"].widget, forms.RadioSelect)
    assert isinstance(form.fields["gates.0123456789ab.guarded"].widget, forms.Select)


def test_gaps_stand_beside_their_fields_and_at_their_lists():
    data = {"gates_before": "x"}
    form = SectionForm(SCHEME, draft(data), gaps=gaps(SCHEME, data))

    assert form.errors["gates_before"] == ["请填写 0 到 1000000 之间的整数。"]
    assert form.gaps_of_list("unit_leads") == ["至少需要填写一行。"]


def test_posted_values_take_only_what_the_section_knows():
    post = QueryDict(mutable=True)
    post.update(
        {
            "duties": "写",
            "csrfmiddlewaretoken": "t",
            "unknown": "x",
            "gates.0123456789ab.name": "东门",
            "gates.0123456789ab.unknown": "x",
            "gates.../../.name": "x",
            "nothing.0123456789ab.name": "x",
        }
    )

    assert posted_values(SCHEME, post) == {"duties": "写", "gates.0123456789ab.name": "东门"}


@pytest.mark.parametrize("text", ["", "[1]", "{", "null", "3"])
def test_marks_that_cannot_be_read_are_none(text):
    post = QueryDict(mutable=True)
    post["marks"] = text

    assert posted_marks(post) == {}


@pytest.mark.django_db
def test_marks_recognise_what_the_page_showed():
    filing = make.fill(make.filing())
    shown = SectionForm(SCHEME, section_draft(filing, "scheme"))
    post = QueryDict(mutable=True)
    post["marks"] = shown.marks
    for name in shown.fields:
        post[name] = shown[name].value()
    before = section_draft(filing, "scheme").data

    clashes = drafts.save_section(
        filing,
        "scheme",
        posted_values(SCHEME, post),
        posted_marks(post),
        by=make.owner_of(filing.enterprise),
        at=NOW,
    )

    assert clashes == []
    assert section_draft(filing, "scheme").data == before
