"""Official texts of our own invention, as files and as drafts."""

from __future__ import annotations

from typing import Any

from policies.domain.text_import import import_texts
from policies.models import OfficialText

from . import NOW, officer

#: 甲1 is the first document of the small pack; it has rules for its clauses 1 to 5.
TEXT = """灯笼市人民政府
关于支持灯笼企业点亮全城的意见

{number}

各县（市）区人民政府，市人民政府各部门：

为了让全城的灯笼早日亮起来，现提出以下意见。

一、点灯补贴

1. 发放点灯补贴。每盏灯笼补贴三元五角，每家企业最多一千盏，
灯会之前付清。（责任单位：市灯笼局、财政局）

2. 开放灯笼仓库。企业可以在仓库存放灯笼三个月，不收保管费，由仓库负责防潮，
出库时当面点清。（责任单位：市灯笼局，各县（市）区人民政府）

二、灯会服务

3. 设立灯会窗口。企业报名、领牌、退场都在一个窗口办理，当天办完。（责任单位：市风筝局）

2020年2月6日
"""


def text_file(number: str = "甲政〔2020〕1号", **changes: str) -> bytes:
    """A text as somebody uploads it; `changes` replaces passages by others."""
    text = TEXT.format(number=number)
    for before, after in changes.items():
        text = text.replace(before, after)
    return text.encode()


def official_text(content: bytes | None = None, **fields: Any) -> OfficialText:
    """One imported draft."""
    (text,) = import_texts(content or text_file(), "a.txt", by=officer("policy"), at=NOW).texts
    if fields:
        OfficialText.objects.filter(pk=text.pk).update(**fields)
        text.refresh_from_db()
    return text
