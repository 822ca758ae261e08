"""Queries that are always the same but for some numbers, put together once a process.

For a short query that takes longer than the database's answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

#: Numbers that fit every column and are nobody's: in a query they stand for what is asked for.
STANDS_IN = (2_147_483_601, 2_147_483_602, 2_147_483_603)


class Prepared:
    """A query of values: `build` makes it once, with `STANDS_IN` for what differs."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build

    def rows(self, *values: int) -> list[tuple[Any, ...]]:
        """The rows as the database gives them, with `values` for `STANDS_IN` one by one."""
        sql, params = self._query
        given = dict(zip(STANDS_IN, values, strict=False))
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(param, param) for param in params])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    @cached_property
    def _query(self) -> tuple[str, tuple[Any, ...]]:
        return self._build().query.sql_with_params()
