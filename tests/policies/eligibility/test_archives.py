"""A zipped pack: the same bytes each time, and nothing of a hostile one is believed."""

import io
import zipfile

import pytest

from policies.eligibility import archives
from policies.eligibility.archives import UnfitArchive, read_archive, write_archive

FILES = {"pack.yaml": b"id: x\n", "a/01.yaml": "条\r\n".encode()}


def zipped(*entries: tuple[str, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in entries:
            archive.writestr(name, raw)
    out.seek(0)
    return out


def faults_of(file: io.BytesIO) -> list[tuple[str, str]]:
    with pytest.raises(UnfitArchive) as refused:
        read_archive(file)
    return [(fault.place, str(fault.reason)) for fault in refused.value.faults]


def test_the_same_files_give_the_same_bytes_whatever_their_order() -> None:
    first = write_archive(FILES)

    assert write_archive(dict(reversed(FILES.items()))) == first
    assert read_archive(io.BytesIO(first)) == FILES


def test_a_folder_around_everything_is_taken_off_and_bystanders_are_left() -> None:
    file = zipped(
        ("jiaozuo/pack.yaml", b"id: x\n"),
        ("jiaozuo/a/01.yaml", b""),
        ("jiaozuo/a/", b""),
        ("__MACOSX/jiaozuo/._pack.yaml", b"?"),
        ("jiaozuo/.DS_Store", b"?"),
    )

    assert read_archive(file) == {"pack.yaml": b"id: x\n", "a/01.yaml": b""}


@pytest.mark.parametrize(
    "name",
    ["../pack.yaml", "/etc/pack.yaml", "a/../../pack.yaml", "C:/pack.yaml", "a\\01.yaml",
     "a//01.yaml", "./pack.yaml", "a/\n.yaml", "a/\u202e.yaml", "x" * 300 + ".yaml"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused_by_name(name: str) -> None:
    faults = faults_of(zipped(("pack.yaml", b""), (name, b"")))

    assert len(faults) == 1
    assert "路径不能用" in faults[0][1]
    assert faults[0][0].isprintable()


def test_every_wrong_file_is_named_at_once() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        file = zipped(
            ("pack.yaml", b""),
            ("pack.yaml", b""),
            ("A.yaml", b""),
            ("a.yaml", b""),
            ("run.sh", b""),
            ("a/b/c/d.yaml", b""),
        )

    assert faults_of(file) == [
        ("pack.yaml", "同一个文件出现两次"),
        ("a.yaml", "同一个文件出现两次"),
        ("run.sh", "政策包里只有 .yaml 文件"),
        ("a/b/c/d.yaml", "文件夹层数过多"),
    ]


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("pack.yaml")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")

    assert faults_of(out) == [("pack.yaml", "不能是链接")]


def test_a_bomb_is_never_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(archives, "MOST_BYTES", 5000)
    pieces = [(f"{number}.yaml", b"0" * 2000) for number in range(4)]

    assert faults_of(zipped(*pieces)) == [("2.yaml", "解压后过大")]
    assert faults_of(zipped(("a.yaml", b"0" * 2_000_001))) == [("a.yaml", "文件过大")]


def test_a_size_that_lies_is_found_out() -> None:
    file = zipped(("pack.yaml", b"0" * 100_000))
    raw = bytearray(file.getvalue())
    lie = (10).to_bytes(4, "little")
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = raw.index(mark) + offset
        raw[start : start + 4] = lie

    assert faults_of(io.BytesIO(bytes(raw)))


def test_too_many_files_are_refused(monkeypatch) -> None:
    monkeypatch.setattr(archives, "MOST_FILES", 3)

    assert faults_of(zipped(*((f"{n}.yaml", b"") for n in range(4))))[0][1] == "文件超过 3 个"


@pytest.mark.parametrize(
    "raw", [b"", b"no zip", write_archive(FILES)[:-30], b"PK\x05\x06" + bytes(18)]
)
def test_what_is_no_whole_zip_is_refused(raw: bytes) -> None:
    assert faults_of(io.BytesIO(raw))


def test_a_locked_zip_is_refused() -> None:
    raw = bytearray(zipped(("pack.yaml", b"x")).getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + offset] |= 1

    assert "密码" in faults_of(io.BytesIO(bytes(raw)))[0][1]
