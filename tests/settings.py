"""Settings of the tests: the portal's own, on an environment made for one test process.

DATABASE_URL and CELERY_BROKER_URL are taken from the real environment where they are set.
"""

import atexit
import os
import shutil
import tempfile

_FOLDER = tempfile.mkdtemp(prefix="portal-tests-")
_OWNER = os.getpid()
os.mkdir(f"{_FOLDER}/static")


@atexit.register
def _remove_folder() -> None:
    # A forked child must not take the folder away from its parent.
    if os.getpid() == _OWNER:
        shutil.rmtree(_FOLDER, ignore_errors=True)


TEST_ENVIRONMENT = {
    "DEBUG": "off",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "PORTAL_BASE_URL": "http://testserver",
    "PORTAL_ALLOWED_HOSTS": "localhost,127.0.0.1",
    "PORTAL_FIELD_KEYS": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "PORTAL_INDEX_KEYS": "k1:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=",
    "PORTAL_FILE_STORE": f"file://{_FOLDER}/files",
    "PORTAL_STATIC_ROOT": f"{_FOLDER}/static",
    "PORTAL_FROM_EMAIL": "portal@example.org",
    "EMAIL_URL": "memorymail://",
    "PORTAL_CLOCK_START": "",
    "PORTAL_CLOCK_ANCHOR": "",
    "PORTAL_LOG_LEVEL": "WARNING",
    "PORTAL_STAFF_SECOND_FACTOR": "off",
}
os.environ.update(TEST_ENVIRONMENT)
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_FOLDER}/portal.sqlite3")
os.environ.setdefault("CELERY_BROKER_URL", f"filesystem://{_FOLDER}/broker")

from jiaozuo_portal.settings import *  # noqa: E402, F403
from jiaozuo_portal.settings import DATABASES, STORAGES  # noqa: E402

# A file and not memory: tests with several threads or processes need a real SQLite database.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{_FOLDER}/test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
    )
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
