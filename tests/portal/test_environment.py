import base64
import os
import re
import subprocess
import sys
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from jiaozuo_portal.environment import (
    Environment,
    broker_settings,
    cache_settings,
    database_settings,
    file_store_settings,
)
from tests.settings import TEST_ENVIRONMENT

BASE_DIR = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(bytes(32)).decode()
OTHER_KEY = base64.b64encode(bytes([1] * 32)).decode()
REQUIRED = {
    "SECRET_KEY",
    "PORTAL_BASE_URL",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "PORTAL_FIELD_KEYS",
    "PORTAL_INDEX_KEYS",
    "PORTAL_FILE_STORE",
    "PORTAL_FROM_EMAIL",
    "EMAIL_URL",
}


def start(environment: dict[str, str]) -> subprocess.CompletedProcess:
    """Start the portal's command line with nothing in the environment but this."""
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )


def production_example() -> dict[str, str]:
    """The environment that the README shows for production."""
    text = (BASE_DIR / "README.md").read_text("utf-8")
    block = re.search(r"```ini\n# production\n(.*?)```", text, re.DOTALL)[1]
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_every_missing_setting_is_refused_by_name_at_once():
    answer = start({})

    named = set(re.findall(r"- (\w+) is not set\.", answer.stderr))
    assert answer.returncode != 0
    assert "ImproperlyConfigured" in answer.stderr
    assert named == REQUIRED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/portal"),
        ("CELERY_BROKER_URL", "amqp://127.0.0.1"),
        ("PORTAL_FIELD_KEYS", "k1:tooshort"),
        ("PORTAL_INDEX_KEYS", TEST_ENVIRONMENT["PORTAL_FIELD_KEYS"]),
        ("PORTAL_FILE_STORE", "/srv/files"),
        ("PORTAL_CLOCK_START", "2020-03-02"),
        ("PORTAL_CLOCK_START", "2020-03-02T08:00:00+08:00"),
        ("PORTAL_PROXY_COUNT", "many"),
        ("PORTAL_METRICS_ALLOW", "everybody"),
        ("PORTAL_CACHE_URL", "locmem://"),
        ("EMAIL_URL", "ftp://example.org"),
    ],
)
def test_wrong_setting_is_refused_by_name_and_its_value_is_not_shown(name, value):
    answer = start(
        {
            **TEST_ENVIRONMENT,
            "DATABASE_URL": "sqlite:////tmp/none.sqlite3",
            "CELERY_BROKER_URL": "filesystem:///tmp/none",
            name: value,
        }
    )

    refused = [line for line in answer.stderr.splitlines() if line.startswith("  - ")]
    assert answer.returncode != 0
    assert len(refused) == 1
    assert re.match(r"  - (PORTAL_CLOCK_ANCHOR|" + name + ") is wrong: .+", refused[0])
    assert value not in refused[0] or name == "PORTAL_CLOCK_START"


def test_production_example_of_the_readme_passes_the_deploy_check():
    answer = start(production_example())

    assert (answer.returncode, answer.stderr) == (0, "")
    assert "no issues" in answer.stdout


def test_deploy_check_sees_a_portal_without_https():
    """The control of the test above."""
    answer = start({**production_example(), "PORTAL_BASE_URL": "http://portal.example.org"})

    assert answer.returncode != 0
    assert "SECURE_SSL_REDIRECT" in answer.stderr


def test_readme_lists_every_setting_and_no_other():
    source = (BASE_DIR / "jiaozuo_portal" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', source))
    table = (BASE_DIR / "README.md").read_text("utf-8").split("## Configuration")[1]
    listed = set(re.findall(r"^\| `([A-Z_0-9]+)`", table.split("\n## ")[0], re.MULTILINE))

    assert listed == read


def test_debug_is_off_unless_asked_for():
    assert Environment({}).flag("DEBUG", default=False) is False
    assert Environment({"DEBUG": "on"}).flag("DEBUG", default=False) is True


def test_blank_setting_is_a_missing_one():
    env = Environment({"SECRET_KEY": "  "})

    env.text("SECRET_KEY")

    assert env.problems == ["SECRET_KEY is not set."]


def test_keys_are_read_in_their_order():
    env = Environment({"KEYS": f"k2:{KEY}, k1:{OTHER_KEY}"})

    assert list(env.keys("KEYS").items()) == [("k2", bytes(32)), ("k1", bytes([1] * 32))]


@pytest.mark.parametrize(
    "value", [KEY, f"1:{KEY}", f"k1:{KEY},k1:{OTHER_KEY}", "k1:", "k1:AAAA", f"k1:{KEY[:-1]}"]
)
def test_wrong_keys_are_refused(value):
    env = Environment({"KEYS": value})

    assert env.keys("KEYS") == {}
    with pytest.raises(ImproperlyConfigured, match="KEYS is wrong"):
        env.refuse_if_wrong()


def test_moment_needs_its_offset():
    env = Environment({"A": "2020-03-02T08:00:00", "B": "2020-03-02T08:00:00+08:00", "C": ""})

    assert [env.moment(name) for name in "ABC"] == [
        None,
        datetime.fromisoformat("2020-03-02T08:00:00+08:00"),
        None,
    ]
    assert len(env.problems) == 1


def test_mail_goes_to_a_server_or_a_folder():
    env = Environment(
        {"A": "smtp+tls://portal:secret@mail.example.org:587", "B": "filemail:///srv/mail"}
    )

    server, folder = env.email("A"), env.email("B")

    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example.org", 587)
    assert server["EMAIL_USE_TLS"] is True
    assert folder["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert folder["EMAIL_FILE_PATH"] == "/srv/mail"


def test_networks_are_read():
    env = Environment({"NETS": "127.0.0.1, 10.0.0.0/8,::1"})

    found = env.networks("NETS", default="")

    assert found == [ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize("value", ["2", "51", "five", ""])
def test_number_outside_its_range_is_refused(value):
    env = Environment({"N": value})

    assert env.number("N", default=5, least=3, most=50) == 5
    assert bool(env.problems) == (value != "")


def test_sqlite_gets_wal_and_immediate_transactions_together():
    options = database_settings("sqlite:////srv/portal.sqlite3")["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_postgres_gets_time_limits():
    config = database_settings("postgres://portal:pw@db:5432/portal?sslmode=require")

    assert (config["HOST"], config["NAME"]) == ("db", "portal")
    assert config["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout" in config["OPTIONS"]["options"]


def test_database_of_the_tests_keeps_its_promises(db):
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA journal_mode")
            assert cursor.fetchone() == ("wal",)
        else:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("15s",)


def test_broker_by_files_and_by_redis():
    files, file_options = broker_settings("filesystem:///srv/broker")
    redis, redis_options = broker_settings("redis://cache:6379/1")

    assert (files, file_options["data_folder_in"]) == ("filesystem://", "/srv/broker/messages")
    assert (redis, redis_options["socket_connect_timeout"]) == ("redis://cache:6379/1", 3)


@pytest.mark.parametrize(
    ("url", "backend"),
    [
        ("", "db.DatabaseCache"),
        ("redis://cache:6379/2", "redis.RedisCache"),
        ("file:///srv/cache", "filebased.FileBasedCache"),
    ],
)
def test_every_cache_is_shared_between_processes(url, backend):
    assert cache_settings(url)["BACKEND"].endswith(backend)


def test_files_lie_in_a_folder_or_in_a_bucket():
    folder = file_store_settings("file:///srv/files", access_key="", secret_key="")
    bucket = file_store_settings(
        "s3://filings/2020?endpoint=https://s3.example.org&region=cn-north-1",
        access_key="id",
        secret_key="secret",
    )

    assert folder["OPTIONS"] == {"location": "/srv/files", "base_url": None}
    found = {
        name: bucket["OPTIONS"][name]
        for name in ("bucket_name", "location", "endpoint_url", "region_name", "default_acl")
    }
    assert found == {
        "bucket_name": "filings",
        "location": "2020",
        "endpoint_url": "https://s3.example.org",
        "region_name": "cn-north-1",
        "default_acl": None,
    }
