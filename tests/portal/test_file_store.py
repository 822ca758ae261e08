import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.module_loading import import_string

from jiaozuo_portal.environment import file_store_settings


class Bucket(ThreadingHTTPServer):
    """As much of an S3 store as the portal asks for: one bucket in memory."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.objects: dict[str, bytes] = {}
        self.seen: list[dict[str, str]] = []


class _Request(BaseHTTPRequestHandler):
    server: Bucket

    def do_PUT(self) -> None:
        self.server.seen.append(dict(self.headers))
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.objects[self.path.partition("?")[0]] = body
        self._answer(200)

    def do_GET(self) -> None:
        found = self.server.objects.get(self.path.partition("?")[0])
        if found is None:
            self._answer(404)
        else:
            self._answer(200, found)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.server.objects.pop(self.path.partition("?")[0], None)
        self._answer(204)

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"none"')
        self.send_header("Last-Modified", "Mon, 02 Mar 2020 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def storage(url: str) -> Storage:
    config = file_store_settings(url, access_key="id", secret_key="secret")
    return import_string(config["BACKEND"])(**config["OPTIONS"])


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path: Path, bucket: Bucket) -> Storage:
    if request.param == "folder":
        return storage(f"file://{tmp_path}")
    return storage(
        f"s3://filings/2020?endpoint=http://127.0.0.1:{bucket.server_port}"
        "&region=cn-north-1&addressing=path"
    )


def test_file_comes_back_as_it_was_stored(store):
    name = store.save("a/证明.pdf", ContentFile(b"%PDF-1.7 \0\xff"))

    with store.open(name) as file:
        assert file.read() == b"%PDF-1.7 \0\xff"
    assert store.exists(name)
    assert store.size(name) == 11


def test_same_name_twice_overwrites_nothing(store):
    first = store.save("a/plan.pdf", ContentFile(b"first"))
    second = store.save("a/plan.pdf", ContentFile(b"second"))

    assert first != second
    with store.open(first) as file:
        assert file.read() == b"first"


def test_deleted_file_is_gone(store):
    name = store.save("a/plan.pdf", ContentFile(b"first"))

    store.delete(name)

    assert not store.exists(name)


def test_bucket_gets_plain_signed_requests_and_no_public_right(bucket):
    store = storage(
        f"s3://filings/2020?endpoint=http://127.0.0.1:{bucket.server_port}"
        "&region=cn-north-1&addressing=path"
    )

    store.save("plan.pdf", ContentFile(b"first"))

    (headers,) = bucket.seen
    assert list(bucket.objects) == ["/filings/2020/plan.pdf"]
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=id/")
    assert "aws-chunked" not in headers.get("Content-Encoding", "")
    assert not {name for name in headers if name.lower() == "x-amz-acl"}
