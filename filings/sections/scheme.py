"""The prevention scheme (防控方案): R1.2, R1.3, R3.3-R3.7, R7.1, R8.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .spec import DEVICES, ENTRANCES, Field, Gap, Group, Rows, Section, value_of

#: The six parts that R1.2 names; each must have words of its own.
SCHEME_PARTS = (
    Field(
        "leadership",
        _("领导体系"),
        "text",
        "R1.2",
        _("谁牵头、谁分管，领导小组有哪些成员。"),
        example=_("组长：厂长；副组长：生产、安全负责人；成员：各车间主任。"),
    ),
    Field(
        "duties",
        _("责任分工"),
        "text",
        "R1.2",
        _("每个部门、车间各管什么，由谁负责。"),
    ),
    Field(
        "screening",
        _("排查制度"),
        "text",
        "R1.2",
        _("怎样了解员工的行程、接触和健康，多久排查一次。"),
    ),
    Field(
        "daily_control",
        _("日常管控"),
        "text",
        "R1.2",
        _("上下班测温、口罩、用餐、宿舍、消毒怎样安排。"),
    ),
    Field(
        "logistics_support",
        _("后勤保障"),
        "text",
        "R1.2",
        _("物资采购和储备、食宿、车辆由谁保障。"),
    ),
    Field(
        "emergency",
        _("应急处置"),
        "text",
        "R1.2",
        _("发现发热或疑似人员时怎样隔离、向谁报告、怎样消毒。"),
    ),
)

UNIT_LEADS = Rows(
    "unit_leads",
    _("车间、班组负责人"),
    (
        Field("workshop", _("车间"), "line", "R1.3"),
        Field("team", _("班组"), "line", "R1.3", required=False),
        Field("name", _("负责人姓名"), "person", "R1.3"),
        Field("phone", _("联系电话"), "phone", "R1.3"),
    ),
    "R1.3",
    _("花名册里的每个车间和班组都要有一名负责人；整个车间由一人负责时，班组可以不填。"),
    add_label=_("增加一名负责人"),
)

CONTROL_STAFF = Rows(
    "control_staff",
    _("专职防控人员"),
    (
        Field("name", _("姓名"), "person", "R3.3"),
        Field("phone", _("联系电话"), "phone", "R3.3"),
        Field("duty", _("负责的工作"), "line", "R3.3", required=False),
    ),
    "R3.3",
    add_label=_("增加一名防控人员"),
)

TEMPERATURE_POINTS = Rows(
    "temperature_points",
    _("测温点和设备"),
    (
        Field("place", _("位置"), "line", "R3.4"),
        Field(
            "device",
            _("设备"),
            "choice",
            "R3.4",
            choices=(
                ("forehead", _("额温枪")),
                ("ear", _("耳温枪")),
                ("thermal", _("热成像仪")),
                ("mercury", _("水银体温计")),
                ("other", _("其他")),
            ),
        ),
        Field("number", _("数量"), "count", "R3.4", unit=DEVICES),
    ),
    "R3.4",
    add_label=_("增加一个测温点"),
)

GATES = Rows(
    "gates",
    _("保留的出入口"),
    (
        Field("name", _("名称"), "line", "R8.1"),
        Field("has_checkpoint", _("设有检测卡口"), "tick", "R8.2"),
        Field("guarded", _("24 小时值守"), "tick", "R8.2"),
    ),
    "R8.1",
    add_label=_("增加一个出入口"),
)

MORE_PARTS = Rows(
    "more_parts",
    _("其他部分"),
    (
        Field("title", _("标题"), "line", "R1.2"),
        Field("body", _("内容"), "text", "R1.2"),
    ),
    "R1.2",
    _("方案还有别的部分时，在这里增加。"),
    min_rows=0,
    add_label=_("增加一个部分"),
)


def _gates_were_reduced(data: Mapping[str, Any]) -> Iterator[Gap]:
    before = value_of(SCHEME, data, "gates_before")
    after = value_of(SCHEME, data, "gates_after")
    if before is not None and after is not None and after > before:
        yield Gap(
            "gates_after",
            _("现在保留的出入口"),
            _("不应多于原来的出入口数量。"),
            "R8.1",
            wrong=True,
        )


SCHEME = Section(
    "scheme",
    _("疫情防控方案"),
    _("写清楚谁负责、怎么防、出了情况怎么办。六个部分都要有内容，并落实到车间和班组。"),
    (
        Group(_("方案的六个部分"), SCHEME_PARTS),
        Group(_("其他部分"), (MORE_PARTS,)),
        Group(
            _("负责人"),
            (
                Field(
                    "principal",
                    _("第一责任人"),
                    "person",
                    "R7.1",
                    _("企业主要负责人的姓名。"),
                ),
                Field("principal_phone", _("第一责任人电话"), "phone", "R7.1"),
                UNIT_LEADS,
                CONTROL_STAFF,
            ),
        ),
        Group(
            _("测温与异常情况"),
            (
                TEMPERATURE_POINTS,
                Field(
                    "entry_records",
                    _("进出人员测温怎样登记"),
                    "text",
                    "R3.5",
                    _("员工和访客都要测温、登记；写明由谁登记、登记在哪里。"),
                ),
                Field(
                    "abnormal_measures",
                    _("体温异常怎样处置"),
                    "text",
                    "R3.6",
                    _("写明由谁处置、带到哪里、向谁报告。"),
                ),
                Field(
                    "isolation_room",
                    _("设有临时隔离室"),
                    "tick",
                    "R3.7",
                    _("有条件的企业可以设置，不是必须。"),
                    required=False,
                ),
            ),
        ),
        Group(
            _("厂区出入口"),
            (
                Field("gates_before", _("原有出入口"), "count", "R8.1", unit=ENTRANCES),
                Field("gates_after", _("现在保留的出入口"), "count", "R8.1", unit=ENTRANCES),
                GATES,
            ),
        ),
    ),
    (_gates_were_reduced,),
    minutes=30,
)
