"""Reading settings from the environment.

Every wrong or missing setting is noted by name, and all of them are refused together at start, so
that an operator mends the environment once and not once for every mistake.
"""

import base64
import ipaddress
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_KEY_ID = re.compile(r"k[0-9]+")
_KEY_BYTES = 32


class Environment:
    """The settings of one process, read by name; `refuse_if_wrong` names every bad one."""

    def __init__(self, values: dict[str, str] | None = None) -> None:
        self._env = environ.Env()
        if values is not None:
            self._env.ENVIRON = values
        self.problems: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """The value as text; without a default it must be given and not be blank."""
        value = str(self._env.str(name, default="")).strip()
        if value:
            return value
        if default is None:
            self.problems.append(f"{name} is not set.")
        return default or ""

    def parsed(
        self, name: str, parse: Callable[[str], T], *, wanted: str, default: str | None = None
    ) -> T | None:
        """What `parse` makes of the value, or None where it is blank or wrong.

        `wanted` ends the sentence that an operator reads: "NAME is wrong: it must be …". The value
        itself is never shown, since it may be a secret.
        """
        text = self.text(name, default)
        if not text:
            return None
        try:
            return parse(text)
        except (ValueError, ImproperlyConfigured):
            self.problems.append(f"{name} is wrong: it must be {wanted}.")
            return None

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes-or-no setting: on/off, true/false, yes/no, 1/0."""
        found = self.parsed(name, _flag, wanted="on or off", default="on" if default else "off")
        return default if found is None else found

    def number(self, name: str, *, default: int, least: int, most: int) -> int:
        """A whole number between `least` and `most`, both included."""

        def parse(text: str) -> int:
            if not least <= int(text) <= most:
                raise ValueError
            return int(text)

        wanted = f"a whole number from {least} to {most}"
        found = self.parsed(name, parse, wanted=wanted, default=str(default))
        return default if found is None else found

    def choice(self, name: str, choices: Sequence[str], *, default: str) -> str:
        """One of the given words."""

        def parse(text: str) -> str:
            if text not in choices:
                raise ValueError
            return text

        found = self.parsed(name, parse, wanted=f"one of {', '.join(choices)}", default=default)
        return default if found is None else found

    def words(self, name: str, default: str | None = None) -> list[str]:
        """A list of words with commas between them."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def networks(self, name: str, default: str) -> list[Network]:
        """A list of addresses or networks: 127.0.0.1, 10.0.0.0/8, ::1."""

        def parse(text: str) -> list[Network]:
            return [ipaddress.ip_network(part.strip()) for part in text.split(",")]

        wanted = "a list of addresses or networks such as 127.0.0.1,10.0.0.0/8"
        return self.parsed(name, parse, wanted=wanted, default=default) or []

    def moment(self, name: str) -> datetime | None:
        """A moment with its offset from UTC, or None where the setting is blank."""

        def parse(text: str) -> datetime:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError
            return moment

        return self.parsed(
            name, parse, wanted="a moment such as 2020-03-02T08:00:00+08:00", default=""
        )

    def keys(self, name: str) -> dict[str, bytes]:
        """Keys by their id, the first one being the one that writes: k2:<base64>,k1:<base64>."""
        wanted = "a list such as k1:KEY,k2:KEY, each KEY being 32 random bytes in base64"
        return self.parsed(name, _keys, wanted=wanted) or {}

    def url(self, name: str, schemes: Sequence[str], default: str | None = None) -> str:
        """An address that begins with one of the given schemes."""

        def parse(text: str) -> str:
            parts = urlsplit(text)
            if parts.scheme not in schemes or not (parts.netloc or parts.path):
                raise ValueError
            return text

        wanted = " or ".join(f"{scheme}://…" for scheme in schemes)
        return self.parsed(name, parse, wanted=wanted, default=default) or ""

    def email(self, name: str) -> dict[str, Any]:
        """Django's e-mail settings from one address such as smtp+tls://user:password@host:587."""
        wanted = "smtp+tls://…, smtps://…, smtp://…, filemail:///folder or consolemail://"
        schemes = {"smtp", "smtps", "smtp+tls", "smtp+ssl", "filemail", "consolemail", "memorymail"}

        def parse(text: str) -> dict[str, Any]:
            parts = urlsplit(text)
            if parts.scheme not in schemes:
                raise ValueError
            # django-environ takes the leading slash away, and the folder would be a relative one.
            return {**self._env.email_url_config(text), "EMAIL_FILE_PATH": parts.path}

        return self.parsed(name, parse, wanted=wanted) or {}

    def refuse(self, name: str, reason: str) -> None:
        """Note that a setting is wrong in a way that only its user can see."""
        self.problems.append(f"{name} is wrong: {reason}.")

    def refuse_if_wrong(self) -> None:
        """Raise ImproperlyConfigured that names every missing or wrong setting."""
        if self.problems:
            listed = "\n".join(f"  - {problem}" for problem in self.problems)
            raise ImproperlyConfigured(
                f"The environment is not complete. The README lists every setting.\n{listed}"
            )


def database_settings(url: str) -> dict[str, Any]:
    """Django's settings of one database from sqlite:///PATH or postgres://….

    SQLite gets WAL and IMMEDIATE transactions together: with only one of them, several writers at
    once fail with "database is locked".
    """
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    if config["ENGINE"].endswith("sqlite3"):
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        return config
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {
        "connect_timeout": 5,
        "application_name": "portal",
        "options": "-c lock_timeout=15s -c statement_timeout=120s"
        " -c idle_in_transaction_session_timeout=120s",
        **config.get("OPTIONS", {}),
    }
    return config


def broker_settings(url: str) -> tuple[str, dict[str, Any]]:
    """Celery's broker address and transport options from redis://… or filesystem:///FOLDER."""
    parts = urlsplit(url)
    if parts.scheme != "filesystem":
        return url, {
            "visibility_timeout": 1800,
            "socket_timeout": 5,
            "socket_connect_timeout": 3,
            "socket_keepalive": True,
            "health_check_interval": 25,
        }
    return "filesystem://", {
        "data_folder_in": f"{parts.path}/messages",
        "data_folder_out": f"{parts.path}/messages",
        "control_folder": f"{parts.path}/control",
        # By default a worker looks once a second and takes one message each time.
        "polling_interval": 0.05,
    }


def cache_settings(url: str) -> dict[str, Any]:
    """One Django cache that every process shares: redis://…, file:///FOLDER, or the database.

    The sign-in throttles stand on it, so a cache inside one process is never chosen.
    """
    parts = urlsplit(url)
    if parts.scheme in ("redis", "rediss"):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
        }
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": parts.path,
        }
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }


def file_store_settings(url: str, *, access_key: str, secret_key: str) -> dict[str, Any]:
    """Django's storage of uploaded files: file:///FOLDER or s3://BUCKET/PREFIX?endpoint=…&region=….

    Files in a bucket are read through the portal, which checks who may see them: nothing is public
    and no signed address leaves the house. `addressing=path` suits stores that know no host name
    per bucket.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": parts.path, "base_url": None},
        }
    query = {name: found[-1] for name, found in parse_qs(parts.query).items()}
    from botocore.config import Config

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": parts.netloc,
            "location": parts.path.strip("/"),
            "endpoint_url": query.get("endpoint"),
            "region_name": query.get("region"),
            "access_key": access_key or None,
            "secret_key": secret_key or None,
            # Stores other than Amazon's refuse the checksum trailers that botocore adds by default.
            "client_config": Config(
                connect_timeout=5,
                read_timeout=30,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": query.get("addressing", "auto")},
            ),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "max_memory_size": 2 * 1024 * 1024,
        },
    }


def _flag(text: str) -> bool:
    word = text.lower()
    if word in ("on", "true", "yes", "1"):
        return True
    if word in ("off", "false", "no", "0"):
        return False
    raise ValueError


def _keys(text: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in text.split(","):
        key_id, _, encoded = part.strip().partition(":")
        key = base64.b64decode(encoded, altchars=b"-_", validate=True)
        if not _KEY_ID.fullmatch(key_id) or len(key) != _KEY_BYTES or key_id in found:
            raise ValueError
        found[key_id] = key
    return found


def stand_ins() -> dict[str, str]:
    """Values for the required settings, for commands that use none of them.

    The keys are made anew each time and kept nowhere, so nothing sealed with them could ever be
    read again: such a command has no business with the database.
    """

    def key() -> str:
        return "k1:" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PORTAL_BASE_URL": "http://localhost",
        "DATABASE_URL": "sqlite:////nonexistent/portal.sqlite3",
        "CELERY_BROKER_URL": "filesystem:///nonexistent",
        "PORTAL_FILE_STORE": "file:///nonexistent",
        "PORTAL_FIELD_KEYS": key(),
        "PORTAL_INDEX_KEYS": key(),
        "PORTAL_FROM_EMAIL": "nobody@localhost.localdomain",
        "EMAIL_URL": "memorymail://",
    }
