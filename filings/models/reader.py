"""What every page knows of the person who reads it, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, BooleanField, Count, QuerySet, Value

if TYPE_CHECKING:
    from .people import User


@dataclass(frozen=True, slots=True)
class Post:
    """A posting in short: agency, its kind and place, and the role held there."""

    agency_id: int
    kind: str
    district_id: int | None
    zone_id: int | None
    role: str
    requires_second_factor: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """Where somebody stands, and what the bell says.

    `roles` leads from an enterprise's id to the role there. `unread` counts the notices that were
    not opened when the person was looked up; it stands here so that no page asks for it apart.
    """

    roles: dict[int, str]
    posts: tuple[Post, ...]
    has_second_factor: bool
    unread: int


def reader_of(user: User) -> Reader:
    """Memberships, postings in active agencies, confirmed device and unread notices."""
    roles: dict[int, str] = {}
    posts: list[Post] = []
    has_second_factor, unread = False, 0
    for what, number, kind, district, zone, role, demands in _rows(user):
        if what == "post":
            posts.append(Post(number, kind, district, zone, role, demands))
        elif what == "role":
            roles[number] = role
        elif what == "unread":
            unread = number
        else:
            has_second_factor = True
    return Reader(roles, tuple(posts), has_second_factor, unread)


def _rows(user: User) -> QuerySet[Any]:
    # The postings stand first: the columns of a union have the types of its first part.
    devices: Any = user.totpdevice_set  # type: ignore[attr-defined]
    unread = user.notices.filter(read_at__isnull=True).order_by()
    return _told(
        user.postings.filter(agency__is_active=True),
        "post", "agency_id", "agency__kind", "agency__district_id", "agency__zone_id", "role",
        "agency__requires_second_factor",
    ).union(
        _told(user.memberships.all(), "role", "enterprise_id", role="role"),
        _told(devices.filter(confirmed=True), "factor", "pk"),
        _told(unread.values("to").annotate(count=Count("pk")), "unread", "count"),
        all=True,
    )  # fmt: skip


_BLANK = Value("")
_NUMBER = Value(None, output_field=BigIntegerField())
_NO = Value(False, output_field=BooleanField())


def _told(
    rows: QuerySet[Any],
    what: str,
    number: str,
    kind: Any = _BLANK,
    district: Any = _NUMBER,
    zone: Any = _NUMBER,
    role: Any = _BLANK,
    demands: Any = _NO,
) -> QuerySet[Any]:
    """One part of the union: `what` its rows are, and their columns."""
    return rows.values_list(Value(what), number, kind, district, zone, role, demands)
