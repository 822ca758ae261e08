"""Several rows of a table as one JSON text, so that they come along with another row.

`json_rows` asks for them; `models_from` makes models of them again, with the persons and places
that they name. `Together` reads rows of several tables so, in one query that is always the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import (
    Aggregate,
    DateTimeField,
    DecimalField,
    Field,
    JSONField,
    Model,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import JSONObject

from .prepared import Prepared

Row = TypeVar("Row", bound=Model)
#: For each relation the columns of the other table that are wanted, its key left out.
Related = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows that come along: `rows` makes the queryset, whose `OuterRef` is the row that they come
    with; `related` and `contents` as `model_rows` has them."""

    rows: Callable[[], QuerySet[Any]]
    related: Related = field(default_factory=dict)
    contents: bool = False


class Together:
    """Rows of several tables, and numbers, that belong to one row of `base`: a `Prepared` query."""

    def __init__(
        self,
        base: Callable[[], QuerySet[Any]],
        tables: Mapping[str, Table],
        numbers: Mapping[str, Callable[[], Subquery]] | None = None,
    ) -> None:
        self._base, self._tables, self._numbers = base, dict(tables), dict(numbers or {})
        self._query = Prepared(self._together)

    def read(self, *values: int) -> dict[str, Any]:
        """The rows as models by the names of their tables, each list by number, and the numbers.

        `values` take the places of `STANDS_IN` one by one. Raises ValueError where `base` has none.
        """
        (told,) = self._query.rows(*values)
        found = dict(zip([*self._tables, *self._numbers], told, strict=True))
        for name, table in self._tables.items():
            found[name] = models_from(self._models[name], found[name], table.related)
        return found

    def _together(self) -> QuerySet[Any, Any]:
        asked: dict[str, Any] = {
            f"{name}_rows": model_rows(table.rows(), table.related, contents=table.contents)
            for name, table in self._tables.items()
        }
        asked |= {f"{name}_number": number() for name, number in self._numbers.items()}
        return self._base().order_by().annotate(**asked).values_list(*asked)

    @cached_property
    def _models(self) -> dict[str, type[Model]]:
        return {name: table.rows().model for name, table in self._tables.items()}


class _JsonRows(Aggregate):
    """The JSON objects of a group as one array, as text on both databases."""

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # Without JSON(...) SQLite would put each object in as a quoted text.
        template = "JSON_GROUP_ARRAY(JSON(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "JSONB_AGG(%(expressions)s)::text"
        return self.as_sql(compiler, connection, template=template, **context)


def json_rows(rows: QuerySet[Any], **named: Any) -> Subquery:
    """A subquery whose value is every one of `rows` as an object of the `named` expressions.

    For annotations; `json.loads` reads it, in no particular order. None or "[]" without rows.
    """
    together = rows.order_by().values(together=Value(1))
    together = together.annotate(told=_JsonRows(JSONObject(**named)))
    return Subquery(together.values("told"))


def model_rows(rows: QuerySet[Any], related: Related, *, contents: bool = False) -> Subquery:
    """The same with every column of the rows' own table, and those of `related` ones.

    Columns of JSON, which may be long, come with `contents` only. SECURITY: of another table only
    what is named comes along.
    """
    named = {
        field.attname: field.attname
        for field in rows.model._meta.concrete_fields
        if contents or not isinstance(field, JSONField)
    }
    for relation, names in related.items():
        named |= {f"{relation}__{name}": f"{relation}__{name}" for name in names}
    return json_rows(rows, **named)


def models_from(model: type[Row], told: str | None, related: Related) -> list[Row]:
    """The rows that `model_rows` asked for, by number; what did not come is read when used."""
    found = [_model(model, row, related) for row in json.loads(told or "[]")]
    return sorted(found, key=lambda row: row.pk)


def _model(model: type[Row], row: Mapping[str, Any], related: Related) -> Row:
    made = _loaded(model, row)
    for relation, names in related.items():
        field: Any = model._meta.get_field(relation)
        other, key = field.related_model, row[field.attname]
        known = {name: row[f"{relation}__{name}"] for name in names}
        known[other._meta.pk.attname] = key
        setattr(made, relation, _loaded(other, known) if key is not None else None)
    return made


def _loaded(model: type[Row], told: Mapping[str, Any]) -> Row:
    """The row as if it had been read with these columns and no others."""
    # `from_db` takes the values in the order in which the model has its columns.
    columns = [field for field in model._meta.concrete_fields if field.attname in told]
    values = [_value(field, told[field.attname]) for field in columns]
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in columns], values)


def _value(field: Field[Any, Any], value: Any) -> Any:
    if value is not None and isinstance(field, DateTimeField):
        # SQLite keeps moments in UTC without saying so.
        moment = datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if isinstance(value, float) and isinstance(field, DecimalField):
        # The shortest text of a float is the number that the column holds, up to 15 digits.
        return field.to_python(str(value))
    if isinstance(field, JSONField) and not connection.features.has_native_json_field:
        return json.loads(value)
    return field.to_python(value)
