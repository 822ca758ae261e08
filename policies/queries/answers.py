"""What an enterprise has declared, now and before."""

from __future__ import annotations

from dataclasses import dataclass

from filings.public import User
from policies.models import Declaration

from .support import Support
from .wording import value_words


@dataclass(frozen=True, slots=True)
class Given:
    """One declaration on the page of answers."""

    declaration: Declaration
    label: str
    question: str
    value: str
    is_used: bool
    url: str


def answers_of(support: Support, user: User) -> tuple[list[Given], list[Given]]:
    """What the enterprise declares now, and what it declared before."""
    registry = support.rules.pack.registry
    rows = (
        Declaration.objects.visible_to(user)
        .filter(enterprise_id=support.filing.enterprise_id)
        .select_related("by", "ended_by")
    )
    shown = [_answer(row, support) for row in rows if row.fact in registry.facts]
    now = [given for given in shown if given.declaration.ended_at is None]
    return now, [given for given in shown if given.declaration.ended_at is not None][:100]


def _answer(declaration: Declaration, support: Support) -> Given:
    registry = support.rules.pack.registry
    origin = support.gathered.origins.get(declaration.fact)
    question = support.question(declaration.fact)
    return Given(
        declaration=declaration,
        label=question.label,
        question=question.text,
        value=value_words(registry, declaration.fact, declaration.value),
        is_used=origin is not None and origin.declaration == declaration,
        url=question.url,
    )
