"""Delete personal data that is past its term; the worker does the same once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from filings.domain.retention import keep_purging_daily, purge_personal_data
from jiaozuo_portal.lib import clock


class Command(BaseCommand):
    help = "Delete forgotten uploads, and rosters whose term is over."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = purge_personal_data(at=clock.now())
        keep_purging_daily(at=clock.now())
        self.stdout.write(f"{gone['imports']} uploads, {gone['people']} people deleted")
