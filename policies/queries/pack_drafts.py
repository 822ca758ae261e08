"""Drafts of packs: what they say as a whole, what differs, and whether they are fit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from policies.eligibility.checking import Fault, check_content
from policies.eligibility.loading import read_clause
from policies.eligibility.packs import PackError
from policies.eligibility.yaml_files import Located
from policies.models import DraftFile, Pack, PackDraft

from .packs import as_bytes


@dataclass(frozen=True, slots=True)
class Overlap:
    """Files that the draft changes and that another published version changed meanwhile."""

    paths: tuple[str, ...]
    published: Pack


def content_of_draft(draft: PackDraft) -> dict[str, str]:
    """Every file of the draft: those of its base, with what was changed."""
    changed = dict(draft.files.values_list("path", "text"))
    return {**draft.base.content, **changed}


def merged_content(draft: PackDraft) -> tuple[dict[str, str], Overlap | None]:
    """What publishing would publish: the changes upon the version that is published now.

    Another draft may have been published since this one began. Its changes stay; where both
    changed one file, the overlap names it.
    """
    own = dict(draft.files.values_list("path", "text"))
    published = Pack.objects.published().filter(key=draft.base.key).first()
    if published is None or draft.restores or published.pk == draft.base_id:
        return {**draft.base.content, **own}, None
    base = draft.base.content
    both = tuple(
        path
        for path, text in sorted(own.items())
        if published.content.get(path) not in (base.get(path), text)
    )
    overlap = Overlap(both, published) if both else None
    return {**published.content, **own}, overlap


def faults_of(content: dict[str, str]) -> list[Fault]:
    """Every fault of these files."""
    return check_content(as_bytes(content))


def file_revision(draft: PackDraft, path: str) -> int:
    """How often a file was saved in the draft; 0 while it is as in the base."""
    found = DraftFile.objects.filter(draft=draft, path=path).values_list("revision", flat=True)
    return found.first() or 0


def stamp_of(text: str) -> str:
    """A short mark of a text: the same mark, the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def clause_content(text: str, path: str) -> Located | None:
    """A clause file as data, or None where it cannot be read."""
    try:
        return read_clause(text.encode(), path)
    except PackError:
        return None
