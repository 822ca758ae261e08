"""What the endpoints send, from the same reads as the pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from filings.public import Filing, filings_visible_to
from jiaozuo_portal.lib.pages import Page, is_token, keyset_page
from policies.eligibility.conditions import Unstated, leaves
from policies.eligibility.facts import Registry
from policies.eligibility.finding import inputs
from policies.eligibility.matching import InputError, Profile
from policies.eligibility.packs import Kind, Measure
from policies.eligibility.verdicts import judge
from policies.eligibility.words import _
from policies.models import SupportLink
from policies.queries.departments import departments_of
from policies.queries.packs import Rules
from policies.queries.past_reasons import PastLine, lines_of_link
from policies.queries.tokens import Bearer
from policies.queries.wording import say

#: How many filings stand on one page, and how many may be asked for.
PAGE, MOST = 50, 200
ORDER = ("pk",)


def pack_line(rules: Rules) -> dict[str, Any]:
    """Which version an answer rests on."""
    return {"pack": rules.row.key, "version": rules.row.version}


def documents(rules: Rules) -> list[dict[str, Any]]:
    """Every text with the measures in it that are an offer to an enterprise."""
    held: dict[str, list[str]] = {}
    for measure in offered(rules):
        held.setdefault(measure.document, []).append(measure.id)
    return [
        {
            "key": document.key,
            "number": document.number,
            "title": say(document.title),
            "issuer": say(document.issuer),
            "level": document.level,
            "date": document.date,
            "valid_from": document.validity.first,
            "valid_until": document.validity.last,
            "measures": held.get(document.key, []),
        }
        for document in rules.pack.documents.values()
    ]


def offered(rules: Rules) -> list[Measure]:
    """The measures that are more than a duty of government."""
    return [one for one in rules.pack.measures.values() if one.kind is not Kind.DUTY]


def measure_out(rules: Rules, measure: Measure) -> dict[str, Any]:
    """One measure in the reader's language; `facts` are those that its condition rests on."""
    return {
        "id": measure.id,
        "document": measure.document,
        "clause": measure.clause,
        "label": say(measure.label),
        "summary": say(measure.summary),
        "kind": measure.kind.value,
        "strength": measure.strength,
        "topic": measure.topic,
        "departments": [say(found.name) for found in departments_of(rules.pack, measure)],
        "apply": say(measure.apply),
        "given_per": measure.given_per.value,
        "valid_from": measure.validity.first,
        "valid_until": measure.validity.last,
        "facts": _facts(measure, rules.pack.registry),
    }


def _facts(measure: Measure, registry: Registry) -> list[str]:
    named = {leaf.fact for leaf in leaves(measure.when) if not isinstance(leaf, Unstated)}
    asked = {base for name in named if name in registry for base in inputs(name, registry)}
    return list(registry.in_order(asked))


def matched(rules: Rules, profile: Profile) -> dict[str, Any]:
    """One judged profile, as the command `match_facts` prints it."""
    judged = judge(rules.pack, profile.facts, profile.as_of).as_json()
    return {"id": profile.id, **judged}


def filings(bearer: Bearer, after: str, limit: int) -> Page[Filing]:
    """A page of the filings that the key's holder may know of, by number.

    Raises InputError for an `after` that no page gave: a program that began at the front again
    would never come to an end.
    """
    found = filings_visible_to(bearer)
    if after and not is_token(after, found.model, order=ORDER):
        raise InputError("query.after", _("不是上一页给出的 next"))
    return keyset_page(found, order=ORDER, after=after, size=limit)


def filing_out(filing: Filing) -> dict[str, Any]:
    """Where a filing stands; no person of it."""
    entry = filing.desk_entry
    return {
        "id": filing.pk,
        "enterprise": filing.enterprise.name,
        "uscc": filing.enterprise.uscc,
        "site": filing.site.name,
        "district": filing.district.name,
        "zone": filing.zone.name if filing.zone else None,
        "state": filing.state,
        "state_label": filing.get_state_display(),
        "state_since": filing.state_since,
        "version": filing.version,
        "approved_version": filing.approved_version,
        "submitted_at": filing.submitted_at,
        "due_at": entry.due_at,
        "receipt_number": entry.number or None,
        "shut": entry.shut.split(),
    }


def links(filing: Filing, bearer: Bearer, rules: Rules) -> list[dict[str, Any]]:
    """The standing verdicts of a filing; empty for an agency, which gets counts only elsewhere."""
    found: Iterable[SupportLink] = (
        SupportLink.objects.visible_to(bearer)
        .filter(filing=filing)
        .current()
        .select_related("pack", "reasoning", "sheet")
        .defer("pack__content")
        .order_by("pk")
    )
    return [
        {
            "measure": link.measure,
            "label": _label(rules, link.measure),
            "verdict": link.verdict,
            "amount_yuan": None if link.amount_yuan is None else str(link.amount_yuan),
            "missing": link.reasoning.content["missing"],
            "reasons": [_reason(line) for line in lines_of_link(link)],
            "pack_version": link.pack.version,
            "day": link.day,
            "valid_until": link.valid_until,
            "since": link.at,
        }
        for link in found
    ]


def _label(rules: Rules, measure: str) -> str:
    known = rules.pack.measures.get(measure)
    return say(known.label) if known else measure


def _reason(line: PastLine) -> dict[str, Any]:
    used = [line.given] if line.given else line.used
    return {
        "label": line.label,
        "requirement": line.requirement,
        "actual": line.actual,
        "state": line.state,
        "clause": line.clause,
        "sources": sorted({one.source for one in used}),
    }
