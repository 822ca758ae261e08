"""Items and clauses of a draft come and go, and the topics follow them."""

import pytest

from filings.public import NotAllowed, Refused, Stale
from policies.domain import draft_items
from policies.domain import pack_drafts as drafts
from policies.domain.draft_items import Beginning, NewTopic, add_item, new_clause, remove_item
from policies.models import Measure
from policies.queries.pack_drafts import content_of_draft, faults_of, pack_of_draft
from policies.queries.packs import rules_from
from tests.factories import NOW, officer
from tests.factories.policies import publish_pack

pytestmark = pytest.mark.django_db

LABEL = {"zh": "灯油", "en": "Lamp oil"}


@pytest.fixture
def editor():
    return officer("policy")


@pytest.fixture
def draft(pack, editor):
    return drafts.start_draft(pack, name="三月修订", by=editor, at=NOW)


def begun(draft, editor, **more) -> str:
    given = {"document": "甲1", "number": 9, "departments": ["市税务局"]} | more
    text = {"zh": "摘要", "en": "Summary"}
    item = given.pop("item", Beginning(LABEL))
    return new_clause(draft=draft, summary=text, apply=text, item=item, by=editor, at=NOW, **given)


def faults(draft) -> list[str]:
    return [str(one) for one in faults_of(content_of_draft(draft))]


def test_items_are_lettered_after_the_clause_and_no_letter_is_given_twice(draft, editor, pack):
    first = begun(draft, editor)
    second = add_item(draft, first, Beginning(LABEL), by=editor, at=NOW)
    third = add_item(draft, first, Beginning(LABEL), by=editor, at=NOW)
    remove_item(draft, third, by=editor, at=NOW)
    clause = pack.measures.get(key="甲1-1").clause
    Measure.objects.create(
        pack=pack, clause=clause, key="甲1-9d", label="以前的", valid_from=NOW.date()
    )

    again = add_item(draft, second, Beginning(LABEL), by=editor, at=NOW)

    assert (first, second, third, again) == ("甲1-9", "甲1-9b", "甲1-9c", "甲1-9e")
    assert rules_from(content_of_draft(draft)).topics["topic-甲1-9e"].members == ("甲1-9e",)
    assert faults(draft) == []


def test_an_item_joins_a_topic_and_leaves_it_with_its_clause(draft, editor, pack):
    key = begun(draft, editor, item=Beginning(LABEL, topic="rebate"))
    joined = pack_of_draft(draft).topics["rebate"].members

    remove_item(draft, key, by=editor, at=NOW)

    assert joined == ("甲1-1", "甲1-2", key)
    assert pack_of_draft(draft).topics["rebate"].members == ("甲1-1", "甲1-2")
    assert content_of_draft(draft).keys() == pack.content.keys()
    assert drafts.why_not_publish(draft, editor)


def test_who_takes_a_begun_clause_out_has_written_in_the_draft(draft, editor):
    key, second = begun(draft, editor), officer("policy")
    before = drafts.why_not_publish(draft, second)

    remove_item(draft, key, by=second, at=NOW)

    assert (before, bool(drafts.why_not_publish(draft, second))) == ("", True)


def test_a_new_topic_is_named_in_both_languages_and_tells_how_its_clauses_go_together(
    draft, editor
):
    topic = NewTopic({"zh": "灯会", "en": "Lanterns"}, "independent")
    key = begun(draft, editor, item=Beginning(LABEL, topic=topic))
    other = add_item(draft, key, Beginning(LABEL, topic=f"shared-{key}"), by=editor, at=NOW)

    made = pack_of_draft(draft).topics[f"shared-{key}"]

    assert (made.label.zh, made.label.en, made.members) == ("灯会", "Lanterns", (key, other))
    assert made.note.zh == "各条分别给，互不影响。"
    assert made.note.en == "Each clause gives its own; neither affects the others."
    assert faults(draft) == []


def test_the_last_item_of_a_clause_in_force_stays_and_others_go(draft, editor):
    second = add_item(draft, "甲1-2", Beginning(LABEL), by=editor, at=NOW)

    remove_item(draft, "甲1-2", by=editor, at=NOW)
    with pytest.raises(Refused, match="至少要留一项"):
        remove_item(draft, second, by=editor, at=NOW)

    rules = pack_of_draft(draft)
    assert "甲1-2" not in rules.measures
    assert rules.topics["rebate"].members == ("甲1-1",)
    assert faults(draft) == []


def test_an_item_that_another_one_replaces_is_not_taken_out(tmp_path, editor):
    from tests.factories.policies import CLAUSES

    replacing = {**CLAUSES["b/01.yaml"]}
    override = {"id": "甲1-3", "from": "2020-04-01", "basis": {"zh": "写明", "en": "Said"}}
    replacing["items"] = [{**replacing["items"][0], "overrides": [override]}]
    pack = publish_pack(tmp_path, b__01=replacing)
    draft = drafts.start_draft(pack, name="修订", by=editor, at=NOW)
    add_item(draft, "甲1-3", Beginning(LABEL), by=editor, at=NOW)

    with pytest.raises(Refused, match="乙2-1 写明取代这一项"):
        remove_item(draft, "甲1-3", by=editor, at=NOW)


@pytest.mark.parametrize(
    ("beside", "item", "says"),
    [
        ("甲1-77", Beginning(LABEL), "没有这一项"),
        ("甲1-1", Beginning({"zh": "灯油", "en": " "}), "中文和英文"),
        ("甲1-1", Beginning(LABEL, summary={"zh": "", "en": ""}), "中文和英文"),
        ("甲1-1", Beginning(LABEL, topic=NewTopic({"zh": "", "en": "x"})), "中文和英文"),
    ],
)
def test_an_item_that_cannot_be_is_refused_and_nothing_is_written(
    draft, editor, beside, item, says
):
    with pytest.raises(Refused, match=says):
        add_item(draft, beside, item, by=editor, at=NOW)

    assert not draft.files.exists()


def test_after_the_last_letter_no_item_is_begun(draft, editor, monkeypatch):
    monkeypatch.setattr(draft_items.string, "ascii_lowercase", "ab")
    add_item(draft, "甲1-1", Beginning(LABEL), by=editor, at=NOW)

    with pytest.raises(Refused, match="字母已经用完"):
        add_item(draft, "甲1-1", Beginning(LABEL), by=editor, at=NOW)


def test_only_officers_write_and_only_in_an_open_draft(draft, editor):
    with pytest.raises(NotAllowed):
        add_item(draft, "甲1-1", Beginning(LABEL), by=officer("city"), at=NOW)
    begun(draft, editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)

    with pytest.raises(Stale):
        remove_item(draft, "甲1-9", by=editor, at=NOW)


def test_a_changed_topic_moves_the_item_when_its_clause_is_saved(draft, editor):
    from tests.policies.domain.test_pack_drafts import content_at

    content, stamp = content_at(draft, "b/01.yaml")
    content["items"][0]["topic"] = "rebate"
    drafts.save_clause(draft, "b/01.yaml", content, stamp=stamp, by=editor, at=NOW)

    assert pack_of_draft(draft).topics["rebate"].members == ("甲1-1", "甲1-2", "乙2-1")
    assert not any("如何合并" in one for one in faults(draft))
