"""The figures of the boards: each is the length of the list behind it, for every district."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from filings.management.scale import seed_scale
from filings.models import Correction, DeskEntry, Step
from filings.queries import figures
from filings.states import State
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> None:
    """Filings in every state, with corrections and rosters, for most of which no limit runs."""
    call_command("load_city", verbosity=0)
    seed_scale(150, seed=3, until=NOW, people=4, workers=1)
    # What was decided and sent back of late: these and no others.
    Step.objects.filter(move="approve").update(at=F("at") - timedelta(days=30))
    steps = Step.objects.filter(move="approve").values_list("filing", flat=True)
    filings = list(steps.order_by("pk")[:9])
    Step.objects.filter(filing__in=filings).delete()
    for n, pk in enumerate(filings):
        at = NOW - timedelta(hours=n + 1)
        way = [("submit", State.SUBMITTED, n + 2), ("claim", State.IN_REVIEW, n + 1.5)]
        if n == 8:
            # It came back once: of its ten hours one was with the enterprise.
            way += [("return", State.RETURNED, 6), ("submit", State.SUBMITTED, 5)]
        for move, target, before in [*way, ("approve", State.APPROVED, 0)]:
            Step.objects.create(
                filing_id=pk, move=move, target=target, at=at - timedelta(hours=before)
            )
    Correction.objects.filter(pk__in=Correction.objects.values("pk")[:40]).update(
        sent_at=NOW - timedelta(days=1)
    )
    # The same reason in two sections of one filing is one reason.
    again = Correction.objects.filter(sent_at__gt=NOW - timedelta(days=2), block__isnull=False)[0]
    again.pk, again.section = None, "plan" if again.section != "plan" else "scheme"
    again.save()


def listed(key: str, district: int | None) -> int:
    condition = figures.condition_of(key, NOW)
    assert condition is not None, key
    found = DeskEntry.objects.filter(condition)
    return (found.filter(district=district) if district else found).count()


def test_every_figure_is_the_length_of_its_list(city):
    by_district = figures.figures_by_district(NOW)
    everything = {None: figures.figures_of_city(by_district.values())} | {
        pk: one.figures for pk, one in by_district.items()
    }
    seen = 0
    for district, told in everything.items():
        for key, count in told["counts"].items():
            if key not in figures.SUMMED:
                assert listed(key, district) == count, (district, key)
                seen += count > 0
        for row in told["reasons"]:
            assert listed(row["key"], district) == row["n"], (district, row)
        assert listed("decided", district) == told["decided"]["n"]
    assert seen > 50
    told = everything[None]
    assert told["decided"]["n"] == 9
    assert told["reasons"]
    assert {key.split("-")[0] for key, n in told["counts"].items() if n} >= {
        "state", "heads", "cover", "gate", "staff", "people",
    }  # fmt: skip


def test_people_are_those_of_the_listed_filings_and_by_province_none_is_lost(city):
    told = figures.figures_of_city(figures.figures_by_district(NOW).values())

    assert told["counts"]["people-back"] > 0
    assert sum(row["n"] for row in told["origins"]) == told["counts"]["people-back"]
    for row in told["origins"]:
        behind = DeskEntry.objects.filter(figures.condition_of(row["key"], NOW))
        assert sum(entry.origins[row["name"]] for entry in behind) == row["n"]
    for key, (column, condition) in figures.SUMMED.items():
        total = DeskEntry.objects.filter(condition).aggregate(n=Sum(column))["n"] or 0
        assert told["counts"][key] == total


def test_the_worst_supplies_come_first(city):
    worst = figures.figures_of_city(figures.figures_by_district(NOW).values())["worst"]
    days = DeskEntry.objects.exclude(cover_days=None).exclude(state__in=["draft", "withdrawn"])
    days = days.exclude(state="revoked").values_list("cover_days", flat=True)
    least = sorted(float(one) for one in days)

    assert [row["days"] for row in worst] == least[: figures.WORST]
    assert len(worst) == figures.WORST


def test_decisions_are_told_in_clock_hours(city):
    decided = figures.figures_of_city(figures.figures_by_district(NOW).values())["decided"]
    # Nine that took 2 to 10 hours, the last of them with an hour that did not count.
    assert decided == {"n": 9, "median": 6.0, "p90": 9.0}


@pytest.mark.parametrize(
    ("way", "hours"),
    [
        ([("submit", "submitted", 0), ("approve", "approved", 5)], 5),
        ([("submit", "submitted", 0), ("return", "returned", 2), ("submit", "submitted", 9),
          ("claim", "in_review", 10), ("approve", "approved", 12)], 5),
        # A withdrawal, a revocation and an amended plan begin anew.
        ([("submit", "submitted", 0), ("withdraw", "withdrawn", 4), ("reopen", "draft", 5),
          ("submit", "submitted", 6), ("approve", "approved", 7)], 1),
        ([("submit", "submitted", 0), ("approve", "approved", 5), ("submit", "submitted", 6),
          ("approve", "approved", 9)], 3),
        ([("submit", "submitted", 0), ("return", "returned", 2)], None),
        ([], None),
    ],
)  # fmt: skip
def test_a_decision_takes_the_hours_that_the_filing_was_with_the_bureau(way, hours):
    steps = [(move, target, NOW + timedelta(hours=when)) for move, target, when in way]

    assert figures._hours_of_last_approval(steps) == hours


@pytest.mark.parametrize(
    ("values", "percent", "told"),
    [([], 50, None), ([4], 90, 4), ([4, 3, 2, 1], 50, 2), ([1, 2, 3, 4], 90, 4)],
)
def test_percentiles_are_values_that_were_there(values, percent, told):
    assert figures.percentile(values, percent) == told


def test_more_filings_are_no_more_queries(city):
    with CaptureQueriesContext(connection) as few:
        figures.figures_by_district(NOW)
    seed_scale(50, seed=4, until=NOW, people=1, workers=1)
    with CaptureQueriesContext(connection) as many:
        figures.figures_by_district(NOW)
    assert len(few) == len(many) <= 7


@pytest.mark.parametrize("key", ["", "x", "from-", "part-", "reason-", "state-none"])
def test_an_unknown_figure_has_no_list(key):
    assert figures.condition_of(key, NOW) is None


def test_the_states_are_all_there():
    assert {f"state-{state.value}" for state in State} <= figures.COUNTED.keys()
