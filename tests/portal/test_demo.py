import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

from jiaozuo_portal import demo

BASE_DIR = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
READY_WITHIN = 240


class Demo:
    """`make demo` without make, in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", str(folder)),
            "DEMO_DIR": str(folder),
            "PORT": str(self.port),
        }

    def start(self, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "jiaozuo_portal.demo"],
            cwd=BASE_DIR,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_ready(self, process: subprocess.Popen) -> str:
        said = ""
        until = time.monotonic() + READY_WITHIN
        while "Ready after" not in said and time.monotonic() < until:
            line = process.stdout.readline()
            if not line:
                break
            said += line
        assert "Ready after" in said, said
        return said

    def stop(self, process: subprocess.Popen) -> str:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        assert process.returncode == 0, rest
        return rest

    def processes(self) -> list[int]:
        """The processes that have this demo's folder in their environment."""
        mark = f"DEMO_DIR={self.folder}".encode()
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if mark in path.read_bytes().split(b"\0"):
                    found.append(int(path.parent.name))
            except OSError:
                continue
        return found


def test_demo_starts_mends_itself_stops_and_keeps_what_was_entered(tmp_path):
    portal = Demo(tmp_path / "demo")

    process = portal.start()
    said = portal.wait_until_ready(process)
    with urllib.request.urlopen(f"http://127.0.0.1:{portal.port}/readyz") as answer:
        ready = answer.status
    secrets = (portal.folder / "env").read_text()
    stopped = portal.stop(process)

    assert ready == 200
    assert "accounts:" in said
    assert len(list((portal.folder / "samples").glob("*.xlsx"))) == 2
    assert "has stopped" in stopped
    assert portal.processes() == []

    process = portal.start()
    said_again = portal.wait_until_ready(process)
    relay = next(
        pid for pid in portal.processes() if b"relay" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(relay, signal.SIGKILL)
    mended = next(line for line in process.stdout if "ended" in line)
    until = time.monotonic() + READY_WITHIN
    while not list(portal.folder.glob("mail/*")) and time.monotonic() < until:
        time.sleep(0.5)
    portal.stop(process)

    assert (portal.folder / "env").read_text() == secrets
    assert "accounts:" in said_again
    assert "preparing" not in said_again
    assert "relay ended and is started again" in mended
    assert list(portal.folder.glob("mail/*"))
    assert portal.processes() == []


def test_taken_port_is_said(tmp_path):
    portal = Demo(tmp_path / "demo")

    with socket.socket() as other:
        other.bind(("127.0.0.1", portal.port))
        other.listen()
        process = portal.start()
        said, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert f"Port {portal.port} is taken" in said


def test_environment_of_the_caller_goes_before_the_demos_own(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DEMO_DIR", tmp_path)
    monkeypatch.setattr(demo, "ENV_FILE", tmp_path / "env")
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    demo.make_environment()

    demo.load_environment()

    assert os.environ["DATABASE_URL"] == "postgres://elsewhere/portal"
    assert os.environ["CELERY_BROKER_URL"] == f"filesystem://{tmp_path}/broker"
    monkeypatch.delenv("CELERY_BROKER_URL")


def test_secrets_are_made_once_and_for_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "DEMO_DIR", tmp_path)
    monkeypatch.setattr(demo, "ENV_FILE", tmp_path / "env")

    demo.make_environment()
    first = (tmp_path / "env").read_text()
    demo.make_environment()

    assert (tmp_path / "env").read_text() == first
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_step_is_done_again_only_when_its_inputs_or_the_database_change(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(demo, "BASE_DIR", tmp_path)
    (tmp_path / "input").write_text("a")
    step = demo.Step("a step", lambda: None, ("in*",))
    standing = [step.is_done()]

    step.run()
    standing.append(step.is_done())
    (tmp_path / "input").write_text("b")
    standing.append(step.is_done())
    step.run()
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/portal")
    standing.append(step.is_done())

    assert standing == [False, True, False, False]


def test_emptied_database_is_noticed(db, tmp_path):
    name = connection.settings_dict["NAME"]
    there = f"sqlite:///{name}"
    missing = f"sqlite:///{tmp_path}/none.sqlite3"
    if connection.vendor == "postgresql":
        before = os.environ["DATABASE_URL"].rpartition("/")[0]
        there, missing = f"{before}/{name}", f"{before}/postgres"

    assert demo.has_tables(there)
    assert not demo.has_tables(missing)


def test_every_step_names_inputs_that_exist():
    for step in demo.steps():
        for pattern in step.inputs:
            assert any(demo.BASE_DIR.glob(pattern)), (step.name, pattern)


def test_database_that_is_away_is_said():
    with pytest.raises(SystemExit, match="cannot be reached"):
        demo.has_tables("postgres://nobody@127.0.0.1:1/portal")
