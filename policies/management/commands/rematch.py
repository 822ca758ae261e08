"""`manage.py rematch`: have every filing judged that has no verdict of today."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from jiaozuo_portal.lib import clock
from policies.domain.packs import keep_judging_daily
from policies.domain.rematch import request_rematch


class Command(BaseCommand):
    """Asks the workers; they judge. The portal does it by itself each day."""

    help = "Ask the workers to judge every filing under the published pack, as of today."

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with transaction.atomic():
            count = request_rematch(at=at)
            keep_judging_daily(at=at)
        self.stdout.write(f"{count} filings are waiting to be judged")
