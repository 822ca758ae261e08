"""The published pack, as rules that can be judged with."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from policies import eligibility
from policies.models import Pack


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
    with tempfile.TemporaryDirectory(prefix="pack-") as folder:
        for name, text in content.items():
            path = Path(folder, *_inside(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        return eligibility.load_pack(folder)


def _inside(name: str) -> tuple[str, ...]:
    # SECURITY: a name that leads out of the folder would write anywhere on this machine.
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise SpoiltPack
    return path.parts


@lru_cache(maxsize=4)
def _rebuilt(pk: int, sha256: str) -> eligibility.Pack:
    content = Pack.objects.values_list("content", flat=True).get(pk=pk)
    return rebuild(content, sha256)
