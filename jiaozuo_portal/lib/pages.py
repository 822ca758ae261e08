"""Pages of a long list by key: no page is counted off, and rows that arrive shift nothing."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Count, F, Model, Q, QuerySet, Window
from django.db.models.expressions import OrderBy

Row = TypeVar("Row", bound=Model)

_NEXT, _PREVIOUS = "n", "p"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the tokens of its neighbours (None where there is none).

    `total` is how many rows there are in all, None where that was not counted.
    """

    rows: list[Row]
    next: str | None
    previous: str | None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    descending: bool
    is_full: bool
    field: Any


def keyset_page(
    rows: QuerySet[Row],
    *,
    order: Sequence[str] = ("-submitted_at", "-pk"),
    after: str | None = None,
    size: int = 25,
    keys_first: bool = False,
) -> Page[Row]:
    """The page of `rows` that the token `after` leads to, the first one without a token.

    `order` names columns, descending with a minus, and ends with a unique one; rows without a value
    come last. The token holds the values of `order` in the row beside the page, so no column with
    personal data may be among them. A token that was tampered with leads to the first page. One
    query, whatever the page.

    With `keys_first` the database finds the keys of the page before it reads the rows: where an
    index holds all that conditions and order ask, what is not on the page is then passed over
    unread. On the first page that is a query of its own, which counts the rows on its way.
    """
    columns = [_column(rows.model, name, rows.query.annotations) for name in order]
    direction, edge = _read_token(after, columns)
    backwards = direction == _PREVIOUS
    found = rows.order_by(*(_ordering(column, backwards) for column in columns))
    if edge is not None:
        found = found.filter(*_beyond(columns, edge, backwards))
    total = None
    if keys_first:
        keys: Any = found.select_related(None).values_list("pk")[: size + 1]
        if edge is None:
            counted = list(keys.annotate(total=Window(Count("pk"))))
            keys, total = [key for key, _ in counted], counted[0][1] if counted else 0
        found = rows.filter(pk__in=keys).order_by(*found.query.order_by)
    taken = list(found[: size + 1])
    has_more, shown = len(taken) > size, taken[:size]
    if backwards:
        shown.reverse()
    has_next = has_more if not backwards else edge is not None
    has_previous = has_more if backwards else edge is not None
    return Page(
        rows=shown,
        next=_token(_NEXT, shown[-1], columns) if has_next and shown else None,
        previous=_token(_PREVIOUS, shown[0], columns) if has_previous and shown else None,
        total=total,
    )


def is_token(token: str, model: type[Model], *, order: Sequence[str]) -> bool:
    """Whether `keyset_page` made this token for pages of `model` in this `order`."""
    return _read_token(token, [_column(model, name) for name in order])[1] is not None


def in_order(rows: QuerySet[Row], order: Sequence[str]) -> QuerySet[Row]:
    """All the rows in the order in which `keyset_page` pages through them."""
    return rows.order_by(*(_ordering(_column(rows.model, name), False) for name in order))


def _column(
    model: type[Model], name: str, annotations: Mapping[str, Any] = MappingProxyType({})
) -> _Column:
    path = name.removeprefix("-")
    told = annotations.get(path)
    field = told.output_field if told is not None else _field(model, path)
    return _Column(path, path != name, _is_full(model, path), field)


def _field(model: type[Model], path: str) -> Any:
    """The column that a path through relations leads to; None where there is none."""
    options: Any = model._meta
    *relations, last = path.split("__")
    try:
        for name in relations:
            options = options.get_field(name).related_model._meta
        return options.pk if last == "pk" else options.get_field(last)
    except (FieldDoesNotExist, AttributeError):
        return None


def _is_full(model: type[Model], path: str) -> bool:
    """Whether every row has a value here; in another table and in an annotation nobody knows."""
    try:
        field: Any = model._meta.pk if path == "pk" else model._meta.get_field(path)
    except FieldDoesNotExist:
        return False
    return not field.null


def _ordering(column: _Column, backwards: bool) -> OrderBy:
    # Said of a column that is never empty, "nulls last" would keep a descending index out.
    nulls = {"nulls_first" if backwards else "nulls_last": True} if not column.is_full else {}
    if column.descending != backwards:
        return F(column.name).desc(**nulls)
    return F(column.name).asc(**nulls)


def _beyond(columns: list[_Column], edge: list[Any], backwards: bool) -> list[Q]:
    """The rows strictly beyond the edge: equal in the first columns and beyond in the next one.

    Where the first column is never empty, the database is also told where in its index to begin:
    from the alternatives alone it can't see that, and would walk all rows before the edge.
    """
    beyond = Q(pk__in=[])
    equal = Q()
    for column, value in zip(columns, edge, strict=True):
        beyond |= equal & _beyond_in(column, value, backwards)
        equal &= Q(**{f"{column.name}__isnull": True} if value is None else {column.name: value})
    if not columns[0].is_full:
        return [beyond]
    return [Q(**{f"{columns[0].name}__{_side(columns[0], backwards)}e": edge[0]}), beyond]


def _side(column: _Column, backwards: bool) -> str:
    return "lt" if column.descending != backwards else "gt"


def _beyond_in(column: _Column, value: Any, backwards: bool) -> Q:
    if column.is_full:
        return Q(**{f"{column.name}__{_side(column, backwards)}": value})
    empty = Q(**{f"{column.name}__isnull": True})
    if value is None:
        return ~empty if backwards else Q(pk__in=[])
    further = Q(**{f"{column.name}__{_side(column, backwards)}": value})
    return further if backwards else further | empty


def _token(direction: str, row: Model, columns: list[_Column]) -> str:
    values = [_plain(_value(row, column.name)) for column in columns]
    text = json.dumps([direction, values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str | None, columns: list[_Column]) -> tuple[str, list[Any] | None]:
    if not token:
        return _NEXT, None
    try:
        padded = token + "=" * (-len(token) % 4)
        direction, values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        edge = [_typed(column, value) for column, value in zip(columns, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError):
        return _NEXT, None
    if any(value is None for value, column in zip(edge, columns, strict=True) if column.is_full):
        return _NEXT, None
    return (direction, edge) if direction in (_NEXT, _PREVIOUS) else (_NEXT, None)


def _value(row: Model, path: str) -> Any:
    value: Any = row
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value.pk if isinstance(value, Model) else value


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _typed(column: _Column, value: Any) -> Any:
    """A token's value as the column's own type; raises where it is none."""
    if value is None:
        return None
    if not isinstance(value, (bool, int, str)) or "\0" in str(value):
        raise ValueError
    return column.field.to_python(value) if column.field is not None else value
