"""Check a policy pack before it is published; touches no database row."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from policies.eligibility.checking import check_pack
from policies.eligibility.loading import load_pack
from policies.eligibility.packs import PackError


class Command(BaseCommand):
    """``check_pack [PACK]``: each fault by file and line, exit code 1 when there is one."""

    help = _("检查政策包：事实、类型、案例、主题、条款出处和期限；逐条列出文件和行号。")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", nargs="?", help=_("政策包的文件夹或名称"))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            faults = check_pack(options["pack"])
        except PackError as refused:
            raise CommandError(str(refused)) from refused
        for fault in faults:
            self.stderr.write(str(fault))
        if faults:
            raise CommandError(_("共 %(count)s 处问题。") % {"count": len(faults)})
        pack = load_pack(options["pack"])
        cases = sum(1 for _case in pack.cases())
        self.stdout.write(
            _("%(pack)s 没有问题：%(clauses)s 条、%(measures)s 项、%(cases)s 个案例。")
            % {
                "pack": pack.id,
                "clauses": len(pack.clauses),
                "measures": len(pack.measures),
                "cases": cases,
            }
        )
