"""Add synthetic filings by the ten thousand, for measuring."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from filings.management.scale import seed_scale
from jiaozuo_portal.lib import clock


class Command(BaseCommand):
    help = "Add synthetic enterprises and filings that belong to nobody, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--filings", type=int, required=True)
        parser.add_argument("--seed", type=int, required=True)
        parser.add_argument("--people", type=int, default=50, help="roster rows a filing")
        parser.add_argument("--workers", type=int, default=2, help="processes, on PostgreSQL")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["filings"] < 1 or options["people"] < 1 or options["workers"] < 1:
            raise CommandError("--filings, --people and --workers are whole numbers from 1.")
        begun = time.monotonic()
        try:
            counts = seed_scale(
                options["filings"],
                seed=options["seed"],
                until=clock.now(),
                people=options["people"],
                workers=options["workers"],
            )
        except ValueError as fault:
            raise CommandError(str(fault)) from fault
        for name, count in sorted(counts.items()):
            self.stdout.write(f"{count:>12,} {name}")
        self.stdout.write(f"{time.monotonic() - begun:>12.1f} seconds")
