"""The interface: keys, scopes, the same access as the pages, and nothing that breaks it."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from filings.domain.notices import words
from filings.models import AuditEntry, Membership, Notice
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.refusals import NotAllowed, Refused
from policies.domain import matching, packs, tokens
from policies.models import ApiToken, Pack
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

ALL = ("match", "filings", "links")


@pytest.fixture(autouse=True)
def published(clock_at):
    clock_at(NOW.isoformat())
    packs.load_folder(None, at=NOW)


def key_of(holder, by, scopes=ALL, days=30, at=None) -> str:
    at = at or clock.real_now()
    return tokens.make_token(holder, name="测试", scopes=scopes, days=days, by=by, at=at)[1]


def get(client, path, key="", **query):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return client.get(f"/api/v1/{path}", query, headers=headers)


def post(client, body, key=""):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    raw = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return client.post("/api/v1/match", raw, content_type="application/json", headers=headers)


def firm_with_key(state="submitted", **more):
    filing, people = make.filing_in(state, **more)
    owner = make.fresh(people.owner)
    return filing, owner, key_of(filing.enterprise, owner)


def test_texts_and_measures_are_open_to_everybody(client):
    documents = get(client, "documents").json()
    measures = get(client, "measures").json()["measures"]
    one = get(client, "measures/豫政9-17b").json()

    assert [row["key"] for row in documents["documents"]] == ["豫政9", "焦政4", "焦政办4"]
    assert sum(len(row["measures"]) for row in documents["documents"]) == len(measures)
    assert "duty of government only" not in {row["kind"] for row in measures}
    assert one in measures
    assert {"layoff_count", "employees"} <= set(one["facts"])
    assert one["given_per"] == "enterprise"
    assert get(client, "measures/豫政9-12a").json()["given_per"] == "site"
    assert get(client, "measures/豫政9-10d").json()["given_per"] == "case"
    only = get(client, "measures", document="焦政4").json()["measures"]
    assert {row["document"] for row in only} == {"焦政4"}
    assert get(client, "measures/没有").status_code == 404


def test_the_readers_language_is_answered(client):
    chinese = get(client, "measures/豫政9-17b").json()["label"]
    english = client.get("/api/v1/measures/豫政9-17b", headers={"Accept-Language": "en"}).json()

    assert english["label"] != chinese
    assert english["label"].startswith("Half of last year")


def test_judging_gives_what_the_command_prints(client, tmp_path):
    _filing, _owner, key = firm_with_key()
    profiles = [
        {"id": "一", "as_of": "2020-03-10", "facts": {"employees": 40, "layoff_count": 0}},
        {"facts": {"is_resuming_or_resumed": True}},
    ]
    file, out = tmp_path / "profiles.json", StringIO()
    file.write_text(json.dumps(profiles), encoding="utf-8")
    call_command("match_facts", str(file), stdout=out)

    answer = post(client, profiles, key).json()

    plain = [{**one, "as_of": None} for one in answer["profiles"]]
    assert plain == [{**one, "as_of": None} for one in json.loads(out.getvalue())]
    assert answer["profiles"][0]["as_of"] == "2020-03-10"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"facts": {"no_such_fact": 1}}, "facts.no_such_fact"),
        ({"facts": {"employees": "many"}}, "facts.employees"),
        ({"facts": {"employees": -1}}, "facts.employees"),
        ({"facts": {}, "as_of": "2020-02-30"}, "as_of"),
        ([{"facts": {}}, {"fact": {}}], "[1].fact"),
        ('{"facts": {"employees": NaN}}', "NaN"),
        ("[" * 10_000, ""),
        ("{", "第 1 行第 2 列"),
        (b"\xff\xfe", "第 1 个字节"),
        ([{"facts": {}}] * 101, ""),
        ('{"facts": {"employees": ' + "9" * 5000 + "}}", "99999999999999999999…"),
    ],
)
def test_a_wrong_body_is_refused_with_its_place(client, body, place):
    _filing, _owner, key = firm_with_key()

    answer = post(client, body, key)

    assert answer.status_code == 422
    assert answer.json()["place"] == place
    assert answer.json()["detail"]


def test_every_wrong_value_is_named_at_once(client):
    _filing, _owner, key = firm_with_key()
    body = [
        {"facts": {"employees": -1, "no_such_fact": 1, "layoff_count": "3"}},
        {"facts": {}},
        {"id": 7, "as_of": "2020-02-30", "fact": {}},
    ]

    answer = post(client, body, key).json()

    places = [one["place"] for one in answer["errors"]]
    assert places == [
        "[0].facts.employees", "[0].facts.no_such_fact", "[0].facts.layoff_count",
        "[2].fact", "[2].id", "[2].as_of", "[2].facts",
    ]  # fmt: skip
    assert (answer["place"], answer["detail"]) == (places[0], answer["errors"][0]["detail"])
    assert all(one["detail"] for one in answer["errors"])


def test_of_very_many_wrong_values_the_first_are_named(client):
    _filing, _owner, key = firm_with_key()

    answer = post(client, {"facts": {f"wrong_{n}": 1 for n in range(500)}}, key)

    assert len(answer.json()["errors"]) == 50


def test_a_body_that_is_too_large_is_refused(client):
    _filing, _owner, key = firm_with_key()

    for size in (300 * 1024, 6 * 1024 * 1024):
        answer = post(client, b" " * size, key)
        assert answer.status_code == 413
        assert answer.json()["detail"] == "一次最多 256 kB"


class Unread:
    """A body that must not be read."""

    def read(self, *_size):
        raise AssertionError("The body was read.")

    readline = read


def test_a_body_that_says_it_is_too_large_is_not_even_read(client):
    _filing, _owner, key = firm_with_key()
    heading = {"HTTP_AUTHORIZATION": f"Bearer {key}", "CONTENT_TYPE": "application/json"}

    answer = client.generic(
        "POST", "/api/v1/match", **heading,
        **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(10**9)},
    )  # fmt: skip

    assert answer.status_code == 413


@pytest.mark.parametrize("said", ["", "text/plain", "application/xml", "multipart/form-data"])
def test_a_body_that_is_not_said_to_be_json_is_refused(client, said):
    _filing, _owner, key = firm_with_key()
    headers = {"Authorization": f"Bearer {key}"}

    answer = client.generic("POST", "/api/v1/match", b"{}", content_type=said, headers=headers)

    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


def is_problem(answer, status: int) -> bool:
    told = answer.json()
    return (
        answer["Content-Type"] == "application/problem+json"
        and answer.status_code == told["status"] == status
        and set(told) == {"title", "status", "detail", "place", "errors"}
        and bool(told["title"] and told["detail"])
    )


def test_every_refusal_has_the_same_shape(client, monkeypatch):
    filing, people = make.filing_in("submitted")
    owner = make.fresh(people.owner)
    key, narrow = (
        key_of(filing.enterprise, owner),
        key_of(filing.enterprise, owner, scopes=["match"]),
    )

    def broken(*_args):
        raise ZeroDivisionError("内情")

    assert is_problem(get(client, "filings"), 401)
    assert is_problem(get(client, "filings", narrow), 403)
    assert is_problem(get(client, "filings/999999", key), 404)
    assert is_problem(get(client, "no/such/address"), 404)
    assert is_problem(client.delete("/api/v1/documents"), 405)
    assert client.delete("/api/v1/documents")["Allow"] == "GET"
    assert is_problem(post(client, b" " * 300_000, key), 413)
    assert is_problem(client.post("/api/v1/match", headers={"Authorization": f"Bearer {key}"}), 415)
    assert is_problem(post(client, {"facts": {"employees": "many"}}, key), 422)
    assert is_problem(get(client, "filings", key, limit="many"), 422)
    monkeypatch.setattr("policies.api.reads.filings", broken)
    client.raise_request_exception = False
    fault = get(client, "filings", key)
    assert is_problem(fault, 500)
    assert "内情" not in fault.content.decode()


def test_a_fault_of_the_portal_is_signalled_and_logged_without_the_key(client, monkeypatch, caplog):
    _filing, _owner, key = firm_with_key()
    monkeypatch.setattr("policies.api.reads.filings", lambda *_args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        get(client, "filings", key)

    told = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.exc_info[0] for record in told] == [ZeroDivisionError]
    assert key not in caplog.text


@pytest.mark.parametrize(
    ("query", "place", "why"),
    [
        ({"limit": 0}, "query.limit", "不能小于 1"),
        ({"limit": 201}, "query.limit", "不能大于 200"),
        ({"limit": "x"}, "query.limit", "应为整数"),
        ({"after": "x" * 401}, "query.after", "最多 400 个字符"),
        ({"after": "somewhere"}, "query.after", "不是上一页给出的 next"),
    ],
)
def test_a_wrong_parameter_is_told_in_the_readers_language(client, query, place, why):
    _filing, _owner, key = firm_with_key()

    answer = get(client, "filings", key, **query)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": place, "detail": why}]
    headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
    english = client.get("/api/v1/filings", query, headers=headers).json()["detail"]
    assert english.isascii()


@pytest.mark.parametrize("path", ["documents", "documents/焦政4", "measures", "measures/豫政9-17b"])
def test_what_has_not_changed_is_not_sent_again(client, path):
    first = get(client, path)
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": first["ETag"]})
    in_english = client.get(
        f"/api/v1/{path}", headers={"If-None-Match": first["ETag"], "Accept-Language": "en"}
    )

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (in_english.status_code, bool(in_english.content)) == (200, True)


def test_one_text_by_its_key(client):
    every = get(client, "documents").json()["documents"]

    assert get(client, "documents/焦政4").json() == every[1]
    assert get(client, "documents/没有").status_code == 404


def test_an_enterprise_reads_its_own_filings_and_no_other(client):
    filing, _owner, key = firm_with_key("approved")
    other, *_ = firm_with_key("approved")

    shown = get(client, "filings", key).json()

    assert [row["id"] for row in shown["filings"]] == [filing.pk]
    assert shown["filings"][0]["receipt_number"] == filing.receipts.get().number
    assert "screening" in shown["filings"][0]["shut"]
    assert get(client, f"filings/{filing.pk}", key).json() == shown["filings"][0]
    assert get(client, f"filings/{other.pk}", key).status_code == 404
    assert get(client, f"filings/{other.pk}/links", key).status_code == 404
    assert get(client, f"filings/{2**70}", key).status_code == 404


def test_an_agency_reads_its_district_and_no_verdict(client):
    here, people = make.filing_in("submitted")
    there, _ = make.filing_in("submitted", district="410803")
    matching.match_filing(here.pk, at=NOW)
    bureau = people.lead.postings.get().agency
    key = key_of(bureau, people.lead)

    assert [row["id"] for row in get(client, "filings", key).json()["filings"]] == [here.pk]
    assert get(client, f"filings/{there.pk}", key).status_code == 404
    assert get(client, f"filings/{here.pk}/links", key).json()["links"] == []


def test_links_are_the_standing_verdicts(client):
    filing, _owner, key = firm_with_key()
    matching.match_filing(filing.pk, at=NOW)

    links = get(client, f"filings/{filing.pk}/links", key).json()["links"]

    current = filing.support_links.filter(superseded_at=None)
    assert {row["measure"]: row["verdict"] for row in links} == dict(
        current.values_list("measure", "verdict")
    )
    assert {row["pack_version"] for row in links} == {1}
    assert {(row["verdict"], reason["state"]) for row in links for reason in row["reasons"]} <= {
        ("eligible", "pass"),
        ("not_eligible", "fail"),
        ("unknown", "unknown"),
    }
    refused = next(row for row in links if row["verdict"] == "not_eligible" and row["reasons"])
    assert all(refused["reasons"][0][name] for name in ("label", "requirement", "clause"))
    assert all(row["missing"] for row in links if row["verdict"] == "unknown" and row["missing"])


def test_pages_turn_without_losing_a_row(client):
    filings = [make.filing_in("submitted")[0] for _ in range(5)]
    lead = make.officer("bureau", district=filings[0].district.code, role="lead")
    key = key_of(lead.postings.get().agency, lead)

    seen, after = [], ""
    while after is not None:
        page = get(client, "filings", key, after=after, limit=2).json()
        seen += [row["id"] for row in page["filings"]]
        after = page["next"]

    assert seen == sorted(filing.pk for filing in filings)


def test_filings_cost_the_same_queries_for_1_and_20(client):
    first, people = make.filing_in("submitted")
    key = key_of(people.lead.postings.get().agency, people.lead)

    def cost() -> int:
        get(client, "filings", key)
        with CaptureQueriesContext(connection) as seen:
            get(client, "filings", key)
        return len(seen)

    one = cost()
    for _ in range(19):
        make.filing_in("submitted", district=first.district.code)

    assert cost() == one <= 10


@pytest.mark.parametrize("path", ["filings", "filings/1", "filings/1/links"])
def test_without_a_key_nothing_is_told_even_to_somebody_signed_in(client, path):
    _filing, owner, _key = firm_with_key()
    client.force_login(owner)

    for key in ("", "fgfc_wrong", "x" * 5000, "\x00"):
        answer = get(client, path, key)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
    assert post(client, {"facts": {}}).status_code == 401


@pytest.mark.parametrize(
    ("scope", "path"), [("match", "filings"), ("filings", "filings/{}/links"), ("links", "filings")]
)
def test_a_key_opens_only_what_it_was_made_for(client, scope, path):
    filing, people = make.filing_in("submitted")
    key = key_of(filing.enterprise, make.fresh(people.owner), scopes=[scope])

    assert get(client, path.format(filing.pk), key).status_code == 403
    if scope != "match":
        assert post(client, {"facts": {}}, key).status_code == 403


def test_a_key_ends_with_its_term_its_end_and_its_makers_standing(client):
    filing, people = make.filing_in("submitted")
    owner = make.fresh(people.owner)
    long_ago = clock.real_now() - timedelta(days=31)
    expired = key_of(filing.enterprise, owner, at=long_ago)
    ended = key_of(filing.enterprise, owner)
    tokens.revoke_token(ApiToken.objects.latest("pk"), by=owner, at=clock.real_now())
    standing = key_of(filing.enterprise, owner)

    assert get(client, "filings", expired).status_code == 401
    assert get(client, "filings", ended).status_code == 401
    assert get(client, "filings", standing).status_code == 200

    Membership.objects.filter(user=owner).update(role="clerk")
    assert get(client, "filings", standing).status_code == 401
    Membership.objects.filter(user=owner).update(role="owner")
    owner.is_active = False
    owner.save()
    assert get(client, "filings", standing).status_code == 401


def test_too_many_requests_are_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr("policies.api.keys.OF_A_KEY", 2)
    monkeypatch.setattr("policies.api.keys.OF_A_STRANGER", 2)
    _filing, _owner, key = firm_with_key()

    codes = [get(client, "filings", key) for _ in range(3)]
    strangers = [get(client, "documents") for _ in range(3)]

    for answers in (codes, strangers):
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("limit", "asks"),
    [
        ("OF_A_STRANGER", lambda client: get(client, "filings")),
        ("OF_A_GUESSER", lambda client: get(client, "filings", "fgfc_guess")),
    ],
    ids=["without", "wrong"],
)
def test_asking_without_a_key_or_guessing_one_has_its_limit(client, monkeypatch, limit, asks):
    monkeypatch.setattr(f"policies.api.keys.{limit}", 3)

    answers = [asks(client) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
    assert all(int(answer["Retry-After"]) > 0 for answer in answers[3:])


def test_who_looks_after_a_key_hears_that_it_was_made_and_ended(client):
    filing, people = make.filing_in("submitted")
    bureau = people.lead.postings.get().agency
    owner = make.fresh(people.owner)
    for holder, by in ((filing.enterprise, owner), (bureau, people.lead)):
        token, _secret = tokens.make_token(
            holder, name="办公系统", scopes=ALL, days=30, by=by, at=clock.real_now()
        )
        for _twice in range(2):
            tokens.revoke_token(token, by=by, at=clock.real_now())

    told = Notice.objects.filter(kind__startswith="token").order_by("pk")
    heard = {(one.kind, one.to_id) for one in told}
    assert {("token", owner.pk), ("token_end", owner.pk)} <= heard
    assert {("token", people.lead.pk), ("token_end", people.lead.pk)} <= heard
    assert len(heard) == told.count()
    assert "办公系统" in words(told.first())


def test_the_secret_is_nowhere_in_the_database():
    _filing, _owner, key = firm_with_key()

    token = ApiToken.objects.get()
    kept = " ".join(str(value) for value in ApiToken.objects.values().get().values())
    assert key not in kept
    assert token.prefix == key[:12]
    assert not AuditEntry.objects.filter(reason__contains=key[12:]).exists()
    # The control: the digest is what finds it.
    assert token.sha256 == tokens.digest(key)


def test_who_may_make_a_key():
    filing, people = make.filing_in("submitted")
    stranger = make.owner_of(make.firm())
    clerk = make.member(filing.enterprise, "clerk")
    bureau = people.lead.postings.get().agency

    for holder, person in (
        (filing.enterprise, stranger), (filing.enterprise, clerk), (bureau, people.reviewer),
        (filing.enterprise, people.lead),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            key_of(holder, person)
    for wrong in ({"scopes": []}, {"scopes": ["all"]}, {"days": 10_000}):
        with pytest.raises(Refused):
            key_of(bureau, people.lead, **wrong)
    assert not ApiToken.objects.exists()


# ---------------------------------------------------------------- the pages
def test_the_owner_makes_a_key_sees_it_once_and_ends_it(client):
    filing, people = make.filing_in("submitted")
    client.force_login(people.owner)
    body = {
        "holder": f"enterprise-{filing.enterprise_id}",
        "name": "办公系统",
        "scopes": ["filings"],
        "days": "90",
    }

    made = client.post(reverse("api_tokens"), body)
    token = ApiToken.objects.get()
    secret = made.context["secret"]

    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert secret not in client.get(reverse("api_tokens")).content.decode()
    assert get(client, "filings", secret).status_code == 200
    assert Notice.objects.filter(kind="token").exists()

    client.post(reverse("api_token_revoke", args=[token.pk]))
    assert get(client, "filings", secret).status_code == 401


def test_nobody_ends_the_key_of_another(client):
    firm_with_key()
    client.force_login(make.owner_of(make.firm()))

    answer = client.post(reverse("api_token_revoke", args=[ApiToken.objects.get().pk]))

    assert answer.status_code == 404
    assert ApiToken.objects.get().revoked_at is None


def test_a_key_without_a_purpose_or_scope_is_asked_again(client):
    _filing, people = make.filing_in("submitted")
    client.force_login(people.owner)

    answer = client.post(reverse("api_tokens"), {"holder": "agency-1", "name": "", "days": "7"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"holder", "name", "scopes", "days"}
    assert not ApiToken.objects.exists()


def test_the_reference_names_every_address(client):
    page = client.get(reverse("api_reference")).content.decode()

    for path in client.get("/api/v1/openapi.json").json()["paths"]:
        assert path.replace("&", "&amp;") in page


def test_the_reference_shows_a_body_that_is_taken_and_the_answer_that_it_gets(client):
    _filing, _owner, key = firm_with_key()
    page = client.get(reverse("api_reference"))
    example = next(one for one in page.context["reference"] if one.example).example
    shown = json.loads(example.answer)

    answer = post(client, example.body, key).json()

    assert answer["profiles"][0]["id"] == "example"
    assert _part_of(shown, answer)
    assert [one["verdict"] for one in shown["profiles"][0]["results"].values()] == ["eligible"]
    assert len(answer["profiles"][0]["results"]) > len(shown["profiles"][0]["results"]) == 1
    assert post(client, example.line, key).json() == answer
    text = html.unescape(page.content.decode())
    assert example.body in text
    assert example.answer in text
    assert f"-d '{example.line}' http://testserver/api/v1/match" in text


def _part_of(part, whole) -> bool:
    """Whether everything in one JSON value stands in another at the same place."""
    if isinstance(part, dict):
        return all(key in whole and _part_of(one, whole[key]) for key, one in part.items())
    if isinstance(part, list):
        return all(_part_of(*pair) for pair in zip(part, whole, strict=False))
    return part == whole


def test_the_reference_names_every_field_of_body_and_answer(client):
    operations = {
        one.path: one for one in client.get(reverse("api_reference")).context["reference"]
    }
    match = operations["/api/v1/match"]

    assert match.most == 100
    assert {one.name: (one.type, one.is_required) for one in match.body} == {
        "id": ("string", False),
        "as_of": ("date", False),
        "facts": ("object", True),
        "facts.*": ("boolean | number | string", True),
    }
    fields = {one.name: one.type for one in match.fields}
    assert fields["profiles[].results.*.reasons[].holds"] == "boolean | null"
    assert fields["profiles[].topics.*.basis"] == "string[]"
    assert fields["profiles[].derived.*"] == "boolean | string | string[] | null"


def test_nothing_that_the_interface_gives_is_left_without_a_description(client):
    schemas = client.get("/api/v1/openapi.json").json()["components"]["schemas"]

    left_open = [
        (name, field)
        for name, schema in schemas.items()
        for field, one in schema["properties"].items()
        if one.get("additionalProperties") is True
    ]
    assert left_open == []


def test_without_a_pack_the_reference_has_no_example(client):
    Pack.objects.update(status="withdrawn")

    page = client.get(reverse("api_reference"))

    assert page.status_code == 200
    assert not any(one.example for one in page.context["reference"])
