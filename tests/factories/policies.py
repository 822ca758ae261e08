"""A small policy pack of two documents, and the verdicts that follow from it.

甲1-1 and 甲1-2 pay the same rebate once; 甲1-2 ends on 5 March 2020. 甲1-3 comes with the
submitted filing, 甲1-4 is a duty of government, 甲1-5 asks what no text prints. 乙2-1 is for
small and medium firms outside the rebate's topic.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from policies.domain.packs import load_folder
from policies.models import Pack

from . import NOW


def _text(zh: str, en: str = "") -> dict[str, str]:
    return {"zh": zh, "en": en or f"EN {zh}"}


def _fact(name: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "source": "declaration",
        "label": _text(label),
        "question": _text(f"{label}？"),
    } | more


def _values(*names: str) -> dict[str, dict[str, str]]:
    return {name: _text(name) for name in names}


FACTS = {
    "size": {
        "class": "enterprise_size",
        "industry": "sme_industry",
        "indicators": ["employees", "annual_revenue_wanyuan"],
    },
    "facts": [
        _fact(
            "district",
            "enum",
            "所在区",
            source="profile",
            values=_values("解放区", "中站区", "外地"),
            absent="holds",
        ),
        _fact(
            "enterprise_size",
            "enum",
            "规模",
            source="profile",
            values=_values("large", "medium", "small", "micro"),
        ),
        _fact(
            "sme_industry", "enum", "划型行业", source="profile", values=_values("industry", "x")
        ),
        _fact("employees", "int", "从业人员", source="profile", unit=_text("人"), min=0),
        _fact(
            "annual_revenue_wanyuan",
            "number",
            "营业收入",
            source="profile",
            unit=_text("万元"),
            min=0,
        ),
        _fact("is_resuming_or_resumed", "bool", "复工复产", source="filing"),
        _fact("insured", "bool", "参加失业保险"),
        _fact("total_staff_count", "int", "职工总数", unit=_text("人"), min=0),
        _fact("layoff_count", "int", "裁员人数", unit=_text("人"), min=0),
        _fact("premium_yuan", "number", "上年失业保险费", unit=_text("元"), min=0),
        _fact("tax_due_date", "date", "税款到期日"),
        _fact("form", "enum", "担保方式", values=_values("抵押", "信用")),
        _fact("lpr_1y_pct", "number", "贷款市场报价利率", source="setting", unit=_text("%"), min=0),
    ],
    "derived": [
        {
            "name": "is_sme",
            "kind": "member",
            "from": ["enterprise_size"],
            "members": ["medium", "small", "micro"],
            "label": _text("中小微企业"),
        },
        {
            "name": "layoff_rate_pct",
            "kind": "percentage",
            "from": ["layoff_count", "total_staff_count"],
            "unit": _text("%"),
            "label": _text("裁员率"),
        },
    ],
}

STANDARD = {
    "citation": _text("划型标准"),
    "industries": [
        {
            "key": "industry",
            "bounds": {
                "employees": {"small": 20, "medium": 300, "large": 1000},
                "annual_revenue_wanyuan": {"small": 300, "medium": 2000, "large": 40000},
            },
        },
        {"key": "x", "bounds": {"employees": {"small": 10, "medium": 100, "large": 300}}},
    ],
}


def _document(key: str, folder: str, **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "folder": folder,
        "number": f"{key[:-1]}政〔2020〕{key[-1]}号",
        "title": _text(f"{key}文件"),
        "issuer": _text("市政府"),
        "level": "city",
        "date": "2020-02-06",
        "jurisdiction": "city",
        "valid": {"term": "open", "basis": _text("没有截止日期")},
    } | more


DOCUMENTS = {
    "jurisdictions": [
        {"key": "city", "label": _text("本市"), "fact": "district", "inside": ["解放区", "中站区"]}
    ],
    "documents": [_document("甲1", "a"), _document("乙2", "b")],
}

TOPICS = {
    "topics": [
        {
            "topic": "rebate",
            "label": _text("稳岗返还"),
            "combine": "one_payment",
            "members": ["甲1-1", "甲1-2"],
            "rule": _text("只发一次。"),
        }
    ]
}

DEPARTMENTS = {
    "departments": [
        {
            "name": _text("市人力资源社会保障局", "HR Bureau"),
            "level": "city",
            "printed": {"甲1": ["人社局"]},
        },
        {"name": _text("市税务局", "Tax Bureau"), "level": "city"},
    ]
}


def _case(name: str, expect: str, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "facts": facts, "expect": expect} | more


def _item(key: str, label: str, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "label": _text(label),
        "kind": "enterprise benefit",
        "strength": "application",
        "topic": key,
        "benefit_types": ["x"],
    } | more


def _clause(document: str, number: int, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "document": document,
        "clause": number,
        "summary": _text(f"{document}第{number}条摘要。"),
        "departments": ["人社局"],
        "apply": _text("向人社部门申请。"),
        "items": [item],
    } | more


_REBATE = {
    "name": _text("返还额"),
    "formula": {"multiply": [{"fact": "premium_yuan"}, {"percent": 50, "clause": "甲1-1"}]},
}

CLAUSES = {
    "a/01.yaml": _clause(
        "甲1",
        1,
        _item(
            "甲1-1",
            "少裁员返还",
            topic="rebate",
            amount=_REBATE,
            when={
                "all": [
                    {"fact": "insured", "eq": True},
                    {"fact": "layoff_rate_pct", "le": 20, "clause": "甲1-1"},
                ]
            },
            cases=[
                _case(
                    "少裁",
                    "eligible",
                    {"insured": True, "layoff_count": 0, "premium_yuan": 10},
                    amount="5.00",
                ),
                _case("未参保", "not_eligible", {"insured": False}),
                _case("没有说", "unknown", {"insured": True}),
            ],
        ),
    ),
    "a/02.yaml": _clause(
        "甲1",
        2,
        _item(
            "甲1-2",
            "返还（三月五日止）",
            topic="rebate",
            amount=_REBATE,
            when={"fact": "insured", "eq": True},
            cases=[
                _case(
                    "参保",
                    "eligible",
                    {"insured": True, "premium_yuan": 10},
                    as_of="2020-03-05",
                    amount="5.00",
                ),
                _case("未参保", "not_eligible", {"insured": False}, as_of="2020-03-05"),
                _case("没有说", "unknown", {}, as_of="2020-03-05"),
            ],
        ),
        valid={"until": "2020-03-05", "term": "dated", "basis": _text("写明")},
    ),
    "a/03.yaml": _clause(
        "甲1",
        3,
        _item(
            "甲1-3",
            "复工服务",
            kind="service/channel",
            strength="service",
            when={"fact": "is_resuming_or_resumed", "eq": True},
            cases=[
                _case("复工", "eligible", {"is_resuming_or_resumed": True}),
                _case("不复工", "not_eligible", {"is_resuming_or_resumed": False}),
                _case("没有说", "unknown", {}),
            ],
        ),
    ),
    "a/04.yaml": _clause(
        "甲1", 4, _item("甲1-4", "政府自查", kind="duty of government only", strength="n/a")
    ),
    "a/05.yaml": _clause(
        "甲1",
        5,
        _item(
            "甲1-5",
            "另行规定的补助",
            when={
                "all": [
                    {"fact": "form", "in": ["抵押"]},
                    {"unstated": _text("文件没有写明的条件")},
                ]
            },
            cases=[
                _case("信用", "not_eligible", {"form": "信用"}),
                _case("抵押", "unknown", {"form": "抵押"}),
            ],
        ),
    ),
    "b/01.yaml": _clause(
        "乙2",
        1,
        _item(
            "乙2-1",
            "中小企业延期缴税",
            when={
                "all": [
                    {"fact": "is_sme", "eq": True},
                    {"fact": "tax_due_date", "ge": "2020-02-01", "clause": "乙2-1"},
                ]
            },
            cases=[
                _case(
                    "到期", "eligible", {"enterprise_size": "small", "tax_due_date": "2020-02-01"}
                ),
                _case("大型", "not_eligible", {"enterprise_size": "large"}),
                _case("没有说", "unknown", {"enterprise_size": "small"}),
            ],
        ),
        departments=["市税务局"],
    ),
}


def write_pack(folder: Path, *, edition: str = "1", **files: Any) -> Path:
    """Write the pack into a folder; `files` replaces or (None) leaves out files, `/` as `__`."""
    content: dict[str, Any] = {
        "pack.yaml": {
            "id": "small",
            "version": edition,
            "title": _text("小政策包", "Small pack"),
            "case_day": "2020-03-10",
        },
        "facts.yaml": FACTS,
        "documents.yaml": DOCUMENTS,
        "topics.yaml": TOPICS,
        "departments.yaml": DEPARTMENTS,
        "sme_standard.yaml": STANDARD,
        **CLAUSES,
    }
    content |= {name.replace("__", "/") + ".yaml": value for name, value in files.items()}
    for name, value in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if value is not None:
            path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    return folder


def publish_pack(folder: Path, *, at: datetime = NOW, **changes: Any) -> Pack:
    """Write the pack and publish it."""
    return load_folder(write_pack(folder, **changes), at=at).pack
