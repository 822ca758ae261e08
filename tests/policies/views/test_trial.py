"""What if: other values, tried through the front door, and kept nowhere."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from filings.models import AuditEntry
from jiaozuo_portal.outbox.models import OutboxRow
from policies.domain import kept, packs
from policies.domain.declarations import declare
from policies.models import Declaration, Match, SupportLink
from tests.factories import NOW, filing, member, officer, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(clock_at):
    clock_at(NOW)


@pytest.fixture
def made(pack):
    return filing()


@pytest.fixture
def owner(made, client):
    person = owner_of(made.enterprise)
    client.force_login(person)
    for fact, value in {
        "insured": True,
        "layoff_count": 0,
        "total_staff_count": 40,
        "premium_yuan": 36000,
    }.items():
        declare(made, fact, value, by=person, at=NOW)
    return person


def tried(client, made, headers=None, **data):
    data = {name if name in PLAIN else f"f_{name}": value for name, value in data.items()}
    return client.post(reverse("support_what_if", args=[made.pk]), data, headers=headers or {})


PLAIN = {"day", "add", "drop", "take", "reset"}


def turned(response):
    return [
        (one.sort, one.benefit.key, one.before, one.why) for one in response.context["trial"].turned
    ]


def test_the_address_is_not_that_of_a_measure(made):
    assert resolve(f"/filings/{made.pk}/support/what-if/").view_name == "support_what_if"


def test_before_anything_is_tried_nothing_differs(client, made, owner):
    trial = client.get(reverse("support_what_if", args=[made.pk])).context["trial"]

    assert (trial.is_tried, trial.turned, trial.money) == (False, [], Decimal(0))
    assert trial.after.sums == trial.before.sums


def test_what_would_be_lost_is_shown_beside_what_is_with_the_reason(client, made, owner):
    answer = tried(client, made, layoff_count="10", day="2020-03-06")

    trial = answer.context["trial"]
    assert turned(answer) == [
        (
            "lost",
            "rebate",
            (),
            ("裁员率应不超过 20%，目前25%",),
        )
    ]
    assert (trial.before.sums.eligible, trial.after.sums.eligible) == (1, 0)
    assert trial.money == Decimal("-18000.00")
    assert [(one.label, one.now, one.value) for one in trial.tried] == [
        ("裁员人数", "0 人", "10 人")
    ]
    text = answer.content.decode()
    assert "少 18,000 元" in text
    assert "会失去" in text
    assert f"/filings/{made.pk}/support/?ask=layoff_count#ask" in text


def test_what_would_be_won_says_what_is_in_the_way_now(client, made, owner):
    declare(made, "insured", False, by=owner, at=NOW)

    answer = tried(client, made, insured="yes")

    assert turned(answer) == [
        (
            "won",
            "rebate",
            ("参加失业保险应为“是”，目前否",),
            ("参加失业保险为“是”（是）",),
        )
    ]
    assert answer.context["trial"].money == Decimal("18000.00")


def test_money_that_changes_alone_is_shown_with_its_difference(client, made, owner):
    answer = tried(client, made, premium_yuan="４０，０００.5")

    assert [(one.sort, one.difference) for one in answer.context["trial"].turned] == [
        ("money", Decimal("2000.25"))
    ]


def test_an_unknown_fact_may_settle_or_open_a_verdict(client, made, owner):
    settled = tried(client, made, form="信用")
    declare(made, "layoff_count", 3, by=owner, at=NOW)
    declare(made, "insured", False, by=owner, at=NOW)
    before = Declaration.objects.current().get(fact="layoff_count")
    before.ended_at, before.ending = NOW, "withdrawn"
    before.save()
    opened = tried(client, made, insured="yes", day="2020-03-06")

    assert turned(settled) == [
        ("refused", "甲1-5", ("担保方式？",), ("担保方式应为其中之一：抵押，目前信用",))
    ]
    assert turned(opened) == [
        ("undecided", "rebate", ("参加失业保险应为“是”，目前否",), ("裁员人数？",))
    ]


def test_another_district_may_be_outside_the_text(client, made, owner):
    answer = tried(client, made, district="外地")

    assert {one.benefit.key: one.sort for one in answer.context["trial"].turned} == {
        "rebate": "lost",
        "甲1-3": "refused",
        "甲1-5": "refused",
        "乙2-1": "refused",
    }


def test_more_staff_move_the_size_class(client, made, owner):
    declare(made, "tax_due_date", "2020-02-20", by=owner, at=NOW)
    answer = tried(client, made, employees="1000", annual_revenue_wanyuan="40000")

    assert [(one.sort, one.benefit.key) for one in answer.context["trial"].turned] == [
        ("lost", "乙2-1")
    ]


def test_a_value_that_is_what_is_known_is_not_tried(client, made, owner):
    trial = tried(client, made, layoff_count="0", premium_yuan="36000.00", form="").context["trial"]

    assert (trial.is_tried, trial.tried) == (False, ())


def test_nothing_is_written_and_nothing_tried_is_in_an_address(client, made, owner):
    client.get(reverse("support_what_if", args=[made.pk]))
    tables = (Declaration, Match, SupportLink, AuditEntry, OutboxRow, Session)
    before = [list(table.objects.order_by("pk").values()) for table in tables]

    with CaptureQueriesContext(connection) as queries:
        answer = tried(
            client, made, {"HX-Request": "true", "HX-Target": "trial-result"},
            layoff_count="7", total_staff_count="77", district="解放区", day="2020-03-05",
        )  # fmt: skip

    assert answer.status_code == 200
    assert [q["sql"] for q in queries if not q["sql"].lstrip().upper().startswith("SELECT")] == []
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    assert not {"HX-Push-Url", "HX-Replace-Url", "Location"} & set(answer.headers)
    assert answer.wsgi_request.sensitive_post_parameters == "__ALL__"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("layoff_count", "一些", "请填写整数，例如 40。"),
        ("layoff_count", "-1", "不能小于 0"),
        ("premium_yuan", "3万", "请只填数字，例如 36,000.5。"),
        ("form", "现金", "选择一个有效的选项"),
        ("insured", "maybe", "选择一个有效的选项"),
        ("tax_due_date", "2020-02-30", "请填写日期，例如 2020-03-05。"),
        ("total_staff_count", "0", "为 0 时，“裁员人数” 不能大于 0"),
        ("day", "2020-02-30", "输入一个有效的日期。"),
        ("day", "1066-10-14", "日期应在 1900 年到 2200 年之间"),
    ],
)
@pytest.mark.parametrize("scripted", [True, False])
def test_a_wrong_value_is_said_beside_its_field_and_nothing_is_tried(
    client, made, owner, fact, value, says, scripted
):
    declare(made, "layoff_count", 3, by=owner, at=NOW)
    headers = {"HX-Request": "true", "HX-Target": "trial-result"} if scripted else {}

    answer = tried(client, made, headers, **{fact: value})

    assert answer.status_code == (200 if scripted else 422)
    assert says in answer.content.decode()
    assert not answer.context["trial"].tried
    assert ("<html" in answer.content.decode()) is not scripted


def test_what_cannot_be_together_with_what_is_known_is_said(client, made, owner):
    declare(made, "layoff_count", 0, by=owner, at=NOW)
    declare(made, "total_staff_count", 0, by=owner, at=NOW)

    answer = tried(client, made, layoff_count="3")

    assert answer.status_code == 422
    assert "“职工总数”为 0 时" in answer.content.decode()


def test_a_fact_that_does_not_exist_is_refused(client, made, owner):
    assert tried(client, made, no_such="1").status_code == 422
    assert tried(client, made, add="layoff_rate_pct").status_code == 422


def test_facts_are_put_on_the_table_and_taken_off(client, made, owner):
    added = tried(client, made, add="layoff_count", insured="no")
    dropped = tried(client, made, drop="insured", insured="no", layoff_count="3")
    reset = tried(client, made, reset="1", insured="no")

    names = [[row.fact for row in one.context["rows"]] for one in (added, dropped, reset)]
    assert names == [["insured", "layoff_count"], ["layoff_count"], []]
    assert added.context["form"]["f_layoff_count"].value() == "0"  # what is known, to start from
    assert [row.now for row in added.context["rows"]] == ["是", "0 人"]
    assert not reset.context["trial"].is_tried


def test_facts_that_some_measure_uses_can_be_chosen_and_no_others(client, made, owner):
    choices = tried(client, made, add="layoff_count").context["choices"]

    assert [name for name, _label in choices.known] == [
        "district", "sme_industry", "employees", "annual_revenue_wanyuan",
        "insured", "total_staff_count", "premium_yuan",
    ]  # fmt: skip
    assert [name for name, _label in choices.unknown] == [
        "enterprise_size", "is_resuming_or_resumed", "tax_due_date", "form",
    ]  # fmt: skip  # lpr_1y_pct is used by none


def test_the_nearest_number_that_would_be_enough_is_offered_and_can_be_taken(client, made, owner):
    lost = tried(client, made, layoff_count="10", day="2020-03-06")

    hints = lost.context["trial"].hints
    assert [(h.fact, h.now, h.value, [b.key for b in h.benefits]) for h in hints] == [
        ("layoff_count", "10 人", "8 人", ["rebate"]),
        ("total_staff_count", "40 人", "50 人", ["rebate"]),
    ]
    taken = tried(client, made, layoff_count="10", day="2020-03-06", take="layoff_count=8")
    assert taken.context["form"]["f_layoff_count"].value() == "8"
    assert taken.context["trial"].after.sums.eligible == 1


def test_a_viewer_may_try_as_well(client, made, owner):
    client.force_login(member(made.enterprise, "viewer"))

    assert tried(client, made, layoff_count="10").status_code == 200


def test_before_a_pack_is_published_the_page_says_what_will_be_there(client, db):
    made = filing()
    client.force_login(owner_of(made.enterprise))

    text = client.get(reverse("support_what_if", args=[made.pk])).content.decode()

    assert "政策还没有发布" in text


def test_trying_takes_as_many_queries_for_1_fact_as_for_7(client, made, owner):
    many = dict.fromkeys(("layoff_count", "total_staff_count", "premium_yuan"), "5")
    many |= {"insured": "no", "form": "抵押", "district": "外地", "tax_due_date": "2020-03-01"}
    counts = []
    for values in ({"layoff_count": "5"}, many):
        tried(client, made, **values)
        with CaptureQueriesContext(connection) as queries:
            tried(client, made, **values)
        counts.append(len(queries))

    assert counts[0] == counts[1]


# ---------------------------------------------------------------- what is kept for everybody

LISTED = "on_city_key_supplies_list"


@pytest.fixture
def shipped(db, client):
    """A filing under the shipped pack, whose owner is signed in."""
    packs.load_folder(None, at=NOW)
    made = filing()
    client.force_login(owner_of(made.enterprise))
    return made


def test_a_list_entry_that_ends_before_the_tried_day_no_longer_counts(client, shipped):
    firm = shipped.enterprise
    declare(shipped, "tech_upgrade_for_supplies", True, by=owner_of(firm), at=NOW)
    line = kept.Line(
        uscc=firm.uscc, name=firm.name, valid_from=date(2020, 2, 20),
        valid_until=date(2020, 3, 10), source="市名单第1批", source_date=date(2020, 2, 18),
    )  # fmt: skip
    kept.enter(LISTED, [line], by=officer("policy"), at=NOW)

    on_it = tried(client, shipped, day="2020-03-10").context["trial"]
    off_it = tried(client, shipped, day="2020-03-11")

    assert [trial.before.gathered.values[LISTED] for trial in (on_it, off_it.context["trial"])] == [
        True, True,
    ]  # fmt: skip
    assert (on_it.after.gathered.values[LISTED], on_it.turned) == (True, [])
    assert off_it.context["trial"].after.gathered.values[LISTED] is False
    assert ("lost", "焦政4-3a") in [(sort, key) for sort, key, *_ in turned(off_it)]
    assert off_it.context["trial"].tried == ()


def test_a_value_announced_from_a_later_day_counts_when_a_day_after_it_is_tried(client, shipped):
    declare(shipped, "power_capacity_suspension", True, by=owner_of(shipped.enterprise), at=NOW)
    day = date(2020, 4, 1)
    kept.announce(
        "epidemic_end_date", "2020-04-01", since=day, source="省公告第1号", source_date=day,
        by=officer("city"), at=NOW,
    )  # fmt: skip

    before = tried(client, shipped, day="2020-03-31").context["trial"]
    after = tried(client, shipped, day="2020-04-02")

    assert "epidemic_end_date" not in before.after.gathered.values
    assert before.after.cards["豫政9-13a"].verdict == "eligible"
    trial = after.context["trial"]
    assert "epidemic_end_date" not in trial.before.gathered.values
    assert trial.after.given("epidemic_end_date").source == "省公告第1号（2020年4月1日起适用）"
    assert trial.after.cards["豫政9-13a"].verdict == "not_eligible"
    assert ("lost", "electricity") in [(sort, key) for sort, key, *_ in turned(after)]
