"""The pages of versions and drafts: from a draft to publishing, and whom it touches before."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain.enterprise import add_site
from filings.models import AuditEntry, District
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import draft_items
from policies.domain.declarations import declare
from policies.domain.kept import announce
from policies.domain.matching import match_filing
from policies.domain.pack_drafts import save_clause, start_draft
from policies.domain.rematch import request_rematch
from policies.eligibility.yaml_files import parse_yaml
from policies.models import FactSheet, Pack, PackDraft, SupportLink
from policies.queries import draft_effect as effects
from policies.queries.pack_drafts import content_of_draft, stamp_of
from policies.queries.rematch_progress import key_of
from tests.factories import NOW, filing, officer, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, clock_at):
    clock_at(NOW.isoformat())
    person = officer("policy")
    client.force_login(person)
    return person


@pytest.fixture
def draft(pack, editor):
    return start_draft(pack, name="修订", by=editor, at=NOW)


def turn_round(draft, by, *, when=None, instead=("insured", {True: False, False: True})):
    """甲1-2 is for those who are not insured; or as `when` says, with other facts in the cases."""
    text = content_of_draft(draft)["a/02.yaml"]
    content = parse_yaml(text.encode(), "")
    item = content["items"][0]
    item["when"] = when or {**item["when"], "eq": False}
    fact, values = instead
    for case in item["cases"]:
        if "insured" in case["facts"]:
            case["facts"][fact] = values[case["facts"].pop("insured")]
        if "missing" in case:
            case["missing"] = [fact]
    save_clause(draft, "a/02.yaml", content, stamp=stamp_of(text), by=by, at=NOW)


def url(name, *args):
    return reverse(name, args=args)


def test_a_draft_goes_from_start_to_published_through_its_pages(client, pack, editor):
    client.post(url("policy_draft_new", pack.pk), {"name": "三月修订"})
    draft = PackDraft.objects.get()
    assert "三月修订" in client.get(url("policy_packs")).content.decode()
    turn_round(draft, editor)
    client.post(url("policy_draft_ask", draft.pk))
    draft.refresh_from_db()
    refused = client.post(url("policy_draft_publish", draft.pk), {"revision": draft.revision})
    assert refused.status_code == 403
    client.force_login(officer("policy"))
    answer = client.post(url("policy_draft_publish", draft.pk), {"revision": draft.revision})

    assert answer.url == url("policy_packs")
    assert Pack.objects.published().get().version == 2


@pytest.mark.parametrize("judged", [(), (True, False, None), (True,)], ids=["none", "all", "one"])
def test_the_preview_counts_by_district_and_names_nobody(client, draft, editor, judged):
    """Alike for filings that have been judged, which SQL counts, and for those that have not."""
    for insured in (True, False, None):
        made = filing(name=f"秘密{insured}厂")
        if insured is not None:
            declare(made, "insured", insured, by=owner_of(made.enterprise), at=NOW)
        if insured in judged:
            match_filing(made.pk, at=NOW)
    turn_round(draft, editor)
    links = SupportLink.objects.count()
    answer = client.get(url("policy_draft_preview", draft.pk))

    effect = answer.context["effect"]
    assert (effect.measures, effect.judged, effect.total) == (1, 3, 3)
    assert (effect.sums.gained, effect.sums.lost, effect.sums.undecided) == (1, 1, 0)
    assert [group.gained for group in effect.districts] == [1]
    assert [group.lost for group in effect.industries] == [1]
    assert {(one.before, one.after) for one in effect.samples} == {
        ("eligible", "not_eligible"),
        ("not_eligible", "eligible"),
    }
    assert "秘密" not in answer.content.decode()
    assert SupportLink.objects.count() == links


@pytest.mark.parametrize("judged", [False, True])
def test_the_preview_tells_what_comes_with_a_new_item(client, draft, editor, judged):
    made = filing()
    if judged:
        match_filing(made.pk, at=NOW)
    words = {"zh": "新的", "en": "new"}
    before = client.get(url("policy_draft_preview", draft.pk)).context["effect"]
    draft_items.add_item(
        draft, "甲1-1", draft_items.Beginning(label=words, summary=words), by=editor, at=NOW
    )

    effect = client.get(url("policy_draft_preview", draft.pk)).context["effect"]

    assert (before.sums.gained, effect.sums.gained, effect.judged) == (0, 1, 1)


@pytest.mark.parametrize("judged", [0, 1, 2])
def test_the_preview_counts_an_enterprise_once_with_all_its_sites(client, draft, editor, judged):
    """Once in all and in its industry, and in each district that it has a site in."""
    made = filing()
    owner = owner_of(made.enterprise)
    declare(made, "insured", True, by=owner, at=NOW)
    there = District.objects.exclude(pk=made.district_id)[0]
    second = add_site(
        made.enterprise, name="二厂区", district=there, zone=None, address="南路", by=owner, at=NOW
    )
    for one in (made, second)[:judged]:
        match_filing(one.pk, at=NOW)
    turn_round(draft, editor)

    effect = client.get(url("policy_draft_preview", draft.pk)).context["effect"]

    assert (effect.judged, effect.sums.lost) == (2, 1)
    assert [group.lost for group in effect.districts] == [1, 1]
    assert [group.lost for group in effect.industries] == [1]


def test_the_preview_asks_as_often_for_many_filings_as_for_one(client, draft, editor):
    turn_round(draft, editor)
    filing()
    client.get(url("policy_draft_preview", draft.pk))  # fills what a process keeps
    with CaptureQueriesContext(connection) as one:
        client.get(url("policy_draft_preview", draft.pk))
    for _number in range(3):
        filing()
    with CaptureQueriesContext(connection) as many:
        client.get(url("policy_draft_preview", draft.pk))

    assert len(many) == len(one)


def test_the_preview_looks_at_every_filing_that_was_judged(client, draft, editor, monkeypatch):
    monkeypatch.setattr(effects, "MOST_FILINGS", 2)
    for _number in range(3):
        match_filing(filing().pk, at=NOW)
    turn_round(draft, editor)
    effect = client.get(url("policy_draft_preview", draft.pk)).context["effect"]

    assert (effect.judged, effect.total) == (3, 3)


def test_a_fact_that_no_rule_asked_for_is_looked_up_where_it_is_known(client, draft, editor):
    """The sheets do not keep it: by them alone every filing would be left open."""
    announce(
        "lpr_1y_pct",
        Decimal("4.15"),
        since=NOW.date(),
        source="公告",
        source_date=NOW.date(),
        by=editor,
        at=NOW,
    )
    match_filing(filing().pk, at=NOW)
    below_five = {"fact": "lpr_1y_pct", "lt": 5, "clause": "甲1-2"}
    rates = {True: 4, False: 5}
    turn_round(draft, editor, when=below_five, instead=("lpr_1y_pct", rates))
    effect = client.get(url("policy_draft_preview", draft.pk)).context["effect"]

    assert "lpr_1y_pct" not in FactSheet.objects.get().content["facts"]
    assert (effect.judged, effect.sums.gained, effect.sums.undecided) == (1, 1, 0)


def test_the_preview_looks_at_the_newest_of_the_others_and_says_so(
    client, draft, editor, monkeypatch
):
    monkeypatch.setattr(effects, "MOST_FILINGS", 2)
    for _number in range(3):
        filing()
    turn_round(draft, editor)
    effect = client.get(url("policy_draft_preview", draft.pk)).context["effect"]

    assert (effect.judged, effect.total) == (2, 3)


def test_a_new_clause_begins_on_its_page_and_opens_in_the_editor(client, draft):
    given = {
        "document": "甲1",
        "number": "9",
        "departments": ["市税务局"],
        "kind": "information",
        "strength": "n/a",
        **{f"{name}_zh": "新的" for name in ("label", "summary", "apply")},
        **{f"{name}_en": "new" for name in ("label", "summary", "apply")},
    }
    wrong = client.post(url("policy_clause_new", draft.pk), given | {"number": "2"})
    answer = client.post(url("policy_clause_new", draft.pk), given)

    assert wrong.status_code == 422
    assert "已经有第 2 条" in wrong.content.decode()
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize("move", ["withdraw", "restore"])
def test_a_version_is_withdrawn_and_restored_with_a_reason(client, pack, editor, move):
    page = url(f"policy_{move}", pack.pk)
    if move == "restore":
        assert client.get(page).status_code == 422
        Pack.objects.update(status="withdrawn")
    assert client.get(page).status_code == 200
    assert client.post(page, {"reason": ""}).status_code == 422
    answer = client.post(page, {"reason": "数字有误"})

    assert answer.status_code == 302
    assert AuditEntry.objects.get(action=f"pack.{move}").reason == "数字有误"
    assert not Pack.objects.published().exists()


def test_a_draft_is_returned_and_given_up_with_a_reason(client, draft, editor):
    turn_round(draft, editor)
    client.post(url("policy_draft_ask", draft.pk))
    assert client.post(url("policy_draft_end", draft.pk), {"reason": ""}).status_code == 422
    client.post(url("policy_draft_end", draft.pk), {"move": "take_back", "reason": "再改"})
    draft.refresh_from_db()
    assert draft.status == "open"
    client.post(url("policy_draft_end", draft.pk), {"move": "discard", "reason": "不用了"})
    draft.refresh_from_db()
    assert draft.status == "discarded"


def test_the_page_tells_how_far_judging_every_filing_has_come(client, pack, editor, drain):
    filing()
    request_rematch("kept", "名单", at=NOW)

    page = client.get(reverse("policy_packs")).content.decode()
    assert reverse("policy_rematch") in page
    assert "名单或公布值有变化" in page
    state = client.get(reverse("policy_rematch")).json()
    assert (state["state"], state["done"], state["total"]) == ("running", 0, 1)
    drain()
    state = client.get(reverse("policy_rematch")).json()
    assert (state["state"], state["done"], state["total"]) == ("finished", 1, 1)


def test_progress_says_what_failed_and_what_stopped(client, pack, editor):
    made = filing()
    last = request_rematch("kept", "名单", at=NOW)
    own = key_of(last.pk, made.pk, "support.match")
    lanes = OutboxRow.objects.filter(key__startswith=f"rematch:{last.pk}:")

    lanes.update(dead_at=NOW)
    stopped = client.get(reverse("policy_rematch")).json()
    assert (stopped["state"], "停下" in stopped["message"]) == ("failed", True)
    lanes.update(kind="support.match", key=own)
    failed = client.get(reverse("policy_rematch")).json()
    assert (failed["state"], "1 份" in failed["message"]) == ("finished", True)


def test_before_the_first_round_there_is_no_progress(client, editor):
    assert client.get(reverse("policy_rematch")).status_code == 404
    assert "发布政策版本后" in client.get(reverse("policy_packs")).content.decode()
