"""Write the entries of the desk's lists anew, after an update that came with new ones."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from filings.domain.desk import rebuild_entries


class Command(BaseCommand):
    help = "Write the entries of the desk's lists anew from the filings."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rebuild_entries()} entries")
