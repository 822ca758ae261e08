"""What authorities and enterprise did about a filing, all of it in one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef

from filings.models import (
    Correction,
    Decision,
    Filing,
    GateWaiver,
    Opinion,
    PreStartReport,
    Receipt,
    ZoneReceipt,
)
from jiaozuo_portal.lib.json_rows import Related, Table, Together
from jiaozuo_portal.lib.prepared import STANDS_IN

PERSON = ("name", "username")
_PLACE = ("name", "name_en")

#: Stands in a prepared query for the filing that is asked for.
HERE = STANDS_IN[0]


def of_filing(model: Any, related: Related | None = None, *, contents: bool = False) -> Table:
    """Every row that a model has of the filing."""
    return Table(lambda: model.objects.filter(filing=OuterRef("pk")), related or {}, contents)


#: What is read, and whose names each row shows.
TABLES = {
    "decisions": of_filing(Decision, {"by": PERSON}),
    "opinions": of_filing(Opinion, {"agency": _PLACE, "by": PERSON, "handled_by": PERSON}),
    "zone_receipts": of_filing(ZoneReceipt, {"agency": _PLACE, "by": PERSON}),
    "waivers": of_filing(GateWaiver, {"by": PERSON}),
    "corrections": of_filing(Correction, {"by": PERSON, "mended_by": PERSON}),
    "receipts": of_filing(Receipt),
    "prestarts": of_filing(PreStartReport, contents=True),
}


def this_filing() -> Any:
    """The filing to which the rows belong."""
    return Filing.objects.filter(pk=HERE)


_ACTS = Together(this_filing, TABLES)


@dataclass(frozen=True, slots=True)
class Acts:
    """Decisions, opinions, receipts and reports before the start, the newest first; waivers by
    gate; corrections, the oldest first. SECURITY: those that the bureau still collects are among
    them."""

    decisions: list[Decision]
    opinions: list[Opinion]
    zone_receipts: list[ZoneReceipt]
    waivers: dict[str, GateWaiver]
    corrections: list[Correction]
    receipts: list[Receipt]
    prestarts: list[PreStartReport]

    @property
    def waived(self) -> dict[str, str]:
        """The waived gates with their reasons, as `gates.judge` takes them."""
        return {name: waiver.reason for name, waiver in self.waivers.items()}

    @property
    def receipt(self) -> Receipt | None:
        """The last receipt, whatever became of it."""
        return self.receipts[0] if self.receipts else None

    @property
    def prestart(self) -> PreStartReport | None:
        """The last report before the start (R2.8), if one was filed."""
        return self.prestarts[0] if self.prestarts else None

    def receipt_of(self, version: int | None) -> Receipt | None:
        """The receipt of a version, if it has one."""
        return next((one for one in self.receipts if one.version == version), None)

    def zone_receipt_of(self, version: int) -> ZoneReceipt | None:
        """The zone's receipt of a version, if it has recorded one (R1.5)."""
        return next((one for one in self.zone_receipts if one.version == version), None)


def acts_on(filing: Filing) -> Acts:
    """Everything that was done about a filing. One query.

    SECURITY: not scoped. Who may know of a filing may know of all this (`OfFilingQuerySet`), so the
    filing has to come from `visible_to`.
    """
    return acts_from(filing, _ACTS.read(filing.pk))


def acts_from(filing: Filing, found: dict[str, Any]) -> Acts:
    """The acts, from the rows of `TABLES` as `Together` reads them."""
    for row in found["receipts"]:
        row.filing = filing
    return Acts(
        decisions=sorted(found["decisions"], key=lambda one: -one.version),
        opinions=found["opinions"][::-1],
        zone_receipts=sorted(found["zone_receipts"], key=lambda one: -one.version),
        waivers={waiver.gate: waiver for waiver in found["waivers"]},
        corrections=found["corrections"],
        receipts=sorted(found["receipts"], key=lambda one: -one.version),
        prestarts=found["prestarts"][::-1],
    )
