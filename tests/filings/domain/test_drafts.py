"""Fields that save themselves, and two people in one section."""

from __future__ import annotations

import pytest

from filings.domain import drafts
from filings.domain.drafts import Conflict
from filings.models import SectionDraft
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def filing():
    return make.filing()


@pytest.fixture
def owner(filing):
    return make.owner_of(filing.enterprise)


def save(filing, path, value, base, by, key="scheme"):
    return drafts.save_field(filing, key, path, value, base, by=by, at=NOW)


def stored(filing, key="scheme"):
    return SectionDraft.objects.get(filing=filing, key=key).data


def test_a_field_saves_itself_as_typed(filing, owner):
    saved = save(filing, "leadership", "厂长\r\n任组长", "", owner)

    assert saved.value == "厂长\n任组长"
    assert stored(filing) == {"leadership": "厂长\n任组长"}


def test_a_value_that_cannot_be_read_yet_is_kept_and_named(filing, owner):
    saved = save(filing, "resume_on", "三月九号", "", owner, key="plan")

    assert stored(filing, "plan")["resume_on"] == "三月九号"
    assert [gap.path for gap in saved.gaps] == ["resume_on"]


def test_two_people_in_one_field_get_both_texts(filing, owner):
    colleague = make.member(filing.enterprise, "clerk")
    save(filing, "duties", "甲的文字", "", owner)

    with pytest.raises(Conflict) as conflict:
        save(filing, "duties", "乙的文字", "", colleague)

    assert (conflict.value.mine, conflict.value.theirs) == ("乙的文字", "甲的文字")
    assert conflict.value.by == owner.name
    assert stored(filing)["duties"] == "甲的文字"


def test_two_people_in_two_fields_do_not_meet(filing, owner):
    colleague = make.member(filing.enterprise, "clerk")
    save(filing, "duties", "甲", "", owner)

    save(filing, "screening", "乙", "", colleague)

    assert stored(filing) == {"duties": "甲", "screening": "乙"}


def test_the_same_save_again_after_a_lost_answer_is_no_conflict(filing, owner):
    save(filing, "duties", "文字", "", owner)

    assert save(filing, "duties", "文字", "", owner).value == "文字"


def test_after_reading_theirs_mine_can_be_kept(filing, owner):
    save(filing, "duties", "甲", "", owner)

    save(filing, "duties", "乙", "甲", owner)

    assert stored(filing)["duties"] == "乙"


def test_a_phone_is_sealed_and_only_its_mask_comes_back(filing, owner):
    saved = save(filing, "principal_phone", "13812345678", "", owner)

    held = stored(filing)["principal_phone"]
    place = drafts.phone_place(filing.pk, "scheme", "principal_phone")
    assert saved.value == "138****5678"
    assert "13812345678" not in str(held)
    assert crypto.unseal(held["sealed"], bound_to=place) == "13812345678"


def test_saving_the_mask_again_leaves_the_number_alone(filing, owner):
    save(filing, "principal_phone", "13812345678", "", owner)
    before = stored(filing)

    save(filing, "principal_phone", "138****5678", "138****5678", owner)

    assert stored(filing) == before


def test_a_row_is_added_filled_and_removed(filing, owner):
    row = drafts.add_row(filing, "scheme", "unit_leads", by=owner, at=NOW)
    save(filing, f"unit_leads.{row}.workshop", "一车间", "", owner)
    filled = stored(filing)["unit_leads"]

    drafts.remove_row(filing, "scheme", "unit_leads", row, by=owner, at=NOW)

    assert filled == [{"id": row, "workshop": "一车间"}]
    assert stored(filing)["unit_leads"] == []


@pytest.mark.parametrize(
    "path", ["nothing", "unit_leads.gone.name", "unit_leads.x", "nothing.x.name", "a.b.c.d"]
)
def test_an_unknown_field_is_refused(filing, owner, path):
    with pytest.raises(Refused):
        save(filing, path, "x", "", owner)


def test_a_flood_is_refused(filing, owner):
    with pytest.raises(Refused):
        save(filing, "duties", "长" * (drafts.MOST_TYPED + 1), "", owner)


@pytest.mark.parametrize("role", ["viewer"])
def test_a_viewer_cannot_type(filing, role):
    with pytest.raises(NotAllowed):
        save(filing, "duties", "x", "", make.member(filing.enterprise, role))


def test_an_officer_cannot_type(filing):
    with pytest.raises(NotAllowed):
        save(filing, "duties", "x", "", make.officer("bureau", role="lead"))


def test_nobody_types_into_a_withdrawn_filing():
    filing, people = make.filing_in("withdrawn")

    with pytest.raises(NotAllowed):
        save(filing, "duties", "x", "", people.owner)
