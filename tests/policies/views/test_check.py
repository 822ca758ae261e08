"""The self-check of a stranger: it asks, judges and forgets."""

import re
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from policies.domain.kept import announce
from policies.domain.packs import load_folder
from policies.models import Declaration, SupportLink
from policies.views import check as views
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

URL = "/policies/check/"
PLACED = {
    "f_district": "解放区",
    "f_sme_industry": "industry",
    "f_employees": "40",
    "f_annual_revenue_wanyuan": "1500",
}


@pytest.fixture(autouse=True)
def _day(clock_at, pack):
    clock_at(NOW)


def press(client, headers=None, **data):
    return client.post(URL, data, headers=headers or {})


def asked(response):
    question = response.context["step"].question
    return question.fact if question else None


def hidden(response):
    found = re.findall(
        r'<input type="hidden" name="(f_\w+|later)" value="([^"]*)">', response.content.decode()
    )
    return [tuple(pair) for pair in found]


def test_it_begins_with_place_industry_and_size_and_goes_on_with_what_settles_most(client):
    answers = {}
    seen = [client.get(URL)]
    for value in ("解放区", "industry", "40", "1500", "yes"):
        fact = asked(seen[-1])
        seen.append(press(client, fact=fact, value=value, **answers))
        answers[f"f_{fact}"] = value

    assert [asked(one) for one in seen[:5]] == [
        "district", "sme_industry", "employees", "annual_revenue_wanyuan", "insured",
    ]  # fmt: skip
    assert [one.status_code for one in seen] == [200] * 6
    assert hidden(seen[-1]) == list(answers.items())
    assert [one.benefit.key for one in seen[-1].context["having"]] == ["rebate"]
    assert "这个回答让" in seen[-1].content.decode()


def test_amounts_reasons_and_what_is_missing_are_shown(client):
    answer = press(client, **PLACED, f_insured="yes", f_layoff_count="0", f_premium_yuan="36000")

    text = answer.content.decode()
    assert "18,000" in text
    assert "上年失业保险费 36,000 × 50%" in text
    assert "参加失业保险</b> 为“是”" in text
    assert 'name="ask" value="tax_due_date"' in text
    assert "市人力资源社会保障局" in text


def test_nothing_is_stored_and_no_answer_is_in_an_address_or_a_cookie(client):
    client.get(URL)
    with CaptureQueriesContext(connection) as queries:
        answer = press(client, **PLACED, fact="insured", value="yes")

    written = [
        query["sql"]
        for query in queries
        if not query["sql"].lstrip().upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
        and "portal_cache" not in query["sql"]  # the count of the throttle: an index, no answer
    ]
    assert written == []
    assert (Session.objects.count(), Declaration.objects.count()) == (0, 0)
    assert SupportLink.objects.count() == 0
    assert set(client.cookies) <= {"csrftoken"}
    assert not {"Location", "HX-Push-Url", "HX-Replace-Url"} & set(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_a_question_is_put_off_and_all_are_asked_again(client):
    later = press(client, **PLACED, put_off="insured", fact="insured")
    again = press(client, **PLACED, later="insured", again="1")

    assert asked(later) != "insured"
    assert ("later", "insured") in hidden(later)
    assert (asked(again), [name for name, _value in hidden(again)]) == ("insured", list(PLACED))


def test_an_answer_is_corrected_and_removed(client):
    opened = press(client, **PLACED, f_insured="yes", ask="insured")
    corrected = press(client, **PLACED, f_insured="yes", fact="insured", value="no")
    removed = press(client, **PLACED, f_insured="yes", forget="insured")

    assert (asked(opened), opened.context["step"].is_correction) == ("insured", True)
    assert hidden(corrected)[-1] == ("f_insured", "no")
    assert [b.key for b in corrected.context["not_for_them"]] == ["rebate"]
    assert "f_insured" not in dict(hidden(removed))


def test_who_does_not_know_the_figures_may_name_the_size_itself(client):
    later = ["employees", "annual_revenue_wanyuan"]
    data = {"f_district": "解放区", "f_sme_industry": "industry", "f_insured": "no", "form": "x"}

    answer = press(client, **data, f_tax_due_date="2020-02-20", later=later)

    waiting = [question.fact for question in answer.context["shown"].waiting]
    assert "enterprise_size" in waiting


def test_what_the_authorities_announce_is_not_asked(client):
    waiting = [question.fact for question in client.get(URL).context["shown"].waiting]

    assert "lpr_1y_pct" not in waiting


#: A small firm that asked for what waits for the end of the epidemic.
WAITING = {
    "f_district": "解放区",
    "f_enterprise_size": "small",
    "f_power_capacity_suspension": "yes",
    "f_utility_payment_difficulty": "yes",
    "f_missed_social_insurance_business": "yes",
}
THAT_WAIT = ("豫政9-13a", "豫政9-13b", "豫政9-15")


@pytest.fixture
def over():
    """The shipped pack, and the end of the epidemic announced under it."""

    def announced(day):
        return announce(
            "epidemic_end_date", day, since=date.fromisoformat(day), source="省公告第1号",
            source_date=date.fromisoformat(day), by=make.officer("city"), at=NOW,
        )  # fmt: skip

    load_folder(None, at=NOW)
    return announced


def verdicts(response):
    cards = response.context["shown"].cards
    return [cards[key].verdict for key in THAT_WAIT]


def test_what_waits_for_an_announced_day_is_open_until_then_and_no_longer(client, over, clock_at):
    clock_at("2020-09-01T08:00:00+08:00")
    before = press(client, **WAITING)
    over("2020-04-01")

    after = press(client, **WAITING)

    assert verdicts(before) == ["eligible"] * 3
    assert verdicts(after) == ["not_eligible"] * 3
    against = [after.context["shown"].cards[key].against for key in THAT_WAIT]
    assert all("疫情结束日期" in "".join(said) for said in against)
    assert [one.fact for one in after.context["shown"].answers] == [
        name.removeprefix("f_") for name in WAITING
    ]
    assert "epidemic_end_date" not in dict(hidden(after))


def test_a_reason_that_holds_names_the_announcement_and_not_the_stranger(client, over, clock_at):
    clock_at("2020-06-15T08:00:00+08:00")
    over("2020-04-01")

    answer = press(client, **WAITING)

    one = next(one for one in answer.context["having"] if one.benefit.lead.key == "豫政9-15")
    given = {line.given.source for line in one.lines if line.label == "疫情结束日期"}
    assert given == {"省公告第1号（2020年4月1日起适用）"}
    assert "省公告第1号" in answer.content.decode()


def test_an_announcement_costs_no_more_queries(client, over, clock_at):
    clock_at("2020-06-15T08:00:00+08:00")
    counts = []
    for day in (None, "2020-04-01", "2020-05-01"):
        if day:
            over(day)
        press(client, **WAITING)
        with CaptureQueriesContext(connection) as queries:
            press(client, **WAITING)
        counts.append(len([q for q in queries if "portal_cache" not in q["sql"]]))

    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("employees", "四十", "请填写整数，例如 40。"),
        ("employees", "-1", "不能小于 0"),
        ("employees", "9" * 300, "40"),
        ("premium_yuan", "", "这个字段是必填项。"),
        ("insured", "maybe", "选择一个有效的选项"),
        ("district", "<script>", "选择一个有效的选项"),
        ("total_staff_count", "0", "“裁员人数”"),
    ],
)
@pytest.mark.parametrize("scripted", [True, False])
def test_a_wrong_answer_is_said_beside_the_question(client, fact, value, says, scripted):
    headers = {"HX-Request": "true"} if scripted else {}

    answer = press(client, headers, f_layoff_count="3", fact=fact, value=value)

    assert answer.status_code == (200 if scripted else 422)
    assert (asked(answer), hidden(answer)) == (fact, [("f_layoff_count", "3")])
    assert says in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"f_employees": "x"}, "从业人员”：请填写整数"),
        ({"f_district": "火星"}, "所在区”：选择一个有效的选项"),
        ({"f_layoff_count": "3", "f_total_staff_count": "0"}, "“职工总数”：为 0 时"),
    ],
)
def test_a_hidden_answer_that_cannot_be_is_left_out_and_said(client, sent, says):
    answer = press(client, **sent, f_insured="yes")

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ("f_insured", "yes") in hidden(answer)
    assert len(hidden(answer)) == len(sent)


@pytest.mark.parametrize("name", ["f_no_such", "f_layoff_rate_pct", "f_", "f_<b>"])
def test_a_fact_that_does_not_exist_is_refused(client, name):
    answer = press(client, **{name: "1"})

    assert answer.status_code == 422
    assert "没有这个条目" in answer.content.decode()


def test_what_is_typed_comes_back_as_text_and_never_as_markup(client):
    answer = press(client, fact="employees", value='"><script>alert(1)</script>')

    assert "<script>alert" not in answer.content.decode()


def test_too_many_answers_from_one_address_have_to_wait(client, monkeypatch):
    monkeypatch.setattr(views, "ANSWERS", 2)

    answers = [press(client, **PLACED) for _ in range(3)]
    scripted = press(client, {"HX-Request": "true"}, **PLACED)

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert (scripted.status_code, scripted.headers["HX-Retarget"]) == (200, "#check-said")
    assert "请等一分钟" in scripted.content.decode()


def test_a_part_of_the_page_answers_the_script(client):
    text = press(client, {"HX-Request": "true"}, **PLACED).content.decode()

    assert "<html" not in text
    assert 'id="check"' in text


def test_strangers_find_it_and_are_led_to_register(client):
    assert reverse("check") in client.get("/").content.decode()
    assert reverse("register") in press(client, **PLACED).content.decode()


def test_a_member_is_led_to_the_support_page(client):
    client.force_login(make.owner_of(make.firm()))

    assert reverse("support_home") in press(client, **PLACED).content.decode()


def test_before_a_pack_is_published_the_page_says_what_will_be_there(client, pack):
    pack.status = "withdrawn"
    pack.save()

    assert "政策还没有发布" in client.get(URL).content.decode()


def test_it_takes_as_many_queries_for_1_answer_as_for_8(client):
    many = PLACED | {
        "f_insured": "yes", "f_layoff_count": "0", "f_premium_yuan": "1", "f_form": "抵押",
    }  # fmt: skip
    counts = []
    for data in ({"f_insured": "yes"}, many):
        press(client, **data)
        with CaptureQueriesContext(connection) as queries:
            press(client, **data)
        counts.append(len([q for q in queries if "portal_cache" not in q["sql"]]))

    assert counts[0] == counts[1]
