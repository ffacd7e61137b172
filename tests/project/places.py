"""A second installation beside the test's own: an empty place, the command there, and all rows of it."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROGRAM = str(Path(sys.executable).with_name("servicelane"))
IS_POSTGRESQL = os.environ.get("TEST_DB") == "postgresql"

Environment = dict[str, str]
Contents = dict[str, tuple[list[str], list[tuple[Any, ...]]]]
"""By table: the names of its columns, and its rows."""


def run(environment: Environment, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `servicelane` there."""
    return subprocess.run([PROGRAM, *words], env=environment, capture_output=True, text=True, check=False)


@contextmanager
def empty_place(folder: Path, environment: Environment | None = None) -> Iterator[Environment]:
    """The environment of a new installation: a data directory, and a database without tables, gone after."""
    other = {**(environment or os.environ), "DATA_DIR": str(folder)}
    other["DJANGO_SETTINGS_MODULE"] = "servicelane.project.settings"
    other.pop("SECRET_KEY", None)
    other.pop("DATABASE_URL", None)
    if not IS_POSTGRESQL:
        yield other
        return
    import psycopg

    server = urlsplit(os.environ["TEST_DATABASE_URL"])
    name = f"{folder.name}_{os.getpid()}"
    with closing(psycopg.connect(server.geturl(), autocommit=True)) as database:
        database.execute(f"CREATE DATABASE {name}")
        try:
            yield {**other, "DATABASE_URL": server._replace(path=f"/{name}").geturl()}
        finally:
            database.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def opened_database(environment: Environment) -> Iterator[Any]:
    """The database of an installation, opened without the product; what is written is kept."""
    if IS_POSTGRESQL:
        import psycopg

        database: Any = psycopg.connect(environment["DATABASE_URL"], autocommit=True)
    else:
        url = environment.get("DATABASE_URL", "")
        file = url.removeprefix("sqlite:///") or f"{environment['DATA_DIR']}/servicelane.sqlite3"
        database = sqlite3.connect(file, isolation_level=None)
    with closing(database):
        yield database


def contents(environment: Environment) -> Contents:
    """All rows of an installation's database by table, but for SQLite's own."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    if IS_POSTGRESQL:
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    with opened_database(environment) as database:
        names = [name for (name,) in database.execute(tables).fetchall()]
        found = {}
        for name in names:
            rows = database.execute(f"SELECT * FROM {name}")
            found[name] = ([column[0] for column in rows.description], rows.fetchall())
        return found


def every_row(environment: Environment) -> dict[str, list[str]]:
    """All rows as texts that can be compared."""
    return {name: sorted(map(repr, rows)) for name, (_, rows) in contents(environment).items()}
