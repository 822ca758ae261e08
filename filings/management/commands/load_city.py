"""Load a city's districts, zones, agencies and contacts from a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from filings.domain.city import CityFileWrong, load_city
from filings.domain.picture import keep_taking
from filings.domain.retention import keep_purging_daily
from jiaozuo_portal.lib import clock

JIAOZUO = Path(__file__).resolve().parents[2] / "data" / "jiaozuo.yaml"


class Command(BaseCommand):
    help = "Load a city's districts, zones, agencies and contacts (the file of Jiaozuo by default)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", default=str(JIAOZUO))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = yaml.safe_load(Path(options["file"]).read_text(encoding="utf-8"))
            loaded = load_city(data)
            keep_purging_daily(at=clock.now())
            keep_taking(now=clock.real_now())
        except (OSError, yaml.YAMLError, CityFileWrong) as fault:
            raise CommandError(f"{options['file']}: {fault}") from fault
        self.stdout.write(", ".join(f"{count} {kind}" for kind, count in loaded.items()))
