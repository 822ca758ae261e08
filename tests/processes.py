"""The portal's own processes, started, killed and started again by a test."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from kombu import pools

from jiaozuo_portal.celery import app, make_broker_folders
from jiaozuo_portal.environment import broker_settings

BASE_DIR = Path(__file__).resolve().parents[1]


class Process:
    """One process in a group of its own, so that a kill takes its children too."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.command, self.environment, self.log = command, environment, log
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                cwd=BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL to all of it: nothing is finished and nothing is said."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class RedisBroker(Process):
    """A Redis of the test's own that keeps nothing on disk."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{port}/0"
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        super().__init__([*command, "--dir", str(folder)], environment, folder / "redis.log")


class FileBroker:
    """The broker made of files; killed, it loses every message that waits in it."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder / "broker"
        self.url = f"filesystem://{self.folder}"
        self.start()

    def start(self) -> None:
        for name in ("messages", "control"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)

    def kill(self) -> None:
        shutil.rmtree(self.folder / "messages", ignore_errors=True)


class Portal:
    """Broker, worker and relay of the portal on the test's database."""

    def __init__(self, environment: dict[str, str], folder: Path, *, broker: type) -> None:
        self.broker = broker(environment, folder)
        self.environment = {**environment, "CELERY_BROKER_URL": self.broker.url}
        self.worker = Process(
            [
                sys.executable, "-m", "celery", "-A", "jiaozuo_portal", "worker",
                "--concurrency", "2", "--without-gossip", "--without-mingle",
                "--without-heartbeat", "--loglevel", "WARNING",
            ],
            self.environment,
            folder / "worker.log",
        )  # fmt: skip
        self.relay = Process(
            [sys.executable, "manage.py", "relay", "--interval", "0.1"],
            self.environment,
            folder / "relay.log",
        )

    def kill_one(self, chance: Random) -> str:
        """Kill broker, worker or relay by chance, and start it again a moment later."""
        name = chance.choice(("broker", "worker", "relay"))
        victim = getattr(self, name)
        victim.kill()
        time.sleep(chance.uniform(0.1, 0.6))
        victim.start()
        return name

    def stop(self) -> None:
        for process in (self.relay, self.worker, self.broker):
            process.kill()


def use_broker(url: str) -> None:
    """Let the Celery of this process send to another broker."""
    broker_url, app.conf.broker_transport_options = broker_settings(url)
    # Celery's own look-up of broker_url prefers the environment to what is set here.
    app.conf.broker_write_url = broker_url
    make_broker_folders(app)
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
