"""Of the applications of one enterprise for one benefit the oldest stands for the enterprise."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from filings.domain.enterprise import add_site
from filings.models import Agency
from policies.models import Application
from tests.factories import NOW, filing, owner_of

BEFORE = "0012_rematch_rounds"


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())
    return executor.loader.project_state(list(targets)).apps if targets else None


@pytest.mark.django_db(transaction=True)
def test_a_second_application_is_left_as_it_is_and_nothing_fails():
    first, other = filing(), filing()
    second = add_site(
        first.enterprise, name="二厂区", district=first.district, zone=None, address="南路",
        by=owner_of(first.enterprise), at=NOW,
    )  # fmt: skip
    agency = Agency.objects.first()
    old = migrate(("policies", BEFORE))
    try:
        rows = [
            (first, "ui_rebate", "withdrawn"),
            (first, "ui_rebate", "paid"),
            (second, "ui_rebate", "sent"),
            (second, "rent", "draft"),
            (other, "ui_rebate", "sent"),
        ]
        for one, benefit, state in rows:
            old.get_model("policies", "Application").objects.create(
                filing_id=one.pk, enterprise_id=one.enterprise_id, measure="x", benefit=benefit,
                agency_id=agency.pk, state=state, state_since=NOW, created_at=NOW, content={},
            )  # fmt: skip
    finally:
        migrate()

    named = list(Application.objects.order_by("pk").values_list("given_to", flat=True))
    ours, theirs = f"enterprise:{first.enterprise_id}", f"enterprise:{other.enterprise_id}"
    assert named == [ours, ours, f"site:{second.site_id}", ours, theirs]
