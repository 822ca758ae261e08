from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from jiaozuo_portal import health
from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow

pytestmark = pytest.mark.django_db


def late_row(**fields) -> OutboxRow:
    long_ago = clock.real_now() - timedelta(hours=1)
    return OutboxRow.objects.create(kind="made.up", due_at=long_ago, next_at=long_ago, **fields)


def test_process_says_that_it_is_alive_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_portal_is_ready(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "migrations": "ok",
        "cache": "ok",
        "broker": "ok",
        "outbox": "ok",
        "warnings": [],
    }


def test_missing_migration_is_not_ready(client):
    MigrationRecorder(connection).record_unapplied("outbox", "0001_initial")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["migrations"] == "1 not applied"


def test_database_that_is_away_is_not_ready_and_its_address_stays_unsaid(client, monkeypatch):
    def away():
        raise ConnectionError("postgres://portal:secret@10.0.0.5 refused")

    monkeypatch.setattr(health, "_ask_database", away)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"
    assert b"10.0.0.5" not in answer.content


def test_cache_that_forgets_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(cache, "get", lambda key: None)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["cache"]) == (503, "forgets")


def test_broker_that_is_away_is_a_warning_since_filings_are_still_taken(client, monkeypatch):
    monkeypatch.setattr(health, "_ask_broker", lambda: 1 / 0)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["warnings"] == ["broker"]


def test_late_outbox_is_a_warning(client):
    late_row()

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["outbox"] == "3600 seconds late"


def test_metrics_show_the_outbox(client):
    late_row()
    late_row(dead_at=clock.real_now())

    figures = dict(
        line.rsplit(" ", 1)
        for line in client.get("/metrics").content.decode().splitlines()
        if line.startswith("portal_outbox")
    )

    assert float(figures.pop("portal_outbox_oldest_seconds")) == pytest.approx(3600, abs=5)
    assert figures == {"portal_outbox_open_rows": "1.0", "portal_outbox_dead_rows": "1.0"}


@pytest.mark.parametrize(
    ("headers", "proxies", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 0, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 0, 404),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer right"}, 0, 200),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"}, 0, 404),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": ""}, 0, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 1, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, 0, 404),
        ({"REMOTE_ADDR": "unix"}, 0, 404),
    ],
)
def test_metrics_are_for_listed_addresses_or_the_token(client, settings, headers, proxies, status):
    settings.PORTAL_METRICS_TOKEN = "right"
    settings.PORTAL_PROXY_COUNT = proxies

    assert client.get("/metrics", **headers).status_code == status


def test_without_a_token_in_the_settings_an_empty_one_opens_nothing(client, settings):
    settings.PORTAL_METRICS_TOKEN = ""

    answer = client.get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION="Bearer ")

    assert answer.status_code == 404
