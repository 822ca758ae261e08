"""The description of the interface (OpenAPI) as a page can show it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an answer or a request."""

    name: str
    type: str
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """A body with its answer: on one line as a command sends it, and laid out for reading."""

    line: str
    body: str
    answer: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with what it takes and gives; of the body up to `most` may come as a list."""

    method: str
    path: str
    summary: str
    needs_key: bool
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    fields: tuple[Field, ...]
    statuses: tuple[str, ...]
    most: int | None = None
    example: Example | None = None

    @property
    def anchor(self) -> str:
        """The id of its place on the page."""
        return f"{self.method}{self.path}".lower().replace("/", "-").strip("-{}")


def reference(schema: Mapping[str, Any]) -> list[Operation]:
    """Every operation of an OpenAPI description, in its order."""
    return [
        _operation(schema, method, path, described)
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]


def _operation(
    schema: Mapping[str, Any], method: str, path: str, described: Mapping[str, Any]
) -> Operation:
    answers = described["responses"]
    answer = _json(answers.get(200, answers.get("200", {})))
    asked = _json(described.get("requestBody", {}))
    one, many = _one_and_many(asked.get("schema", {}))
    return Operation(
        method=method.upper(),
        path=path,
        summary=" ".join(described.get("description", described["summary"]).split()).replace(
            "`", ""
        ),
        needs_key=bool(described.get("security")),
        parameters=tuple(
            Field(one["name"], _type(one["schema"]), one.get("required", False))
            for one in described.get("parameters", [])
        ),
        body=tuple(_fields(schema, one)),
        fields=tuple(_fields(schema, answer.get("schema", {}))),
        statuses=tuple(str(status) for status in answers),
        most=many.get("maxItems"),
        example=_example(asked, answer),
    )


def _json(described: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = described.get("content", {}).get("application/json", {})
    return found


def _one_and_many(body: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The form of a body, and that of a list of them where one is taken as well."""
    one, *lists = body.get("anyOf", (body,))
    return one, lists[0] if lists else {}


def _example(asked: Mapping[str, Any], answer: Mapping[str, Any]) -> Example | None:
    if "example" not in asked:
        return None
    body = asked["example"]
    return Example(
        line=json.dumps(body, ensure_ascii=False),
        body=json.dumps(body, ensure_ascii=False, indent=2),
        answer=json.dumps(answer["example"], ensure_ascii=False, indent=2),
    )


def _fields(
    schema: Mapping[str, Any], described: Mapping[str, Any], before: str = ""
) -> Iterator[Field]:
    described = _followed(schema, described)
    for name, one in described.get("properties", {}).items():
        yield Field(before + name, _type(one), name in described.get("required", ()))
        if "$ref" in one.get("items", {}):
            yield from _fields(schema, one["items"], f"{before}{name}[].")
        by_key = one.get("additionalProperties")
        if isinstance(by_key, Mapping):
            yield Field(f"{before}{name}.*", _type(by_key))
            yield from _fields(schema, by_key, f"{before}{name}.*.")


def _followed(schema: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in described:
        return described
    name = described["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"][name]
    return found


def _type(described: Mapping[str, Any]) -> str:
    if "anyOf" in described:
        return " | ".join(_type(one) for one in described["anyOf"])
    shape = described.get("format") or described.get("type") or "object"
    if isinstance(shape, list):
        return " | ".join(shape)
    if shape == "array":
        return f"{_type(described.get('items', {}))}[]"
    return shape
