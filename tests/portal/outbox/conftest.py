"""Handlers made for one test."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jiaozuo_portal.outbox import queue
from tests.processes import use_broker


@pytest.fixture
def handler() -> Iterator[Callable[..., None]]:
    """Register a function for a kind during one test: `handler("kind", function)`."""
    before = dict(queue._handlers)

    def register(kind: str, handle: Callable, **options: Any) -> None:
        queue.handles(kind, **options)(handle)

    yield register

    queue._handlers.clear()
    queue._handlers.update(before)


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Callable[[], list[tuple[str, list]]]]:
    """A broker of files for one test; `sent()` gives (task, arguments) of every message in it.

    Messages of the same millisecond come in any order: the broker names its files so.
    """
    folder = tmp_path / "messages"
    folder.mkdir()
    use_broker(f"filesystem://{tmp_path}")

    def messages() -> list[tuple[str, list]]:
        found = [json.loads(path.read_bytes()) for path in sorted(folder.iterdir())]
        return [
            (message["headers"]["task"], json.loads(base64.b64decode(message["body"]))[0])
            for message in found
        ]

    yield messages

    use_broker(os.environ["CELERY_BROKER_URL"])
