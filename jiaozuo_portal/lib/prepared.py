"""Queries that are always the same but for some numbers or texts, put together once a process.

For a short query that takes longer than the database's answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: Numbers that fit every column and are nobody's: in a query they stand for what is asked for.
STANDS_IN = (2_147_483_601, 2_147_483_602, 2_147_483_603)
#: The same for texts of which there are at most as many.
TEXTS_STAND_IN = tuple(f"stands-in-{n}" for n in range(25))


class Prepared:
    """A query of values: `build` makes it once, with `STANDS_IN` for what differs, and with
    `TEXTS_STAND_IN` for a list of texts, which must not hold the empty one."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    def rows(self, *values: int, texts: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """The rows as the database gives them, with `values` for `STANDS_IN` one by one."""
        sql, params = self._query
        given: dict[Any, Any] = dict(zip(STANDS_IN, values, strict=False))
        given |= dict(zip_longest(TEXTS_STAND_IN, texts, fillvalue=""))
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(param, param) for param in params])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _query(self) -> tuple[str, tuple[Any, ...]]:
        return self._build().query.sql_with_params()
