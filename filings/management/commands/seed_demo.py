"""Fill an empty portal with the demonstration city."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from filings.management.demo import OFFICERS, OWNERS, PASSWORD, seed_demo
from filings.models import District
from jiaozuo_portal.lib import clock


class Command(BaseCommand):
    help = "Fill an empty portal with demonstration enterprises, filings and accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        if not District.objects.exists():
            raise CommandError("Load a city first: manage.py load_city")
        made = seed_demo(until=clock.now())
        self.stdout.write("demonstration data made" if made else "already there, nothing changed")
        accounts = [row[0] for row in (*OWNERS, *OFFICERS)] + ["guanli"]
        self.stdout.write(f"accounts: {' '.join(accounts)}; password: {PASSWORD}")
