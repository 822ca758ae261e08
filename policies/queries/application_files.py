"""The papers of an application with the files that stand for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language

from filings.public import User
from policies.models import Application, ApplicationFile


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper that the measure asks for, or the others; `key` names it, blank for the others."""

    key: str
    label: str
    files: tuple[ApplicationFile, ...]


def papers_of(application: Application, user: User) -> list[Paper]:
    """Each paper of the measure's list with its files, then the other files. One query.

    Only files that this person may see. The last one is always the others.
    """
    found = ApplicationFile.objects.visible_to(user).filter(application=application)
    by_paper: dict[str, list[ApplicationFile]] = {}
    for file in found.select_related("uploaded_by").order_by("pk"):
        by_paper.setdefault(file.paper, []).append(file)
    chinese = (get_language() or "zh").startswith("zh")
    asked = [
        Paper(one["zh"], one["zh"] if chinese else one["en"], tuple(by_paper.pop(one["zh"], ())))
        for one in application.content.get("papers", ())
    ]
    # What a later pack no longer asks for stays with the others.
    others = tuple(file for files in by_paper.values() for file in files)
    return [*asked, Paper("", "", others)]
