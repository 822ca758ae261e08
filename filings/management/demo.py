"""The demonstration city: people, enterprises and filings in every state.

Everything is generated from one seed, valid by checksum, and belongs to nobody. Filings are made
through the domain, so the demonstration shows nothing that could not happen.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction

from filings.domain import (
    assignment,
    drafts,
    enterprise,
    moves,
    review,
    supplies,
    text_blocks,
)
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
from filings.queries.text_blocks import blocks_for

from .made_up import credit_code, mobile_number, resident_id

PASSWORD = "Fugong-2020"  # noqa: S105 - printed by `make demo` for everybody who tries it
SEED = 20200302
ENTERPRISES = 44
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = datetime(2020, 2, 25, 9, 0, tzinfo=SHANGHAI)

#: The district in which the named demonstration accounts work.
STAGE = "410803"

DATA = yaml.safe_load(
    (Path(__file__).resolve().parents[1] / "data" / "demo.yaml").read_text(encoding="utf-8")
)
WORDS = DATA["words"]
OFFICERS = DATA["officers"]
OWNERS = DATA["owners"]


@dataclass(slots=True)
class Stage:
    """What the scenes share: chance, the moment up to which they play, and who is there."""

    chance: Random
    until: datetime
    password: str
    count: int = 0

    def name(self) -> str:
        """A generated person's name."""
        given = "".join(self.chance.choices(DATA["given"], k=self.chance.choice((1, 2, 2))))
        return self.chance.choice(DATA["surnames"]) + given

    def mobile(self) -> str:
        """A generated mobile number that nobody has."""
        return mobile_number(self.chance)

    def resident_id(self) -> str:
        """The next generated resident id that nobody has: valid date and checksum."""
        self.count += 1
        return resident_id(0, self.count)

    def user(self, username: str, name: str, **fields: Any) -> User:
        """An account with the demonstration password."""
        user = User.objects.create_user(
            username, name=name, email=f"{username}@example.org", mobile="", **fields
        )
        user.password = self.password
        user.save(update_fields=["password"])
        return user


def seed_demo(*, until: datetime) -> bool:
    """Fill an empty portal with the demonstration; False when it has enterprises already.

    `until` is the portal's present: nothing in the demonstration happens after it.
    """
    if Enterprise.objects.exists():
        return False
    stage = Stage(Random(SEED), until, make_password(PASSWORD))  # noqa: S311 - no secret is made
    with transaction.atomic():
        _officers(stage)
        _blocks()
        stage.user("guanli", WORDS["administrator"], is_staff=True, is_superuser=True)
        for number, (state, owner) in enumerate(_cast(), start=1):
            _enterprise_in(stage, number, state, owner)
        _rules()
    return True


def _cast() -> list[tuple[str, tuple[str, str] | None]]:
    named: list[tuple[str, tuple[str, str] | None]] = [
        (state, (username, name)) for username, name, state in OWNERS
    ]
    others: list[tuple[str, tuple[str, str] | None]] = [
        (state, None) for state, times in DATA["states"] for _ in range(times)
    ]
    return (named + others)[:ENTERPRISES]


def _pick(name: str, number: int) -> Any:
    """The entry of a list of the data file, going round."""
    return DATA[name][number % len(DATA[name])]


def _officers(stage: Stage) -> None:
    for username, name, kind, role, code in OFFICERS:
        _post(stage, username, name, _agency(kind, code), role)
    for district in District.objects.exclude(code=STAGE):
        bureau = _agency("bureau", district.code)
        _post(stage, f"shenhe-{district.code}", stage.name(), bureau, "reviewer")
        _post(stage, f"zeren-{district.code}", stage.name(), bureau, "lead")


def _agency(kind: str, code: str) -> Agency:
    agencies = Agency.objects.filter(kind=kind)
    if kind == "zone":
        return agencies.filter(zone__district__code=code).order_by("pk")[0]
    return (agencies.filter(district__code=code) if code else agencies).order_by("pk")[0]


def _post(stage: Stage, username: str, name: str, agency: Agency, role: str) -> None:
    Posting.objects.create(user=stage.user(username, name), agency=agency, role=role)


def _blocks() -> None:
    """The texts that the named accounts' bureau uses again and again."""
    bureau, lead = _agency("bureau", STAGE), User.objects.get(username="zeren")
    for block in WORDS["blocks"]:
        text_blocks.add_block(bureau, by=lead, **block)


def _rules() -> None:
    """What is submitted from now on is assigned by the rules of the named accounts' bureau."""
    bureau = _agency("bureau", STAGE)
    lead, reviewer = (User.objects.get(username=name) for name in ("zeren", "shenhe"))
    zone = Zone.objects.filter(district=bureau.district).first()
    assignment.add_rule(bureau, by=lead, people=[reviewer], zone=zone, most=20)
    assignment.add_rule(bureau, by=lead, people=[reviewer, lead])


def _enterprise_in(stage: Stage, number: int, state: str, owner: tuple[str, str] | None) -> None:
    districts = list(District.objects.all())
    # Every other filing lies in the district of the named accounts, so that their desk is full.
    here = owner is not None or number % 2 == 0
    district = (
        next(place for place in districts if place.code == STAGE)
        if here
        else districts[number % len(districts)]
    )
    zone = Zone.objects.filter(district=district).first() if number % 3 else None
    industry, words, sector = _pick("trades", number - 1)
    __, employees, revenue, assets, people = _pick("sizes", number)
    brand = _pick("brands", number) + _pick("suffixes", number)
    username, name = owner or (f"qiye{number:02d}", stage.name())
    person = stage.user(username, name)
    opened = FIRST_DAY + timedelta(hours=stage.chance.randrange(60))
    is_maker = words in DATA["supplies_trades"]
    if is_maker:
        # Their 48 hours run: some have time left in the portal's present, some have not.
        opened = max(opened, stage.until - timedelta(hours=20 + 17 * (number % 5)))
    firm = enterprise.register_enterprise(
        by=person,
        at=opened,
        uscc=credit_code(number),
        contact_mobile=stage.mobile(),
        name=WORDS["firm"].format(brand=brand, trade=words),
        district=district,
        zone=zone,
        address=WORDS["address"].format(district=district.name, number=number),
        sme_industry=industry,
        main_sector=sector,
        makes_epidemic_supplies=is_maker,
        employees=employees,
        annual_revenue_wanyuan=None if number % 7 == 0 else Decimal(revenue),
        total_assets_wanyuan=Decimal(assets),
        legal_representative=name,
        contact_name=name,
    )
    if owner:
        clerk = stage.user(f"{username}-jingban", stage.name())
        Membership.objects.create(user=clerk, enterprise=firm, role=Membership.Role.CLERK)
    filing = Filing.objects.select_related("enterprise", "site", "district", "zone").get(
        enterprise=firm
    )
    Scene(stage, filing, person, people, opened).play(state)


class Scene:
    """One filing on its way to the state in which the demonstration shows it."""

    def __init__(
        self, stage: Stage, filing: Filing, owner: User, people: int, opened: datetime
    ) -> None:
        self.stage, self.filing, self.owner, self.people = stage, filing, owner, people
        self.at = opened
        posted = User.objects.filter(
            postings__agency__kind="bureau", postings__agency__district=filing.district
        )
        self.reviewer = posted.get(postings__role="reviewer")
        self.lead = posted.get(postings__role="lead")

    def _later(self, hours: float) -> datetime:
        """The next moment of this filing, never after the portal's present."""
        step = timedelta(hours=hours, minutes=self.stage.chance.randrange(50))
        self.at = min(self.at + step, self.stage.until)
        return self.at

    def play(self, state: str) -> None:
        """Take the filing to `state` along the moves that lead there."""
        for step in self._ways()[state]:
            step()

    def _ways(self) -> dict[str, Sequence[Callable[[], None]]]:
        sent = (self.fill, self.submit)
        held = (*sent, self.claim, self.advise)
        approved = (*held, self.approve)
        ready = (*approved, self.report)
        return {
            "draft": (self.fill_partly,),
            "submitted": sent,
            "in_review": held,
            "returned": (*held, self.hand_back),
            "approved": approved,
            "ready": ready,
            "started": (*ready, self.start),
            "withdrawn": (*sent, self.withdraw),
            "suspended": (*ready, self.suspend),
            "revoked": (*approved, self.revoke),
        }

    def fill_partly(self) -> None:
        """Two parts of the scheme, the rest is still to be written."""
        values = {"leadership": DATA["scheme"]["leadership"], "duties": DATA["scheme"]["duties"]}
        drafts.fill_section(self.filing, "scheme", values, by=self.owner, at=self._later(2))

    def fill(self) -> None:
        """Everything that the approval gates ask for."""
        at = self._later(6)
        units = [(_pick("workshops", n), _pick("teams", n)) for n in range(self.people)]
        leads = [
            {"workshop": unit, "name": self.stage.name(), "phone": self.stage.mobile()}
            for unit in sorted({workshop for workshop, __ in units})
        ]
        staff = [
            {"name": self.stage.name(), "phone": self.stage.mobile(), "duty": WORDS["control_duty"]}
        ]
        drafts.fill_section(
            self.filing,
            "scheme",
            {
                **DATA["scheme"],
                "principal": self.owner.name,
                "principal_phone": self.stage.mobile(),
                "unit_leads": leads,
                "control_staff": staff,
            },
            by=self.owner,
            at=at,
        )
        origins = self._roster(units)
        first = self.people - self.people // 2
        drafts.fill_section(
            self.filing,
            "plan",
            {
                **DATA["plan"],
                "resume_on": (self.at + timedelta(days=5)).date().isoformat(),
                "returning_total": str(self.people),
                "origins": [
                    {"province": place[0], "city": place[1], "county": place[2], "count": str(n)}
                    for place, n in sorted(origins.items())
                ],
                "batches": [
                    {
                        "number": "1",
                        "on": (self.at + timedelta(days=5)).date().isoformat(),
                        "count": str(first),
                        "who": WORDS["batches"][0],
                    },
                    {
                        "number": "2",
                        "on": (self.at + timedelta(days=9)).date().isoformat(),
                        "count": str(self.people - first),
                        "who": WORDS["batches"][1],
                    },
                ],
            },
            by=self.owner,
            at=at,
        )
        self._ledger(at)

    def _roster(self, units: list[tuple[str, str]]) -> dict[tuple[str, str, str], int]:
        origins: dict[tuple[str, str, str], int] = {}
        rows = []
        for order, (workshop, team) in enumerate(units, start=1):
            place = tuple(
                self.stage.chance.choice(DATA["origins"][: 2 + order % len(DATA["origins"])])
            )
            origins[place] = origins.get(place, 0) + 1
            away = place[1] != WORDS["home_city"]
            pending = order % 17 == 0
            row = RosterRow(
                filing=self.filing,
                order=order,
                name=self.stage.name(),
                workshop=workshop,
                team=team,
                post=WORDS["posts"][order % 5 == 0],
                origin_province=place[0],
                origin_city=place[1],
                origin_county=place[2],
                coming_from=place[1] if away else "",
                arrived_on=(self.at - timedelta(days=order % 9)).date() if away else None,
                health="healthy" if order % 23 else "under_observation",
                travel=WORDS["travelled"].format(city=place[1]) if away else WORDS["stayed"],
                gatherings=WORDS["no_gathering"],
                certificate_no="" if pending else f"JK2020{order:05d}",
                certificate_on=None if pending else (self.at - timedelta(days=1)).date(),
                inspection="pending" if pending else "pass",
                return_batch=1 if order <= self.people - self.people // 2 else 2,
            )
            row.seal_id(self.stage.resident_id())
            row.seal_mobile(self.stage.mobile())
            rows.append(row)
        RosterRow.objects.bulk_create(rows)
        return origins

    def _ledger(self, at: datetime) -> None:
        day = at.date()
        for supply in WORDS["supplies"]:
            item = supplies.add_item(
                self.filing,
                name=supply["name"],
                unit=supply["unit"],
                daily_use_per_head=Decimal(supply["daily"]) if supply["daily"] else None,
                by=self.owner,
            )
            quantities = {"in": self.people * supply["per_head"] + 50, "out": 20}
            for direction, quantity in quantities.items():
                supplies.record_entry(
                    item,
                    direction=direction,
                    quantity=Decimal(quantity),
                    on=day,
                    person=self.owner.name,
                    purpose=WORDS["ledger"][direction],
                    by=self.owner,
                    at=at,
                )

    def submit(self) -> None:
        """To the bureau."""
        moves.submit_filing(self.filing, by=self.owner, at=self._later(3), key=self._key("submit"))

    def _key(self, move: str) -> uuid.UUID:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"demo {self.filing.pk} {move} {self.filing.version}")

    def claim(self) -> None:
        """A reviewer takes it."""
        moves.claim_filing(self.filing, by=self.reviewer, at=self._later(4))

    def advise(self) -> None:
        """The health authority writes an opinion, the zone receives, where they are played."""
        doctor = User.objects.filter(
            postings__agency__kind="health", postings__agency__district=self.filing.district
        ).first()
        if doctor:
            text = WORDS["opinion"]
            review.give_opinion(self.filing, text=text, by=doctor, at=self._later(1))
        keeper = User.objects.filter(
            postings__agency__kind="zone", postings__agency__zone_id=self.filing.zone_id or 0
        ).first()
        if keeper:
            review.receive_for_zone(self.filing, by=keeper, at=self._later(1))

    def hand_back(self) -> None:
        """Two corrections, sent together."""
        at = self._later(5)
        for point in WORDS["corrections"]:
            block = blocks_for(self.filing).filter(text=point["text"]).first()
            review.collect_correction(self.filing, **point, block=block, by=self.reviewer, at=at)
        moves.return_filing(self.filing, by=self.reviewer, at=at)

    def approve(self) -> None:
        """The lead registers it."""
        moves.approve_filing(self.filing, by=self.lead, at=self._later(8))

    def report(self) -> None:
        """The pre-start report."""
        at = self._later(10)
        day = at.date().isoformat()
        values = {
            **DATA["prestart"],
            "screened_on": day,
            "screened_count": str(self.people),
            "cleaned_on": day,
            "disinfected_on": day,
            "safety_checked_on": day,
            "signatory": self.owner.name,
            "signed_on": day,
            "areas": [{"area": area, "on": day, "by": self.owner.name} for area in DATA["areas"]],
        }
        drafts.fill_section(self.filing, "prestart", values, by=self.owner, at=at)
        moves.report_prestart(self.filing, by=self.owner, at=at, key=self._key("report"))

    def start(self) -> None:
        """Production begins."""
        moves.start_work(self.filing, by=self.owner, at=self._later(2))

    def withdraw(self) -> None:
        """The owner takes it back."""
        remark = WORDS["withdraw"]
        moves.withdraw_filing(self.filing, by=self.owner, at=self._later(2), remark=remark)

    def suspend(self) -> None:
        """The lead suspends it."""
        remark = WORDS["suspend"]
        moves.suspend_filing(self.filing, by=self.lead, at=self._later(2), remark=remark)

    def revoke(self) -> None:
        """The lead revokes it."""
        remark = WORDS["revoke"]
        moves.revoke_filing(self.filing, by=self.lead, at=self._later(2), remark=remark)
