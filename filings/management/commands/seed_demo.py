"""Fill an empty portal with the demonstration city."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from filings.management.demo import OFFICERS, OWNERS, PASSWORD, seed_demo
from filings.models import District
from filings.sheets.samples import planted_workbook, sample_workbook
from jiaozuo_portal.lib import clock


class Command(BaseCommand):
    help = "Fill an empty portal with demonstration enterprises, filings and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--samples", help="a folder for the two sample rosters")

    def handle(self, *args: Any, **options: Any) -> None:
        if not District.objects.exists():
            raise CommandError("Load a city first: manage.py load_city")
        made = seed_demo(until=clock.now())
        self.stdout.write("demonstration data made" if made else "already there, nothing changed")
        accounts = [row[0] for row in (*OWNERS, *OFFICERS)] + ["guanli"]
        if options["samples"]:
            self._write_samples(Path(options["samples"]))
        self.stdout.write(f"accounts: {' '.join(accounts)}; password: {PASSWORD}")

    def _write_samples(self, folder: Path) -> None:
        """A roster of 500 people and one with 30 planted errors, to try the import with."""
        folder.mkdir(parents=True, exist_ok=True)
        rosters = {"roster-500.xlsx": sample_workbook, "roster-30-errors.xlsx": _planted}
        for name, content in rosters.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(content())


def _planted() -> bytes:
    return planted_workbook()[0]
