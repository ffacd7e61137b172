"""Databases that earlier versions made, as SQL text, brought up to date without loss, and back again.

`ground` is the first version with any table, `walk` the first in which a car walks from booking to
follow-up. Each was filled by its own services, with a row in every table it had, and sealed by its own code.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from servicelane.kernel import triggers
from tests.project.places import (
    IS_POSTGRESQL,
    Contents,
    Environment,
    contents,
    empty_place,
    opened_database,
    run,
)

LANDED = Path(__file__).parent / "landed"
KIND = "postgresql" if IS_POSTGRESQL else "sqlite"
# The hash of each version's last seal, kept outside its database as an operator would.
HEADS = {
    ("ground", "sqlite"): "6008a45f314bf3fc1960dcd19abe6d64102e976cfedeb851d6ffc09feb26304c",
    ("ground", "postgresql"): "f8eb5c9b7c070530f071fbb38eaf7471c635364b447d7ffe2c5ad743f01760f8",
    ("walk", "sqlite"): "1962fe0a9892017fddb6685613d4886e62970433c6ca9b1d2bc6cc629a4b111b",
    ("walk", "postgresql"): "57d0fa1dc3b2a7b1f60d17fee4ceefae8db85649d45d2fa7c77a2c22bf7aec0b",
}
# Tables to which migrations themselves add rows.
GROWING = {"django_migrations", "django_content_type", "auth_permission"}
ALIAS = "landed"


@dataclass(frozen=True)
class Old:
    """An installation as its version left it: where it is, its rows, and the head of its ledger."""

    environment: Environment
    rows: Contents
    head: str


@contextmanager
def landed(version: str, folder: Path) -> Iterator[Old]:
    """Load the database of `version` into a place of its own."""
    folder.mkdir()
    text = (LANDED / f"{version}.{KIND}.sql").read_text(encoding="utf-8")
    with empty_place(folder) as environment:
        with opened_database(environment) as database:
            (database.execute if IS_POSTGRESQL else database.executescript)(text)
        yield Old(environment, contents(environment), HEADS[version, KIND])


@contextmanager
def django_on(environment: Environment) -> Iterator[Any]:
    """A connection of Django to the database of another place."""
    name = urlsplit(environment.get("DATABASE_URL", "")).path[1:]
    name = name or f"{environment['DATA_DIR']}/servicelane.sqlite3"
    database = connection.copy(ALIAS)
    database.settings_dict["NAME"] = name
    # Django lets a test open a database of its own only as long as it is not among the settings'.
    database.ensure_connection()
    connections.databases[ALIAS] = database.settings_dict
    connections[ALIAS] = database
    try:
        yield database
    finally:
        database.close()
        del connections[ALIAS], connections.databases[ALIAS]


def lost(before: Contents, after: Contents) -> list[str]:
    """Return what of `before` is not in `after`: tables, columns, rows; also rows that nobody wrote."""
    found = []
    for table, (names, rows) in before.items():
        if table not in after:
            found.append(f"table {table}")
            continue
        new_names, new_rows = after[table]
        found += [f"column {table}.{name}" for name in names if name not in new_names]
        both = [name for name in names if name in new_names]
        old, new = _counted(names, rows, both), _counted(new_names, new_rows, both)
        found += [f"row of {table}: {row}" for row in old - new]
        if table not in GROWING:
            found += [f"new row of {table}: {row}" for row in new - old]
    return found


def _counted(names: list[str], rows: list[tuple[Any, ...]], wanted: list[str]) -> Counter[str]:
    places = [names.index(name) for name in wanted]
    return Counter(repr([row[place] for place in places]) for row in rows)


def schema(database: Any) -> dict[str, Any]:
    """Columns and constraints of every table of the product, by name."""
    asked = database.introspection
    with database.cursor() as cursor:
        return {
            table: (
                {
                    (column.name, column.type_code, column.null_ok)
                    for column in asked.get_table_description(cursor, table)
                },
                {
                    (
                        # SQLite's own names number foreign keys and UNIQUEs by their place in the table.
                        re.sub(r"^(fk|sqlite_autoindex_\w+)_\d+$", r"\1", name),
                        *(tuple(one["columns"] or ()), one["unique"], one["check"], one["foreign_key"]),
                    )
                    for name, one in asked.get_constraints(cursor, table).items()
                    # SQLite numbers those without a name by their place in the text.
                    if not name.startswith("__")
                },
            )
            for table in asked.table_names(cursor)
            if not table.startswith("goods_")  # the tests' own app
        }


def targets_of(rows: Contents) -> list[tuple[str, str | None]]:
    """Where each app stood in an old database; an app that it did not have stood before its first one."""
    names, applied = rows["django_migrations"]
    stood: dict[str, str | None] = {}
    for row in sorted(applied, key=lambda row: row[names.index("id")]):
        stood[row[names.index("app")]] = row[names.index("name")]
    apps = {app for app, _ in MigrationExecutor(connection).loader.graph.leaf_nodes()} - {"goods"}
    return [(app, stood.get(app)) for app in sorted(apps)]


def new_migrations(rows: Contents) -> list[Any]:
    """The migrations that came after an old database, in their order."""
    loader = MigrationExecutor(connection).loader
    names, applied = rows["django_migrations"]
    known = {(row[names.index("app")], row[names.index("name")]) for row in applied}
    plan = MigrationExecutor(connection).migration_plan(loader.graph.leaf_nodes(), clean_start=True)
    return [one for one, _ in plan if (one.app_label, one.name) not in known and one.app_label != "goods"]


# Going back takes 9 apps away from `ground`, for which Django needs a minute: TEST_LONG=1 does it as well.
@pytest.mark.parametrize("version", ["walk", *(["ground"] if os.environ.get("TEST_LONG") else [])])
def test_an_earlier_database_is_brought_up_to_date_and_back_without_loss(db, tmp_path, version):
    with landed(version, tmp_path / "old") as old:
        assert [table for table, (_, rows) in old.rows.items() if not rows] == []
        with django_on(old.environment) as database:
            as_it_was = schema(database)
            call_command("migrate", database=ALIAS, interactive=False, verbosity=0)
            assert lost(old.rows, contents(old.environment)) == []
            assert schema(database) == schema(connection)
            assert triggers.missing(database) == []
            checked = run(old.environment, "check", "--head", old.head)
            assert (checked.returncode, checked.stderr) == (0, ""), checked.stderr

            # Django needs half a minute for the way back. In a run on both databases SQLite goes it, whose
            # tables are copied where those of PostgreSQL are altered.
            if new_migrations(old.rows) and os.environ.get("TEST_OTHER_DB") != "sqlite":
                MigrationExecutor(database).migrate(targets_of(old.rows))
                assert schema(database) == as_it_was
                assert lost(old.rows, contents(old.environment)) == []
                # All is as it was, so that the way up again is the one that was just gone.
                if os.environ.get("TEST_LONG"):
                    call_command("migrate", database=ALIAS, interactive=False, verbosity=0)
                    assert schema(database) == schema(connection)


def test_a_backup_of_the_first_version_is_restored_and_brought_up_to_date(db, tmp_path):
    with landed("ground", tmp_path / "old") as old, empty_place(tmp_path / "new") as new:
        Path(old.environment["DATA_DIR"], "secret_key").write_text("the key of then")
        made = run(old.environment, "backup", str(tmp_path / "old.zip"))
        assert made.returncode == 0, made.stderr
        assert f"ledger head: {old.head}" in made.stdout

        done = run(new, "restore", str(tmp_path / "old.zip"))

        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ok"), done.stderr
        later = new_migrations(old.rows)
        assert f"database brought up to date: {len(later)} migrations" in done.stdout
        assert [one for one in later if not all(step.reversible for step in one.operations)] == []
        assert lost(old.rows, contents(new)) == []
        with django_on(new) as database:
            assert schema(database) == schema(connection)
            assert triggers.missing(database) == []
        assert Path(new["DATA_DIR"], "secret_key").read_text() == "the key of then"
