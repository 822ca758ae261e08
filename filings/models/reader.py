"""What every page knows of the person who reads it, in one query with the person."""

from __future__ import annotations

import json
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
    """Memberships, postings in active agencies, confirmed device and unread notices.

    A user whom `read_user` has read brings the rows along.
    """
    told = vars(user).pop("standing_json", None)
    roles: dict[int, str] = {}
    posts: list[Post] = []
    has_second_factor, unread = False, 0
    rows = _rows(user.pk) if told is None else json.loads(told)
    for what, number, kind, district, zone, role, demands in rows:
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
    SELECT 'post' AS what, posting.agency_id AS number, agency.kind AS kind,
           agency.district_id AS district, agency.zone_id AS zone, posting.role AS role,
           agency.requires_second_factor AS demands
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


# The same rows as one JSON text beside the user's own row; how is the database's own matter.
_USER_SQL = """
    SELECT filings_user.*, (SELECT {whole} FROM ({rows}) AS told) AS standing_json
      FROM filings_user WHERE id = %(user)s
"""
_COLUMNS = "what, number, kind, district, zone, role, demands"
_WHOLE = {
    "sqlite": f"JSON_GROUP_ARRAY(JSON_ARRAY({_COLUMNS}))",
    "postgresql": f"JSONB_AGG(JSONB_BUILD_ARRAY({_COLUMNS}))::text",
}


def read_user(pk: int) -> User | None:
    """The user with this number, with what `reader_of` wants to know: every page begins so."""
    from .people import User

    sql = _USER_SQL.format(whole=_WHOLE[connection.vendor], rows=_SQL)
    return next(iter(User.objects.raw(sql, {"user": pk})), None)


def _rows(user: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"user": user})
        return cursor.fetchall()
