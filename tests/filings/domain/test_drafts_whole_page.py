"""A whole page of a section at once: nobody's work is undone by an old page."""

from __future__ import annotations

import pytest

from filings.domain import drafts
from filings.domain.drafts import Clash, mark_of
from filings.models import SectionDraft
from jiaozuo_portal.lib.refusals import NotAllowed
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing):
    return make.owner_of(filing.enterprise)


def post(filing, by, values, seen=None):
    marks = {path: mark_of(text) for path, text in (seen or {}).items()}
    return drafts.save_section(filing, "scheme", values, marks, by=by, at=NOW)


def stored(filing):
    return SectionDraft.objects.get(filing=filing, key="scheme").data


def test_what_was_typed_is_saved_line_ends_made_plain(filing, owner):
    clashes = post(filing, owner, {"duties": "一\r\n二", "screening": ""})

    assert clashes == []
    assert stored(filing) == {"duties": "一\n二"}


def test_an_old_page_does_not_undo_what_a_colleague_wrote(filing, owner):
    colleague = make.member(filing.enterprise, "clerk")
    post(filing, colleague, {"duties": "同事写的"})

    clashes = post(filing, owner, {"duties": "", "screening": "我写的"})

    assert clashes == []
    assert stored(filing) == {"duties": "同事写的", "screening": "我写的"}


def test_a_field_that_both_changed_keeps_theirs_and_gives_both_back(filing, owner):
    colleague = make.member(filing.enterprise, "clerk")
    post(filing, owner, {"duties": "原来"})
    post(filing, colleague, {"duties": "同事的"}, seen={"duties": "原来"})

    clashes = post(filing, owner, {"duties": "我的", "emergency": "新"}, seen={"duties": "原来"})

    assert clashes == [Clash("duties", "责任分工", "我的", "同事的", colleague.name, NOW)]
    assert stored(filing) == {"duties": "同事的", "emergency": "新"}


def test_typing_into_a_row_that_was_removed_brings_it_back(filing, owner):
    row = drafts.add_row(filing, "scheme", "gates", by=owner, at=NOW)
    drafts.remove_row(filing, "scheme", "gates", row, by=owner, at=NOW)

    post(filing, owner, {f"gates.{row}.name": "东门", f"gates.{row}.guarded": ""})

    assert stored(filing)["gates"] == [{"id": row, "name": "东门"}]


def test_the_prestart_report_waits_for_the_approval(filing, owner):
    with pytest.raises(NotAllowed, match="准予备案以后"):
        drafts.save_field(filing, "prestart", "signatory", "王", "", by=owner, at=NOW)


def test_a_filed_prestart_report_is_not_changed_any_more():
    filing, people = make.filing_in("ready")

    with pytest.raises(NotAllowed, match="已经提交"):
        drafts.save_field(filing, "prestart", "found_count", "3", "0", by=people.owner, at=NOW)
