"""Drafts of packs: what they say as a whole, what differs, and whether they are fit."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies import eligibility
from policies.eligibility.checking import Fault, check_content
from policies.eligibility.clause_writing import write_file
from policies.eligibility.loading import WHOLE_PACK, build_pack, read_clause, read_pack_files
from policies.eligibility.packs import PackError
from policies.eligibility.topic_writing import moved, topics_of
from policies.eligibility.yaml_files import Located
from policies.models import Pack, PackDraft

from .packs import as_bytes, rules_of

TOPICS = "topics.yaml"


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


def pack_of_draft(draft: PackDraft) -> eligibility.Pack:
    """The rules that a draft is written with: its documents, topics and departments.

    While only clauses differ these are the base's. A clause that cannot be read is left out.
    """
    changed = draft.files.filter(path__in=(*WHOLE_PACK,)).exists()
    if not changed:
        return rules_of(draft.base)
    refused: list[PackError] = []
    return build_pack(read_pack_files(as_bytes(content_of_draft(draft)), refused), refused)


def with_clause(files: Mapping[str, str], path: str, content: Mapping[str, Any]) -> dict[str, str]:
    """The files with one clause written anew and the topics that its items now name.

    A clause without items is gone.
    """
    before = clause_content(files[path], path) if path in files else None
    named = topics_of(before or {}), topics_of(content)
    topics = moved(files[TOPICS].encode(), *named).decode()
    if not content.get("items"):
        return {name: text for name, text in files.items() if name != path} | {TOPICS: topics}
    written = write_file(files.get(path, "").encode(), content).decode()
    return {**files, path: written, TOPICS: topics}


def stamp_of(text: str) -> str:
    """A short mark of a text: the same mark, the same text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def clause_content(text: str, path: str) -> Located | None:
    """A clause file as data, or None where it cannot be read."""
    try:
        return read_clause(text.encode(), path)
    except PackError:
        return None
