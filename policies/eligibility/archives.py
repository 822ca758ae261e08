"""A pack as one zip file: written the same each time, and read with suspicion."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO

from .words import PlacedError, Words, _
from .yaml_files import MAX_BYTES

MOST_FILES = 1000
MOST_BYTES = 20_000_000
MOST_DEPTH = 3
NAME_LENGTH = 200
#: What file managers add by themselves.
_BYSTANDERS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_SYMLINK = 0o120000
# NotImplementedError is the word of zipfile for a compression that it does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError)


class UnfitArchive(ValueError):
    """A zip that is not taken; ``faults`` name each file of it that is wrong."""

    def __init__(self, faults: list[PlacedError]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


def write_archive(content: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files give the same bytes, whenever it is made."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(content):
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content[name])
    return out.getvalue()


def read_archive(file: IO[bytes]) -> dict[str, bytes]:
    """The files of a zipped pack by their path in it, a single folder around all of them taken off.

    Nothing is written anywhere, and no more than MOST_BYTES are ever unpacked.

    Raises:
        UnfitArchive: no zip, or files in it with wrong paths, sizes, kinds or passwords.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _without_outer_folder(dict(_files(archive)))
    except _BROKEN as error:
        raise _refused("", _("这不是完好的 zip 文件")) from error


def _files(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not _is_bystander(entry)]
    if len(entries) > MOST_FILES:
        raise _refused("", _("文件超过 %(most)s 个").with_values(most=MOST_FILES))
    faults = []
    seen: set[str] = set()
    for entry in entries:
        problem = _problem(entry, seen)
        if problem is not None:
            faults.append(PlacedError(_shown(entry.filename), problem))
        seen.add(entry.filename.casefold())
    if faults:
        raise UnfitArchive(faults)
    room = MOST_BYTES
    for entry in entries:
        raw = _unpacked(archive, entry, min(room, MAX_BYTES))
        room -= len(raw)
        yield entry.filename, raw


def _is_bystander(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    return entry.is_dir() or name.startswith(_BYSTANDERS) or name.endswith(_BYSTANDERS[1:])


def _problem(entry: zipfile.ZipInfo, seen: set[str]) -> Words | None:
    # SECURITY: the names become paths when a pack is exported to a folder.
    name = entry.orig_filename
    path = PurePosixPath(name)
    is_outside = path.is_absolute() or ".." in path.parts or ":" in name or "\\" in name
    if is_outside or not name.isprintable() or str(path) != name or len(name) > NAME_LENGTH:
        return _("路径不能用：应在压缩包之内，只用普通字符和“/”")
    if (entry.external_attr >> 16) & 0o170000 == _SYMLINK:
        return _("不能是链接")
    if len(path.parts) > MOST_DEPTH:
        return _("文件夹层数过多")
    if path.suffix != ".yaml":
        return _("政策包里只有 .yaml 文件")
    if name.casefold() in seen:
        return _("同一个文件出现两次")
    if entry.flag_bits & 0x1:
        return _("设了密码，请去掉密码后再上传")
    if entry.file_size > MAX_BYTES:
        return _("文件过大")
    return None


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    # The size that a zip declares may lie, so no more is read than may be.
    with archive.open(entry) as part:
        raw = part.read(room + 1)
    if len(raw) > room:
        raise _refused(entry.filename, _("解压后过大"))
    return raw


def _without_outer_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    if not files:
        raise _refused("", _("压缩包是空的"))
    outer = {name.partition("/")[0] for name in files}
    if len(outer) > 1 or any("/" not in name for name in files):
        return files
    cut = len(outer.pop()) + 1
    return {name[cut:]: raw for name, raw in files.items()}


def _refused(place: str, reason: Words) -> UnfitArchive:
    return UnfitArchive([PlacedError(place, reason)])


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in name[:80])
