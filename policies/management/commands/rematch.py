"""`manage.py rematch`: have every filing judged again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from jiaozuo_portal.lib import clock
from policies.domain.packs import keep_judging_daily
from policies.domain.rematch import request_rematch
from policies.models import Rematch


class Command(BaseCommand):
    """Asks the workers; they judge. The portal does it by itself each day."""

    help = "Ask the workers to judge every filing under the published pack, as of today."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="even if asked for today already")

    def handle(self, *args: Any, again: bool, **options: Any) -> None:
        at = clock.now()
        subject = at.isoformat() if again else str(clock.day_of(at))
        with transaction.atomic():
            asked = request_rematch(Rematch.Cause.HAND, subject, at=at)
            keep_judging_daily(at=at)
        if asked is None:
            self.stdout.write("nothing to do: no pack, or asked for today already (see --again)")
        else:
            self.stdout.write(f"{asked.total} filings are waiting to be judged")
