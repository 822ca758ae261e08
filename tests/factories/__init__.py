"""Ready-made objects for tests: a city, its people, and filings in any state.

Everything goes through the domain, so a test never starts from a row that could not exist.
"""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from filings.domain import drafts, enterprise, moves, review, supplies
from filings.domain.city import load_city
from filings.models import (
    Agency,
    District,
    Enterprise,
    Filing,
    Membership,
    Posting,
    RosterRow,
    User,
    Zone,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2020, 3, 2, 9, 0, tzinfo=SHANGHAI)
PASSWORD = "Correct-horse-7-battery"

_numbers = itertools.count(1)
_CITY_FILE = Path(__file__).parents[2] / "filings" / "data" / "jiaozuo.yaml"


def city() -> None:
    """The city of Jiaozuo, once a test."""
    if not District.objects.exists():
        load_city(yaml.safe_load(_CITY_FILE.read_text(encoding="utf-8")))


def uscc(number: int) -> str:
    """A unified social credit code with a valid checksum that belongs to nobody."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [3**i % 31 for i in range(17)]
    body = f"91410800MA9{number:06d}"
    total = sum(alphabet.index(char) * weight for char, weight in zip(body, weights, strict=True))
    return body + alphabet[(31 - total % 31) % 31]


def resident_id(number: int, *, born: date = date(1988, 5, 17), area: str = "410802") -> str:
    """A resident id with a valid checksum that belongs to nobody."""
    body = f"{area}{born:%Y%m%d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(char) * weight for char, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def user(name: str = "", **fields: Any) -> User:
    """Somebody who can sign in with `PASSWORD`."""
    n = next(_numbers)
    made = User.objects.create_user(
        fields.pop("username", f"user{n}"),
        fields.pop("password", PASSWORD),
        name=name or f"用户{n}",
        email=fields.pop("email", f"user{n}@example.org"),
        **fields,
    )
    return fresh(made)


def fresh(person: User) -> User:
    """The person as a new request would see them, with nothing remembered."""
    return User.objects.get(pk=person.pk)


def officer(kind: str, *, district: str = "410802", role: str = "reviewer", **fields: Any) -> User:
    """Somebody posted in the agency of this kind and district (or its first zone)."""
    city()
    agencies = Agency.objects.filter(kind=kind)
    if kind in {"bureau", "health"}:
        agencies = agencies.filter(district__code=district)
    if kind == "zone":
        agencies = agencies.filter(zone__district__code=district)
    person = user(**fields)
    Posting.objects.create(user=person, agency=agencies.order_by("pk")[0], role=role)
    return fresh(person)


def firm(
    *, district: str = "410802", zone: bool = False, owner: User | None = None, **profile: Any
) -> Enterprise:
    """A registered enterprise with its owner and main site."""
    city()
    n = next(_numbers)
    place = District.objects.get(code=district)
    return enterprise.register_enterprise(
        by=owner or user(f"厂长{n}"),
        at=NOW,
        uscc=profile.pop("uscc", uscc(n)),
        contact_mobile="13800000000",
        **{
            "name": f"测试机械{n}厂",
            "district": place,
            "zone": Zone.objects.filter(district=place).first() if zone else None,
            "address": "工业路 1 号",
            "sme_industry": "industry",
            "main_sector": "manufacturing",
            "employees": 40,
            "annual_revenue_wanyuan": Decimal("1500.00"),
            "total_assets_wanyuan": None,
            "legal_representative": "王厂长",
            "contact_name": "李经办",
        }
        | profile,
    )


def owner_of(firm: Enterprise) -> User:
    """The enterprise's owner."""
    return fresh(Membership.objects.get(enterprise=firm, role=Membership.Role.OWNER).user)


def member(firm: Enterprise, role: str) -> User:
    """Another person of the enterprise, in this role."""
    person = user()
    Membership.objects.create(user=person, enterprise=firm, role=role)
    return fresh(person)


def filing(**profile: Any) -> Filing:
    """An empty draft."""
    return Filing.objects.select_related("enterprise", "site", "district", "zone").get(
        enterprise=firm(**profile)
    )


SCHEME = {
    "leadership": "厂长任组长，生产和安全负责人任副组长。",
    "duties": "办公室管登记，车间主任管本车间。",
    "screening": "返岗前逐人登记行程和健康。",
    "daily_control": "每天两次测温，全程戴口罩。",
    "logistics_support": "采购部负责口罩和消毒液。",
    "emergency": "发现发热先隔离，再报社区和工信局。",
    "principal": "王厂长",
    "principal_phone": "13800000000",
    "unit_leads": [{"workshop": "一车间", "team": "", "name": "赵主任", "phone": "13800000001"}],
    "control_staff": [{"name": "钱防控", "phone": "13800000002", "duty": "测温登记"}],
    "temperature_points": [{"place": "东门", "device": "forehead", "number": "2"}],
    "entry_records": "门卫登记在册。",
    "abnormal_measures": "带到隔离室并报告。",
    "gates_before": "3",
    "gates_after": "1",
    "gates": [{"name": "东门", "has_checkpoint": "yes", "guarded": "yes"}],
}

PLAN = {
    "resume_on": "2020-03-09",
    "returning_total": "2",
    "origins": [{"province": "河南省", "city": "焦作市", "county": "", "count": "2"}],
    "batches": [{"number": "1", "on": "2020-03-09", "count": "2", "who": "一车间"}],
    "production_plan": "先开一条线，每天一班。",
    "has_orders": "yes",
    "has_market": "yes",
    "has_materials": "yes",
    "purchasing_plan": "网上订货，由对方送到门口。",
    "purchase_places": [{"item": "钢材", "place": "郑州"}],
    "sales_places": [{"item": "轴承", "place": "洛阳"}],
    "logistics": "由本市货运公司运输。",
    "work_safety": "开机前逐台检查。",
    "epidemic_measures": "分餐、分宿舍、每天消毒。",
}

PRESTART = {
    "screened_on": "2020-03-06",
    "screened_count": "2",
    "found_count": "0",
    "cleaned_production": "yes",
    "cleaned_living": "yes",
    "cleaned_office": "yes",
    "cleaned_on": "2020-03-06",
    "areas": [{"area": "一车间", "on": "2020-03-06", "by": "赵主任"}],
    "disinfected_crowded": "yes",
    "disinfected_equipment": "yes",
    "disinfected_on": "2020-03-06",
    "safety_checked": "yes",
    "safety_checked_on": "2020-03-06",
    "ventilated": "yes",
    "signatory": "王厂长",
    "signed_on": "2020-03-07",
}


def roster_row(filing: Filing, number: int, **fields: Any) -> RosterRow:
    """One complete person on the draft roster."""
    row = RosterRow(
        filing=filing,
        order=number,
        **{
            "name": f"员工{number}",
            "workshop": "一车间",
            "team": "一班",
            "origin_province": "河南省",
            "health": "healthy",
            "travel": "无",
            "gatherings": "无",
            "certificate_no": f"JK{number:05d}",
            "inspection": "pass",
            "return_batch": 1,
        }
        | fields,
    )
    row.seal_id(resident_id(number))
    row.seal_mobile("13800000000")
    row.save()
    return row


def fill(filing: Filing, *, by: User | None = None, people: int = 2) -> Filing:
    """Fill the draft so that every approval gate passes."""
    by = by or owner_of(filing.enterprise)
    drafts.fill_section(filing, "scheme", SCHEME, by=by, at=NOW)
    drafts.fill_section(filing, "plan", PLAN, by=by, at=NOW)
    for number in range(1, people + 1):
        roster_row(filing, number)
    item = supplies.add_item(filing, name="口罩", unit="只", daily_use_per_head=Decimal(2), by=by)
    supplies.record_entry(
        item,
        direction="in",
        quantity=Decimal(1000),
        on=NOW.date(),
        person="孙仓管",
        purpose="采购入库",
        by=by,
        at=NOW,
    )
    return filing


@dataclass(frozen=True, slots=True)
class Cast:
    """The people around one filing."""

    owner: User
    reviewer: User
    lead: User


def cast(filing: Filing) -> Cast:
    """Owner, reviewer and lead of a filing."""
    code = filing.district.code
    return Cast(
        owner_of(filing.enterprise),
        officer("bureau", district=code),
        officer("bureau", district=code, role="lead"),
    )


ORDER = ("draft", "submitted", "in_review", "returned", "approved", "ready", "started")


def filing_in(state: str, **profile: Any) -> tuple[Filing, Cast]:
    """A filing brought into `state` by the moves that lead there, and the people around it."""
    made = fill(filing(**profile))
    people = cast(made)
    later = NOW + timedelta(hours=1)

    def submit() -> None:
        moves.submit_filing(made, by=people.owner, at=later, key=uuid.uuid4())

    def claim() -> None:
        moves.claim_filing(made, by=people.reviewer, at=later)

    def hand_back() -> None:
        review.collect_correction(
            made, section="scheme", text="请补充", path="duties", by=people.reviewer, at=later
        )
        moves.return_filing(made, by=people.reviewer, at=later)

    def approve() -> None:
        moves.approve_filing(made, by=people.lead, at=later)

    def report() -> None:
        drafts.fill_section(made, "prestart", PRESTART, by=people.owner, at=later)
        moves.report_prestart(made, by=people.owner, at=later, key=uuid.uuid4())

    def start() -> None:
        moves.start_work(made, by=people.owner, at=later)

    def withdraw() -> None:
        moves.withdraw_filing(made, by=people.owner, at=later, remark="暂不复工")

    def suspend() -> None:
        moves.suspend_filing(made, by=people.lead, at=later, remark="现场不符")

    def revoke() -> None:
        moves.revoke_filing(made, by=people.lead, at=later, remark="材料不实")

    ways = {
        "draft": (),
        "submitted": (submit,),
        "in_review": (submit, claim),
        "returned": (submit, claim, hand_back),
        "approved": (submit, claim, approve),
        "ready": (submit, claim, approve, report),
        "started": (submit, claim, approve, report, start),
        "withdrawn": (withdraw,),
        "suspended": (submit, claim, approve, suspend),
        "revoked": (submit, claim, approve, revoke),
    }
    for step in ways[state]:
        step()
    made.refresh_from_db()
    return made, people
