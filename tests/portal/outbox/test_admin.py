import pytest
from django.urls import reverse

from jiaozuo_portal.lib import clock
from jiaozuo_portal.outbox.models import OutboxRow
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "admin:outbox_outboxrow_changelist"


@pytest.fixture
def rows() -> dict[str, OutboxRow]:
    """One row that waits, one given up, and one done."""
    now = clock.real_now()
    standing = {"open": {}, "dead": {"dead_at": now, "tries": 5}, "done": {"done_at": now}}
    return {
        name: OutboxRow.objects.create(
            kind="made.up", subject=f"row-{name}", due_at=now, next_at=now, **fields
        )
        for name, fields in standing.items()
    }


@pytest.fixture
def administrator(client):
    client.force_login(factories.user(is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("standing", ["open", "dead", "done"])
def test_list_shows_rows_by_where_they_stand(administrator, rows, standing):
    page = administrator.get(reverse(LIST), {"standing": standing}).content.decode()

    shown = [name for name in rows if f"row-{name}" in page]
    assert shown == [standing]


def test_list_takes_the_same_queries_for_1_and_30_rows(
    administrator, rows, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        administrator.get(reverse(LIST))
    now = clock.real_now()
    for number in range(30):
        OutboxRow.objects.create(kind="made.up", subject=str(number), due_at=now, next_at=now)

    with django_assert_max_num_queries(len(few)):
        administrator.get(reverse(LIST))


def test_retry_opens_the_dead_ones_again(administrator, rows):
    chosen = [str(row.pk) for row in rows.values()]

    answer = administrator.post(
        reverse(LIST), {"action": "retry", "_selected_action": chosen}, follow=True
    )

    rows["dead"].refresh_from_db()
    assert (rows["dead"].dead_at, rows["dead"].tries) == (None, 0)
    assert "已重新发送 1 项" in answer.content.decode()


@pytest.mark.parametrize("change", ["add", "change", "delete"])
def test_rows_are_written_by_the_portal_and_by_nobody_else(administrator, rows, change):
    arguments = [] if change == "add" else [rows["open"].pk]
    url = reverse(f"admin:outbox_outboxrow_{change}", args=arguments)

    answer = administrator.post(url, {"kind": "made.up", "post": "yes"})

    assert answer.status_code == 403
    assert OutboxRow.objects.count() == 3


def test_staff_without_the_permission_sees_no_rows(client, rows):
    client.force_login(factories.user(is_staff=True))

    assert client.get(reverse(LIST)).status_code == 403
