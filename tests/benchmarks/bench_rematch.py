"""What judging costs: one enterprise, a whole city, and the city again after a new pack.

    python -m tests.benchmarks.bench_rematch FILINGS

prints the figures as JSON. The database of DATABASE_URL is filled up to FILINGS with synthetic
filings first (`seed_scale`, seed 1), and kept for the next run. Two processes work off the lanes of
a round, as the portal's workers do.

The floor is numpy: all rules over all enterprises as columns, in one process, without reasons,
amounts or a database. Its verdicts have to be those that were kept, for every measure.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from policies.eligibility.conditions import Condition
    from policies.eligibility.facts import FactSpec
    from policies.eligibility.packs import Measure, Pack

BASE_DIR = Path(__file__).resolve().parents[2]
PACK = BASE_DIR / "policies" / "packs" / "jiaozuo-2020"
WORKERS = 2
#: 焦政4-13d asks for a layoff rate under 5 %; the changed pack for one under 4.95 %.
CHANGED = (
    "jiaozheng-2020-4/13.yaml",
    "layoff_rate_pct, lt: 5,",
    "layoff_rate_pct, lt: 4.95,",
)
NO, UNKNOWN, YES = 0, 1, 2


def fill(filings: int) -> None:
    """Bring the database to `filings` synthetic filings that nobody has judged yet."""
    from django.core.management import call_command

    from filings.models import District, Filing
    from jiaozuo_portal.outbox.models import OutboxRow
    from policies.models import FactSheet, Match, SupportLink

    call_command("migrate", verbosity=0)
    if not District.objects.exists():
        call_command("load_city", stdout=sys.stderr)
    missing = filings - Filing.objects.count()
    if missing > 0:
        call_command("seed_scale", filings=missing, seed=1, people=1, stdout=sys.stderr)
    for model in (SupportLink, FactSheet, Match, OutboxRow):
        model.objects.all()._raw_delete("default")
    publish(changed=False)
    answer()
    _analyse()


def answer() -> None:
    """Give every enterprise answers to three in ten of the questions, by the number of its row.

    Amounts and counts are round, as people type them; what was answered before goes.
    """
    from django.utils import timezone

    from filings.public import Enterprise
    from jiaozuo_portal.lib.bulk import insert_rows
    from policies.models import Declaration
    from policies.queries.facts import Way, way_to_give
    from policies.queries.packs import published_rules

    rules = published_rules()
    assert rules is not None
    registry = rules.pack.registry
    asked = [
        spec for name, spec in registry.facts.items() if way_to_give(registry, name) is Way.DECLARE
    ]
    names = [field.attname for field in Declaration._meta.concrete_fields if not field.primary_key]
    names = [name.removesuffix("_id") for name in names]
    by = {"at": timezone.now(), "recorded_at": timezone.now(), "ending": ""}
    by["by"] = Enterprise.objects.values_list("memberships__user", flat=True).first()
    Declaration.objects.all()._raw_delete("default")
    ids = list(Enterprise.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 5000):
        rows = [
            by | {"enterprise": pk, "fact": spec.name, "value": value_for(spec, chance)}
            for pk in ids[start : start + 5000]
            for chance in [Random(pk)]
            for spec in asked
            if chance.random() < 0.3
        ]
        insert_rows(Declaration, names, ([row.get(name) for name in names] for row in rows))


def value_for(spec: FactSpec, chance: Random) -> Any:
    """A plain value that the fact can take."""
    from policies.eligibility.facts import FactType

    if spec.values:
        value = chance.choice(sorted(spec.values))
        return [value] if spec.type is FactType.LIST else value
    if spec.type is FactType.BOOL:
        return chance.random() < 0.5
    if spec.type is FactType.DATE:
        return f"2020-{chance.randint(1, 6):02}-{chance.randint(1, 28):02}"
    if spec.unit is not None and spec.maximum is not None and spec.maximum <= 100:
        return chance.randint(0, int(spec.maximum))
    return chance.choice((0, 1, 5, 13, 40, 100, 250, 1000, 10000, 250000))


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def publish(*, changed: bool) -> None:
    """Publish the portal's pack, or the same with one figure changed; that asks for a round."""
    from jiaozuo_portal.lib import clock
    from jiaozuo_portal.outbox.models import OutboxRow
    from policies.domain.packs import load_folder
    from policies.models import Pack
    from policies.queries.rematch_progress import KIND

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / PACK.name
        shutil.copytree(PACK, copy)
        # A version of its own in every run, though the database was kept from the last one.
        first = copy / "pack.yaml"
        first.write_text(first.read_text() + f"# {Pack.objects.count()}\n")
        if changed:
            name, figure, other = CHANGED
            text = (copy / name).read_text()
            assert figure in text
            (copy / name).write_text(text.replace(figure, other))
        loaded = load_folder(copy, at=clock.now())
    assert loaded.is_new
    # The next day's round is no part of the measurement.
    OutboxRow.objects.exclude(kind=KIND).delete()


def run_round() -> dict[str, Any]:
    """Work the round off in two processes: seconds of the clock and of CPU, memory, rows."""
    from django.utils import timezone

    from policies.models import SupportLink
    from policies.queries.rematch_progress import rematch_progress

    begun_at, begun = timezone.now(), time.monotonic()
    command = [sys.executable, "-m", "tests.benchmarks.bench_rematch", "work"]
    workers = [
        subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
        for _ in range(WORKERS)
    ]
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    seconds = time.monotonic() - begun
    assert not any(worker.returncode for worker in workers)
    progress = rematch_progress()
    assert progress is not None
    assert (progress.judged, progress.failed) == (progress.total, 0)
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in told), 1),
        "links_written": SupportLink.objects.filter(recorded_at__gte=begun_at).count(),
        # Of the worker that took more; a tenth of its work done, and at its end.
        "mb_early": max(one["mb_early"] for one in told),
        "mb_in_the_end": max(one["mb_in_the_end"] for one in told),
    }


def work() -> dict[str, Any]:
    """What a worker does with the rows of the outbox, until the round is over."""
    from jiaozuo_portal.outbox import queue
    from policies.domain import rematch
    from policies.queries.rematch_progress import rematch_progress

    early: list[int] = []
    batch = rematch.rematch_batch

    def counted(*args: Any, **named: Any) -> int | None:
        done = batch(*args, **named)
        calls.append(1)
        if len(calls) == at:
            early.append(_peak_mb())
        return done

    calls: list[int] = []
    started = rematch_progress()
    assert started is not None
    at = max(1, started.total // rematch.BATCH // WORKERS // 10)
    rematch.rematch_batch = counted
    while queue.drain() or (rematch_progress() or started).is_running:
        time.sleep(0.05)
    return {
        "cpu_seconds": time.process_time(),
        "mb_early": early[0] if early else _peak_mb(),
        "mb_in_the_end": _peak_mb(),
    }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- the floor -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """A fact of all enterprises: what may be read of it, and which of these each has."""

    readings: list[Any]
    codes: Any  # int32, one for each enterprise


@dataclass(frozen=True, slots=True)
class _One:
    """A reading where a situation is asked for."""

    reading: Any
    as_of: date

    def read(self, _name: str) -> Any:
        return self.reading


def columns_of(pack: Pack, day: date, facts: Iterable[str]) -> dict[str, Column]:
    """Every fact that the rules name, read for every filing as the judge reads it."""
    from filings.public import Filing, known_filings
    from policies.queries.facts import answers_by_enterprise, gathered_from
    from policies.queries.kept import kept_for
    from policies.queries.packs import published_rules, recall_for

    rules = published_rules()
    assert rules is not None
    memory = recall_for(rules, day)
    names = list(facts)
    seen: dict[str, dict[Any, int]] = {name: {} for name in names}
    codes: dict[str, list[int]] = {name: [] for name in names}
    ids = list(Filing.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 500):
        known = known_filings(ids[start : start + 500])
        declared = answers_by_enterprise(one.enterprise_id for one in known.values())
        kept = kept_for((one.uscc for one in known.values()), day)
        for one in known.values():
            answers = declared.get(one.enterprise_id, ())
            given = gathered_from(one.facts, one.uscc, pack.registry, answers, kept)
            situation = memory.situation(given.facts)
            for name in names:
                reading = situation.read(name)
                codes[name].append(seen[name].setdefault(reading, len(seen[name])))
    return {name: Column(list(seen[name]), np.array(codes[name], dtype=np.int32)) for name in names}


def numpy_pass(pack: Pack, day: date, columns: dict[str, Column]) -> dict[str, Any]:
    """The verdicts of all enterprises on every measure: arrays of NO, UNKNOWN, YES."""
    from policies.eligibility.conditions import AnyOf, Leaf, Unstated, leaf_truth

    size = len(next(iter(columns.values())).codes)
    known: dict[Any, Any] = {}

    def leaf(one: Leaf) -> Any:
        key = (one.fact, one.op, repr(one.threshold))
        if key not in known:
            column = columns[one.fact]
            truths = [leaf_truth(one, _One(reading, day)) for reading in column.readings]  # type: ignore[arg-type]
            table = np.array([UNKNOWN if t is None else 2 * t for t in truths], dtype=np.int8)
            known[key] = table[column.codes]
        return known[key]

    def tree(node: Condition) -> Any:
        if isinstance(node, Leaf):
            return leaf(node)
        if isinstance(node, Unstated):
            return np.full(size, UNKNOWN, dtype=np.int8)
        combine = np.maximum if isinstance(node, AnyOf) else np.minimum
        nothing = NO if isinstance(node, AnyOf) else YES
        return combine.reduce([tree(child) for child in node.children], initial=nothing)

    def verdict(measure: Measure) -> Any:
        if not measure.validity.holds_on(day):
            return np.full(size, NO, dtype=np.int8)
        where = measure.jurisdiction
        inside = [
            getattr(reading, "value", None) is None or reading.value in where.inside
            for reading in columns[where.fact].readings
        ]
        outside = ~np.array(inside)[columns[where.fact].codes]
        return np.where(outside, NO, tree(measure.when))

    return {one.id: verdict(one) for one in offered(pack)}


def offered(pack: Pack) -> list[Measure]:
    """The measures that enterprises are judged on."""
    from policies.eligibility.packs import Kind

    return [one for one in pack.measures.values() if one.kind is not Kind.DUTY]


def named_facts(pack: Pack) -> list[str]:
    """Every fact that some condition names."""
    from policies.eligibility.conditions import Leaf, leaves

    names = {one.jurisdiction.fact for one in offered(pack)}
    for measure in offered(pack):
        names |= {leaf.fact for leaf in leaves(measure.when) if isinstance(leaf, Leaf)}
    return sorted(names)


def compare(verdicts: dict[str, Any]) -> int:
    """Hold the floor's verdicts against those that are kept; gives how many there were.

    Raises AssertionError with the measures that differ.
    """
    from django.db.models import Count

    from policies.models import SupportLink

    words = {"not_eligible": NO, "unknown": UNKNOWN, "eligible": YES}
    kept: dict[str, Counter[int]] = {key: Counter() for key in verdicts}
    rows = SupportLink.objects.current().values_list("measure", "verdict").annotate(Count("pk"))
    for measure, verdict, count in rows.order_by():
        kept[measure][words[verdict]] = count
    found = {key: Counter(array.tolist()) for key, array in verdicts.items()}
    assert found == kept, sorted(key for key in found if found[key] != kept[key])
    return sum(counts.total() for counts in found.values())


# --- one enterprise ------------------------------------------------------------------------------


def one_profile(pack: Pack, day: date, times: int) -> dict[str, float]:
    """CPU of judging one filing on everything, with reasons and the next question, in ms.

    Half of the filings' facts are left out of every other turn, for a profile that is half empty
    leaves most to be worked out.
    """
    from filings.public import Filing, known_filings
    from policies.eligibility import judge
    from policies.queries.facts import answers_by_enterprise, gathered_from
    from policies.queries.kept import kept_for

    spent: list[float] = []
    ids = list(Filing.objects.order_by("pk").values_list("pk", flat=True)[:times])
    known = known_filings(ids)
    kept = kept_for((one.uscc for one in known.values()), day)
    declared = answers_by_enterprise(one.enterprise_id for one in known.values())
    for turn, one in enumerate(known.values()):
        answers = declared.get(one.enterprise_id, ())
        values = dict(gathered_from(one.facts, one.uscc, pack.registry, answers, kept).values)
        if turn % 2:
            values = dict(list(values.items())[::2])
        begun = time.process_time()
        judge(pack, values, day).as_json()
        spent.append(1000 * (time.process_time() - begun))
    return {"median_ms": round(statistics.median(spent), 2), "worst_ms": round(max(spent), 2)}


def seconds_of(action: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = action()
    return time.perf_counter() - begun, done


def measure(filings: int) -> dict[str, Any]:
    """All figures, at this scale."""
    from jiaozuo_portal.lib import clock
    from policies.queries.packs import published_rules

    fill(filings)
    first = run_round()
    _analyse()
    publish(changed=True)
    again = run_round()
    rules = published_rules()
    assert rules is not None
    pack, day = rules.pack, clock.day_of(clock.now())
    columns = columns_of(pack, day, named_facts(pack))
    floor, verdicts = seconds_of(lambda: numpy_pass(pack, day, columns))
    return {
        "filings": filings,
        "workers": WORKERS,
        "one_profile": one_profile(pack, day, 200),
        "first": first,
        "again": again,
        "verdicts": compare(verdicts),
        "numpy_seconds": round(floor, 3),
        "first_to_numpy": round(first["seconds"] / floor, 1),
        "again_to_numpy": round(again["seconds"] / floor, 1),
    }


def main() -> None:
    """Measure, or be one of the workers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.benchmarks.floor_settings")
    if sys.argv[1] != "work":
        # All three texts are in force on that day; the workers take the clock over.
        os.environ["PORTAL_CLOCK_START"] = "2020-03-10T09:00:00+08:00"
        os.environ["PORTAL_CLOCK_ANCHOR"] = datetime.now(UTC).isoformat()
    import django

    django.setup()
    sys.stdout.write(json.dumps(work() if sys.argv[1] == "work" else measure(int(sys.argv[1]))))


if __name__ == "__main__":
    main()
