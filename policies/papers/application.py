"""An application as a PDF with an embedded Chinese font."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from jiaozuo_portal.lib.typesetting import typeset
from policies.models import Application

from .application_sheet import NO_PAPERS, Paper

_PAPER = Path(__file__).with_name("application.typ")


def application_pdf(application: Application, papers: Sequence[Paper]) -> bytes:
    """The application as PDF in Chinese, the language of the desk; its text can be extracted."""
    with translation.override("zh-hans"):
        return typeset(_PAPER, _shown(application) | {"papers": _papers(papers)})


def _shown(application: Application) -> dict[str, Any]:
    content = application.content
    return {
        "number": str(application.pk),
        "label": content["label"],
        "measure": application.measure,
        "clause": content["clause"],
        "enterprise": content["enterprise"],
        "uscc": content["uscc"],
        "contact": f"{content['contact']} {content['contact_phone']}".strip(),
        "agency": application.agency.name,
        "state": str(application.get_state_display()),
        "amount": "" if application.asked_yuan is None else f"{application.asked_yuan:,}",
        "formula": f"{content['amount_name']} = {content['formula']}"
        if content["amount_name"]
        else "",
        "facts": [[fact["label"], fact["value"], fact["source"]] for fact in content["facts"]],
        "reasons": [_reason(line) for line in content["reasons"]],
        "apply": content["apply"],
        "no_papers": str(NO_PAPERS) if application.names_no_papers else "",
        "day": content["day"],
    }


def _reason(line: dict[str, str]) -> list[str]:
    # What was sent before clauses were told has none.
    return [
        *(line[name] for name in ("label", "requirement", "actual", "state")),
        line.get("clause", ""),
    ]


def _papers(papers: Sequence[Paper]) -> list[list[Any]]:
    """Each paper with whether it is there and the names of its files."""
    return [
        [name or _("其他材料"), bool(files), [file.name for file in files]]
        for name, files in papers
        if name or files
    ]
