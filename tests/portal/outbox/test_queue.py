import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox import queue
from jiaozuo_portal.outbox.models import OutboxRow
from jiaozuo_portal.outbox.queue import enqueue, perform

pytestmark = pytest.mark.django_db


def make_row(kind="made.up", **fields) -> OutboxRow:
    now = clock.real_now()
    return OutboxRow.objects.create(**{"kind": kind, "due_at": now, "next_at": now, **fields})


def write_group(row: OutboxRow) -> None:
    Group.objects.create(name=f"done {row.subject}")


def fail(row: OutboxRow) -> None:
    Group.objects.create(name="half done")
    raise ValueError("张三 13800001234 is not known")


@pytest.mark.django_db(transaction=True)
def test_enqueue_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        enqueue("made.up", 1)


def test_row_stands_and_falls_with_the_change():
    def change_that_fails() -> None:
        with transaction.atomic():
            enqueue("made.up", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_that_fails()

    assert OutboxRow.objects.count() == 0


def test_enqueue_writes_ids_and_the_real_moment(clock_at):
    clock_at("2020-03-02T08:00:00+08:00")

    enqueue("made.up", 17)

    row = OutboxRow.objects.get()
    assert (row.kind, row.subject, row.key, row.tries) == ("made.up", "17", None, 0)
    assert abs(clock.real_now() - row.due_at) < timedelta(minutes=1)


def test_same_key_twice_writes_one_row():
    enqueue("made.up", 1, key="filing-1-submitted")
    enqueue("made.up", 1, key="filing-1-submitted")
    enqueue("made.up", 1)
    enqueue("made.up", 1)

    assert OutboxRow.objects.filter(key="filing-1-submitted").count() == 1
    assert OutboxRow.objects.filter(key=None).count() == 2


def test_two_functions_for_one_kind_are_refused(handler):
    handler("made.up", write_group)

    with pytest.raises(ValueError, match=r"made\.up"):
        handler("made.up", fail)


def test_perform_does_a_row_once(handler):
    handler("made.up", write_group)
    row = make_row(subject="5")

    answers = [perform(row.pk), perform(row.pk)]

    assert answers == [True, False]
    assert list(Group.objects.values_list("name", flat=True)) == ["done 5"]


def test_effect_and_done_are_one_transaction(handler):
    """The control: a handler that commits by itself leaves its half-done work behind."""
    handler("kept.together", fail)
    handler("in.pieces", fail, in_pieces=True)

    perform(make_row("kept.together").pk)
    left_by_one_transaction = Group.objects.count()
    perform(make_row("in.pieces").pk)

    assert left_by_one_transaction == 0
    assert Group.objects.count() == 1


def test_failure_is_written_down_without_its_message(handler):
    handler("made.up", fail)
    row = make_row()

    perform(row.pk)

    row.refresh_from_db()
    assert row.done_at is None
    assert row.dead_at is None
    assert row.tries == 1
    assert row.last_error.startswith("ValueError at test_queue.py:")
    assert "138" not in row.last_error


def test_failed_row_waits_longer_each_time(handler):
    handler("made.up", fail)
    row = make_row()
    waits = []

    for _ in range(4):
        perform(row.pk)
        row.refresh_from_db()
        waits.append(round((row.next_at - clock.real_now()).total_seconds()))

    assert waits == [5, 30, 120, 600]


def test_row_is_given_up_after_five_tries(handler, caplog):
    handler("made.up", fail)
    row = make_row()

    for _ in range(7):
        perform(row.pk)

    row.refresh_from_db()
    assert row.tries == 5
    assert row.dead_at is not None
    assert "张三" not in caplog.text


def test_row_that_kills_its_worker_is_given_up_as_well(handler):
    """A try counts before it begins: a worker killed by the row can write nothing down."""
    handler("made.up", write_group)
    row = make_row(tries=5)

    did = perform(row.pk)

    row.refresh_from_db()
    assert did is False
    assert row.dead_at is not None
    assert row.last_error == "stopped without an answer"


@pytest.mark.parametrize("tries", [4, 5], ids=["failed at last", "killed its worker"])
def test_who_waits_is_told_once_that_the_work_is_given_up(handler, tries):
    told = []
    handler("made.up", fail, given_up=lambda row: told.append(row.subject))
    row = make_row(subject="7", tries=tries)

    for _ in range(2):
        perform(row.pk)

    assert told == ["7"]


def test_nobody_is_told_while_it_will_be_tried_again(handler):
    told = []
    handler("made.up", fail, given_up=told.append)

    perform(make_row(tries=3).pk)

    assert told == []


def test_a_row_is_given_up_also_where_telling_fails(handler, caplog):
    handler("made.up", fail, given_up=fail)
    row = make_row(tries=4)

    perform(row.pk)

    row.refresh_from_db()
    assert row.dead_at is not None
    assert not Group.objects.exists()
    assert "张三" not in caplog.text


def test_unknown_kind_fails_and_says_so():
    row = make_row("nobody.knows.it")

    perform(row.pk)

    row.refresh_from_db()
    assert row.last_error.startswith("UnknownKind")


def test_retry_opens_dead_rows_and_no_others():
    now = clock.real_now()
    dead, done, waiting = (
        make_row(dead_at=now, tries=5),
        make_row(done_at=now, tries=1),
        make_row(tries=2),
    )

    number = OutboxRow.objects.retry(at=now)

    assert number == 1
    tries = {row.pk: (row.tries, row.dead_at) for row in OutboxRow.objects.all()}
    assert tries == {dead.pk: (0, None), done.pk: (1, None), waiting.pk: (2, None)}


def test_row_in_pieces_is_left_to_the_worker_that_is_at_it(handler):
    handler("in.pieces", write_group, in_pieces=True)
    busy = make_row("in.pieces", subject="busy", claimed_at=clock.real_now())
    lost = make_row("in.pieces", subject="lost", claimed_at=clock.real_now() - queue.LEASE)

    answers = [perform(busy.pk), perform(lost.pk)]

    assert answers == [False, True]
    assert list(Group.objects.values_list("name", flat=True)) == ["done lost"]


def test_leased_row_comes_up_again_when_its_lease_ends(handler):
    handler("in.pieces", write_group, in_pieces=True)
    busy = make_row("in.pieces", claimed_at=clock.real_now())

    perform(busy.pk)

    busy.refresh_from_db()
    assert busy.next_at == busy.claimed_at + queue.LEASE


def test_a_kind_may_have_a_lease_of_its_own(handler):
    handler("short", write_group, in_pieces=True, lease=timedelta(seconds=10))
    before = clock.real_now() - timedelta(seconds=11)

    assert perform(make_row("short", claimed_at=before).pk)


def test_drain_lets_go_of_a_row_that_failed(handler, drain):
    calls = []

    def fail(row):
        calls.append(row.pk)
        raise OSError

    handler("in.pieces", fail, in_pieces=True)
    row = make_row("in.pieces")

    for _try in range(2):
        with pytest.raises(OSError):
            drain()

    assert calls == [row.pk, row.pk]


def test_drain_does_due_rows_and_what_they_ask_for(handler, drain):
    def first(row):
        enqueue("second", row.subject)

    handler("first", first)
    handler("second", write_group)
    make_row("first", subject="9")
    later = clock.real_now() + timedelta(hours=2)
    make_row("second", subject="later", due_at=later, next_at=later)

    done_now = drain()
    names_now = list(Group.objects.values_list("name", flat=True))
    done_later = drain(until=later)

    assert (done_now, names_now, done_later) == (2, ["done 9"], 1)


def test_drain_shows_the_error_of_a_handler(handler, drain):
    handler("made.up", fail)
    make_row()

    with pytest.raises(ValueError, match="not known"):
        drain()


def test_oldest_wait_counts_open_and_due_rows_only():
    now = clock.real_now()
    make_row(due_at=now - timedelta(hours=9), done_at=now)
    make_row(due_at=now - timedelta(hours=8), dead_at=now)
    make_row(due_at=now + timedelta(hours=1))
    make_row(due_at=now - timedelta(minutes=3), next_at=now + timedelta(hours=1))

    assert OutboxRow.objects.oldest_wait(now) == timedelta(minutes=3)


def test_oldest_wait_of_nothing_is_zero():
    assert OutboxRow.objects.oldest_wait(clock.real_now()) == timedelta(0)


def test_forget_done_keeps_what_is_recent_or_open():
    now = clock.real_now()
    make_row(subject="old", done_at=now - timedelta(days=91))
    make_row(subject="recent", done_at=now)
    make_row(subject="open")

    number = queue.forget_done(before=now - timedelta(days=90))

    assert number == 1
    assert set(OutboxRow.objects.values_list("subject", flat=True)) == {"recent", "open"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("locked", "effects"), [(True, 1), (False, 6)])
def test_same_row_in_six_workers_has_one_effect(handler, monkeypatch, locked, effects):
    """The control takes the lock and the look at "done" away, and the effect comes six times."""
    meet = threading.Barrier(6)
    names = []

    def slow(row: OutboxRow) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        names.append(row.subject)

    handler("made.up", slow)
    row = make_row(subject="7")
    if not locked:
        monkeypatch.setattr(queue, "_start", lambda row_id: OutboxRow.objects.get(pk=row_id))
        monkeypatch.setattr(queue, "_run", lambda row: slow(row) or True)

    def work() -> None:
        meet.wait()
        perform(row.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(names) == effects


def test_switched_off_keeps_no_row(settings, handler, django_capture_on_commit_callbacks, sent):
    settings.PORTAL_OUTBOX = False

    with django_capture_on_commit_callbacks(execute=True):
        enqueue("made.up", 3)

    assert OutboxRow.objects.count() == 0
    assert sent() == [("outbox.perform_without_row", ["made.up", "3"])]


def test_switched_off_task_runs_the_handler(handler):
    from jiaozuo_portal.outbox.tasks import perform_without_row

    handler("made.up", write_group)

    perform_without_row("made.up", "3")

    assert Group.objects.get().name == "done 3"
