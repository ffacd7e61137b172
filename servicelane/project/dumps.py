"""A database as one file and back: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

Both copies are of one moment while others go on writing.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from .archive import Ledger, Tell
from .refusals import NotDone
from .supervisor import die_with_parent

PAGES = 2000  # of 4 KiB, between two looks at how far the copy is


class Database(Protocol):
    """A database that can be copied into a file and made again from one."""

    kind: str

    def is_empty(self) -> bool:
        """Whether there is no table in it, or no database at all."""

    def dumped(self, workplace: Path, tell: Tell) -> "Any":
        """Yield an open file with a copy of one moment, and that moment's state, as a context."""

    def load(self, dump: Path) -> None:
        """Fill the empty database from a dump, all or nothing; the dump may be moved away."""


class State:
    """What stands in a copy: the migrations applied and the head of its ledger."""

    def __init__(self, ask: Callable[[str], list[tuple[Any, ...]]], server: str) -> None:
        self.server = server
        self.migrations = [
            f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations ORDER BY id")
        ]
        last = ask("SELECT number, last, hash FROM kernel_seal ORDER BY number DESC LIMIT 1")
        first = ask("SELECT hash FROM kernel_seal ORDER BY number LIMIT 1")
        facts = ask("SELECT count(*) FROM kernel_event")[0][0]
        self.ledger = Ledger(facts=facts)
        if last:
            number, position, head = last[0]
            self.ledger = Ledger(number, position, head, first[0][0], facts)


def database_of(settings: dict[str, Any]) -> Database:
    """Return the database of Django's settings."""
    if "sqlite" in settings["ENGINE"]:
        return Sqlite(Path(settings["NAME"]))
    return PostgreSQL(settings)


class Sqlite:
    """A database file. Copies are read in one transaction: WAL lets others write meanwhile."""

    kind = "sqlite"

    def __init__(self, file: Path) -> None:
        self.file = file

    def is_empty(self) -> bool:
        """Whether there is no table in it, or no database at all."""
        if not self.file.exists():
            return True
        with closing(_read_only(self.file)) as connection:
            return not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()

    @contextmanager
    def dumped(self, workplace: Path, tell: Tell) -> Iterator[tuple[IO[bytes], State]]:
        """Yield an open copy of one moment, and that moment's state.

        Raises sqlite3.Error, NotDone when the database itself is damaged.
        """
        copy = workplace / "database.sqlite3"
        with closing(_read_only(self.file)) as source, closing(sqlite3.connect(copy)) as target:
            target.execute("PRAGMA synchronous=OFF")  # the archive made from it is what must last
            # Without a transaction held, the copy would begin again at each write of another process.
            source.execute("BEGIN")
            source.execute("SELECT 1 FROM sqlite_master").fetchone()
            source.backup(
                target,
                pages=PAGES,
                progress=lambda _status, left, whole: tell("copying", whole - left, whole),
            )
        with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
            if found != ["ok"]:
                raise NotDone(
                    f"No backup was written: {self.file} is damaged ({' '.join(found[0].split())}). "
                    "Keep it as it is, and restore the last backup into another DATA_DIR."
                )
            state = State(lambda sql: connection.execute(sql).fetchall(), sqlite3.sqlite_version)
        with copy.open("rb") as file:
            yield file, state

    def load(self, dump: Path) -> None:
        """Put a copy in the database's place, in one step."""
        for left in ("-wal", "-shm", "-journal"):  # of the empty one: SQLite would play it into the new one
            self.file.with_name(self.file.name + left).unlink(missing_ok=True)
        dump.replace(self.file)


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10, isolation_level=None)


class PostgreSQL:
    """A database on a server, copied by the server's own programs."""

    kind = "postgresql"

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def is_empty(self) -> bool:
        """Whether there is no table in it."""
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
                " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' LIMIT 1"
            )
            return cursor.fetchone() is None

    @contextmanager
    def dumped(self, workplace: Path, tell: Tell) -> Iterator[tuple[IO[bytes], State]]:
        """Yield what pg_dump writes, and the state it sees. Raises NotDone when pg_dump lacks or fails."""
        from django.db import connection, transaction

        program = _program("pg_dump", connection.pg_version // 10000)  # type: ignore[attr-defined]
        with transaction.atomic(), connection.cursor() as cursor:
            # pg_dump reads the same moment as we do here: through this transaction's snapshot.
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
            snapshot, server = cursor.fetchone()

            def ask(sql: str) -> list[tuple[Any, ...]]:
                cursor.execute(sql)
                return cursor.fetchall()

            state = State(ask, server)
            command = [program, "--format=custom", "--compress=0", "--no-owner", "--no-privileges"]
            with (workplace / "errors").open("w+b") as errors:
                process = subprocess.Popen(
                    [*command, f"--snapshot={snapshot}"],
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 - one thread only
                )
                try:
                    assert process.stdout
                    yield process.stdout, state
                    code = process.wait()
                finally:
                    process.kill()
                    process.wait()
                errors.seek(0)
                if code:
                    raise NotDone(f"No backup was written: pg_dump failed: {_last_line(errors.read())}")

    def load(self, dump: Path) -> None:
        """Fill the database in one transaction. Raises NotDone when pg_restore lacks or fails."""
        from django.db import connection

        program = _program("pg_restore", connection.pg_version // 10000)  # type: ignore[attr-defined]
        command = [program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        done = subprocess.run(
            [*command, f"--dbname={self.settings['NAME']}", str(dump)],
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            preexec_fn=die_with_parent,
            check=False,
        )
        if done.returncode:
            raise NotDone(
                f"Nothing was restored, and the database is as empty as before: {_last_line(done.stderr)}"
            )

    def _environment(self) -> dict[str, str]:
        """The connection as libpq's variables: a password among arguments could be read by everybody."""
        options = self.settings.get("OPTIONS") or {}
        told = {name: self.settings.get(name) for name in ("HOST", "PORT", "USER", "PASSWORD")}
        named = {"DATABASE": self.settings["NAME"], **told}
        for option in ("sslmode", "sslrootcert", "sslcert", "sslkey", "service", "options", "passfile"):
            named[option.upper()] = options.get(option)
        given = {f"PG{name}": str(value) for name, value in named.items() if value}
        return {**os.environ, **given, "LC_ALL": "C", "LANGUAGE": "C"}


def _program(name: str, major: int) -> str:
    """Return the path of one of PostgreSQL's programs: of the server's version, else the next newer one."""
    places = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), *Path("/usr").glob(f"pgsql-*/bin/{name}")]
    versions = {int(found[-1]): path for path in places if (found := re.findall(r"\d+", str(path.parent)))}
    for version in sorted(versions):
        if version >= major:
            return str(versions[version])
    if known := shutil.which(name):
        return known
    raise NotDone(
        f"{name} is not installed, and PostgreSQL is copied by it. Install PostgreSQL's programs of version "
        f"{major} or newer on this machine (Debian: sudo apt-get install postgresql-client), and try again."
    )


def _last_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    telling = [line for line in lines if "error" in line.lower()] or lines
    return " ".join(telling[0].split()) if telling else "it said nothing"
