"""Loading a city: its districts, zones, agencies and published contacts, from one data file."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from filings.models import Agency, AgencyContact, CitySetting, District, TimeLimit, Zone
from filings.timing import Kind


class CityFileWrong(ValueError):
    """The city file does not say what it must; the message names the place."""


def load_city(data: dict[str, Any]) -> dict[str, int]:
    """Load or update a city; the same file twice changes nothing. Counts by kind of row.

    What an administrator has changed since (contacts, limits, settings that are filled) is kept.
    Raises CityFileWrong for an unknown district or a missing part; then nothing is written.
    """
    with transaction.atomic():
        try:
            _load_setting(data["city"])
            districts = _load_districts(data["districts"])
            zones = _load_zones(data.get("zones") or [], districts)
            _load_limits(data.get("limits") or [])
            agencies = _load_agencies(data["agencies"], districts, zones)
        except (KeyError, TypeError, ValueError) as fault:
            raise CityFileWrong(f"missing or unknown in the city file: {fault}") from fault
    return {"districts": len(districts), "zones": len(zones), "agencies": agencies}


def _load_setting(city: dict[str, Any]) -> None:
    setting = CitySetting.current()
    for name, value in city.items():
        if not getattr(setting, name):
            setattr(setting, name, value)
    setting.save()


def _load_limits(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        rest = {name: value for name, value in row.items() if name != "kind"}
        TimeLimit.objects.get_or_create(kind=Kind(row["kind"]).value, defaults=rest)


def _load_districts(rows: list[dict[str, Any]]) -> dict[str, District]:
    return {
        row["code"]: District.objects.update_or_create(
            code=row["code"],
            defaults={"name": row["name"], "name_en": row.get("name_en", ""), "order": order},
        )[0]
        for order, row in enumerate(rows, start=1)
    }


def _load_zones(rows: list[dict[str, Any]], districts: dict[str, District]) -> list[Zone]:
    return [
        Zone.objects.update_or_create(
            district=districts[row["district"]],
            name=row["name"],
            defaults={"name_en": row.get("name_en", "")},
        )[0]
        for row in rows
    ]


def _load_agencies(given: dict[str, Any], districts: dict[str, District], zones: list[Zone]) -> int:
    loaded = 0
    for n, district in enumerate(districts.values(), start=1):
        for row in given.get("per_district") or []:
            _load_agency(row, n, district=district)
            loaded += 1
    for n, zone in enumerate(zones, start=1):
        for row in given.get("per_zone") or []:
            _load_agency(row, n, zone=zone)
            loaded += 1
    for n, row in enumerate(given.get("city") or [], start=1):
        _load_agency(row, n)
        loaded += 1
    return loaded


def _load_agency(
    row: dict[str, Any], n: int, *, district: District | None = None, zone: Zone | None = None
) -> None:
    place: Any = district or zone
    fill = {"n": n, "district": district, "zone": zone}
    zh = {key: getattr(value, "name", value) for key, value in fill.items()}
    en = {key: getattr(value, "name_en", value) for key, value in fill.items()}
    agency, is_new = Agency.objects.get_or_create(
        kind=row["kind"],
        name=row["name"].format(**zh),
        defaults={
            "name_en": row.get("name_en", "").format(**en) if place else row.get("name_en", ""),
            "district": district,
            "zone": zone,
        },
    )
    contact = row.get("contact")
    if contact and is_new:
        AgencyContact.objects.create(
            agency=agency, **{**contact, "phone": contact["phone"].format(n=n)}
        )
