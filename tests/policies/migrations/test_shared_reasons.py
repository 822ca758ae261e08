"""Verdicts that were kept with their whole content say the same once it is shared."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from policies.models import FactSheet, Reasoning, SupportLink
from policies.queries.verdicts import content_of_link
from tests.factories import NOW, filing
from tests.factories.policies import publish_pack

BEFORE = "0010_shared_reasons"


def leaf(fact: str, actual: object, holds: bool | None) -> dict:
    return {
        "fact": fact,
        "op": "eq",
        "threshold": True,
        "actual": actual,
        "holds": holds,
        "clause": "甲1-1",
    }


def content(verdict: str, facts: dict, *leaves: dict) -> dict:
    return {
        "verdict": verdict,
        "basis": "conditions",
        "amount_yuan": None,
        "missing": [one["fact"] for one in leaves if one["holds"] is None],
        "amount_missing": [],
        "reasons": list(leaves),
        "trace": list(leaves),
        "facts": facts,
    }


def migrate_to_the_newest() -> None:
    """Leave the database as every other test expects it."""
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def migrate(name: str):
    executor = MigrationExecutor(connection)
    executor.migrate([("policies", name)])
    return executor.loader.project_state([("policies", name)]).apps


@pytest.mark.django_db(transaction=True)
def test_what_was_shown_is_what_is_shown(tmp_path):
    pack, made = publish_pack(tmp_path), [filing(), filing()]
    given = {"insured": {"value": True, "source": "declaration", "declaration": 7}}
    yes = content("eligible", given, leaf("insured", True, True))
    open_ = content("unknown", {}, leaf("is_sme", None, None))
    rows = [
        (made[0], "甲1-1", content("unknown", {}, leaf("insured", None, None)), NOW),
        (made[0], "甲1-1", yes, None),
        (made[0], "乙2-1", open_, None),
        (made[1], "乙2-1", open_, None),
    ]
    for model in (SupportLink, FactSheet, Reasoning):
        model.objects.all().delete()
    old = migrate(BEFORE)
    try:
        for place, (one, measure, told, ended) in enumerate(rows):
            old.get_model("policies", "SupportLink").objects.create(
                filing_id=one.pk, measure=measure, pack_id=pack.pk, verdict=told["verdict"],
                content=told, sha256="", day=NOW.date(), at=NOW.replace(hour=place),
                superseded_at=ended,
            )  # fmt: skip
        import_module(f"policies.migrations.{BEFORE}").share(old, None)
    finally:
        migrate_to_the_newest()

    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    links = SupportLink.objects.order_by("pk").select_related("reasoning", "sheet")
    assert [content_of_link(link) for link in links] == [told for _, _, told, _ in rows]
    assert links[2].reasoning == links[3].reasoning
    sheet = FactSheet.objects.current().get(filing=made[0])
    assert sheet.content["facts"] == given
