"""What a new list would add, change and take away: shown before a re-import is applied."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Old = TypeVar("Old")
New = TypeVar("New")
Reader = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one row."""

    field: str
    old: Any
    new: Any


@dataclass(slots=True)
class Differences(Generic[Key, Old, New]):
    """The four groups of rows, in the order in which the two lists gave them."""

    added: list[tuple[Key, New]] = field(default_factory=list)
    changed: list[tuple[Key, Old, New, list[Change]]] = field(default_factory=list)
    removed: list[tuple[Key, Old]] = field(default_factory=list)
    same: list[tuple[Key, Old, New]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each group has."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "removed": len(self.removed),
            "same": len(self.same),
        }

    @property
    def nothing(self) -> bool:
        """Whether applying would change nothing."""
        return not (self.added or self.changed or self.removed)


def value_in(row: Any, name: str) -> Any:
    """A field of a mapping or of an object."""
    return row[name] if isinstance(row, Mapping) else getattr(row, name)


def compare(
    old: Mapping[Key, Old],
    new: Iterable[New],
    *,
    key: Callable[[New], Key],
    fields: Sequence[str],
    read_old: Reader = value_in,
    read_new: Reader = value_in,
) -> Differences[Key, Old, New]:
    """Compare rows by `key` over `fields`.

    `old` maps the key (for a roster: the blind index of the id document) to what is stored.
    Raises ValueError when two new rows share a key: the sheet's own check comes first.
    """
    found: Differences[Key, Old, New] = Differences()
    seen: set[Key] = set()
    for row in new:
        index = key(row)
        if index in seen:
            raise ValueError("two rows of the new list share a key")
        seen.add(index)
        if index not in old:
            found.added.append((index, row))
            continue
        before = old[index]
        changes = _changes(before, row, fields, read_old, read_new)
        if changes:
            found.changed.append((index, before, row, changes))
        else:
            found.same.append((index, before, row))
    found.removed = [(index, row) for index, row in old.items() if index not in seen]
    return found


def _changes(
    before: Any, after: Any, fields: Sequence[str], read_old: Reader, read_new: Reader
) -> list[Change]:
    pairs = ((name, read_old(before, name), read_new(after, name)) for name in fields)
    return [Change(name, one, other) for name, one, other in pairs if one != other]
