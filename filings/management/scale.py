"""A city's worth of filings for measuring: generated, valid by checksum, and of nobody.

Rows are written in bulk and not through the domain, which would take days. What a filing of the
domain looks like is kept all the same: sections, frozen versions, gates, balances, receipt numbers
and steps fit together as if every move had been taken (`tests/filings/test_scale.py` holds that).
Notices, outbox rows and the audit are left out: nothing here happened to anybody.

Codes and identity numbers pass the portal's checks, and begin with places that never had a number
(`NOWHERE`). No two people have the same, but that about one in fifty also stands on the roster of
the filing before, under the same name.

Each filing is drawn from the seed and its own number alone, so the same seed gives the same city
in any order, on one process or on several.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, connections, transaction
from django.db.models import Count, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from filings.domain.desk_counts import recount
from filings.models import (
    Agency,
    CitySetting,
    Correction,
    District,
    Enterprise,
    Filing,
    Posting,
    ReceiptCounter,
    ReviewClock,
    Site,
    SupplyItem,
    TextBlock,
    TimeLimit,
    User,
    Zone,
)
from jiaozuo_portal.lib.bulk import reset_keys

from .demo import WORDS
from .scale_story import City, Place, Rows, Story, outline_of, person_name

#: How many filings one transaction writes.
CHUNK = 100
#: Reviewers that every bureau gets.
REVIEWERS = 10


#: Every model that is written with keys of our own.
KEYED = (User, Enterprise, Site, Filing, SupplyItem, ReviewClock)


def seed_scale(
    filings: int, *, seed: int, until: datetime, people: int = 50, workers: int = 2
) -> dict[str, int]:
    """Add `filings` synthetic filings with `people` roster rows each; how many rows came, by model.

    `until` is the portal's present; nothing happens after it. Several `workers` write at once on
    PostgreSQL. Each chunk is one transaction: a run that is stopped leaves whole filings, and
    a new run adds new ones. Raises ValueError without districts and their agencies.
    """
    city = _city(seed, people, until)
    jobs = list(_jobs(city, filings))
    if connection.vendor == "postgresql" and workers > 1 and not connection.in_atomic_block:
        connections.close_all()
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            counts = list(pool.map(_write, jobs))
    else:
        counts = [_write(job) for job in jobs]
    reset_keys(*KEYED)
    _count_blocks()
    recount()
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(total)


@dataclass(frozen=True, slots=True)
class _Job:
    city: City
    numbers: range
    receipts: Mapping[int, int]


def _jobs(city: City, filings: int) -> Iterator[_Job]:
    """The chunks, each with the receipt numbers that its districts have reached before it.

    The counters are moved on to the end beforehand, so that a receipt issued meanwhile by the
    portal takes none of these numbers.
    """
    year = city.until.year
    counters = {}
    with transaction.atomic():
        for index, place in enumerate(city.places):
            ReceiptCounter.objects.get_or_create(district=place.district, year=year)
            counter = ReceiptCounter.objects.select_for_update().get(
                district=place.district, year=year
            )
            counters[index] = counter
        reached = {index: counter.last for index, counter in counters.items()}
        jobs = []
        for start in range(0, filings, CHUNK):
            numbers = range(start, min(start + CHUNK, filings))
            jobs.append(_Job(city, numbers, dict(reached)))
            for number in numbers:
                outline = outline_of(city, number)
                reached[outline.place] += outline.has_receipt
        for index, counter in counters.items():
            counter.last = reached[index]
            counter.save(update_fields=["last"])
    yield from jobs


def _write(job: _Job) -> dict[str, int]:
    rows = Rows()
    receipts = dict(job.receipts)
    for number in job.numbers:
        outline = outline_of(job.city, number)
        receipts[outline.place] += outline.has_receipt
        Story(job.city, number, outline, receipts[outline.place], rows).tell()
    with transaction.atomic():
        rows.write()
    return {model.__name__: len(made) for model, made in rows.by_model.items()}


def _city(seed: int, people: int, until: datetime) -> City:
    districts = list(District.objects.all())
    if not districts:
        raise ValueError("Load a city first: manage.py load_city")
    first = {model.__name__: _next_key(model) for model in KEYED}
    tag = f"{seed}-{first['Filing']}"
    places = []
    for district in districts:
        bureau = _agency(kind="bureau", district=district)
        health = _agency(kind="health", district=district)
        posted = [
            _officer(bureau, f"scale-{district.code}-{number}", "reviewer", until)
            for number in range(REVIEWERS)
        ]
        zones = tuple(Zone.objects.filter(district=district))
        desks = {}
        for zone in zones:
            agency = Agency.objects.filter(kind="zone", zone=zone).order_by("pk").first()
            if agency:
                keeper = _officer(agency, f"scale-zone-{zone.pk}", "reviewer", until)
                desks[zone.pk] = (agency.pk, keeper)
        places.append(
            Place(
                district,
                zones,
                tuple(posted),
                _officer(bureau, f"scale-{district.code}-lead", "lead", until),
                _officer(health, f"scale-{district.code}-health", "reviewer", until),
                health.pk,
                desks,
                _blocks(bureau),
            )
        )
    setting = CitySetting.current()
    limits = {limit.kind: limit for limit in TimeLimit.objects.filter(hours__isnull=False)}
    # The officers are users too: enterprises' users come after them.
    first["User"] = _next_key(User)
    return City(
        seed, people, until, tuple(places), first, setting.supplies_days_of_cover,
        setting.number_prefix, tag, limits,
    )  # fmt: skip


def _next_key(model: Any) -> int:
    return (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


def _agency(**where: Any) -> Agency:
    found = Agency.objects.filter(**where).order_by("pk").first()
    if found is None:
        raise ValueError(
            "Every district needs a bureau and a health authority: manage.py load_city"
        )
    return found


def _blocks(bureau: Agency) -> dict[str, int]:
    """The bureau's text blocks by their words; those of the demonstration where it has none."""
    if not TextBlock.objects.filter(agency=bureau).exists():
        TextBlock.objects.bulk_create(TextBlock(agency=bureau, **one) for one in WORDS["blocks"])
    return dict(TextBlock.objects.filter(agency=bureau).values_list("text", "pk"))


def _count_blocks() -> None:
    """Count anew how often each block was used."""
    used = Correction.objects.filter(block=OuterRef("pk")).order_by().values("block")
    counted = Subquery(used.annotate(count=Count("pk")).values("count"))
    TextBlock.objects.update(used=Coalesce(counted, 0))


def _officer(agency: Agency, username: str, role: str, since: datetime) -> int:
    """The key of an officer of the scale data; nobody knows a password for them."""
    user, __ = User.objects.get_or_create(
        username=username,
        defaults={"name": person_name(Random(username)), "password": make_password(None)},  # noqa: S311
    )
    Posting.objects.get_or_create(user=user, agency=agency, defaults={"role": role, "since": since})
    return user.pk
