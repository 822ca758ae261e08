"""The receipt as a paper and the public page behind its code."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from pypdf import PdfReader

from filings.domain import moves
from filings.models import Receipt
from filings.queries import receipts as reads
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


def public(client, receipt, **extra):
    return client.get(reverse("public_receipt", args=[receipt.token]), **extra)


def paper(client, user, filing):
    client.force_login(user)
    return client.get(reverse("receipt_pdf", args=[filing.pk]))


def words_of(response) -> str:
    reader = PdfReader(io.BytesIO(response.content))
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


# ---------------------------------------------------------------- paper
def test_the_paper_holds_what_was_registered(client):
    filing, people = make.filing_in("approved")
    receipt = Receipt.objects.get()

    response = paper(client, people.owner, filing)

    assert response["Content-Type"] == "application/pdf"
    words = words_of(response)
    for said in (
        receipt.number,
        filing.enterprise.name,
        filing.enterprise.uscc,
        "解放区",
        "第1版",
        "2020年3月2日10:00",
        "解放区工业和信息化局",
        f"http://testserver/r/{receipt.token}/",
    ):
        assert said in words


def test_the_code_on_the_paper_leads_to_the_public_page(client, monkeypatch):
    filing, people = make.filing_in("approved")
    coded = []
    monkeypatch.setattr("filings.papers.receipt.qr_svg", lambda url: coded.append(url) or "<svg/>")
    monkeypatch.setattr("jiaozuo_portal.lib.typesetting.typst.compile", lambda *_a, **_k: b"%PDF")

    paper(client, people.owner, filing)

    assert coded == [f"http://testserver/r/{Receipt.objects.get().token}/"]
    assert client.get(coded[0].removeprefix("http://testserver")).status_code == 200


def test_the_paper_shows_the_name_of_then_and_the_page_too(client):
    filing, people = make.filing_in("approved")
    then = filing.enterprise.name
    filing.enterprise.name = "改过的名字"
    filing.enterprise.save()

    assert then in words_of(paper(client, people.owner, filing))
    assert then in public(client, Receipt.objects.get()).content.decode()


def test_a_paper_printed_while_suspended_says_so(client):
    filing, people = make.filing_in("suspended")

    assert "打印时的状态：已暂停" in words_of(paper(client, people.owner, filing))


def test_the_paper_is_in_chinese_for_an_english_reader_too(client):
    filing, people = make.filing_in("approved")
    client.cookies["django_language"] = "en"

    assert "2020年3月2日10:00" in words_of(paper(client, people.owner, filing))


def test_a_filing_without_receipt_has_no_paper(client):
    filing, people = make.filing_in("in_review")

    assert paper(client, people.owner, filing).status_code == 404


@pytest.mark.parametrize(
    ("kind", "district", "status"),
    [
        ("bureau", "410802", 200),
        ("bureau", "410803", 404),
        ("health", "410802", 200),
        ("city", "410802", 200),
        ("zone", "410882", 404),
        ("policy", "410802", 404),
    ],
)
def test_the_paper_is_for_those_who_may_see_the_filing(client, kind, district, status):
    filing, _people = make.filing_in("approved")

    assert paper(client, make.officer(kind, district=district), filing).status_code == status


def test_another_enterprise_gets_no_paper(client):
    filing, _people = make.filing_in("approved")

    assert paper(client, make.owner_of(make.firm()), filing).status_code == 404


# ---------------------------------------------------------------- public page
@pytest.mark.parametrize(
    ("state", "word"),
    [("approved", "有效"), ("started", "有效"), ("suspended", "已暂停"), ("revoked", "已撤销")],
)
def test_anybody_reads_whether_the_receipt_stands(client, state, word):
    filing, _people = make.filing_in(state)
    receipt = Receipt.objects.get()

    response = public(client, receipt)

    page = response.content.decode()
    assert response.status_code == 200
    for said in (word, filing.enterprise.name, "解放区", receipt.number, "3月2日 10:00"):
        assert said in page


def test_a_superseded_receipt_says_so_and_a_withdrawn_one_too(client):
    filing, people = make.filing_in("approved")
    first = Receipt.objects.get()
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.claim_filing(filing, by=people.reviewer, at=NOW)
    moves.approve_filing(filing, by=people.reviewer, at=NOW)
    moves.submit_filing(filing, by=people.owner, at=NOW, key=uuid.uuid4())
    moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="不复工了")

    assert "已被新版本取代" in public(client, first).content.decode()
    assert "企业已撤回" in public(client, Receipt.objects.last()).content.decode()


def test_the_public_page_holds_nothing_personal(client):
    filing, people = make.filing_in("approved")

    page = public(client, Receipt.objects.get()).content.decode()

    enterprise = filing.enterprise
    for hidden in (
        enterprise.legal_representative,
        enterprise.contact_name,
        enterprise.contact_mobile_masked,
        enterprise.address,
        people.owner.name,
        people.reviewer.name,
        people.lead.name,
        "员工1",
    ):
        assert hidden not in page


def test_the_public_page_is_kept_by_no_cache_and_no_search_engine(client):
    make.filing_in("approved")

    response = public(client, Receipt.objects.get())

    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")


@pytest.mark.parametrize("token", ["0" * 32, "x", "0" * 200, "'or 1=1"])
def test_an_unknown_code_gets_the_same_page_with_nothing_on_it(client, token):
    make.filing_in("approved")

    response = client.get(f"/r/{token}/")

    page = response.content.decode()
    assert response.status_code == 404
    assert "备案回执核对" in page
    assert "没有查到" in page
    assert response["Cache-Control"] == "no-store"


def test_a_token_is_128_random_bits():
    tokens = {Receipt.new_token() for _n in range(1000)}

    assert len(tokens) == 1000
    assert all(re.fullmatch("[0-9a-f]{32}", token) for token in tokens)


# ---------------------------------------------------------------- throttle
@pytest.fixture
def early_in_a_minute():
    with time_machine.travel("2026-11-20T08:00:10+00:00", tick=False) as traveller:
        yield traveller


def look_31_times(client, **extra) -> list[int]:
    return [client.get(f"/r/{n:032x}/", **extra).status_code for n in range(31)]


def test_guessing_is_stopped_after_30_looks_and_goes_on_after_a_minute(client, early_in_a_minute):
    make.filing_in("approved")
    receipt = Receipt.objects.get()

    statuses = look_31_times(client)
    stopped = public(client, receipt)
    early_in_a_minute.shift(timedelta(minutes=1))

    assert statuses == [404] * 30 + [429]
    assert (stopped.status_code, stopped["Retry-After"]) == (429, "50")
    assert filing_name() not in stopped.content.decode()
    assert public(client, receipt).status_code == 200


def filing_name() -> str:
    return Receipt.objects.get().filing.enterprise.name


def test_another_address_is_not_held_back(client, early_in_a_minute):
    make.filing_in("approved")
    look_31_times(client, REMOTE_ADDR="203.0.113.7")

    assert public(client, Receipt.objects.get(), REMOTE_ADDR="203.0.113.8").status_code == 200


def test_without_the_throttle_guessing_goes_on(client, early_in_a_minute, monkeypatch):
    """The control of the two tests above."""
    make.filing_in("approved")
    monkeypatch.setattr("jiaozuo_portal.lib.throttle.allow", lambda *_a, **_k: True)

    assert look_31_times(client) == [404] * 31


def test_signed_in_people_are_counted_by_address_too(client, early_in_a_minute):
    _filing, people = make.filing_in("approved")
    client.force_login(people.owner)

    assert look_31_times(client)[-1] == 429


def test_the_public_address_is_the_configured_one(settings):
    settings.PORTAL_BASE_URL = "https://portal.example.org"
    make.filing_in("approved")
    receipt = Receipt.objects.get()

    assert reads.public_url(receipt) == f"https://portal.example.org/r/{receipt.token}/"
