"""Writing many rows at once: COPY on PostgreSQL, one prepared INSERT elsewhere."""

from __future__ import annotations

import csv
import io
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.core.management.color import no_style
from django.db import connections, router

Item = TypeVar("Item")

#: Fields whose Python values go to either database as they are.
_AS_THEY_ARE = {
    "BigIntegerField",
    "BooleanField",
    "CharField",
    "IntegerField",
    "PositiveBigIntegerField",
    "PositiveIntegerField",
    "PositiveSmallIntegerField",
    "SmallIntegerField",
    "TextField",
}


def insert_rows(model: Any, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert `rows` of one `model` in the caller's transaction; how many there were.

    A row holds the values of the fields `names` in that order, a foreign key by its column
    (`filing_id`). Raises ValueError unless `names` has every field: defaults of the model are not
    looked up. Only the primary key may be left to the database; whoever gives it calls
    `reset_keys` in the end. Constraints hold as always: IntegrityError comes through. No model
    object is made, which takes longer than the insert.
    """
    fields = [model._meta.get_field(name) for name in names]
    if {*fields} | {model._meta.pk} != {*model._meta.concrete_fields}:
        raise ValueError(f"Every field of {model.__name__} but the primary key has to be named.")
    connection = connections[router.db_for_write(model)]
    columns = [
        _prepared(field, values, connection)
        for field, values in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    if not columns:
        return 0
    table = connection.ops.quote_name(model._meta.db_table)
    target = f"{table} ({', '.join(connection.ops.quote_name(field.column) for field in fields)})"
    insert = _copy if connection.vendor == "postgresql" else _insert
    insert(connection, target, columns)
    return len(columns[0])


def in_parts(items: Iterable[Item], size: int = 5000) -> Iterator[list[Item]]:
    """The items in lists of at most `size`: so many that one statement can name them all."""
    left = iter(items)
    while part := list(islice(left, size)):
        yield part


def reset_keys(*models: Any) -> None:
    """Let the database go on with its own keys after the highest that was written."""
    for model in models:
        connection = connections[router.db_for_write(model)]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)


def _prepared(field: Any, values: Sequence[Any], connection: Any) -> Sequence[Any]:
    if field.is_relation:
        field = field.target_field
    if field.get_internal_type() in _AS_THEY_ARE or field.get_internal_type() == "BigAutoField":
        return values
    if field.get_internal_type() == "JSONField" and connection.vendor == "postgresql":
        # The driver's wrapper is for bound values; COPY takes the text.
        return [
            None if value is None else json.dumps(value, ensure_ascii=False) for value in values
        ]
    return [field.get_db_prep_save(value, connection) for value in values]


def _insert(connection: Any, target: str, columns: list[Sequence[Any]]) -> None:
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        # The names come from the model, the values are bound.
        cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", zip(*columns, strict=True))  # noqa: S608


def _copy(connection: Any, target: str, columns: list[Sequence[Any]]) -> None:
    # SECURITY: NULL is written as a word that nobody can guess, so that no cell can stand for it;
    # csv quotes whatever would begin another column or row.
    null = secrets.token_hex(8)
    shown = [
        [null if value is None else value for value in values] if None in values else values
        for values in columns
    ]
    text = io.StringIO()
    csv.writer(text).writerows(zip(*shown, strict=True))
    text.seek(0)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {target} FROM STDIN WITH (FORMAT csv, NULL '{null}')", text)
