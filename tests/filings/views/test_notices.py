"""Notices: the list, opening one, and how they leave the portal."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import get_language

from filings import tasks
from filings.domain import moves, notices
from filings.models import Delivery, Notice, RosterRow
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.refusals import Refused
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

sent_texts: list[tuple[str, str, str]] = []


def keep_text(mobile: str, text: str, *, key: str) -> None:
    """An adapter for SMS that keeps what it is given."""
    sent_texts.append((mobile, text, key))


def broken(mobile: str, text: str, *, key: str) -> None:
    """An adapter for SMS whose service is down."""
    raise ConnectionError("no service")


@pytest.fixture(autouse=True)
def _no_texts():
    sent_texts.clear()


def tell(person, kind="submit", **facts):
    return notices.send(kind, [person], at=NOW, **{"enterprise": "甲厂", "version": 1} | facts)[0]


# ---------------------------------------------------------------- the list
def test_unread_notices_stand_before_read_ones_and_the_newest_first(client):
    person = make.user()
    first, second, third = (tell(person, enterprise=name) for name in ("甲", "乙", "丙"))
    notices.mark_read(person, at=NOW, keys=[str(third.key)])
    client.force_login(person)

    page = client.get(reverse("notices"))

    assert [notice.pk for notice, _words in page.context["rows"]] == [
        second.pk,
        first.pk,
        third.pk,
    ]


def test_pages_follow_each_other_without_a_gap_across_unread_and_read(client):
    person = make.user()
    sent = [tell(person, enterprise=str(n)) for n in range(60)]
    notices.mark_read(person, at=NOW, keys=[str(notice.key) for notice in sent[::2]])
    client.force_login(person)

    seen, after = [], None
    for _page in range(3):
        page = client.get(reverse("notices"), {"after": after} if after else {})
        seen += [notice.pk for notice, _words in page.context["rows"]]
        after = page.context["page"].next

    assert after is None
    assert len(seen) == len(set(seen)) == 60


def test_thirty_notices_take_as_many_queries_as_one(client):
    filing, people = make.filing_in("draft")
    client.force_login(people.owner)

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert client.get(reverse("notices")).status_code == 200
        return len(taken)

    notices.send("submit", [people.owner], at=NOW, filing=filing)
    queries()
    one = queries()
    for _n in range(24):
        notices.send("submit", [people.owner], at=NOW, filing=filing)

    assert queries() == one


def test_opening_a_notice_marks_it_read_and_leads_to_the_filing(client):
    filing, people = make.filing_in("returned")
    client.force_login(people.owner)
    notice = people.owner.notices.get(kind="return")

    response = client.post(reverse("notice_open", args=(notice.key,)))

    notice.refresh_from_db()
    assert response.url == f"/filings/{filing.pk}/"
    assert notice.read_at is not None


def test_a_look_alone_marks_nothing(client):
    person = make.user()
    notice = tell(person)
    client.force_login(person)

    assert client.get(reverse("notice_open", args=(notice.key,))).status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None


def test_somebody_elses_notice_is_not_found_and_stays_unread(client):
    notice = tell(make.user())
    client.force_login(make.user())

    assert client.post(reverse("notice_open", args=(notice.key,))).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_are_marked_read_at_once_but_only_ones_own(client):
    person, other = make.user(), make.user()
    for _n in range(3):
        tell(person)
    tell(other)
    client.force_login(person)

    client.post(reverse("notices_read"))

    assert not Notice.objects.visible_to(person).unread().exists()
    assert Notice.objects.visible_to(other).unread().count() == 1


# ---------------------------------------------------------------- delivery
def test_each_notice_is_mailed_once(drain):
    make.filing_in("submitted")
    drain()
    for row in OutboxRow.objects.filter(kind="notice.deliver"):
        tasks.deliver_notice(row)

    keys = [letter.extra_headers["X-Portal-Key"] for letter in mail.outbox]
    assert sorted(keys) == sorted(str(key) for key in Notice.objects.values_list("key", flat=True))
    assert Delivery.objects.count() == len(keys) > 0


def test_without_the_delivery_row_it_would_be_mailed_twice(drain):
    """The control of the test before."""
    make.filing_in("submitted")
    drain()
    count = len(mail.outbox)
    Delivery.objects.all().delete()
    for row in OutboxRow.objects.filter(kind="notice.deliver"):
        tasks.deliver_notice(row)

    assert len(mail.outbox) == 2 * count > 0


def test_a_letter_is_written_in_the_language_of_its_reader(drain, monkeypatch):
    spoken = {}
    monkeypatch.setattr(
        tasks.mails, "mail_notice", lambda notice: spoken.update({notice.to: get_language()})
    )
    english, chinese = make.user(language="en"), make.user(language="zh-hans")
    tell(english)
    tell(chinese)

    drain()

    assert spoken == {english: "en", chinese: "zh-hans"}


def test_a_remark_with_line_breaks_makes_no_second_header(drain):
    tell(make.user(), "suspend", remark="现场不符\nBcc: spy@example.org\r\n请整改")

    drain()

    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []


def test_a_letter_holds_nothing_personal_of_the_roster(drain):
    filing, _people = make.filing_in("submitted")
    drain()

    text = "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox)

    for row in RosterRow.objects.filter(filing=filing):
        assert row.name not in text
        assert row.id_plain() not in text
        assert row.mobile_plain() not in text


def test_the_letter_leads_to_the_filing(drain):
    filing, _people = make.filing_in("submitted")
    drain()

    assert f"http://testserver/filings/{filing.pk}/" in mail.outbox[0].body


def test_who_has_no_address_or_cannot_sign_in_gets_no_letter(drain):
    tell(make.user(email=""))
    tell(make.user(is_active=False))

    drain()

    assert mail.outbox == []


def test_a_text_goes_to_the_number_once_where_the_city_has_a_service(drain, settings):
    settings.PORTAL_SMS_ADAPTER = f"{__name__}.keep_text"
    person = make.user(mobile="13900001111")
    notice = tell(person)
    drain()
    tasks.text_notice(OutboxRow.objects.get(kind="notice.sms"))

    assert sent_texts == [("13900001111", notices.words(notice), str(notice.key))]


def test_no_text_goes_out_where_the_city_has_no_service(drain):
    tell(make.user(mobile="13900001111"))

    drain()

    assert sent_texts == []
    assert not OutboxRow.objects.filter(kind="notice.sms").exists()


def test_a_broken_sms_service_repeats_no_letter(settings):
    settings.PORTAL_SMS_ADAPTER = f"{__name__}.broken"
    tell(make.user(mobile="13900001111"))

    for _try in range(2):
        with pytest.raises(ConnectionError):
            queue.drain(until=clock.real_now() + timedelta(days=1))
    for row in OutboxRow.objects.filter(kind="notice.deliver", done_at=None):
        tasks.deliver_notice(row)

    assert len(mail.outbox) == 1


def test_the_demonstration_adapter_writes_the_number_masked(drain, settings, caplog):
    settings.PORTAL_SMS_ADAPTER = "jiaozuo_portal.lib.sms.console"
    tell(make.user(mobile="13900001111"))

    with caplog.at_level(logging.INFO, logger="jiaozuo_portal.lib.sms"):
        drain()

    assert "139****1111" in caplog.text
    assert "13900001111" not in caplog.text


def test_the_rows_that_wait_hold_ids_only(settings):
    settings.PORTAL_SMS_ADAPTER = f"{__name__}.keep_text"
    person = make.user(mobile="13900001111", email="li@example.org")
    tell(person)

    for row in OutboxRow.objects.all():
        kept = f"{row.kind} {row.subject} {row.key}"
        assert "13900001111" not in kept
        assert "li@example.org" not in kept


def test_a_move_that_fails_leaves_no_notice():
    filing, people = make.filing_in("draft")
    before = Notice.objects.count()

    with pytest.raises(Refused):
        moves.withdraw_filing(filing, by=people.owner, at=NOW, remark="")

    assert Notice.objects.count() == before
