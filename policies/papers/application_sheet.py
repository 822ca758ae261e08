"""An application as a workbook: what the PDF says, to be worked on in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filings.public import OutSheet, xlsx_bytes
from policies.models import Application, ApplicationFile

#: A paper by its name, blank for other files, and the files that stand for it.
Paper = tuple[str, Sequence[ApplicationFile]]

#: What stands in the place of the list of papers where the text names none.
NO_PAPERS = gettext_lazy("文件没有写明要交哪些材料，请先向受理部门问清楚。")


def application_xlsx(application: Application, papers: Sequence[Paper]) -> bytes:
    """The application as xlsx in Chinese, the language of the desk; no cell runs as a formula."""
    with translation.override("zh-hans"):
        return xlsx_bytes(_sheets(application, papers))


def _sheets(application: Application, papers: Sequence[Paper]) -> list[OutSheet]:
    content = application.content
    facts = [(one["label"], one["value"], one["source"]) for one in content["facts"]]
    return [
        OutSheet(_("申请"), (_("事项"), _("内容")), _head(application), {0: 18, 1: 60}),
        OutSheet(_("企业资料"), (_("事项"), _("内容"), _("来源")), facts, {0: 36, 1: 28, 2: 30}),
        OutSheet(
            _("逐条核对"),
            (_("条件"), _("要求"), _("企业情况"), _("结论"), _("条款")),
            [_reason(one) for one in content["reasons"]],
            {0: 36, 1: 36, 2: 24, 3: 12, 4: 28},
        ),
        OutSheet(
            _("附件"),
            (_("材料"), _("文件"), _("大小（字节）")),
            _paper_rows(papers, application),
            {0: 36, 1: 44},
        ),
    ]


def _reason(line: dict[str, Any]) -> tuple[str, ...]:
    states = {"pass": _("符合"), "fail": _("不符合"), "unknown": _("待部门核定")}
    said = states[line["state"]]
    return line["label"], line["requirement"], line["actual"] or "—", said, line.get("clause", "")


def _paper_rows(papers: Sequence[Paper], application: Application) -> list[tuple[str, str, Any]]:
    """Each paper with each of its files; one that is still missing says so."""
    rows: list[tuple[str, str, Any]] = []
    if application.names_no_papers:
        rows.append((str(NO_PAPERS), "", ""))
    for name, files in papers:
        label = name or _("其他材料")
        rows += [(label, file.name, file.size) for file in files]
        if name and not files:
            rows.append((label, _("尚未上传"), ""))
    return rows


def _head(application: Application) -> list[tuple[str, Any]]:
    content, asked = application.content, application.asked_yuan
    amount = f"{content['amount_name']} = {content['formula']}" if content["amount_name"] else ""
    return [
        (_("申请"), content["label"]),
        (_("编号"), application.pk),
        (_("状态"), str(application.get_state_display())),
        (_("申请企业"), content["enterprise"]),
        (_("统一社会信用代码"), content["uscc"]),
        (_("联系人"), f"{content['contact']} {content['contact_phone']}".strip()),
        (_("受理部门"), application.agency.name),
        (_("政策依据"), f"{content['clause']} {application.measure}"),
        (_("申请金额（元）"), _("由部门核定") if asked is None else asked),
        (_("计算"), amount),
        (_("怎么办理"), content["apply"]),
        (_("资料截至"), content["day"]),
        (_("在平台外申请"), application.outside_on or ""),
        (_("回执编号"), application.outside_number),
    ]  # fmt: skip
