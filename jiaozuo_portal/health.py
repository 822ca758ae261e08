"""What machines ask: is the process alive, can it serve, and what are its figures."""

import ipaddress
import logging
import os
import secrets
from collections.abc import Callable

import prometheus_client
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from prometheus_client import multiprocess

from jiaozuo_portal.celery import app
from jiaozuo_portal.lib import clock
from jiaozuo_portal.lib.doors import PUBLIC, open_to
from jiaozuo_portal.lib.visitors import address_of
from jiaozuo_portal.outbox.models import OutboxRow

OK = "ok"
# Older than this, an open row means that relay, broker or worker stands still.
OUTBOX_IS_LATE_SECONDS = 600

logger = logging.getLogger(__name__)


@open_to(PUBLIC)
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@open_to(PUBLIC)
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether this process can serve: 200, or 503 with what is missing.

    Database, migrations and cache decide. A broker that is away or an outbox that runs late is
    shown as a warning and not as "not ready": filings are still taken and nothing is lost, so a
    load balancer must not take every web machine out.
    """
    needed = {
        "database": _answer(_ask_database),
        "migrations": _answer(_ask_migrations),
        "cache": _answer(_ask_cache),
    }
    ready = all(answer == OK for answer in needed.values())
    watched = {
        "broker": _answer(_ask_broker),
        "outbox": _answer(_ask_outbox) if needed["database"] == OK else "unknown",
    }
    warnings = sorted(name for name, answer in watched.items() if answer != OK)
    return JsonResponse(
        {"ready": ready, **needed, **watched, "warnings": warnings}, status=200 if ready else 503
    )


@open_to(PUBLIC)
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for Prometheus, for the listed addresses or the token; 404 for others."""
    if not _may_read_metrics(request):
        return HttpResponseNotFound("not found\n", content_type="text/plain")
    page = prometheus_client.generate_latest(_process_registry())
    page += prometheus_client.generate_latest(_outbox_registry())
    return HttpResponse(page, content_type=prometheus_client.CONTENT_TYPE_LATEST)


def _answer(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 - every service raises errors of its own
        # SECURITY: the page is open to all, so it names the kind of error and no address.
        logger.warning("not ready: %s", type(error).__name__)
        return "unreachable"


def _ask_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _ask_migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} not applied" if waiting else OK


def _ask_cache() -> str:
    cache.set("readyz", 1, timeout=30)
    return OK if cache.get("readyz") == 1 else "forgets"


def _ask_broker() -> str:
    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        broker.default_channel.queue_declare(app.conf.task_default_queue, passive=False)
    return OK


def _ask_outbox() -> str:
    wait = OutboxRow.objects.oldest_wait(clock.real_now()).total_seconds()
    return OK if wait < OUTBOX_IS_LATE_SECONDS else f"{int(wait)} seconds late"


def _may_read_metrics(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.PORTAL_METRICS_TOKEN
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return True
    if "X-Forwarded-For" in request.headers and not settings.PORTAL_PROXY_COUNT:
        # SECURITY: behind a proxy that the settings do not know, everybody has its address.
        return False
    try:
        address = ipaddress.ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in network for network in settings.PORTAL_METRICS_ALLOW)


def _process_registry() -> prometheus_client.CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return prometheus_client.REGISTRY
    registry = prometheus_client.CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry


def _outbox_registry() -> prometheus_client.CollectorRegistry:
    registry = prometheus_client.CollectorRegistry()
    now = clock.real_now()
    figures = {
        "portal_outbox_oldest_seconds": (
            "How long the oldest open outbox row has been due.",
            OutboxRow.objects.oldest_wait(now).total_seconds(),
        ),
        "portal_outbox_open_rows": (
            "Outbox rows that are due and not done.",
            OutboxRow.objects.still_open().filter(due_at__lte=now).count(),
        ),
        "portal_outbox_dead_rows": (
            "Outbox rows given up, which an operator can retry.",
            OutboxRow.objects.dead().count(),
        ),
    }
    for name, (text, value) in figures.items():
        prometheus_client.Gauge(name, text, registry=registry).set(value)
    return registry
