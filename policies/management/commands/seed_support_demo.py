"""Fill the demonstration city with answers, applications, a list and an announced value."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jiaozuo_portal.lib import clock
from policies.management.demo import seed_support


class Command(BaseCommand):
    help = "Fill the demonstration city (seed_demo) with answers, applications and a list."

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed_support(until=clock.now())
        self.stdout.write("made" if made else "already there, nothing changed")
