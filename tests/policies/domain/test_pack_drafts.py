"""Drafts of packs: nobody's work is lost, nobody publishes their own."""

import copy

import pytest

from filings.models import AuditEntry
from filings.public import NotAllowed, Refused, Stale
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import pack_drafts as drafts
from policies.domain.draft_items import Beginning, new_clause
from policies.domain.packs import UnfitPack
from policies.eligibility.yaml_files import parse_yaml
from policies.models import Pack, PackDraft, Rematch
from policies.queries.pack_drafts import content_of_draft, stamp_of
from policies.queries.packs import published_rules, rules_from
from tests.factories import NOW, filing, officer, user

pytestmark = pytest.mark.django_db

PATH = "a/02.yaml"
OTHER = "b/01.yaml"


@pytest.fixture
def editor():
    return officer("policy")


@pytest.fixture
def second():
    return officer("policy")


@pytest.fixture
def draft(pack, editor):
    return drafts.start_draft(pack, name="三月修订", by=editor, at=NOW)


def content_at(draft, path=PATH):
    text = content_of_draft(draft)[path]
    return copy.deepcopy(parse_yaml(text.encode(), path)), stamp_of(text)


def rename(draft, label, *, by, path=PATH, stamp=None):
    content, now = content_at(draft, path)
    content["items"][0]["label"]["zh"] = label
    return drafts.save_clause(draft, path, content, stamp=stamp or now, by=by, at=NOW)


def published(draft, by):
    draft.refresh_from_db()
    return drafts.publish_draft(draft, revision=draft.revision, by=by, at=NOW)


def test_a_clause_that_is_saved_unchanged_writes_nothing(draft, editor):
    content, stamp = content_at(draft)

    assert not drafts.save_clause(draft, PATH, content, stamp=stamp, by=editor, at=NOW)
    assert not draft.files.exists()


def test_a_change_and_its_undoing_leave_the_draft_as_its_base(draft, editor, pack):
    before, stamp = content_at(draft)
    rename(draft, "新名称", by=editor)
    assert draft.files.get().path == PATH
    __, stamp = content_at(draft)
    drafts.save_clause(draft, PATH, before, stamp=stamp, by=editor, at=NOW)

    changed = set(content_of_draft(draft).items()) - set(pack.content.items())
    assert {path for path, __ in changed} <= {PATH}
    assert rules_from(content_of_draft(draft)).measures["甲1-2"].label.zh == "返还（三月五日止）"


def test_two_editors_of_one_clause_lose_nothing(draft, editor, second):
    __, stamp = content_at(draft)
    rename(draft, "甲的名称", by=editor)

    with pytest.raises(Stale):
        rename(draft, "乙的名称", by=second, stamp=stamp)

    assert content_at(draft)[0]["items"][0]["label"]["zh"] == "甲的名称"


def test_two_editors_of_two_clauses_both_save(draft, editor, second):
    stamps = [content_at(draft, path)[1] for path in (PATH, OTHER)]
    rename(draft, "一", by=editor, path=PATH, stamp=stamps[0])
    rename(draft, "二", by=second, path=OTHER, stamp=stamps[1])

    labels = [content_at(draft, path)[0]["items"][0]["label"]["zh"] for path in (PATH, OTHER)]
    assert labels == ["一", "二"]


def test_only_a_second_officer_publishes_and_every_filing_is_judged_again(draft, editor, second):
    made = filing()
    rename(draft, "新名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)
    draft.refresh_from_db()

    with pytest.raises(NotAllowed, match="另一位"):
        published(draft, editor)
    OutboxRow.objects.filter(kind="support.rematch").delete()
    fresh = published(draft, second)

    draft.refresh_from_db()
    assert (draft.status, draft.result) == ("published", fresh)
    assert Pack.objects.published().get() == fresh
    assert published_rules().pack.measures["甲1-2"].label.zh == "新名称"
    rematch = Rematch.objects.first()
    lane = OutboxRow.objects.get(kind="support.rematch").subject
    assert (rematch.cause, lane) == ("pack", f"{rematch.pk}:{made.pk}:")
    assert {
        (entry.action, entry.by) for entry in AuditEntry.objects.filter(action__contains=".")
    } >= {
        ("draft.start", editor),
        ("draft.edit", editor),
        ("draft.ask", editor),
        ("draft.publish", second),
        ("pack.publish", second),
    }


def test_who_edited_cannot_publish_even_when_somebody_else_asked(draft, editor, second):
    rename(draft, "新名称", by=second)
    drafts.ask_to_publish(draft, by=editor, at=NOW)

    with pytest.raises(NotAllowed):
        published(draft, second)
    with pytest.raises(NotAllowed):
        published(draft, editor)
    assert published(draft, officer("policy")).version == 2  # the control: a third one may


def test_without_the_rule_the_editor_could_publish(draft, editor, monkeypatch):
    rename(draft, "新名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)
    monkeypatch.setattr(drafts, "why_not_publish", lambda draft, person: "")

    assert published(draft, editor).version == 2


def test_what_changed_after_it_was_looked_at_is_not_published(draft, editor, second):
    rename(draft, "新名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)
    seen = PackDraft.objects.get(pk=draft.pk).revision
    drafts.take_back(draft, reason="再改一处", by=editor)
    rename(draft, "更新的名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)

    with pytest.raises(Stale):
        drafts.publish_draft(draft, revision=seen, by=second, at=NOW)


def test_an_asked_draft_cannot_be_edited(draft, editor):
    rename(draft, "新名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)

    with pytest.raises(Stale):
        rename(draft, "偷偷改", by=editor)


def test_a_draft_with_faults_is_not_asked_for(draft, editor):
    content, stamp = content_at(draft)
    content["items"][0]["when"] = {"fact": "no_such_fact", "eq": True}
    drafts.save_clause(draft, PATH, content, stamp=stamp, by=editor, at=NOW)

    with pytest.raises(UnfitPack) as unfit:
        drafts.ask_to_publish(draft, by=editor, at=NOW)

    assert any(fault.file == PATH and fault.line > 1 for fault in unfit.value.faults)


def test_an_empty_draft_is_not_asked_for(draft, editor):
    with pytest.raises(Refused):
        drafts.ask_to_publish(draft, by=editor, at=NOW)


def test_changes_of_two_drafts_come_together(pack, editor, second):
    first = drafts.start_draft(pack, name="一", by=editor, at=NOW)
    other = drafts.start_draft(pack, name="二", by=editor, at=NOW)
    rename(first, "一", by=editor, path=PATH)
    rename(other, "二", by=editor, path=OTHER)
    for draft in (first, other):
        drafts.ask_to_publish(draft, by=editor, at=NOW)
        published(draft, second)

    measures = published_rules().pack.measures
    assert (measures["甲1-2"].label.zh, measures["乙2-1"].label.zh) == ("一", "二")


def test_the_same_clause_in_two_drafts_is_named_and_not_overwritten(pack, editor, second):
    first = drafts.start_draft(pack, name="一", by=editor, at=NOW)
    other = drafts.start_draft(pack, name="二", by=editor, at=NOW)
    for draft, label in ((first, "一"), (other, "二")):
        rename(draft, label, by=editor)
        drafts.ask_to_publish(draft, by=editor, at=NOW)
    published(first, second)

    with pytest.raises(Refused, match=r"a/02\.yaml"):
        published(other, second)


def test_a_version_is_withdrawn_with_a_reason_and_restored_by_two(pack, draft, editor, second):
    rename(draft, "新名称", by=editor)
    drafts.ask_to_publish(draft, by=editor, at=NOW)
    wrong = published(draft, second)
    with pytest.raises(Refused):
        drafts.withdraw_version(wrong, reason=" ", by=editor, at=NOW)
    drafts.withdraw_version(wrong, reason="数字有误", by=editor, at=NOW)
    assert published_rules() is None
    assert AuditEntry.objects.get(action="pack.withdraw").reason == "数字有误"

    pack.refresh_from_db()
    back = drafts.restore_version(pack, reason="数字有误", by=editor, at=NOW)
    with pytest.raises(NotAllowed):
        published(back, editor)
    restored = published(back, second)

    assert (restored.version, restored.content) == (3, pack.content)
    assert AuditEntry.objects.get(action="pack.restore").by == editor


def test_a_new_clause_waits_for_its_rules(draft, editor):
    given = {
        "draft": draft,
        "document": "甲1",
        "number": 9,
        "summary": {"zh": "新的一条：摘要", "en": "A new clause: summary"},
        "departments": ["人社局"],
        "item": Beginning({"zh": "新措施", "en": "New measure"}),
        "apply": {"zh": "向人社部门申请。", "en": "Ask the HR bureau."},
        "by": editor,
        "at": NOW,
    }
    key = new_clause(**given)

    measure = rules_from(content_of_draft(draft)).measures[key]
    assert (key, measure.label.zh, measure.file) == ("甲1-9", "新措施", "a/09.yaml")
    drafts.ask_to_publish(draft, by=editor, at=NOW)
    draft.refresh_from_db()
    assert draft.status == "asked"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"document": "丙9"}, "没有这份文件"),
        ({"number": 2}, "已经有"),
        ({"number": 0}, "1 到 999"),
        ({"item": Beginning({"zh": "只有中文", "en": " "})}, "中文和英文"),
        ({"departments": []}, "部门"),
    ],
)
def test_a_new_clause_is_refused_in_words(wrong, says, draft, editor):
    given = {
        "document": "甲1",
        "number": 9,
        "summary": {"zh": "摘要", "en": "Summary"},
        "departments": ["人社局"],
        "item": Beginning({"zh": "新措施", "en": "New measure"}),
        "apply": {"zh": "向人社部门申请。", "en": "Ask the HR bureau."},
    } | wrong

    with pytest.raises(Refused, match=says):
        new_clause(draft=draft, by=editor, at=NOW, **given)
    assert not draft.files.exists()


def test_nobody_but_policy_officers_writes(pack, draft, editor):
    for person in (officer("city"), officer("bureau", role="lead"), user()):
        with pytest.raises(NotAllowed):
            drafts.start_draft(pack, name="一", by=person, at=NOW)
        with pytest.raises(NotAllowed):
            rename(draft, "一", by=person)
        with pytest.raises(NotAllowed):
            drafts.withdraw_version(pack, reason="试试", by=person, at=NOW)
        with pytest.raises(NotAllowed):
            drafts.ask_to_publish(draft, by=person, at=NOW)
        assert not PackDraft.objects.visible_to(person)
    assert PackDraft.objects.visible_to(editor).get() == draft
