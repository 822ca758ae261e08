"""The description of the interface (OpenAPI) as a page can show it."""

from __future__ import annotations

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
class Operation:
    """One address with what it takes and gives."""

    method: str
    path: str
    summary: str
    needs_key: bool
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    statuses: tuple[str, ...]

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
    content = answers.get(200, answers.get("200", {})).get("content", {})
    answer = content.get("application/json", {}).get("schema", {})
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
        fields=tuple(_fields(schema, answer)),
        statuses=tuple(str(status) for status in answers),
    )


def _fields(
    schema: Mapping[str, Any], described: Mapping[str, Any], before: str = ""
) -> Iterator[Field]:
    described = _followed(schema, described)
    for name, one in described.get("properties", {}).items():
        yield Field(before + name, _type(one), name in described.get("required", ()))
        inner = one.get("items")
        if inner and "$ref" in inner:
            yield from _fields(schema, inner, f"{before}{name}[].")


def _followed(schema: Mapping[str, Any], described: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in described:
        return described
    name = described["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"][name]
    return found


def _type(described: Mapping[str, Any]) -> str:
    if "anyOf" in described:
        return " | ".join(_type(one) for one in described["anyOf"])
    shape = str(described.get("format") or described.get("type") or "object")
    if shape == "array":
        return f"{_type(described.get('items', {}))}[]"
    return shape
