"""`make demo`: the whole portal on one machine, for trying it out.

Makes the environment on the first run, prepares what is not ready yet, and keeps the web server,
the Celery worker and the relay running until Ctrl-C. Everything it writes lies in .demo/; what was
entered is still there the next time.
"""

import base64
import ctypes
import hashlib
import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent
DEMO_DIR = Path(os.environ.get("DEMO_DIR", BASE_DIR / ".demo")).absolute()
ENV_FILE = DEMO_DIR / "env"
STAMPS = DEMO_DIR / "stamps"
LOGS = DEMO_DIR / "log"
METRICS = DEMO_DIR / "metrics"

CLOCK_START = "2020-03-02T08:00:00+08:00"
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))

STARTS_WITHIN = 60
STOPS_WITHIN = 15
# A process that dies is started again after this pause; one that keeps dying ends the demo.
RESTART_PAUSE = 2
MOST_RESTARTS = 5


def main() -> None:
    """Prepare, start, watch, stop."""
    began = time.monotonic()
    make_environment()
    load_environment()
    refuse_taken_port()
    prepare()
    stop = stop_at_signals()
    services = [Service(name, command) for name, command in commands().items()]
    try:
        for service in services:
            service.start()
        if wait_for_web(stop):
            say_hello(time.monotonic() - began)
            watch(services, stop)
    finally:
        stop_all(services)
        print(f"The portal has stopped. What was entered is kept in {DEMO_DIR}.", flush=True)


def make_environment() -> None:
    """Write .demo/env on the first run: secrets of this demo, and the anchor of its clock."""
    if ENV_FILE.exists():
        return
    DEMO_DIR.mkdir(parents=True, exist_ok=True)
    values = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_FIELD_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "PORTAL_INDEX_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "PORTAL_CLOCK_START": CLOCK_START,
        "PORTAL_CLOCK_ANCHOR": datetime.now(UTC).isoformat(timespec="seconds"),
        "DATABASE_URL": f"sqlite:///{DEMO_DIR}/portal.sqlite3",
        "CELERY_BROKER_URL": f"filesystem://{DEMO_DIR}/broker",
        "PORTAL_FILE_STORE": f"file://{DEMO_DIR}/files",
        "PORTAL_STATIC_ROOT": f"{DEMO_DIR}/static",
        "EMAIL_URL": f"filemail://{DEMO_DIR}/mail",
        "PORTAL_FROM_EMAIL": "portal@example.org",
        "PORTAL_STAFF_SECOND_FACTOR": "off",
    }
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    ENV_FILE.touch(mode=0o600)
    ENV_FILE.write_text(f"# Made by `make demo`; delete .demo/ to begin anew.\n{lines}")


def load_environment() -> None:
    """Take the demo's environment; what the caller has set (DATABASE_URL …) goes before it."""
    for line in ENV_FILE.read_text().splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith("#"):
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiaozuo_portal.settings")
    os.environ.setdefault("PORTAL_BASE_URL", f"http://{shown_host()}:{PORT}")
    os.environ.setdefault("PORTAL_ALLOWED_HOSTS", f"localhost,127.0.0.1,{socket.gethostname()}")
    os.environ.setdefault("PORTAL_LOG_LEVEL", "WARNING")


def shown_host() -> str:
    """The name under which a browser on this machine finds the portal."""
    return "127.0.0.1" if HOST in ("0.0.0.0", "::", "") else HOST  # noqa: S104 - compared only


def refuse_taken_port() -> None:
    """End with a clear sentence where something else listens already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, PORT))
        except OSError:
            sys.exit(f"Port {PORT} is taken. Stop what uses it, or choose one: make demo PORT=8001")


@dataclass(frozen=True)
class Step:
    """Something to prepare once for a database and the present content of its inputs."""

    name: str
    do: Callable[[], None]
    inputs: tuple[str, ...] = ()

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name.replace(" ", "-")

    def digest(self) -> str:
        """What the step was, or would be, done for."""
        found = hashlib.sha256(os.environ["DATABASE_URL"].encode())
        for path in sorted(path for pattern in self.inputs for path in BASE_DIR.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                found.update(f"{path.relative_to(BASE_DIR)}\0".encode() + path.read_bytes())
        return found.hexdigest()

    def is_done(self) -> bool:
        return self.stamp.exists() and self.stamp.read_text() == self.digest()

    def run(self) -> None:
        say(self.name)
        self.do()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.digest())


def steps() -> list[Step]:
    """Everything that has to be there before the portal starts, in order."""
    return [
        Step(
            "tables", make_tables, ("*/migrations/*.py", "*/*/migrations/*.py", "requirements.txt")
        ),
        Step("translations", compile_translations, ("jiaozuo_portal/locale/**/*.po",)),
        Step("city", command("load_city"), ("filings/data/*",)),
        Step(
            "policy pack", command("load_pack"), ("policies/packs/**/*", "policies/eligibility/*")
        ),
        Step("demo data", make_demo_data),
        Step("static files", collect_static, ("jiaozuo_portal/static/**/*", "requirements.txt")),
    ]


def prepare() -> None:
    """Do what is not done yet. Where nothing is, not even Django is loaded."""
    if not has_tables(os.environ["DATABASE_URL"]):
        shutil.rmtree(STAMPS, ignore_errors=True)
    waiting = [step for step in steps() if not step.is_done()]
    if waiting:
        import django

        django.setup()
    for step in waiting:
        step.run()
    if waiting:
        from django.db import connection

        connection.close()
    print((DEMO_DIR / "accounts").read_text(), flush=True)


def has_tables(url: str) -> bool:
    """Whether the database is the one that was prepared, and not a new or emptied one."""
    if url.startswith("sqlite"):
        path = Path(urlsplit(url).path.removeprefix("/"))
        return path.exists() and path.stat().st_size > 0
    import psycopg2

    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.OperationalError as error:
        sys.exit(f"DATABASE_URL: the database cannot be reached. {error}")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
            return bool(cursor.fetchone()[0])
    finally:
        connection.close()


def command(name: str, **options: object) -> Callable[[], None]:
    """A command of manage.py, without its small talk."""

    def run() -> None:
        from django.core.management import call_command

        call_command(name, stdout=io.StringIO(), **options)

    return run


def make_tables() -> None:
    command("migrate", verbosity=0)()
    command("createcachetable", verbosity=0)()


def compile_translations() -> None:
    from jiaozuo_portal import messages

    messages.compile_all()


def collect_static() -> None:
    command("collectstatic", interactive=False, verbosity=0)()


def make_demo_data() -> None:
    """Fill the portal, and keep the accounts to show them at every start."""
    from django.core.management import call_command

    said = io.StringIO()
    call_command("seed_demo", samples=str(DEMO_DIR / "samples"), stdout=said)
    call_command("seed_support_demo", stdout=io.StringIO())
    (DEMO_DIR / "accounts").write_text(said.getvalue())


def commands() -> dict[str, list[str]]:
    """The three processes of the portal, as production runs them too."""
    python = sys.executable
    return {
        "web": [
            python, "-m", "gunicorn", "jiaozuo_portal.wsgi",
            "--bind", f"{HOST}:{PORT}", "--preload", "--workers", "2", "--threads", "4",
            "--worker-class", "gthread", "--graceful-timeout", "8", "--log-level", "warning",
        ],
        "worker": [
            python, "-m", "celery", "-A", "jiaozuo_portal", "worker", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
        ],
        "relay": [python, str(BASE_DIR / "manage.py"), "relay"],
    }  # fmt: skip


@dataclass
class Service:
    """One process of the portal, with its log."""

    name: str
    command: list[str]
    restarts: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches us, and we stop it in order."""
        LOGS.mkdir(exist_ok=True)
        environment = dict(os.environ)
        if self.name == "web":
            shutil.rmtree(METRICS, ignore_errors=True)
            METRICS.mkdir()
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS)
        with (LOGS / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the commands stand above
                self.command,
                cwd=BASE_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *, hard: bool = False) -> None:
        """Ask it to end, or kill its whole group."""
        if self.process is None:
            return
        try:
            if hard:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.terminate()
        except ProcessLookupError:
            return


def die_with_parent() -> None:
    """On Linux, be told to end when the supervisor is killed, so that no port stays taken."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def stop_at_signals() -> threading.Event:
    """An event that Ctrl-C, a closed terminal or `kill` sets."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def wait_for_web(stop: threading.Event) -> bool:
    """Wait until the portal answers; False where it was stopped before."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if stop.wait(0.1):
            return False
        try:
            with urllib.request.urlopen(f"http://{shown_host()}:{PORT}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            continue
    sys.exit(f"The web server does not answer. Its log: {LOGS / 'web.log'}")


def watch(services: list[Service], stop: threading.Event) -> None:
    """Start again what dies, until told to stop."""
    while not stop.wait(1):
        for service in services:
            if service.is_running():
                continue
            service.restarts += 1
            if service.restarts > MOST_RESTARTS:
                sys.exit(f"{service.name} keeps ending. Its log: {LOGS / service.name}.log")
            print(f"{service.name} ended and is started again.", flush=True)
            if stop.wait(RESTART_PAUSE):
                return
            service.start()


def stop_all(services: list[Service]) -> None:
    """Stop every process in order, and kill what does not listen."""
    for service in services:
        service.stop()
    until = time.monotonic() + STOPS_WITHIN
    while time.monotonic() < until and any(service.is_running() for service in services):
        time.sleep(0.05)
    for service in services:
        if service.is_running():
            service.stop(hard=True)


def say(step: str) -> None:
    """Name the step that is being done."""
    print(f"preparing: {step}", flush=True)


def say_hello(seconds: float) -> None:
    """Print where the portal is."""
    print(
        f"\nReady after {seconds:.1f} s. Open http://{shown_host()}:{PORT}/\n"
        f"Rosters to try the import with are in {DEMO_DIR}/samples.\n"
        f"Mails are written to {DEMO_DIR}/mail, logs to {DEMO_DIR}/log. Ctrl-C stops.\n",
        flush=True,
    )


if __name__ == "__main__":
    main()
