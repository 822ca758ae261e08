"""An application as a PDF with an embedded Chinese font."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

from policies.models import Application

_PAPER = Path(__file__).with_name("application.typ")
_FONTS = Path(str(pylopdf_fonts_zh_cn.sans_path())).parent


def application_pdf(application: Application) -> bytes:
    """The application as PDF in Chinese, the language of the desk; its text can be extracted.

    SECURITY: names and answers come from people. They go to the typesetter as JSON in an input,
    which it shows and never evaluates; only this folder can be read from the paper.
    """
    return typst.compile(
        str(_PAPER),
        root=str(_PAPER.parent),
        font_paths=[str(_FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_shown(application), ensure_ascii=False)},
    )


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
        "reasons": [
            [line["label"], line["requirement"], line["actual"], line["state"]]
            for line in content["reasons"]
        ],
        "apply": content["apply"],
        "day": content["day"],
    }
