"""`manage.py export_pack`: write the files of a pack version, byte for byte as they were loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.eligibility.archives import write_archive
from policies.queries.packs import SpoiltPack, exported, version_of


class Command(BaseCommand):
    """``export_pack [--version N] FOLDER``: into an empty or new folder, or into FOLDER.zip."""

    help = "Write the files of the published pack, or of one version, into a folder or a .zip."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        # Django's own --version, which prints Django's version, gives way to this command's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="a folder that is empty or not there yet, or a .zip")
        parser.add_argument(
            "--version",
            type=int,
            dest="pack_version",
            help="number of the version; by default the published one",
        )
        parser.add_argument("--pack", help="key of the pack, where several have been loaded")

    def handle(self, *args: Any, **options: Any) -> None:
        pack = version_of(options["pack"], options["pack_version"])
        if pack is None:
            raise CommandError("there is no such pack version")
        try:
            files = exported(pack)
        except SpoiltPack:
            raise CommandError(f"{pack} is not what was loaded: its digest differs") from None
        target = Path(options["folder"])
        try:
            _write(target, files)
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}") from None
        self.stdout.write(f"{pack} written to {target} ({len(files)} files)")


def _write(target: Path, files: dict[str, bytes]) -> None:
    if target.suffix == ".zip":
        with target.open("xb") as archive:  # never over a file that is there
            archive.write(write_archive(files))
        return
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandError(f"{target} is not an empty folder")
    for name, raw in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
