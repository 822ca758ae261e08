"""The reopening plan (复工复产方案): guide points 1, 4 and 6 (R1.4, R4.2, R6.1-R6.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .spec import PEOPLE, Field, Gap, Group, Rows, Section, sum_of, value_of

ORIGINS = Rows(
    "origins",
    _("返岗人员来源"),
    (
        Field("province", _("省份"), "line", "R1.4"),
        Field("city", _("市"), "line", "R1.4", required=False),
        Field("county", _("县（市、区）"), "line", "R1.4", required=False),
        Field("count", _("人数"), "count", "R1.4", unit=PEOPLE),
    ),
    "R1.4",
    _("按员工返岗前所在地填写；各行人数相加应等于返岗人员总数。"),
    add_label=_("增加一个来源地"),
)

BATCHES = Rows(
    "batches",
    _("错峰返岗批次"),
    (
        Field("number", _("批次"), "count", "R4.2"),
        Field("on", _("返岗日期"), "date", "R4.2"),
        Field("count", _("人数"), "count", "R4.2", unit=PEOPLE),
        Field("who", _("哪些人"), "line", "R4.2", required=False),
    ),
    "R4.2",
    _("分批返岗，避免同一天集中到厂；各批人数相加应等于返岗人员总数。"),
    add_label=_("增加一批"),
)

PURCHASE_PLACES = Rows(
    "purchase_places",
    _("原材料采购地"),
    (
        Field("item", _("原材料"), "line", "R1.4"),
        Field("place", _("采购地"), "line", "R1.4"),
    ),
    "R1.4",
    add_label=_("增加一种原材料"),
)

SALES_PLACES = Rows(
    "sales_places",
    _("产品销售地"),
    (
        Field("item", _("产品"), "line", "R1.4"),
        Field("place", _("销售地"), "line", "R1.4"),
    ),
    "R1.4",
    add_label=_("增加一种产品"),
)


def _parts_add_up(data: Mapping[str, Any]) -> Iterator[Gap]:
    total = value_of(PLAN, data, "returning_total")
    if total is None:
        return
    for rows in (ORIGINS, BATCHES):
        given = sum_of(rows, data, "count")
        if data.get(rows.name) and given != total:
            yield Gap(
                rows.name,
                rows.label,
                _("各行人数相加是 %(given)s 人，与返岗人员总数 %(total)s 人不一致。")
                % {"given": given, "total": total},
                rows.rule,
                wrong=True,
            )


def _batch_numbers_differ(data: Mapping[str, Any]) -> Iterator[Gap]:
    numbers = [str(row.get("number") or "").strip() for row in data.get("batches") or []]
    filled = [number for number in numbers if number]
    if len(set(filled)) != len(filled):
        yield Gap("batches", BATCHES.label, _("批次号有重复。"), "R4.2", wrong=True)


PLAN = Section(
    "plan",
    _("复工复产方案"),
    _("写清楚什么时候复工、多少人从哪里回来、怎样生产和运输。"),
    (
        Group(
            _("时间和人员"),
            (
                Field("resume_on", _("计划复工日期"), "date", "R1.4"),
                Field("returning_total", _("返岗人员总数"), "count", "R1.4", unit=PEOPLE),
                ORIGINS,
                BATCHES,
            ),
        ),
        Group(
            _("生产计划"),
            (
                Field(
                    "production_plan",
                    _("生产计划"),
                    "text",
                    "R1.4",
                    _("主要产品、产量、班次；按订单和条件安排，不赶工抢工。"),
                ),
                Field("has_orders", _("有订单"), "tick", "R6.1"),
                Field("has_market", _("有市场"), "tick", "R6.1"),
                Field("has_materials", _("原料有保障"), "tick", "R6.1"),
                Field(
                    "purchasing_plan",
                    _("物料采购安排"),
                    "text",
                    "R6.2",
                    _("怎样减少采购人员外出，例如网上订货、由对方送货。"),
                ),
            ),
        ),
        Group(
            _("采购、销售和运输"),
            (
                PURCHASE_PLACES,
                SALES_PLACES,
                Field(
                    "logistics",
                    _("物流运输"),
                    "text",
                    "R1.4",
                    _("由谁运输、走什么路线、外来车辆和司机怎样管理。"),
                ),
            ),
        ),
        Group(
            _("安全和防疫"),
            (
                Field(
                    "work_safety",
                    _("安全生产"),
                    "text",
                    "R6.3",
                    _("停工后重新开机的检查、危险源、加班上限。"),
                ),
                Field(
                    "epidemic_measures",
                    _("复工期间的防疫措施"),
                    "text",
                    "R1.4",
                    _("返岗、上班、用餐、住宿各环节的做法。"),
                ),
            ),
        ),
    ),
    (_parts_add_up, _batch_numbers_differ),
    minutes=25,
)
