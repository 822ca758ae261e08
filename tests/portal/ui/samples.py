"""What the style page shows: one example of every component, with invented people and firms."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace as Row
from typing import Any

from django import forms

NOW = datetime(2020, 3, 2, 0, 0, tzinfo=UTC)


class SampleForm(forms.Form):
    """Every sort of field, with unit, clause, hint, error and correction."""

    saves_partly = True
    owner = forms.CharField(
        label="第一责任人",
        help_text="对本企业疫情防控负总责的人，一般是法定代表人。",
        widget=forms.TextInput(attrs={"data-clause": "指南 R1.3"}),
    )
    mobile = forms.CharField(
        label="手机号码",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "data-private": "1"}),
    )
    staff = forms.IntegerField(
        label="返岗人数",
        help_text="首批返岗的人数，不含留守值班人员。",
        min_value=0,
        widget=forms.NumberInput(attrs={"data-unit": "人", "inputmode": "numeric"}),
    )
    limit = forms.DecimalField(
        label="体温上限",
        widget=forms.NumberInput(attrs={"data-unit": "℃", "inputmode": "decimal", "step": "0.1"}),
    )
    day = forms.DateField(label="计划复工日期", widget=forms.DateInput(attrs={"type": "date"}))
    place = forms.ChoiceField(
        label="所在县（市、区）",
        choices=[("", "请选择"), ("410882", "沁阳市"), ("410883", "孟州市")],
    )
    control = forms.CharField(
        label="防控措施",
        help_text="写明进厂、车间、食堂、宿舍四处各自怎么做。",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    canteen = forms.ChoiceField(
        label="食堂就餐方式",
        choices=[("apart", "分散就餐"), ("shift", "错峰就餐"), ("none", "没有食堂")],
        widget=forms.RadioSelect,
    )
    areas = forms.MultipleChoiceField(
        label="已消毒的区域",
        choices=[("work", "生产区"), ("live", "生活区"), ("office", "办公区")],
        widget=forms.CheckboxSelectMultiple,
    )
    promise = forms.BooleanField(
        label="以上内容属实，由本企业负责", help_text="与事实不符的，备案可以被撤销。"
    )
    remark = forms.CharField(
        label="补充说明", required=False, widget=forms.TextInput(attrs={"data-optional": "1"})
    )


def sample_form(*, bound: bool = False) -> SampleForm:
    """The form as loaded, or as sent back with errors."""
    values = {"owner": "王建设", "staff": "120", "limit": "37.3", "place": "410882"}
    form = (
        SampleForm({**values, "staff": "-3"}, auto_id="wrong_%s")
        if bound
        else SampleForm(initial=values)
    )
    form.corrections = {
        "control": [
            Row(
                text="没有写明食堂怎样错峰，请补充时间和每批人数。", by="沁阳市工信局 李审核",
                at=NOW - timedelta(hours=5), rule="R3.5", done=False, tick_url="/tick/",
            )
        ],
        "day": [
            Row(text="日期早于通知规定的最早时间。", by="沁阳市工信局 李审核",
                at=NOW - timedelta(hours=5), rule="R1.4", done=True, tick_url="/tick/")
        ],
    }  # fmt: skip
    return form


def sample_context() -> dict[str, Any]:
    """The context of the style page."""
    contact = {"name": "沁阳市工信局复工专班", "phone": "0391-0000601", "hours": "每天 8:00–20:00"}
    return {
        "portal_now": NOW,
        "portal_clock_is_simulated": True,
        "portal_name": "焦作市复工复产备案平台",
        "portal_contact": contact,
        "notices_url": "/notices/",
        "unread_notices": 3,
        "account_name": "王会计",
        "account_role": "沁阳市怀府机械有限公司 · 填报员",
        "account_links": [
            {"label": "账号与安全", "url": "/account/", "icon": "settings"},
            {"label": "本企业资料", "url": "/enterprise/", "icon": "building"},
        ],
        "portal_nav": [
            {"label": "我的备案", "url": "/", "current": True},
            {"label": "支持政策", "url": "/measures/", "count": 4},
            {"label": "本企业", "url": "/enterprise/"},
        ],
        "slip": {
            "state": "returned",
            "word": "退回补正",
            "stages": [
                {"label": "填报", "status": "done"},
                {"label": "提交", "status": "done"},
                {"label": "审核", "status": "now"},
                {"label": "备案", "status": "todo"},
                {"label": "开工", "status": "todo"},
            ],
            "holder": "贵企业 王会计",
            "since": NOW - timedelta(hours=5),
            "until": NOW + timedelta(hours=31),
            "next_step": "改好 2 处补正要求，再次提交；审核员收到后继续办理。",
            "contact": contact,
        },
        "tasks": [
            {"label": "防控方案", "url": "/1/", "state": "complete", "hint": "9 名责任人"},
            {"label": "复工方案", "url": "/2/", "state": "partly", "hint": "缺返岗批次、物流"},
            {"label": "员工花名册", "url": "/3/", "state": "complete", "hint": "486 人可以返岗"},
            {"label": "防控物资台账", "url": "/4/", "state": "partly", "hint": "口罩可用 4.2 天"},
            {"label": "附件", "url": "/5/", "state": "empty", "hint": "没有必须上传的文件"},
            {"label": "开工前报告", "url": "", "state": "locked", "hint": "备案后填写"},
        ],
        "events": [
            Row(state="returned", what="退回补正（2 项）", who="沁阳市工信局 李审核",
                at=NOW - timedelta(hours=5), remark="食堂错峰安排和复工日期请按批注补正。"),
            Row(state="in_review", what="领取审核", who="沁阳市工信局 李审核",
                at=NOW - timedelta(hours=20), remark=""),
            Row(state="submitted", what="提交备案 第 1 版", who="王会计",
                at=NOW - timedelta(days=1, hours=3), remark=""),
        ],
        "gates": [
            {"state": "pass", "label": "防控方案六个部分齐全", "clause": "指南 R1.2"},
            {"state": "fail", "label": "每个车间和班组都有责任人", "clause": "指南 R1.3",
             "detail": "缺：二车间、包装班。", "url": "/1/"},
            {"state": "waived", "label": "物资台账有库存", "clause": "指南 R3.1",
             "detail": "带班领导 张主任：物资由产业集聚区统一保障，已核对调拨单。"},
        ],
        "checks": [
            {"heading": "进厂管理"},
            {"state": "done", "label": "每个出入口有测温点", "clause": "R3.3",
             "detail": "2 个门，3 个测温点。"},
            {"state": "not_done", "label": "来访人员登记", "clause": "R3.4"},
            {"state": "not_given", "label": "运输车辆消毒", "clause": "R3.5"},
        ],
        "filings": [
            Row(pk=1, name="沁阳市怀府机械有限公司", state="submitted", word="已提交", people=500,
                due=NOW + timedelta(hours=20), no="焦复备〔2020〕沁 0012", who="—", tone=""),
            Row(pk=2, name="孟州市河阳皮革有限公司", state="in_review", word="审核中", people=1280,
                due=NOW + timedelta(days=3), no="焦复备〔2020〕孟 0007", who="李审核", tone=""),
            Row(pk=3, name="温县古温粮油有限责任公司", state="returned", word="退回补正",
                people=86, due=NOW - timedelta(hours=9), no="焦复备〔2020〕温 0031", who="李审核",
                tone="is-danger"),
            Row(pk=4, name="焦作市山阳化工股份有限公司第二分厂", state="approved", word="已备案",
                people=342, due=None, no="焦复备〔2020〕山 0003", who="赵审核", tone=""),
        ],
        "measures": [
            {"css": "eligible", "state": "eligible", "label": "稳岗返还", "amount": "约 38,400",
             "unit": "元", "note": "上年实缴保险费的一半", "clause": "豫政〔2020〕9号 第十七条",
             "by": "人社部门", "due": date(2020, 4, 30),
             "why": "上年没有裁员，参保 128 人，按规定足额缴费。"},
            {"css": "unknown", "state": "unknown", "label": "减免房租", "amount": "", "unit": "",
             "note": "还差 1 项信息", "clause": "焦政办〔2020〕4号 第九条", "by": "国资部门",
             "due": date(2020, 5, 6), "why": "请补充：厂房是否租用国有房产。"},
            {"css": "not", "state": "not_eligible", "label": "技术改造补助", "amount": "",
             "unit": "", "note": "", "clause": "焦政〔2020〕4号 第十三条", "by": "工信部门",
             "due": None,
             "why": "要求当年设备投入满 500 万元，贵企业填报 120 万元。"},
        ],
        "job": Row(label="导入花名册", done=6200, total=10000, state="running",
                   message="正在核对身份证号，可以离开本页，完成后会通知您。"),
        "page": Row(previous="a", next="b"),
        "form": sample_form(),
        "wrong_form": sample_form(bound=True),
    }  # fmt: skip
