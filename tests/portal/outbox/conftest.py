"""Handlers made for one test."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kombu import pools

from jiaozuo_portal.celery import app
from jiaozuo_portal.outbox import queue


@pytest.fixture
def handler() -> Iterator[Callable[..., None]]:
    """Register a function for a kind during one test: `handler("kind", function)`."""
    before = dict(queue._handlers)

    def register(kind: str, handle: Callable, *, in_pieces: bool = False) -> None:
        queue.handles(kind, in_pieces=in_pieces)(handle)

    yield register

    queue._handlers.clear()
    queue._handlers.update(before)


@pytest.fixture
def sent(tmp_path: Path, settings) -> Iterator[Callable[[], list[tuple[str, list]]]]:
    """A broker of files for one test; `sent()` gives (task, arguments) of every message in it."""
    folder = tmp_path / "messages"
    folder.mkdir()
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(tmp_path / "control"),
    }
    before = app.conf.broker_url, app.conf.broker_transport_options
    _use_broker("filesystem://", options)

    def messages() -> list[tuple[str, list]]:
        found = [json.loads(path.read_bytes()) for path in sorted(folder.iterdir())]
        return [
            (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[0])
            for message in found
        ]

    yield messages

    _use_broker(*before)


def _use_broker(url: str, options: dict) -> None:
    app.conf.broker_url = app.conf.broker_write_url = url
    app.conf.broker_transport_options = options
    pools.reset()
    app._pool = None
    app.amqp._producer_pool = None
