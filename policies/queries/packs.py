"""The published pack, as rules that can be judged with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath

from policies import eligibility
from policies.eligibility.differing import changed_rules, turned_by_day
from policies.eligibility.loading import build_pack, read_pack_files
from policies.eligibility.recall import Recall
from policies.models import Pack

#: Ids of measures; None for all of them.
Turned = frozenset[str] | None


class SpoiltPack(Exception):
    """A stored pack whose files are not the ones that were loaded."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The row of a pack version and the rules rebuilt from it."""

    row: Pack
    pack: eligibility.Pack


def published_rules() -> Rules | None:
    """The pack that verdicts rest on today, or None before one has been loaded."""
    row = Pack.objects.published().defer("content").first()
    return None if row is None else Rules(row, _rebuilt(row.pk, row.sha256))


def rules_of(row: Pack) -> eligibility.Pack:
    """The rules of one version, whatever its status; rebuilt once in a process."""
    return _rebuilt(row.pk, row.sha256)


def recall_for(rules: Rules, day: date) -> Recall:
    """The judge with a memory for these rules and this day, one in a process."""
    return _recall(rules.row.pk, rules.row.sha256, day)


def turned_between(before: int | None, was: date | None, rules: Rules, day: date) -> Turned:
    """What may have turned since a filing was judged under the pack `before` on the day `was`."""
    if before is None or was is None:
        return None
    return _turned(before, was, rules.row.pk, rules.row.sha256, day)


def digest(content: Mapping[str, str]) -> str:
    """The SHA-256 of a pack's files, whatever their order."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def rebuild(content: Mapping[str, str], sha256: str) -> eligibility.Pack:
    """The rules from the files as they were stored.

    Raises SpoiltPack where the digest is another: a version never changes, so somebody wrote
    around the portal.
    """
    if digest(content) != sha256:
        raise SpoiltPack
    return rules_from(content)


def version_of(key: str | None = None, version: int | None = None) -> Pack | None:
    """One version of a pack: the published one without a number; its pack without a key."""
    if version is None:
        found = Pack.objects.published()
        return (found.filter(key=key) if key else found).first()
    if key is None:
        newest = Pack.objects.published().only("key").first() or Pack.objects.only("key").first()
        key = newest.key if newest else None
    return Pack.objects.filter(key=key, version=version).first()


def exported(pack: Pack) -> dict[str, bytes]:
    """The files of a version byte for byte as they were loaded, by their path.

    Raises SpoiltPack where they are not, or where a path leads out of the folder.
    """
    if digest(pack.content) != pack.sha256:
        raise SpoiltPack
    for name in pack.content:
        # SECURITY: a name that leads out of the folder would write anywhere on this machine.
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise SpoiltPack
    return as_bytes(pack.content)


def rules_from(content: Mapping[str, str]) -> eligibility.Pack:
    """The rules in these files.

    Raises PlacedError with file and line where they cannot be read.
    """
    return build_pack(read_pack_files(as_bytes(content)))


def as_bytes(content: Mapping[str, str]) -> dict[str, bytes]:
    """The files as they stand in a folder; the stored text keeps every byte of them."""
    return {name: text.encode() for name, text in content.items()}


@lru_cache(maxsize=2)
def _recall(pk: int, sha256: str, day: date) -> Recall:
    return Recall(_rebuilt(pk, sha256), day)


@lru_cache(maxsize=64)
def _turned(before: int, was: date, pk: int, sha256: str, day: date) -> Turned:
    now = _rebuilt(pk, sha256)
    then = now if before == pk else rules_of(Pack.objects.only("sha256").get(pk=before))
    changed = changed_rules(then, now)
    return None if changed is None else changed | turned_by_day(now, was, day)


@lru_cache(maxsize=4)
def _rebuilt(pk: int, sha256: str) -> eligibility.Pack:
    content = Pack.objects.values_list("content", flat=True).get(pk=pk)
    return rebuild(content, sha256)
