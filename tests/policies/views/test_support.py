"""The support pages through the front door."""

import json
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import resolve, reverse

from filings.domain.enterprise import add_site
from filings.models import AgencyContact
from policies.domain import kept, packs
from policies.domain.declarations import declare
from policies.domain.matching import match_filing
from policies.models import Declaration, Match, SupportLink
from tests.factories import (
    NOW,
    Agency,
    Enterprise,
    filing,
    filing_in,
    firm,
    fresh,
    member,
    officer,
    owner_of,
    user,
)
from tests.factories.policies import CLAUSES, FACTS, publish_pack

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
    return person


def page(client, made, query=""):
    return client.get(reverse("support", args=[made.pk]) + query)


def answer(client, made, fact, value, *, query="", **headers):
    url = reverse("support_answer", args=[made.pk]) + query
    return client.post(url, {"fact": fact, "value": value}, headers=headers)


def shown(response):
    context = response.context
    return [b.key for name in ("having", "services", "open", "not_for_them") for b in context[name]]


def test_the_addresses_lead_to_support_and_not_to_a_section_of_the_filing(made):
    assert resolve(f"/filings/{made.pk}/support/").view_name == "support"
    assert resolve(f"/filings/{made.pk}/support/answers/").view_name == "support_answers"
    assert resolve(f"/filings/{made.pk}/support/甲1-1/").view_name == "support_measure"


def test_a_benefit_of_several_clauses_is_shown_and_counted_once(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 0, by=owner, at=NOW)
    declare(made, "premium_yuan", 36000, by=owner, at=NOW)

    answer = page(client, made)

    sums = answer.context["shown"].sums
    assert (sums.eligible, sums.money, sums.with_money) == (1, Decimal("18000.00"), 1)
    assert (sums.unknown, sums.not_eligible) == (3, 0)
    benefit = answer.context["having"][0]
    assert (benefit.key, [card.key for card in benefit.cards]) == ("rebate", ["甲1-1", "甲1-2"])
    text = answer.content.decode()
    assert text.count(">稳岗返还<") == 1
    assert "上年失业保险费 36,000 × 50%" in text
    assert "市人力资源社会保障局" in text
    assert "人社局" not in text


def test_other_pages_of_the_filing_load_the_sums(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 0, by=owner, at=NOW)
    declare(made, "premium_yuan", 36000, by=owner, at=NOW)

    text = client.get(reverse("support_summary", args=[made.pk])).content.decode()

    assert "1 项，可算出的金额 18,000 元" in text
    assert "3 项，其中 3 项只差一个回答" in text
    assert reverse("support", args=[made.pk]) in text
    assert "<html" not in text


def test_what_is_undecided_asks_for_what_is_missing(client, made, owner):
    text = page(client, made).content.decode()

    assert "参加失业保险？" in text
    assert f"/filings/{made.pk}/support/?ask=insured#ask" in text
    assert "?ask=employees" not in text


def test_a_fact_of_the_profile_is_asked_for_in_the_profile(client, pack):
    made = filing(employees=None)
    client.force_login(owner_of(made.enterprise))

    text = page(client, made, "?ask=employees").content.decode()

    assert reverse("enterprise_profile", args=[made.enterprise_id]) in text
    assert 'name="value"' not in text


def test_a_service_that_comes_with_the_filing_is_there_once_it_is_submitted(client, pack):
    made, people = filing_in("submitted")
    client.force_login(people.owner)

    answer = page(client, made)

    assert [benefit.key for benefit in answer.context["services"]] == ["甲1-3"]


def test_the_day_after_its_last_day_a_measure_is_over(client, made, owner, clock_at):
    declare(made, "insured", True, by=owner, at=NOW)
    url = reverse("support_measure", args=[made.pk, "甲1-2"])

    clock_at("2020-03-05T23:59:00+08:00")
    last_day = client.get(url).context["why"]
    clock_at("2020-03-06T00:00:00+08:00")
    answer = client.get(url)

    assert (last_day.card.verdict, last_day.card.state) == ("eligible", "eligible")
    assert answer.context["why"].card.state == "expired"
    assert [line.actual for line in answer.context["why"].lines] == ["2020年3月6日"]
    assert "不晚于 2020年3月5日" in answer.content.decode()


def test_reading_writes_nothing_even_when_the_kept_verdicts_are_old(
    client, made, owner, clock_at, django_assert_num_queries
):
    declare(made, "insured", True, by=owner, at=NOW)
    rows = list(SupportLink.objects.values()), list(Match.objects.values())

    clock_at("2020-03-06T00:00:00+08:00")
    answer = page(client, made)
    client.get(reverse("support_measure", args=[made.pk, "甲1-2"]))
    client.get(reverse("support_summary", args=[made.pk]))

    assert (list(SupportLink.objects.values()), list(Match.objects.values())) == rows
    assert "已存档的结果是 3月2日 的" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["rebate", "甲1-3", "甲1-5", "乙2-1"]),
        ("?verdict=close", ["rebate", "甲1-3", "甲1-5", "乙2-1"]),
        ("?verdict=eligible", []),
        ("?kind=service", ["甲1-3"]),
        ("?department=市税务局", ["乙2-1"]),
        ("?department=市税务局&kind=service", []),
        ("?money=stated", ["rebate"]),
        ("?money=known", []),
        ("?last=7", ["rebate"]),
        ("?last=7&department=市税务局", []),
        ("?last=none", ["rebate", "甲1-3", "甲1-5", "乙2-1"]),
        ("?last=open&kind=service", ["甲1-3"]),
        ("?last=ended", []),
        ("?verdict=nonsense&kind=nonsense&money=1&last=8", ["rebate", "甲1-3", "甲1-5", "乙2-1"]),
        ("?department=市财政局", ["rebate", "甲1-3", "甲1-5", "乙2-1"]),
    ],
)
def test_filters(client, made, owner, query, expected):
    seen = page(client, made, query)

    assert sorted(shown(seen)) == sorted(expected)
    assert seen.context["count"] == len(expected)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?money=known", ["rebate"]),
        ("?money=10000", ["rebate"]),
        ("?money=100000", []),
    ],
)
def test_the_filter_by_money_looks_at_what_is_worked_out(client, made, owner, query, expected):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 0, by=owner, at=NOW)
    declare(made, "premium_yuan", 36000, by=owner, at=NOW)

    assert shown(page(client, made, query)) == expected


@pytest.mark.parametrize(
    ("day", "query", "expected"),
    [
        ("2020-02-26", "?last=7", []),
        ("2020-02-27", "?last=7", ["rebate"]),
        ("2020-03-05", "?last=7", ["rebate"]),
        ("2020-03-06", "?last=7", []),
        ("2020-02-03", "?last=30", []),
        ("2020-02-04", "?last=30", ["rebate"]),
        ("2020-03-05", "?last=ended", []),
        ("2020-03-06", "?last=ended", ["rebate"]),
    ],
)
def test_the_filter_by_last_day_counts_that_day(
    client, made, owner, clock_at, day, query, expected
):
    declare(made, "insured", False, by=owner, at=NOW)  # no: both clauses decide
    clock_at(f"{day}T12:00:00+08:00")

    seen = page(client, made, query)

    assert shown(seen) == expected
    assert [b.lead.key for b in seen.context["not_for_them"]] == ["甲1-2"] * len(expected)


def test_a_benefit_that_runs_on_under_another_clause_does_not_end_with_the_first(
    client, made, owner, clock_at
):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 0, by=owner, at=NOW)
    clock_at("2020-03-06T12:00:00+08:00")

    seen = page(client, made, "?last=ended")

    assert shown(seen) == []
    assert shown(page(client, made, "?last=none&verdict=eligible")) == ["rebate"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("", ["rebate", "甲1-3"]), ("money", ["rebate", "甲1-3"]), ("last", ["rebate", "甲1-3"])],
)
def test_the_order_keeps_the_verdicts_together(client, pack, sort, expected):
    made, people = filing_in("submitted")
    client.force_login(people.owner)
    declare(made, "insured", True, by=people.owner, at=NOW)

    seen = page(client, made, f"?sort={sort}&verdict=eligible")

    assert shown(seen) == expected
    assert not seen.context["filters"].chips[1:]


def test_choosing_a_filter_changes_the_list_without_a_reload_and_is_kept_in_the_address(
    client, made, owner
):
    url = reverse("support", args=[made.pk]) + "?verdict=&kind=service&department=&sort=money&x=1"

    seen = client.get(url, headers={"HX-Request": "true"})

    text = seen.content.decode()
    assert seen.headers["HX-Push-Url"] == f"/filings/{made.pk}/support/?kind=service&sort=money"
    assert "<html" not in text
    assert "4 项中的 1 项" in text
    assert [(c.word, c.query) for c in seen.context["filters"].chips] == [
        ("服务渠道", "sort=money")
    ]


def test_departments_are_shown_with_the_contacts_that_they_publish(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    ours = Agency.objects.get(name="市人力资源社会保障局")
    gone = Agency.objects.create(kind="policy", name="市人力资源社会保障局", is_active=False)
    elsewhere = Agency.objects.create(
        kind="bureau", name="沁阳市人力资源社会保障局", district=made.district
    )
    for agency, phone in ((ours, "0391-1"), (gone, "0391-2"), (elsewhere, "0391-3")):
        AgencyContact.objects.create(
            agency=agency, name="失业保险科", phone=phone, confirmed_on=NOW.date()
        )

    texts = [
        page(client, made, "?verdict=eligible").content.decode(),
        client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).content.decode(),
    ]

    assert ['href="tel:0391-1"' in text for text in texts] == [True, True]
    assert ["0391-2" in text or "0391-3" in text for text in texts] == [False, False]
    assert "失业保险科" in texts[1]


def test_a_department_without_a_contact_says_so(client, made, owner):
    text = client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).content.decode()

    assert "还没有公布电话" in text
    assert reverse("contacts") in text


def test_an_answer_changes_the_page_without_a_reload_and_says_what_turned(client, made, owner):
    done = answer(client, made, "insured", "no", query="?kind=benefit", **{"HX-Request": "true"})

    assert done.status_code == 200
    assert done.headers["HX-Replace-Url"] == f"/filings/{made.pk}/support/?kind=benefit"
    text = done.content.decode()
    assert text.lstrip().startswith("{#") or '<div id="support">' in text
    assert "<html" not in text
    assert [change.card.key for change in done.context["changes"]] == ["甲1-1", "甲1-2"]
    assert "2 项措施的结果或金额有变化" in text
    assert [benefit.key for benefit in done.context["not_for_them"]] == ["rebate"]


def test_an_amount_that_an_answer_gives_is_said_as_well(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 0, by=owner, at=NOW)

    done = answer(client, made, "premium_yuan", "３６，０００", **{"HX-Request": "true"})

    assert [change.card.key for change in done.context["changes"]] == ["甲1-1", "甲1-2"]
    assert "18,000 元" in done.content.decode()


def test_without_script_an_answer_leads_back_to_the_page(client, made, owner):
    done = answer(client, made, "insured", "yes")

    assert done.status_code == 302
    assert done.url == reverse("support", args=[made.pk])
    assert Declaration.objects.get().value is True


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("total_staff_count", "四十", "请填写整数，例如 40。"),
        ("total_staff_count", "4.5", "请填写整数，例如 40。"),
        ("total_staff_count", "-1", "不能小于 0"),
        ("premium_yuan", "3万", "请只填数字，例如 36,000.5。"),
        ("premium_yuan", "", "这个字段是必填项。"),
        ("tax_due_date", "2020-02-30", "请填写日期，例如 2020-03-05。"),
        ("form", "现金", "选择一个有效的选项"),
        ("insured", "maybe", "选择一个有效的选项"),
    ],
)
@pytest.mark.parametrize("scripted", [True, False])
def test_a_wrong_answer_is_refused_beside_the_question_with_what_would_be_right(
    client, made, owner, fact, value, says, scripted
):
    headers = {"HX-Request": "true"} if scripted else {}

    refused = answer(client, made, fact, value, **headers)

    assert refused.status_code == (200 if scripted else 422)
    assert says in refused.content.decode()
    assert not Declaration.objects.exists()


def test_what_cannot_both_be_is_said_beside_the_question(client, made, owner):
    declare(made, "layoff_count", 3, by=owner, at=NOW)

    refused = answer(client, made, "total_staff_count", "0")

    assert refused.status_code == 422
    assert "职工总数" in refused.content.decode()
    assert 'value="0"' in refused.content.decode()


@pytest.mark.parametrize("fact", ["", "no_such", "layoff_rate_pct"])
def test_a_question_that_does_not_exist_is_refused(client, made, owner, fact):
    assert answer(client, made, fact, "1").status_code == 422


def put_off(client, made, fact="", **headers):
    url = reverse("support_put_off", args=[made.pk]) + "?kind=benefit"
    return client.post(url, {"fact": fact}, headers=headers)


def test_a_question_that_was_put_off_stays_so_for_the_visit_only(client, made, owner):
    first = page(client, made).context["asked"]

    done = put_off(client, made, first.question.fact)
    second = page(client, made)
    client.logout()
    client.force_login(owner)
    third = page(client, made)

    assert done.url == f"/filings/{made.pk}/support/?kind=benefit#ask"
    assert second.context["asked"].question.fact != first.question.fact
    assert second.context["asked"].left == first.left - 1
    assert "1 个问题您先跳过了" in second.content.decode()
    assert third.context["asked"].question.fact == first.question.fact


def test_questions_that_were_put_off_can_all_be_asked_again(client, made, owner):
    first = page(client, made).context["asked"].question.fact
    put_off(client, made, first)

    done = put_off(client, made, **{"HX-Request": "true"})

    assert done.context["asked"].question.fact == first
    assert done.headers["HX-Replace-Url"] == f"/filings/{made.pk}/support/?kind=benefit"
    assert "<html" not in done.content.decode()


def test_a_fact_that_does_not_exist_is_not_put_off(client, made, owner):
    put_off(client, made, "no_such")

    assert client.session["support_put_off"] == {str(made.enterprise_id): []}


def test_when_nothing_is_left_to_ask_nothing_is_asked(client, made, owner):
    for fact in published_facts(client, made):
        put_off(client, made, fact)

    assert page(client, made).context["asked"] is None


def published_facts(client, made) -> list[str]:
    return [question.fact for question in page(client, made).context["shown"].questions]


def test_a_viewer_reads_and_does_not_answer(client, made):
    client.force_login(member(made.enterprise, "viewer"))

    seen = page(client, made)
    refused = answer(client, made, "insured", "yes")

    assert seen.status_code == 200
    assert 'name="value"' not in seen.content.decode()
    assert "只能查看" in seen.content.decode()
    assert refused.status_code == 403
    assert not Declaration.objects.exists()


@pytest.mark.parametrize("who", ["another firm", "bureau", "city", "both"])
def test_pages_of_a_filing_are_the_enterprise_s_alone(client, made, owner, who):
    given = declare(made, "insured", True, by=owner, at=NOW)
    person = officer("city") if who == "city" else officer("bureau")
    if who in ("another firm", "both"):
        other = firm(owner=person if who == "both" else user())
        person = owner_of(other)
    client.force_login(fresh(person))
    reads = [
        reverse("support", args=[made.pk]),
        reverse("support_measure", args=[made.pk, "甲1-1"]),
        reverse("support_answers", args=[made.pk]),
        reverse("support_summary", args=[made.pk]),
    ]
    writes = [
        (reverse("support_answer", args=[made.pk]), {"fact": "insured", "value": "no"}),
        (reverse("support_withdraw", args=[made.pk, given.pk]), {}),
    ]

    closed = 404 if who in ("another firm", "both") else 403
    assert [client.get(url).status_code for url in reads] == [closed] * 4
    assert [client.post(url, data).status_code for url, data in writes] == [closed] * 2
    assert list(Declaration.objects.current()) == [given]


def test_an_answer_of_another_enterprise_is_not_withdrawn_through_ones_own_filing(client, made):
    given = declare(made, "insured", True, by=owner_of(made.enterprise), at=NOW)
    own = filing()
    client.force_login(owner_of(own.enterprise))

    done = client.post(reverse("support_withdraw", args=[own.pk, given.pk]))

    assert done.status_code == 404
    assert Declaration.objects.current().get() == given


def test_a_no_shows_only_what_failed_and_where_the_value_comes_from(client, made, owner):
    declare(made, "insured", False, by=owner, at=NOW)

    text = client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).content.decode()

    shown_part = text.split("其他条件")[0]
    assert "参加失业保险" in shown_part
    assert "裁员率" not in shown_part
    assert owner.get_full_name() in shown_part
    assert "贵企业的回答" in shown_part
    assert "甲政〔2020〕1号 第1条" in shown_part


def test_an_unknown_shows_only_what_still_matters(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)

    why = client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).context["why"]

    assert [(line.label, line.requirement, line.state) for line in why.lines] == [
        ("裁员率", "不超过 20%", "unknown")
    ]
    assert [question.fact for question in why.lines[0].missing] == [
        "total_staff_count",
        "layoff_count",
    ]
    assert [line.label for line in why.rest] == ["参加失业保险"]


def test_a_derived_value_names_the_figures_it_follows_from(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "layoff_count", 8, by=owner, at=NOW)
    declare(made, "total_staff_count", 40, by=owner, at=NOW)

    why = client.get(reverse("support_measure", args=[made.pk, "甲1-1"])).context["why"]

    rate = why.lines[1]
    assert (rate.actual, rate.state) == ("20%", "pass")
    assert [(used.label, used.value, used.source) for used in rate.used] == [
        ("裁员人数", "8 人", "贵企业的回答"),
        ("职工总数", "40 人", "贵企业的回答"),
    ]


def test_a_condition_that_no_text_prints_is_said_to_be_one(client, made, owner):
    declare(made, "form", "抵押", by=owner, at=NOW)

    answer = client.get(reverse("support_measure", args=[made.pk, "甲1-5"]))

    assert answer.context["why"].card.is_unprinted
    assert "文件没有写明的条件" in answer.content.decode()
    assert "请向责任部门咨询" in answer.content.decode()


def test_the_history_says_from_which_day_and_under_which_version(
    client, made, owner, tmp_path: Path
):
    declare(made, "insured", True, by=owner, at=NOW)
    publish_pack(tmp_path, edition="2", a__03=CLAUSES["a/03.yaml"])
    declare(made, "insured", False, by=owner, at=NOW)

    answer = client.get(reverse("support_measure", args=[made.pk, "甲1-2"]))

    why = answer.context["why"]
    assert [(past.verdict, past.version) for past in why.history] == [
        ("not_eligible", 2),
        ("eligible", 1),
    ]
    assert why.is_kept
    # Each with the reasons of its day, though the answer was corrected since.
    told = [[(line.actual, line.state) for line in past.lines] for past in why.history]
    assert told == [[("否", "fail")], [("是", "pass")]]
    given = why.history[1].lines[0].given
    assert (given.value, given.source, given.by) == ("是", "贵企业的回答", owner.get_full_name())
    assert "当时的理由" in answer.content.decode()


def test_reasons_of_an_earlier_day_are_worded_by_the_rules_of_that_day(
    client, made, owner, tmp_path: Path
):
    declare(made, "insured", False, by=owner, at=NOW)
    renamed = deepcopy(FACTS)
    fact = next(one for one in renamed["facts"] if one["name"] == "insured")
    fact["label"] = {"zh": "参加失业或工伤保险", "en": "Insured"}
    publish_pack(tmp_path, edition="2", facts=renamed)
    declare(made, "insured", True, by=owner, at=NOW)

    url = reverse("support_measure", args=[made.pk, "甲1-2"])
    now, before = client.get(url).context["why"].history
    assert (now.lines[0].label, now.version) == ("参加失业或工伤保险", 2)
    assert (before.lines[0].label, before.version) == ("参加失业保险", 1)


def test_the_history_names_the_list_and_the_announcement_of_its_day(client):
    packs.load_folder(None, at=NOW)
    made = filing()
    firm, owner, keeper = made.enterprise, owner_of(made.enterprise), officer("policy")
    client.force_login(owner)
    for fact in ("tech_upgrade_for_supplies", "power_capacity_suspension"):
        declare(made, fact, True, by=owner, at=NOW)
    line = kept.Line(
        uscc=firm.uscc, name=firm.name, valid_from=date(2020, 2, 20), valid_until=None,
        source="市名单第1批", source_date=date(2020, 2, 18),
    )  # fmt: skip
    kept.enter("on_city_key_supplies_list", [line], by=keeper, at=NOW)
    said = kept.announce(
        "epidemic_end_date", "2020-02-25", since=date(2020, 2, 25), source="省公告第1号",
        source_date=date(2020, 2, 25), by=officer("city"), at=NOW,
    )  # fmt: skip
    match_filing(made.pk, at=NOW)
    kept.take_off(firm_entry(firm), by=keeper, at=NOW)
    kept.take_back(said, by=officer("city"), at=NOW)
    match_filing(made.pk, at=NOW + timedelta(hours=1))

    sources = {}
    for measure, fact in (("焦政4-3a", "on_city_key"), ("豫政9-13a", "epidemic")):
        why = client.get(reverse("support_measure", args=[made.pk, measure])).context["why"]
        past = next(one for one in why.history[1:] if one.verdict != "unknown")
        sources[fact] = [line.given.source for line in past.lines if line.given]

    assert "官方名单（市名单第1批，2020年2月20日列入）" in sources["on_city_key"]
    assert sources["epidemic"] == ["省公告第1号（2020年2月25日起适用）"]


def firm_entry(firm):
    return kept.ListEntry.objects.get(uscc=firm.uscc, ended_at=None)


def replacing(**more):
    """The clause of 甲1-3 with an item that takes the place of 甲1-2 from 1 March on."""
    clause = deepcopy(CLAUSES["a/03.yaml"])
    basis = {"zh": "后一条这样写明", "en": "The later point says so"}
    clause["items"][0]["overrides"] = [{"id": "甲1-2", "from": "2020-03-01", "basis": basis} | more]
    return clause


def test_a_measure_that_another_has_taken_the_place_of_says_so_and_leads_there(
    client, tmp_path: Path
):
    publish_pack(tmp_path, a__03=replacing())
    made = filing()
    owner = owner_of(made.enterprise)
    client.force_login(owner)
    declare(made, "insured", True, by=owner, at=NOW)

    answer = client.get(reverse("support_measure", args=[made.pk, "甲1-2"]))

    text = answer.content.decode()
    said = "自2020年3月1日起由“复工服务”（甲政〔2020〕1号 第3条）取代，不能再申请。"
    assert (answer.status_code, answer.context["why"].card.verdict) == (200, "eligible")
    assert said in text
    assert "后一条这样写明" in text
    assert reverse("support_measure", args=[made.pk, "甲1-3"]) in text
    assert "已被取代" in text
    assert "为什么可以享受" not in text
    assert reverse("application_prepare", args=[made.pk, "甲1-2"]) not in text
    refused = client.post(reverse("application_prepare", args=[made.pk, "甲1-2"]))
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert "甲1-2" not in shown(page(client, made))


def test_before_the_day_of_its_replacement_a_measure_is_as_it_was(client, tmp_path: Path):
    publish_pack(tmp_path, a__03=replacing(**{"from": "2020-03-03"}))
    made = filing()
    client.force_login(owner_of(made.enterprise))

    answer = client.get(reverse("support_measure", args=[made.pk, "甲1-2"]))

    assert answer.context["why"].replaced is None
    assert [card.key for card in answer.context["why"].siblings] == ["甲1-1"]


def test_what_is_replaced_by_a_duty_leads_nowhere(client, tmp_path: Path):
    clause = deepcopy(CLAUSES["a/04.yaml"])
    clause["items"][0]["overrides"] = replacing()["items"][0]["overrides"]
    publish_pack(tmp_path, a__04=clause)
    made = filing()
    client.force_login(owner_of(made.enterprise))

    text = client.get(reverse("support_measure", args=[made.pk, "甲1-2"])).content.decode()

    assert "由“政府自查”" in text
    assert reverse("support_measure", args=[made.pk, "甲1-4"]) not in text


@pytest.mark.parametrize("measure", ["甲1-4", "甲1-99", "x"])
def test_a_duty_of_government_or_an_unknown_measure_has_no_page(client, made, owner, measure):
    assert client.get(reverse("support_measure", args=[made.pk, measure])).status_code == 404


def test_answers_are_listed_corrected_and_withdrawn(client, made, owner):
    declare(made, "insured", True, by=owner, at=NOW)
    given = declare(made, "insured", False, by=owner, at=NOW)
    url = reverse("support_answers", args=[made.pk])

    before = client.get(url)
    done = client.post(reverse("support_withdraw", args=[made.pk, given.pk]))
    after = client.get(url)

    assert [(one.value, one.is_used) for one in before.context["answers"]] == [("否", True)]
    assert [one.value for one in before.context["earlier"]] == ["是"]
    assert (done.status_code, done.url) == (302, url)
    assert after.context["answers"] == []
    assert [one.value for one in after.context["earlier"]] == ["否", "是"]


def test_an_earlier_answer_says_who_corrected_or_withdrew_it(client, made, owner):
    clerk = member(made.enterprise, "clerk")
    declare(made, "insured", True, by=owner, at=NOW)
    declare(made, "insured", False, by=clerk, at=NOW)
    other = declare(made, "layoff_count", 3, by=clerk, at=NOW)
    client.post(reverse("support_withdraw", args=[made.pk, other.pk]))

    text = client.get(reverse("support_answers", args=[made.pk])).content.decode()

    earlier = text.split('id="earlier"')[1]
    assert f"，已更正（{clerk.get_full_name()} " in earlier
    assert f"，已撤回（{owner.get_full_name()} " in earlier


def test_without_a_pack_the_pages_say_what_will_be_there(client):
    made = filing()
    client.force_login(owner_of(made.enterprise))

    texts = [
        client.get(reverse(name, args=args)).content.decode()
        for name, args in (
            ("support", [made.pk]),
            ("support_answers", [made.pk]),
            ("support_summary", [made.pk]),
        )
    ]

    assert ["政策" in text and "发布" in text for text in texts] == [True] * 3


def test_the_page_is_complete_in_english(client, made, owner):
    client.cookies["django_language"] = "en"
    declare(made, "insured", True, by=owner, at=NOW)

    text = page(client, made).content.decode()

    assert "EN 稳岗返还" in text
    assert "HR Bureau" in text
    assert "EN 税款到期日？" in text


# ---------------------------------------------------------------- home


def test_one_filing_leads_straight_to_its_page(client, made, owner):
    assert client.get(reverse("support_home")).url == reverse("support", args=[made.pk])


def test_several_filings_are_listed_with_their_sums(client, made, owner):
    add_site(
        made.enterprise,
        name="二厂区",
        district=made.district,
        zone=None,
        address="南路",
        by=owner,
        at=NOW,
    )
    declare(made, "insured", True, by=owner, at=NOW)
    filing()

    supports = client.get(reverse("support_home")).context["supports"]

    assert [one.filing.site.name for one in supports] == ["主厂区", "二厂区"]
    assert [one.sums.eligible for one in supports] == [1, 1]


def test_a_department_sees_its_own_measures_as_counts_and_no_enterprise(client, pack):
    for insured in (True, True, False):
        made = filing()
        declare(made, "insured", insured, by=owner_of(made.enterprise), at=NOW)
    client.force_login(officer("policy"))  # the first one: human resources

    answer = client.get(reverse("support_home"))

    rows = {row.key: row for row in answer.context["overview"].rows}
    assert sorted(rows) == ["甲1-1", "甲1-2", "甲1-3", "甲1-5"]
    row = rows["甲1-2"]
    assert (row.eligible, row.unknown, row.not_eligible) == (2, 0, 1)
    text = answer.content.decode()
    assert [name in text for name in Enterprise.objects.values_list("name", flat=True)] == [
        False
    ] * 3
    assert "乙2" not in text


@pytest.mark.parametrize("kind", ["bureau", "health", "zone"])
def test_other_authorities_have_no_support_home(client, pack, kind):
    client.force_login(officer(kind, district="410803"))

    assert client.get(reverse("support_home")).status_code == 403


# ---------------------------------------------------------------- queries


def count_of(client, url, django_assert_max_num_queries) -> int:
    client.get(url)  # sessions, rules and content types are read once in a process
    with django_assert_max_num_queries(40) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def many_measures() -> dict[str, dict]:
    clause = CLAUSES["a/03.yaml"]
    item = clause["items"][0]
    items = [item | {"id": f"甲1-3{n:02d}", "topic": f"t{n}"} for n in range(30)]
    # Copies of their own: a pack is written without aliases.
    return json.loads(json.dumps(clause | {"items": items}))


def test_a_page_of_30_measures_takes_as_many_queries_as_a_page_of_1(
    client, tmp_path: Path, django_assert_max_num_queries
):
    none = dict.fromkeys(("a__01", "a__02", "a__04", "a__05", "b__01", "topics"), None)
    publish_pack(tmp_path, **none | {"topics": {"topics": []}})
    made = filing()
    client.force_login(owner_of(made.enterprise))
    urls = [reverse(name, args=[made.pk]) for name in ("support", "support_summary")]
    few = [count_of(client, url, django_assert_max_num_queries) for url in urls]

    publish_pack(tmp_path, **none | {"topics": {"topics": []}, "a__03": many_measures()})
    many = [count_of(client, url, django_assert_max_num_queries) for url in urls]

    assert len(page(client, made).context["shown"].benefits) == 30
    assert many == few


def test_the_list_of_filings_takes_as_many_queries_for_1_as_for_30(
    client, pack, django_assert_max_num_queries
):
    person = officer("policy")
    url = reverse("support_home")
    _firms(person, 1)
    client.force_login(fresh(person))
    one = count_of(client, url, django_assert_max_num_queries)

    _firms(person, 29)
    client.force_login(fresh(person))

    assert count_of(client, url, django_assert_max_num_queries) == one


def _firms(person, number: int) -> None:
    for _ in range(number):
        made = firm(owner=person)
        declare(made.filings.get(), "insured", True, by=owner_of(made), at=NOW)


def test_the_answers_take_as_many_queries_for_1_as_for_30(
    client, made, owner, django_assert_max_num_queries
):
    url = reverse("support_answers", args=[made.pk])
    declare(made, "total_staff_count", 1, by=owner, at=NOW)
    one = count_of(client, url, django_assert_max_num_queries)

    for number in range(2, 31):
        declare(made, "total_staff_count", number, by=owner, at=NOW)

    assert count_of(client, url, django_assert_max_num_queries) == one


def test_a_page_takes_as_many_queries_with_30_contacts_as_with_1(
    client, made, owner, django_assert_max_num_queries
):
    agency = Agency.objects.get(name="市人力资源社会保障局")
    url = reverse("support", args=[made.pk])
    few = count_of(client, url, django_assert_max_num_queries)

    AgencyContact.objects.bulk_create(
        AgencyContact(agency=agency, name="科室", phone=f"0391-{n}", confirmed_on=NOW.date())
        for n in range(30)
    )

    assert count_of(client, url, django_assert_max_num_queries) == few
