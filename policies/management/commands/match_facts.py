"""Judge profiles from a JSON file against a policy pack; touches no database row."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from jiaozuo_portal.lib import clock
from policies.eligibility.facts import parse_day
from policies.eligibility.loading import load_pack
from policies.eligibility.matching import match
from policies.eligibility.words import PlacedError

REFUSED = 2


class Command(BaseCommand):
    """``match_facts FILE [--as-of DATE] [--pack PACK]``: a JSON list on standard output.

    Exit code 2, what is wrong and where on standard error (a line each) and nothing on standard
    output when the file, the day or the pack is refused.
    """

    help = _("按政策包判断一份或多份企业情况，结果为 JSON 列表；不读写数据库。")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help=_("JSON 文件，或 - 表示标准输入"))
        parser.add_argument("--as-of", help=_("判断哪一天（YYYY-MM-DD）；默认为门户时钟的今天"))
        parser.add_argument("--pack", help=_("政策包的文件夹或名称"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = parse_day(options["as_of"], "--as-of") if options["as_of"] else clock.today()
            verdicts = match(_read(options["file"]), load_pack(options["pack"]), day)
        except PlacedError as refused:
            told = "\n".join(str(one) for one in (refused, *refused.also))
            raise CommandError(told, returncode=REFUSED) from refused
        self.stdout.write(json.dumps(verdicts, ensure_ascii=not _prints_chinese(self.stdout)))


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=REFUSED) from error


def _prints_chinese(stream: Any) -> bool:
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return str(encoding).lower().replace("-", "").startswith("utf")
