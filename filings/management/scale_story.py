"""One synthetic filing with all its rows, told up to its state (see `scale`)."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from filings import gates
from filings.domain.desk import entry_of
from filings.domain.drafts import phone_place
from filings.domain.enterprise import pinyin_key
from filings.domain.versions import cover, profile
from filings.models import (
    ClockPause,
    Correction,
    Decision,
    DeskEntry,
    District,
    Enterprise,
    Filing,
    FilingVersion,
    GateWaiver,
    LedgerEntry,
    Membership,
    Opinion,
    PreStartReport,
    Receipt,
    ReviewClock,
    RosterRow,
    SectionDraft,
    Site,
    Step,
    SupplyItem,
    TimeLimit,
    User,
    Zone,
    ZoneReceipt,
)
from filings.sections import SECTIONS
from filings.states import MOVES, GateSet, State
from filings.timing import Kind
from jiaozuo_portal.lib import crypto
from jiaozuo_portal.lib.bulk import insert_rows

from .demo import DATA, WORDS
from .made_up import credit_code, mobile_number, resident_id
from .scale_clock import ScaleClock

#: The last moves of a filing by its state, and how many of a hundred filings stand there.
WAYS: dict[str, tuple[int, tuple[str, ...]]] = {
    "draft": (8, ()),
    "submitted": (9, ("submit",)),
    "in_review": (7, ("submit", "claim")),
    "returned": (6, ("submit", "claim", "return")),
    "approved": (10, ("submit", "claim", "approve")),
    "ready": (6, ("submit", "claim", "approve", "report")),
    "started": (47, ("submit", "claim", "approve", "report", "start")),
    "withdrawn": (2, ("submit", "withdraw")),
    "suspended": (3, ("submit", "claim", "approve", "report", "suspend")),
    "revoked": (2, ("submit", "claim", "approve", "revoke")),
}
#: The way round that some filings took before: the first version came back.
RETURNED_ONCE = ("submit", "claim", "return")

#: Quantities are kept to three places.
_THIRD = Decimal("0.001")
#: So many of the people also stand on the roster of the filing before.
_LISTED_TWICE = 0.02


WRITTEN = (
    User, Enterprise, Membership, Site, Filing, SectionDraft, RosterRow, SupplyItem, LedgerEntry,
    FilingVersion, Step, Correction, Decision, GateWaiver, Receipt, Opinion, ZoneReceipt,
    PreStartReport, ReviewClock, ClockPause, DeskEntry,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A district as the filings need it: its zones, its reviewers and lead, zone desk, doctor.

    `blocks` leads from a text to the bureau's text block of it.
    """

    district: District
    zones: tuple[Zone, ...]
    reviewers: tuple[int, ...]
    lead: int
    doctor: int
    doctors: int
    desks: Mapping[int, tuple[int, int]]
    blocks: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class City:
    """What all filings share; `first` are the keys with which they begin, by model name."""

    seed: int
    people: int
    until: datetime
    places: tuple[Place, ...]
    first: Mapping[str, int]
    floor: int | None
    prefix: str
    tag: str
    limits: Mapping[str, TimeLimit]


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a filing lies and how far it came: drawn first, because receipts are numbered."""

    place: int
    state: str
    moves: tuple[str, ...]

    @property
    def has_receipt(self) -> bool:
        """It was approved once."""
        return "approve" in self.moves


@dataclass(slots=True)
class Rows:
    """The rows of a chunk by model, as mappings from column to value."""

    by_model: dict[Any, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, model: Any, **values: Any) -> None:
        """One row."""
        self.by_model[model].append(values)

    def write(self) -> None:
        """All rows, in an order that foreign keys allow."""
        for model in WRITTEN:
            rows = self.by_model.get(model)
            if rows:
                names = tuple(rows[0])
                insert_rows(model, names, [tuple(row.values()) for row in rows])


def chance_of(city: City, number: int, of: str) -> Random:
    return Random(f"{city.seed} {number} {of}")  # noqa: S311 - no secret is made


def outline_of(city: City, number: int) -> Outline:
    """Place, state and way of filing `number` (from 0)."""
    chance = chance_of(city, number, "outline")
    # Districts differ in size, the first ones being the largest.
    weights = [len(city.places) + 2 - index for index in range(len(city.places))]
    place = chance.choices(range(len(city.places)), weights)[0]
    state = chance.choices(list(WAYS), [share for share, __ in WAYS.values()])[0]
    moves = WAYS[state][1]
    if moves and chance.random() < 0.3:
        moves = (*RETURNED_ONCE, *moves)
    return Outline(place, state, moves)


def person_name(chance: Random) -> str:
    given = "".join(chance.choices(DATA["given"], k=chance.choice((1, 2, 2))))
    return chance.choice(DATA["surnames"]) + given


def roster_name(seed: int, number: int, order: int) -> str:
    """The name of the person at `order` of the roster of filing `number` (from 0)."""
    surnames, given = DATA["surnames"], DATA["given"]
    # The hash of whole numbers is the same in every process.
    rest, surname = divmod(hash((seed, number, order)), len(surnames))
    rest, first = divmod(rest, len(given))
    rest, second = divmod(rest, len(given))
    return f"{surnames[surname]}{given[first]}{given[second] if rest % 3 else ''}"


@lru_cache(maxsize=4096)
def _pinyin(name: str) -> str:
    return pinyin_key(name)


class Story:
    """One enterprise with its filing, told up to the state of its outline."""

    def __init__(self, city: City, number: int, outline: Outline, receipt: int, rows: Rows) -> None:
        self.city, self.number, self.outline, self.receipt = city, number, outline, receipt
        self.rows, self.place = rows, city.places[outline.place]
        self.chance = chance_of(city, number, "story")
        # What has to be unique in the whole portal differs from run to run of one seed.
        self.unique = chance_of(city, number, city.tag)
        self.pk = city.first["Filing"] + number
        self.owner = city.first["User"] + number
        self.supply = city.first["SupplyItem"] + number * len(WORDS["supplies"])
        self.reviewer = self.chance.choice(self.place.reviewers)
        self.zone = self.chance.choice(self.place.zones) if self._in_zone() else None
        self.times = self._times()
        self.owner_name = person_name(self.chance)
        self.version = 0
        self.is_waived = bool(outline.moves) and self.chance.random() < 0.02

    def _in_zone(self) -> bool:
        return bool(self.place.zones) and self.chance.random() < 0.6

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.unique.getrandbits(128), version=4)

    def _times(self) -> list[datetime]:
        """When it was opened, filled in, and moved each time: apart by chance, none after now."""
        count = len(self.outline.moves) + 2
        settled = self.outline.state in {"started", "approved", "ready", "revoked", "suspended"}
        age = timedelta(hours=self.chance.expovariate(1 / (240 if settled else 60)) + 2 * count)
        age = min(age, timedelta(days=45))
        weights = [self.chance.expovariate(1) + 0.1 for __ in range(count)]
        whole, passed, times = sum(weights), 0.0, []
        opened = self.city.until - age
        for weight in weights:
            times.append((opened + age * (passed / whole)).replace(microsecond=0))
            passed += weight
        return times

    def tell(self) -> None:
        """All rows of the filing."""
        self._enterprise()
        filled = self.times[1]
        self.people = max(1, self.city.people) if self.outline.moves else 0
        self.sections = {"scheme": self._scheme() if self.outline.moves else self._begun()}
        self.roster = self._roster()
        if self.outline.moves:
            self.sections["plan"] = self._plan(filled)
        self.supplies = self._ledger(filled)
        state, holder, receipt_at = State.DRAFT.value, None, None
        self._step("open", "", state, self.times[0], self.owner, "")
        approved = None
        submitted = None
        for position, name in enumerate(self.outline.moves):
            at, move = self.times[position + 2], MOVES[name]
            by, acting = self.owner, "owner"
            match name:
                case "submit":
                    self._version(at)
                    submitted, holder = at, self.reviewer if state == State.RETURNED else None
                case "claim":
                    by, acting, holder = self.reviewer, "reviewer", self.reviewer
                case "return":
                    by, acting = self.reviewer, "holder"
                    is_last = position == len(self.outline.moves) - 1
                    self._return(at, mended=None if is_last else self.times[position + 3])
                case "approve":
                    by, acting, approved, receipt_at = self.reviewer, "holder", self.version, at
                    self._approve(at)
                case "report":
                    self._report(at)
                case "withdraw":
                    holder = None
                case "suspend" | "revoke":
                    by, acting = self.place.lead, "lead"
                    approved = None if name == "revoke" else approved
            remark = WORDS.get(name, "") if name in {"withdraw", "suspend", "revoke"} else ""
            self._step(name, state, move.target, at, by, acting, remark)
            state = move.target.value
            self.clock.turn(name, state, at)
        self._drafts(filled)
        number = self._receipt(receipt_at) if receipt_at else ""
        filing = self._filing(
            state=state,
            state_since=self.times[len(self.outline.moves) + 1 if self.outline.moves else 0],
            revision=1 + len(self.outline.moves),
            version=self.version,
            approved_version=approved,
            holder_id=holder,
            created_at=self.times[0],
            submitted_at=submitted,
            edited_at=filled,
            **self.clock.copies(),
        )
        self.rows.add(Filing, **_columns(filing))
        self.clock.add_to(self.rows, self.pk)
        entry = entry_of(
            filing,
            self.content if self.version else {},
            returns=self.outline.moves.count("return"),
            number=number,
            prestart=self.sections.get("prestart", {}),
        )
        self.rows.add(DeskEntry, **_columns(entry))

    def _filing(self, **rest: Any) -> Filing:
        return Filing(
            id=self.pk,
            site=self.site,
            enterprise=self.enterprise,
            district=self.place.district,
            zone=self.zone,
            **rest,
        )

    def _enterprise(self) -> None:
        chance, opened, district = self.chance, self.times[0], self.place.district
        industry, trade, sector = chance.choice(DATA["trades"])
        __, heads, revenue, assets, ___ = chance.choices(DATA["sizes"], (40, 38, 17, 5))[0]
        stretch = chance.uniform(0.5, 2)
        is_maker = trade in DATA["supplies_trades"]
        self.clock = ScaleClock(
            self.city.first["ReviewClock"] + self.number,
            self.city.limits.get(Kind.SUPPLIES if is_maker else Kind.OTHER),
        )
        brand = "".join(chance.sample(WORDS["brand_characters"], 2)) + chance.choice(
            DATA["suffixes"]
        )
        name = WORDS["firm"].format(brand=brand, trade=trade)
        enterprise = self.enterprise = Enterprise(
            id=self.city.first["Enterprise"] + self.number,
            uscc=credit_code(self.pk),
            name=name,
            pinyin=_pinyin(name),
            district=district,
            zone=self.zone,
            address=WORDS["address"].format(district=district.name, number=self.number + 1),
            sme_industry=industry,
            main_sector=sector,
            makes_epidemic_supplies=is_maker,
            employees=max(1, int(heads * stretch)),
            annual_revenue_wanyuan=None
            if chance.random() < 0.15
            else (Decimal(revenue) * Decimal(str(round(stretch, 2)))).quantize(Decimal("0.01")),
            total_assets_wanyuan=(Decimal(assets) * Decimal(str(round(stretch, 2)))).quantize(
                Decimal("0.01")
            ),
            legal_representative=self.owner_name,
            contact_name=self.owner_name,
            registered_at=opened,
            revision=1,
        )
        enterprise.set_contact_mobile(mobile_number(chance))
        self.rows.add(
            User, id=self.owner, password="!", last_login=None, is_superuser=False,  # noqa: S106
            username=f"scale-{self.city.tag}-{self.number}", name=self.owner_name, email="",
            mobile_sealed="", mobile_index=None, mobile_masked="", language="zh-hans",
            is_active=True, is_staff=False, must_change_password=False, date_joined=opened,
        )  # fmt: skip
        self.rows.add(Enterprise, **_columns(enterprise))
        self.rows.add(
            Membership, user_id=self.owner, enterprise_id=enterprise.pk, role="owner", since=opened
        )
        self.site = Site(
            id=self.city.first["Site"] + self.number,
            enterprise=enterprise,
            name=WORDS["main_site"],
            district=district,
            zone=self.zone,
            address=enterprise.address,
        )
        self.rows.add(Site, **_columns(self.site))

    def _phone(self, section: str, path: str) -> dict[str, str]:
        number = mobile_number(self.chance)
        sealed = crypto.seal(number, bound_to=phone_place(self.pk, section, path))
        return {"sealed": sealed, "masked": crypto.mask_mobile(number)}

    def _row(self, section: str, rows: str, **values: str) -> dict[str, Any]:
        """A row of a list in a section, with an id, and a phone where it has one."""
        row: dict[str, Any] = {"id": f"{self.chance.getrandbits(48):012x}", **values}
        if "phone" in values:
            row["phone"] = self._phone(section, f"{rows}.{row['id']}.phone")
        return row

    def _begun(self) -> dict[str, Any]:
        return {name: DATA["scheme"][name] for name in ("leadership", "duties")}

    def _given(self, section: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The texts of the data file, its lists with row ids."""
        return {
            name: value
            if isinstance(value, str)
            else [self._row(section, name, **row) for row in value]
            for name, value in values.items()
        }

    def _scheme(self) -> dict[str, Any]:
        workshops = DATA["workshops"][: 1 + (self.people > 6) + (self.people > 20)]
        self.units = [(workshop, team) for workshop in workshops for team in DATA["teams"]]
        leads = [
            self._row(
                "scheme", "unit_leads", workshop=workshop, name=person_name(self.chance), phone=""
            )
            for workshop in workshops
        ]
        duty = WORDS["control_duty"]
        staff = self._row(
            "scheme", "control_staff", name=person_name(self.chance), phone="", duty=duty
        )
        return {
            **self._given("scheme", DATA["scheme"]),
            "principal": self.owner_name,
            "principal_phone": self._phone("scheme", "principal_phone"),
            "unit_leads": leads,
            "control_staff": [staff],
        }

    def _roster(self) -> dict[str, Any]:
        chance, today = self.chance, self.times[1].date()
        origins: Counter[str] = Counter()
        self.origins: Counter[tuple[str, str, str]] = Counter()
        told = fit = 0
        units = set()
        for order in range(1, self.people + 1):
            place = tuple(chance.choices(DATA["origins"], (40, 22, 14, 10, 6, 5, 3))[0])
            workshop, team = self.units[order % len(self.units)]
            units.add((workshop, team))
            origins[place[0]] += 1
            self.origins[place] += 1
            away = place[1] != WORDS["home_city"]
            pending = chance.random() < 0.06
            told += 1
            fit += not pending
            is_listed_twice = self.number > 0 and chance.random() < _LISTED_TWICE
            whose = self.number - 1 if is_listed_twice else self.number
            key, number = self._uuid(), resident_id(self.city.first["Filing"] + whose, order)
            sealed, masked = RosterRow.sealed_id(number, key)
            mobile, mobile_masked = RosterRow.sealed_mobile(mobile_number(chance), key)
            self.rows.add(
                RosterRow,
                first_version=1,
                last_version=None,
                removed=False,
                filing_id=self.pk,
                key=key,
                order=order,
                name=roster_name(self.city.seed, whose, order),
                id_kind="resident_id",
                id_sealed=sealed,
                id_index=RosterRow.index_of(number),
                id_masked=masked,
                mobile_sealed=mobile,
                mobile_masked=mobile_masked,
                workshop=workshop,
                team=team,
                post=WORDS["posts"][order % 5 == 0],
                origin_province=place[0],
                origin_city=place[1],
                origin_county=place[2],
                coming_from=place[1] if away else "",
                arrived_on=today - timedelta(days=chance.randrange(1, 15)) if away else None,
                health="under_observation" if chance.random() < 0.01 else "healthy",
                travel=WORDS["travelled"].format(city=place[1]) if away else WORDS["stayed"],
                gatherings=WORDS["no_gathering"],
                certificate_no="" if pending else f"JK2020{order:05d}",
                certificate_on=None if pending else today - timedelta(days=1),
                inspection="pending" if pending else "pass",
                return_batch=1 if order <= self.people - self.people // 2 else 2,
            )
        return {
            "count": self.people,
            "told": told,
            "fit": fit,
            "units": [list(unit) for unit in sorted(units)],
            "origins": [
                [province, heads]
                for province, heads in sorted(origins.items(), key=lambda row: (-row[1], row[0]))
            ],
        }

    def _plan(self, at: datetime) -> dict[str, Any]:
        first = self.people - self.people // 2
        days = [(at + timedelta(days=days)).date().isoformat() for days in (5, 9)]
        heads = (first, self.people - first)
        return {
            **self._given("plan", DATA["plan"]),
            "resume_on": days[0],
            "returning_total": str(self.people),
            "origins": [
                self._row(
                    "plan", "origins", province=place[0], city=place[1], county=place[2],
                    count=str(count),
                )
                for place, count in sorted(self.origins.items())
            ],
            "batches": [
                self._row(
                    "plan", "batches", number=str(index + 1), on=days[index],
                    count=str(heads[index]), who=WORDS["batches"][index],
                )
                for index in range(2)
                if heads[index]
            ],
        }  # fmt: skip

    def _ledger(self, at: datetime) -> list[dict[str, Any]]:
        """Supplies for 0 to 30 days; none at all where the gate of the ledger was waived."""
        if not self.outline.moves:
            return []
        figures = []
        for index, supply in enumerate(WORDS["supplies"]):
            daily = Decimal(supply["daily"]).quantize(_THIRD) if supply["daily"] else None
            item = SupplyItem(
                id=self.supply + index,
                filing_id=self.pk,
                name=supply["name"],
                unit=supply["unit"],
                daily_use_per_head=daily,
                balance=_THIRD * 0,
            )
            if not self.is_waived:
                days = self.chance.randrange(1, 31)
                need = max(daily or 1, Decimal("0.1")) * self.people * days
                given_out = Decimal(self.chance.randrange(1, 20))
                for direction, quantity in (("in", need + given_out), ("out", given_out)):
                    self._entry(item, direction, quantity.quantize(_THIRD), at)
            self.rows.add(SupplyItem, **_columns(item))
            figures.append(cover(item, heads=self.people, floor=self.city.floor))
        return figures

    def _entry(self, item: SupplyItem, direction: str, quantity: Decimal, at: datetime) -> None:
        item.balance += quantity if direction == "in" else -quantity
        self.rows.add(
            LedgerEntry,
            filing_id=self.pk,
            item_id=item.pk,
            direction=direction,
            quantity=quantity,
            on=at.date(),
            person=self.owner_name,
            purpose=WORDS["ledger"][direction],
            reverses_id=None,
            entry_key=self._uuid(),
            first_version=1,
            by_id=self.owner,
            recorded_at=at,
        )

    def _content(self) -> dict[str, Any]:
        waived = {"ledger": WORDS["scale_waiver"]} if self.is_waived else {}
        return {
            **{key: self.sections.get(key, {}) for key in SECTIONS},
            "roster": self.roster,
            "supplies": self.supplies,
            "attachments": [],
            "profile": profile(self._filing()),
            "waivers": waived,
        }

    def _version(self, at: datetime) -> None:
        self.version += 1
        self.content = self._content()
        if self.is_waived and self.version == 1:
            self.rows.add(
                GateWaiver, filing_id=self.pk, gate="ledger", reason=WORDS["scale_waiver"],
                by_id=self.place.lead, at=self.times[1],
            )  # fmt: skip
        self.rows.add(
            FilingVersion,
            filing_id=self.pk,
            number=self.version,
            submission_key=self._uuid(),
            submitted_at=at,
            submitted_by_id=self.owner,
            content=self.content,
            roster_count=self.people,
            recorded_at=at,
        )
        if self.zone and self.zone.pk in self.place.desks and self.chance.random() < 0.8:
            agency, keeper = self.place.desks[self.zone.pk]
            self.rows.add(
                ZoneReceipt, filing_id=self.pk, version=self.version, agency_id=agency,
                by_id=keeper, at=at,
            )  # fmt: skip
        if self.chance.random() < 0.2:
            self.rows.add(
                Opinion, filing_id=self.pk, version=self.version, agency_id=self.place.doctors,
                text=WORDS["opinion"], by_id=self.place.doctor, at=at, handled_at=None,
                handled_by_id=None, answer="",
            )  # fmt: skip

    def _decision(self, kind: str, at: datetime, results: Sequence[gates.GateResult]) -> None:
        self.rows.add(
            Decision,
            filing_id=self.pk,
            version=self.version,
            kind=kind,
            by_id=self.reviewer,
            at=at,
            remark="",
            gates=[result.as_json() for result in results],
            recorded_at=at,
        )

    def _return(self, at: datetime, *, mended: datetime | None) -> None:
        self._decision("return", at, ())
        points = self.chance.sample(WORDS["corrections"], self.chance.choice((1, 2)))
        for point in points:
            self.rows.add(
                Correction,
                filing_id=self.pk,
                version=self.version,
                **{name: point[name] for name in ("section", "path", "label", "text", "rule")},
                block_id=self.place.blocks.get(point["text"]),
                status="sent" if mended is None else self._looked_at(),
                by_id=self.reviewer,
                at=at,
                sent_at=at,
                mended_at=mended,
                mended_by_id=None if mended is None else self.owner,
                answer="",
            )

    def _looked_at(self) -> str:
        return "settled" if "approve" in self.outline.moves else "mended"

    def _approve(self, at: datetime) -> None:
        results = gates.judge(GateSet.APPROVAL, self.content, self.content["waivers"])
        self._decision("approve", at, results)

    def _receipt(self, at: datetime) -> str:
        """The receipt; its number."""
        place = self.place.district.code
        number = f"{self.city.prefix}{place}-{self.city.until.year}-{self.receipt:05d}"
        self.rows.add(
            Receipt,
            filing_id=self.pk,
            version=self.version,
            number=number,
            token=f"{self.unique.getrandbits(128):032x}",
            issued_at=at,
            superseded_at=None,
        )
        return number

    def _report(self, at: datetime) -> None:
        day = at.date().isoformat()
        dated = ("screened_on", "cleaned_on", "disinfected_on", "safety_checked_on", "signed_on")
        data = self.sections["prestart"] = {
            **self._given("prestart", DATA["prestart"]),
            **dict.fromkeys(dated, day),
            "screened_count": str(self.people),
            "signatory": self.owner_name,
            "areas": [
                self._row("prestart", "areas", area=area, on=day, by=self.owner_name)
                for area in DATA["areas"]
            ],
        }
        self.rows.add(
            PreStartReport,
            filing_id=self.pk,
            version=self.version,
            submission_key=self._uuid(),
            content=data,
            by_id=self.owner,
            at=at,
        )

    def _drafts(self, at: datetime) -> None:
        for key, data in self.sections.items():
            self.rows.add(
                SectionDraft, filing_id=self.pk, key=key, data=data, saved_at=at,
                saved_by_id=self.owner, edits={},
            )  # fmt: skip

    def _step(
        self, move: str, source: str, target: str, at: datetime, by: int, acting: str,
        remark: str = "",
    ) -> None:  # fmt: skip
        self.rows.add(
            Step,
            filing_id=self.pk,
            move=move,
            source=source,
            target=target,
            version=self.version,
            by_id=by,
            to_id=None,
            as_actor=acting,
            at=at,
            remark=remark,
            recorded_at=at,
        )


def _columns(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
