"""Clauses and items of a draft: begun with their words, added to a clause, taken out of it."""

from __future__ import annotations

import copy
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import Refused, User, record_audit
from policies.eligibility.packs import Kind
from policies.eligibility.topic_writing import with_topic
from policies.eligibility.yaml_files import parse_yaml
from policies.models import DraftFile, Measure, PackDraft
from policies.queries.live_check import place_of_item
from policies.queries.pack_drafts import (
    TOPICS,
    clause_content,
    content_of_draft,
    stamp_of,
    with_clause,
)
from policies.queries.wording import in_both

from .draft_documents import Department, add_departments
from .pack_drafts import count_change, keep_file, open_draft, save_clause

#: Our own words in both languages, as the files keep them: `{"zh": …, "en": …}`.
Words = Mapping[str, str]

#: How the members of a new topic go together, and the rule that readers are told.
COMBINES = {
    "any_one": gettext_lazy("符合任何一条即可，同一优惠只给一次。"),
    "independent": gettext_lazy("各条分别给，互不影响。"),
}


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic that is not there yet: what it is called, and a key of `COMBINES`."""

    label: Words
    combine: str = "any_one"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an item begins with; conditions, amount and cases follow in the editor.

    `topic` is the key of one that the pack has, a new one, or None for an item that stands alone.
    Without a `summary` it has that of its clause.
    """

    label: Words
    kind: str = Kind.INFORMATION.value
    strength: str = "n/a"
    topic: str | NewTopic | None = None
    summary: Words | None = None


def new_clause(
    *,
    draft: PackDraft,
    document: str,
    number: int,
    summary: Words,
    departments: Sequence[str],
    apply: Words,
    item: Beginning,
    by: User,
    at: datetime,
    new_departments: Sequence[Department] = (),
) -> str:
    """Begin a clause in a draft with one item that has no conditions yet; the id of the item.

    Args:
        document: the key of a document of the draft, e.g. 豫政9.
        number: the number of the clause in it.
        departments: as the draft's table of departments knows them.
        new_departments: further ones, which the table does not know yet.

    Raises:
        Refused: no such document, the clause exists, or a text is missing.
    """
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        files = content_of_draft(locked)
        entry = _document(files, document)
        path = f"{entry['folder']}/{number:02d}.yaml"
        if not 1 <= number <= 999:
            raise Refused(_("条号应在 1 到 999 之间。"))
        if path in files:
            raise Refused(_("这份文件已经有第 %(number)s 条。") % {"number": number})
        _require_both(item.label, summary, apply)
        names = list(dict.fromkeys([*departments, *(one.name["zh"] for one in new_departments)]))
        if not names:
            raise Refused(_("请至少写明一个部门。"))
        add_departments(locked, new_departments, by=by, at=at)
        key = f"{document}-{number}"
        content = {
            "document": document,
            "clause": number,
            "summary": dict(summary),
            "departments": names,
            "apply": dict(apply),
            "items": [_begun(locked, key, item, has_scope="scope" in entry, by=by, at=at)],
        }
        save_clause(locked, path, content, stamp="", by=by, at=at)
    return key


def add_item(draft: PackDraft, beside: str, item: Beginning, *, by: User, at: datetime) -> str:
    """Begin another item in the clause of the item `beside`; its id.

    Raises Refused for an item that is not there, a text that is missing, or a clause in which
    every letter has been used.
    """
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        path, content, _number = _clause_of(locked, beside)
        stamp = stamp_of(content_of_draft(locked)[path])
        _require_both(item.label, *([item.summary] if item.summary else []))
        key = _next_id(f"{content['document']}-{content['clause']}", content)
        has_scope = "scope_clause" in content["items"][0]
        content["items"].append(_begun(locked, key, item, has_scope=has_scope, by=by, at=at))
        save_clause(locked, path, content, stamp=stamp, by=by, at=at)
    return key


def remove_item(draft: PackDraft, measure: str, *, by: User, at: datetime) -> None:
    """Take an item out of its clause; with its last item a clause that the draft began goes too.

    Raises Refused for an item that is not there, the last one of a clause in force, and one that
    another item takes the place of.
    """
    with transaction.atomic():
        locked = open_draft(draft, by=by)
        path, content, number = _clause_of(locked, measure)
        files = content_of_draft(locked)
        if by_whom := _overriding(files, measure):
            raise Refused(
                _("%(other)s 写明取代这一项，不能去掉。请管理员用政策包文件一起改。")
                % {"other": by_whom}
            )
        del content["items"][number]
        if content["items"]:
            save_clause(locked, path, content, stamp=stamp_of(files[path]), by=by, at=at)
            return
        if path in locked.base.content:
            raise Refused(_("施行中的一条至少要留一项。不再施行的，把末日写明即可。"))
        topics = with_clause(files, path, content)[TOPICS]
        DraftFile.objects.filter(draft=locked, path=path).delete()
        if topics != files[TOPICS]:
            keep_file(locked, TOPICS, topics, by=by, at=at)
        count_change(locked, by=by)
        record_audit("draft.edit", locked, by=by, reason=path)


def _begun(
    draft: PackDraft, key: str, item: Beginning, *, has_scope: bool, by: User, at: datetime
) -> dict[str, Any]:
    """The entry of an item, its topic made where it is new."""
    begun: dict[str, Any] = {
        "id": key,
        "label": dict(item.label),
        "kind": item.kind,
        "strength": item.strength,
        "topic": item.topic if isinstance(item.topic, str) else f"topic-{key}",
        "benefit_types": [item.kind],
    }
    if item.summary:
        begun["summary"] = dict(item.summary)
    if has_scope:
        begun["scope_clause"] = {"applies": "applied"}
    if isinstance(item.topic, NewTopic):
        begun["topic"] = f"shared-{key}"
        _require_both(item.topic.label)
        topic = {
            "topic": begun["topic"],
            "label": dict(item.topic.label),
            "combine": item.topic.combine,
            "members": [key],
            "rule": in_both(COMBINES[item.topic.combine]),
        }
        raw = content_of_draft(draft)[TOPICS].encode()
        keep_file(draft, TOPICS, with_topic(raw, topic).decode(), by=by, at=at)
    return begun


def _require_both(*texts: Words) -> None:
    for text in texts:
        if not all(str(text.get(language, "")).strip() for language in ("zh", "en")):
            raise Refused(_("名称、摘要和办理方法应有中文和英文。"))


def _document(files: Mapping[str, str], key: str) -> Mapping[str, Any]:
    entries = parse_yaml(files["documents.yaml"].encode(), "documents.yaml")["documents"]
    found: Mapping[str, Any] | None = next((one for one in entries if one["key"] == key), None)
    if found is None:
        raise Refused(_("政策包里没有这份文件。"))
    return found


def _clause_of(draft: PackDraft, measure: str) -> tuple[str, dict[str, Any], int]:
    """The path and content of the clause that holds an item, to be changed, and its place."""
    files = content_of_draft(draft)
    place = place_of_item(files, measure)
    content = clause_content(files[place[0]], place[0]) if place else None
    if place is None or content is None:
        raise Refused(_("草稿里没有这一项，可能刚刚被去掉。"))
    return place[0], copy.deepcopy(dict(content)), place[1]


def _next_id(clause: str, content: Mapping[str, Any]) -> str:
    """The clause with the next letter; one that any version used before means what it meant."""
    used = set(Measure.objects.filter(key__startswith=clause).values_list("key", flat=True))
    used |= {item["id"] for item in content["items"]}
    letters = string.ascii_lowercase
    last = max((letters.find(key[-1]) for key in used if key[:-1] == clause), default=0)
    if last + 1 >= len(letters):
        raise Refused(_("这一条的编号字母已经用完。"))
    return clause + letters[max(last, 0) + 1]


def _overriding(files: Mapping[str, str], measure: str) -> str:
    """The item that says it takes the place of this one; blank where none does."""
    for path, text in files.items():
        content = clause_content(text, path) if "/" in path and "overrides" in text else None
        for item in content["items"] if content else ():
            if any(one["id"] == measure for one in item.get("overrides", ())):
                return str(item["id"])
    return ""
