"""What authorities and enterprise did about a filing, all of it in one query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
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
from jiaozuo_portal.lib.json_rows import Related, model_rows, models_from

_PERSON = ("name", "username")
_PLACE = ("name", "name_en")
#: What is read, and whose names each row shows.
_TABLES: dict[str, tuple[type[Any], Related]] = {
    "decisions": (Decision, {"by": _PERSON}),
    "opinions": (Opinion, {"agency": _PLACE, "by": _PERSON, "handled_by": _PERSON}),
    "zone_receipts": (ZoneReceipt, {"agency": _PLACE, "by": _PERSON}),
    "waivers": (GateWaiver, {"by": _PERSON}),
    "corrections": (Correction, {"by": _PERSON, "mended_by": _PERSON}),
    "receipts": (Receipt, {}),
    "prestarts": (PreStartReport, {}),
}
#: Of what the content is read too.
_WITH_CONTENTS = {"prestarts"}


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
    sql, params = _query()
    with connection.cursor() as cursor:
        cursor.execute(sql, [filing.pk if param is _HERE else param for param in params])
        told = dict(zip(_TABLES, cursor.fetchone(), strict=True))
    found: dict[str, list[Any]] = {
        name: models_from(model, told[name], related) for name, (model, related) in _TABLES.items()
    }
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


#: Stands in the query for the filing that is asked for.
_HERE = -1


@cache
def _query() -> tuple[str, tuple[Any, ...]]:
    """The query, put together once a process: that takes longer than the database's answer."""
    rows = {
        f"{name}_json": model_rows(
            model.objects.filter(filing=OuterRef("pk")), related, contents=name in _WITH_CONTENTS
        )
        for name, (model, related) in _TABLES.items()
    }
    found = Filing.objects.filter(pk=_HERE).order_by().annotate(**rows).values_list(*rows)
    return found.query.sql_with_params()
