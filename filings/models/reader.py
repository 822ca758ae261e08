"""What every page knows of the person who reads it, in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

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
    for what, number, kind, district, zone, role, demands in _rows(user.pk):
        if what == "post":
            posts.append(Post(number, kind, district, zone, role, bool(demands)))
        elif what == "role":
            roles[number] = role
        elif what == "unread":
            unread = number
        else:
            has_second_factor = True
    return Reader(roles, tuple(posts), has_second_factor, unread)


# Written out, for every page of everybody asks this: to have it put together from four querysets
# took six times as long as the database needs to answer.
_SQL = """
    SELECT 'post', posting.agency_id, agency.kind, agency.district_id, agency.zone_id,
           posting.role, agency.requires_second_factor
      FROM filings_posting posting JOIN filings_agency agency ON agency.id = posting.agency_id
     WHERE posting.user_id = %(user)s AND agency.is_active
    UNION ALL
    SELECT 'role', enterprise_id, '', NULL, NULL, role, NULL
      FROM filings_membership WHERE user_id = %(user)s
    UNION ALL
    SELECT 'factor', id, '', NULL, NULL, '', NULL
      FROM otp_totp_totpdevice WHERE user_id = %(user)s AND confirmed
    UNION ALL
    SELECT 'unread', COUNT(*), '', NULL, NULL, '', NULL
      FROM filings_notice WHERE to_id = %(user)s AND read_at IS NULL
"""


def _rows(user: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"user": user})
        return cursor.fetchall()
