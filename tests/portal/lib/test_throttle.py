import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from jiaozuo_portal.lib.throttle import allow

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def early_in_a_minute():
    with time_machine.travel("2026-11-20T08:00:01+00:00", tick=False) as traveller:
        yield traveller
    cache.clear()


def test_only_so_many_times_in_a_period():
    answers = [allow("look", "10.0.0.1", limit=3, per=MINUTE) for _ in range(5)]

    assert answers == [True, True, True, False, False]


def test_others_and_other_actions_are_counted_apart():
    allow("look", "10.0.0.1", limit=1, per=MINUTE)

    assert allow("look", "10.0.0.2", limit=1, per=MINUTE)
    assert allow("reset", "10.0.0.1", limit=1, per=MINUTE)
    assert not allow("look", "10.0.0.1", limit=1, per=MINUTE)


def test_next_period_begins_anew(early_in_a_minute):
    allow("look", "10.0.0.1", limit=1, per=MINUTE)

    early_in_a_minute.shift(60)

    assert allow("look", "10.0.0.1", limit=1, per=MINUTE)


def test_cache_does_not_know_who_it_was(monkeypatch):
    keys = []
    monkeypatch.setattr(cache, "add", lambda key, *_, **__: keys.append(key) or True)

    allow("reset", "13800001234", limit=1, per=MINUTE)

    assert len(keys) == 1
    assert "13800001234" not in keys[0]


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_do_not_slip_through():
    meet = threading.Barrier(8)
    answers = []

    def ask() -> None:
        meet.wait()
        answers.append(allow("look", "10.0.0.1", limit=3, per=MINUTE))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False] * 5 + [True] * 3
