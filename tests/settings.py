"""The product's settings on a test database: SQLite or PostgreSQL by TEST_DB, a data directory of its own."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_data = tempfile.mkdtemp(prefix="servicelane-test-")
atexit.register(shutil.rmtree, _data, ignore_errors=True)
(Path(_data) / "static").mkdir()
for name in ("PORT", "HOST", "ALLOWED_HOSTS", "DEMO_SIGN_INS", "DATABASE_URL"):
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = _data
os.environ["SECRET_KEY"] = "only for tests"
TEST_DB = os.environ.get("TEST_DB", "sqlite")
if TEST_DB == "postgresql":
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
elif TEST_DB != "sqlite":
    raise ValueError(f"TEST_DB is sqlite or postgresql, not {TEST_DB!r}.")

from servicelane.project.settings import *  # noqa: E402, F403
from servicelane.project.settings import DATABASES, INSTALLED_APPS  # noqa: E402

# A file with the product's own options: the in-memory default has no WAL and ignores busy_timeout.
if TEST_DB == "sqlite":
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_data) / "test.sqlite3")}
    if empty := os.environ.get("TEST_EMPTY_DATABASE"):
        shutil.copy(empty, Path(_data) / "test.sqlite3")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
INSTALLED_APPS = [*INSTALLED_APPS, "tests.kernel.goods"]
