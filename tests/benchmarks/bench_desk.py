"""What the desk's pages cost beside bare Django pages, in one run on one server and one database.

    python -m tests.benchmarks.bench_desk FILINGS [PEOPLE]

prints the figures as JSON. The database of DATABASE_URL is filled up to FILINGS with synthetic
filings first (`seed_scale`, seed 1), and kept for the next run. gunicorn serves the floor and the
pages from one worker; the figures are medians of warm requests over one connection, floor and page
taking turns, so that whatever else the machine does falls on both. Eight connections together are
served by two workers. An export is read to its end; the memory of a worker is what it holds after a
day of pages, beside one that served bare ones.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

BASE_DIR = Path(__file__).resolve().parents[2]
ROUNDS = 40
#: How many of the filings have many people, and how many people that is.
STAFFED, STAFF = 30, 500


@dataclass(frozen=True, slots=True)
class Against:
    """A page of the portal, the bare page it is held against, and how many times it may cost."""

    page: str
    floor: str
    allowed: float


def fill(filings: int, people: int) -> None:
    """Bring the database to `filings` synthetic filings, thirty of them with 500 people."""
    from django.core.management import call_command

    from filings.models import DeskEntry, District, Filing, TimeLimit

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not District.objects.exists():
        call_command("load_city", stdout=sys.stderr)
    # Every filing has a clock, so that what is overdue is looked for among all of them.
    TimeLimit.objects.get_or_create(kind="other", defaults={"hours": 48})
    staffed = max(STAFFED - DeskEntry.objects.filter(heads__gte=STAFF).count(), 0)
    for many, heads, seed in (
        (filings - staffed - Filing.objects.count(), people, 1),
        (staffed, STAFF, 2),
    ):
        if many > 0:
            call_command("seed_scale", filings=many, seed=seed, people=heads, stdout=sys.stderr)
            _analyse()


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def cookie_of(user: Any) -> str:
    """The session cookie of somebody who has just signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@dataclass(frozen=True, slots=True)
class Server:
    """gunicorn: where it listens, and its process."""

    port: int
    pid: int

    def memory_mb(self) -> float:
        """What the worker holds in memory, in megabytes, shared pages included."""
        master = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        worker = master.read_text().split()[0]
        lines = Path(f"/proc/{worker}/smaps_rollup").read_text().splitlines()
        resident = next(line for line in lines if line.startswith("Rss:"))
        return int(resident.split()[1]) / 1024


@contextmanager
def served(workers: int = 1) -> Iterator[Server]:
    """gunicorn with one worker, or with several."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "jiaozuo_portal.wsgi", "--workers", str(workers),
        "--threads", "1", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}",
        "--log-level", "warning",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=BASE_DIR)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


class Browser:
    """One connection that stays open, and a signed-in person."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"Cookie": cookie, "Host": "localhost"}

    def get(self, path: str) -> tuple[float, bytes]:
        """Seconds, and the page; raises where it is no page."""
        begun = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        passed = time.perf_counter() - begun
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return passed, body

    def download(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        """An answer that comes in a stream: seconds to its first byte and its last, and lines."""
        # Any token is good that stands in the cookie as well.
        token = "t" * 32
        body = urlencode({**form, "csrfmiddlewaretoken": token}, doseq=True) if form else None
        headers = {**self._headers, "Cookie": f"{self._headers['Cookie']}; csrftoken={token}"}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self._connection.request("POST" if body else "GET", path, body=body, headers=headers)
        answer = self._connection.getresponse()
        lines = answer.read(1).count(b"\n")
        first = time.perf_counter() - begun
        while part := answer.read(1 << 16):
            lines += part.count(b"\n")
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return {"seconds": time.perf_counter() - begun, "first": first, "rows": lines - 1}


def exported(server: Server, cookie: str, rounds: int) -> dict[str, Any]:
    """The csv of every filing that the person may see, beside a bare one of as many rows."""
    browser = Browser(server.port, cookie)
    columns = ["name", "uscc", "state", "submitted", "version"]
    form: Any = {"columns": columns, "kind": "csv"}
    taken: dict[str, list[dict[str, Any]]] = {"export": [], "bare": []}
    memory = []
    for _ in range(rounds):
        taken["bare"].append(browser.download("/floor/csv/", {}))
        taken["export"].append(browser.download("/desk/export/?view=all", form))
        memory.append(server.memory_mb())
    bare, export = (
        statistics.median(one["seconds"] for one in taken[kind]) for kind in ("bare", "export")
    )
    return {
        "rows": taken["export"][-1]["rows"],
        "bare_rows": taken["bare"][-1]["rows"],
        "seconds": round(export, 2),
        "bare_seconds": round(bare, 2),
        "ratio": round(export / bare, 2),
        "allowed": 3,
        "first_byte_seconds": round(max(one["first"] for one in taken["export"]), 2),
        "memory_mb": [round(one) for one in memory],
    }


def memory_of(cookies: dict[str, str], paths: dict[str, list[str]], rounds: int) -> dict[str, Any]:
    """A worker after the portal's pages, beside one that has served bare pages only."""
    found = {}
    for kind, cookie in cookies.items():
        with served() as server:
            browser = Browser(server.port, cookie)
            for _ in range(rounds):
                for path in paths[kind]:
                    browser.get(path)
            found[kind] = server.memory_mb()
    return {
        "worker_mb": round(found["portal"], 1),
        "floor_mb": round(found["floor"], 1),
        "ratio": round(found["portal"] / found["floor"], 2),
        "allowed": 1.6,
    }


def compared(browser: Browser, pages: dict[str, Against], rounds: int) -> dict[str, Any]:
    """Medians in milliseconds and the ratio of each page to its floor."""
    figures = {}
    for name, against in pages.items():
        for path in (against.page, against.floor):
            browser.get(path)
        taken: dict[str, list[float]] = {"page": [], "floor": []}
        for _ in range(rounds):
            taken["floor"].append(browser.get(against.floor)[0])
            seconds, body = browser.get(against.page)
            taken["page"].append(seconds)
        floor, page = (statistics.median(taken[key]) for key in ("floor", "page"))
        figures[name] = {
            "ms": round(page * 1000, 2),
            "floor_ms": round(floor * 1000, 2),
            "ratio": round(page / floor, 2),
            "allowed": against.allowed,
            "bytes": len(body),
        }
    return figures


def together(port: int, cookie: str, *, seconds: float, connections: int = 8) -> dict[str, Any]:
    """What the queue costs when several people open it at the same time, over `seconds`."""
    alone = [Browser(port, cookie).get("/desk/?view=all")[0] for _ in range(10)]
    until = time.perf_counter() + seconds

    def visit(_number: int) -> tuple[list[float], int]:
        browser, taken, errors = Browser(port, cookie), [], 0
        while time.perf_counter() < until:
            try:
                taken.append(browser.get("/desk/?view=all")[0])
            except (OSError, RuntimeError, http.client.HTTPException):
                browser, errors = Browser(port, cookie), errors + 1
        return taken, errors

    with ThreadPoolExecutor(connections) as people:
        visits = list(people.map(visit, range(connections)))
    taken = sorted(seconds for times, _errors in visits for seconds in times)
    slow, median = taken[int(len(taken) * 0.99)], statistics.median(alone)
    return {
        "requests": len(taken),
        "errors": sum(errors for _times, errors in visits),
        "p99_ms": round(slow * 1000, 2),
        "ratio": round(slow / median, 2),
        "allowed": 12,
    }


def pages_of(district: Any, held: Any, deepest: str) -> dict[str, Against]:
    """What is measured, and what it may cost."""
    bare = f"/floor/list/?district={district.pk}"
    queue = "/desk/?view=all"
    return {
        "queue": Against(queue, bare, 1.5),
        "queue, waiting": Against("/desk/", bare, 1.5),
        "queue, deepest": Against(f"{queue}&after={deepest}", queue, 1.5),
        "queue, three filters": Against(
            f"{queue}&state=started&size=small&industry=industry", bare, 2
        ),
        "queue, rare filters": Against(f"{queue}&gate=ledger&cover=2&province=%E6%B9%96", bare, 2),
        "queue, search": Against(f"{queue}&q=%E4%BA%91%E5%8F%B0", bare, 2),
        "queue, pinyin": Against(f"{queue}&q=jzyt", bare, 2),
        "queue, code": Against(f"{queue}&q={held.enterprise.uscc[2:12]}", bare, 2),
        "queue, number": Against(f"{queue}&q={quote(held.desk_entry.number)}", bare, 2),
        "queue, nothing found": Against(f"{queue}&q=zzzzzzz", bare, 2),
        "filing": Against(f"/filings/{held.pk}/review/", f"/floor/filings/{held.pk}/", 6),
        "board of the district": Against("/board/", bare, 3),
    }


def everywhere() -> Any:
    """Somebody who works in every bureau, and so may take all filings of the city away."""
    from filings.models import Agency, Posting, User

    person, _made = User.objects.get_or_create(username="scale-everywhere")
    for agency in Agency.objects.filter(kind="bureau"):
        Posting.objects.get_or_create(user=person, agency=agency, defaults={"role": "lead"})
    return User.objects.get(pk=person.pk)


def of_the_city() -> Any:
    """Somebody of the city's own bureau."""
    from filings.models import Agency, Posting, User

    person, _made = User.objects.get_or_create(username="scale-city")
    agency = Agency.objects.filter(kind="city").order_by("pk")[0]
    Posting.objects.get_or_create(user=person, agency=agency, defaults={"role": "lead"})
    return User.objects.get(pk=person.pk)


def figures(filings: int, people: int = 50, rounds: int = ROUNDS) -> dict[str, Any]:
    """Fill, serve, measure."""
    from filings.domain.picture import take_picture
    from filings.models import DeskEntry, District, Filing, User
    from jiaozuo_portal.lib import clock

    fill(filings, people)
    district = District.objects.order_by("order", "code")[0]
    reviewer = User.objects.get(username=f"scale-{district.code}-0")
    held = Filing.objects.filter(district=district, version__gt=0, receipts__isnull=False)
    held = held.select_related("enterprise", "desk_entry").order_by("-desk_entry__heads", "-pk")[0]
    draft = Filing.objects.filter(state="draft").order_by("pk")[0]
    clerk = User.objects.filter(memberships__enterprise=draft.enterprise_id)[0]
    form = Against(f"/filings/{draft.pk}/scheme/", "/floor/signed-in/", 10)
    take_picture(at=clock.now())
    cookie, city = cookie_of(reviewer), cookie_of(of_the_city())
    with served() as server:
        browser = Browser(server.port, cookie)
        clerks = Browser(server.port, cookie_of(clerk))
        deepest = _deepest(DeskEntry.objects.filter(district=district))
        found = {
            "filings": Filing.objects.count(),
            "in_district": Filing.objects.filter(district=district).count(),
            "pages": {
                **compared(browser, pages_of(district, held, deepest), rounds),
                **compared(clerks, {"form section": form}, rounds),
                **compared(
                    Browser(server.port, city),
                    {"board of the city": Against("/board/", "/floor/list/", 3)},
                    rounds,
                ),
            },
        }
    with served(workers=2) as server:
        found["together"] = together(server.port, cookie, seconds=rounds * 1.5)
    with served() as server:
        found["export"] = exported(server, cookie_of(everywhere()), min(rounds, 5))
    day = [
        "/desk/?view=all",
        "/board/",
        f"/filings/{held.pk}/review/",
        "/desk/?view=all&q=%E4%BA%91",
    ]
    bare = [f"/floor/list/?district={district.pk}", f"/floor/filings/{held.pk}/"]
    found["memory"] = memory_of(
        {"floor": cookie, "portal": cookie}, {"floor": bare, "portal": day}, rounds
    )
    return found


def _deepest(entries: Any) -> str:
    """The token of the page before the last rows."""
    from filings.queries.desk import SORTS
    from jiaozuo_portal.lib.pages import keyset_page

    order = [
        name.removeprefix("-") if name.startswith("-") else f"-{name}"
        for name in SORTS["oldest"][1]
    ]
    last = list(entries.filter(submitted_at__isnull=False).order_by(*order)[:60])
    page = keyset_page(
        entries.filter(pk__in=[entry.pk for entry in last]), order=SORTS["oldest"][1], size=10
    )
    return page.next or ""


def main() -> None:
    """The figures on standard output."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.floor_settings"
    django.setup()
    numbers = [int(number) for number in sys.argv[1:]]
    sys.stdout.write(json.dumps(figures(*numbers), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
