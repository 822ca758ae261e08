"""`manage.py load_pack`: load a policy pack as a new version and publish it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jiaozuo_portal.lib import clock
from policies.domain.packs import UnfitPack, load_folder
from policies.eligibility.words import PlacedError


class Command(BaseCommand):
    """Loads a pack folder when its content is new; the same content again changes nothing."""

    help = "Load a policy pack folder as a new version and publish it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            help="folder of the pack, or its name in policies/packs; by default the only one there",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_folder(options["folder"], at=clock.now())
        except UnfitPack as unfit:
            for fault in unfit.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"not loaded: {len(unfit.faults)} faults") from None
        except PlacedError as refused:
            raise CommandError(str(refused)) from None
        done = "loaded and published" if loaded.is_new else "is published already"
        measures = loaded.pack.measures.count()
        self.stdout.write(f"{loaded.pack} {done} ({measures} measures)")
