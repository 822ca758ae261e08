"""Stored files handed out."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse

from policies.models import ApplicationFile, TextFile


def download(file: ApplicationFile | TextFile) -> HttpResponse:
    """A stored file under its own name and kind.

    SECURITY: always a download and never sniffed, so no upload runs as a page of the portal.
    """
    answer: Any = FileResponse(
        file.file.open("rb"), as_attachment=True, filename=file.name, content_type=file.media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
