"""What an edited clause says of its own cases, and what is wrong with it, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from policies.eligibility import FactError, judge
from policies.eligibility.checking import Fault, check_content
from policies.eligibility.loading import build_pack, read_pack_files
from policies.eligibility.packs import Measure, Pack, PackCase, PackError
from policies.models import PackDraft

from .pack_drafts import clause_content, content_of_draft
from .packs import as_bytes


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What the rule says of one case; `holds` when it is what the case expects."""

    holds: bool
    verdict: str
    amount: Decimal | None = None
    missing: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """The outcome of every case in order, and the faults of the files that were changed."""

    outcomes: tuple[CaseOutcome, ...]
    faults: tuple[Fault, ...]

    @property
    def failing(self) -> int:
        """How many cases do not come out as expected."""
        return sum(not outcome.holds for outcome in self.outcomes)


def live_check(content: Mapping[str, str], path: str, measure_id: str) -> LiveCheck:
    """Judge the cases of one item in these files, and look for faults in its file and topics."""
    files = as_bytes(content)
    faults = tuple(fault for fault in check_content(files) if fault.file in (path, "topics.yaml"))
    refused: list[PackError] = []
    try:
        pack = build_pack(read_pack_files(files, refused), refused)
    except PackError:
        return LiveCheck((), faults)
    measure = pack.measures.get(measure_id)
    if measure is None:
        return LiveCheck((), faults)
    return LiveCheck(tuple(_outcome(pack, measure, case) for case in measure.cases), faults)


def _outcome(pack: Pack, measure: Measure, case: PackCase) -> CaseOutcome:
    try:
        result = judge(pack, case.facts, case.as_of, [measure.id]).results[measure.id]
    except FactError as refused:
        return CaseOutcome(False, "", problem=str(refused.reason))
    holds = result.verdict.value == case.verdict
    holds = holds and (not case.checks_amount or result.amount == case.amount)
    holds = holds and (case.missing is None or set(result.missing) == case.missing)
    return CaseOutcome(holds, result.verdict.value, result.amount, tuple(result.missing))


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of a draft, as its list shows it."""

    id: str
    label: str
    path: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """The items of one document."""

    number: str
    title: str
    items: tuple[ItemRow, ...]


def items_of_draft(draft: PackDraft, pack: Pack, *, language: str) -> list[DocumentRows]:
    """Every item by document; those of changed clauses are marked."""
    content = content_of_draft(draft)
    code = "zh" if language.startswith("zh") else "en"
    found = []
    for document in pack.documents.values():
        rows: list[ItemRow] = []
        for path in sorted(one for one in content if one.startswith(f"{document.folder}/")):
            data = clause_content(content[path], path)
            is_changed = content[path] != draft.base.content.get(path)
            rows += [
                ItemRow(item["id"], item["label"][code], path, is_changed)
                for item in (data["items"] if data else ())
            ]
        title = document.title.in_language(language)
        found.append(DocumentRows(document.number, title, tuple(rows)))
    return found


def place_of_item(content: Mapping[str, str], measure_id: str) -> tuple[str, int] | None:
    """The file in which an item stands, and its place there."""
    for path, text in content.items():
        if "/" not in path or measure_id not in text:
            continue
        data = clause_content(text, path)
        for number, item in enumerate(data["items"] if data else ()):
            if item["id"] == measure_id:
                return path, number
    return None
