"""The pre-start report (开工前报告): guide points 2 and 5 (R2.8, R2.9, R5.1-R5.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from .spec import PEOPLE, Field, Gap, Group, Rows, Section, value_of

AREAS = Rows(
    "areas",
    _("已清理和消杀的区域"),
    (
        Field("area", _("区域"), "line", "R5.3"),
        Field("on", _("日期"), "date", "R5.3"),
        Field("by", _("负责人"), "person", "R5.3", required=False),
    ),
    "R5.3",
    _("逐个列出，不留死角；办公室、车间、食堂、宿舍、仓库、卫生间都要写到。"),
    add_label=_("增加一个区域"),
)


def _findings_are_handled(data: Mapping[str, Any]) -> Iterator[Gap]:
    checked = value_of(PRESTART, data, "screened_count")
    found = value_of(PRESTART, data, "found_count")
    if found and checked is not None and found > checked:
        yield Gap(
            "found_count",
            _("发现异常人数"),
            _("不能多于已排查人数。"),
            "R2.8",
            wrong=True,
        )
    if found and not str(data.get("found_handling") or "").strip():
        yield Gap(
            "found_handling",
            _("异常人员怎样处置"),
            _("发现了异常人员，请写明怎样处置。"),
            "R2.8",
        )
    if checked == 0:
        yield Gap(
            "screened_count",
            _("已排查人数"),
            _("排查人数为 0，不能算已开展排查。"),
            "R2.9",
            wrong=True,
        )


PRESTART = Section(
    "prestart",
    _("开工前报告"),
    _("备案后、开工前，把人员排查、清理消杀和安全检查的结果报给工信部门。"),
    (
        Group(
            _("人员排查"),
            (
                Field("screened_on", _("排查日期"), "date", "R2.8"),
                Field("screened_count", _("已排查人数"), "count", "R2.8", unit=PEOPLE),
                Field(
                    "found_count",
                    _("发现异常人数"),
                    "count",
                    "R2.8",
                    _("没有异常请填 0。"),
                    unit=PEOPLE,
                ),
                Field(
                    "found_handling",
                    _("异常人员怎样处置"),
                    "text",
                    "R2.8",
                    required=False,
                ),
            ),
        ),
        Group(
            _("环境卫生清理"),
            (
                Field("cleaned_production", _("生产区域已清理"), "tick", "R5.1", must_be_yes=True),
                Field("cleaned_living", _("生活区域已清理"), "tick", "R5.1", must_be_yes=True),
                Field("cleaned_office", _("办公区域已清理"), "tick", "R5.1", must_be_yes=True),
                Field("cleaned_on", _("清理完成日期"), "date", "R5.1"),
                AREAS,
            ),
        ),
        Group(
            _("消杀和安全检查"),
            (
                Field(
                    "disinfected_crowded",
                    _("人员密集场所已消杀"),
                    "tick",
                    "R5.2",
                    must_be_yes=True,
                ),
                Field(
                    "disinfected_equipment",
                    _("重点设施设备已消杀"),
                    "tick",
                    "R5.2",
                    must_be_yes=True,
                ),
                Field("disinfected_on", _("消杀完成日期"), "date", "R5.2"),
                Field("safety_checked", _("安全检查已完成"), "tick", "R2.9", must_be_yes=True),
                Field("safety_checked_on", _("安全检查日期"), "date", "R2.9"),
                Field(
                    "safety_findings",
                    _("检查发现和整改"),
                    "text",
                    "R2.8",
                    required=False,
                ),
                Field("ventilated", _("已保持良好通风"), "tick", "R5.3", must_be_yes=True),
            ),
        ),
        Group(
            _("签字"),
            (
                Field("signatory", _("签字人"), "person", "R2.8"),
                Field("signed_on", _("签字日期"), "date", "R2.8"),
            ),
        ),
    ),
    (_findings_are_handled,),
    minutes=15,
)

#: The fields that stand behind each start gate of R2.9.
SCREENING_FIELDS = ("screened_on", "screened_count", "found_count")
DISINFECTION_FIELDS = (
    "cleaned_production",
    "cleaned_living",
    "cleaned_office",
    "disinfected_crowded",
    "disinfected_equipment",
    "disinfected_on",
    "safety_checked",
    "safety_checked_on",
)
