"""The guards in the database itself: facts and seals are append-only, whoever writes.

SQLite needs guards on INSERT and UPDATE as well: INSERT OR REPLACE and UPDATE OR REPLACE delete
the row in the way without firing its DELETE trigger.
"""

from typing import Any

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "facts are append-only"


def install(connection: BaseDatabaseWrapper) -> None:
    """Create every guard that is not there (idempotent)."""
    with connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Lift every guard: only tests that must flush, and the proof that tampering is found, do this."""
    with connection.cursor() as cursor:
        for name, table in _names(connection):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of guards that are not in the database. One query."""
    if connection.vendor == "postgresql":
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(asked)
        present = {row[0] for row in cursor.fetchall()}
    return [name for name, _table in _names(connection) if name not in present]


def install_after_migrate(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Put the guards back after a migrate; quiet while the tables are not there yet."""
    connection = connections[using]
    if set(_columns()) <= set(connection.introspection.table_names()):
        install(connection)


def _columns() -> dict[str, list[str]]:
    models = [apps.get_model("kernel", name) for name in ("Event", "EventDetail", "Seal")]
    return {
        model._meta.db_table: [field.column for field in model._meta.concrete_fields if field.column]
        for model in models
    }


def _names(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    if connection.vendor != "postgresql":
        return [(f"{table}_{verb}", table) for table in _columns() for verb in ("delete", "update", "insert")]
    names = [(f"{table}_{verb}", table) for table in _columns() for verb in ("delete", "update", "truncate")]
    return [*names, ("kernel_event_insert", "kernel_event")]


def _statements(connection: BaseDatabaseWrapper) -> list[str]:
    return _postgresql() if connection.vendor == "postgresql" else _sqlite()


def _same(columns: list[str], *, operator: str) -> str:
    return " AND ".join(f"NEW.{column} {operator} OLD.{column}" for column in columns)


def _allowed_update(table: str, columns: list[str], *, operator: str) -> str:
    """What an UPDATE may do: give a position to a fact, empty the words of one; a seal nothing."""
    if table == "kernel_event":
        rest = [column for column in columns if column != "position"]
        same = _same(rest, operator=operator)
        return f"OLD.position IS NULL AND NEW.position IS NOT NULL AND {same}"
    if table == "kernel_eventdetail":
        return f"NEW.salt = '' AND NEW.text = '' AND {_same(['event_id'], operator=operator)}"
    return "1 = 0"


def _postgresql() -> list[str]:
    statements = [
        f"""CREATE OR REPLACE FUNCTION kernel_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '{MESSAGE}: % of %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
        END $$"""
    ]
    for table, columns in _columns().items():
        allowed = _allowed_update(table, columns, operator="IS NOT DISTINCT FROM")
        conditions = {
            "delete": ("BEFORE DELETE", "FOR EACH ROW"),
            "truncate": ("BEFORE TRUNCATE", "FOR EACH STATEMENT"),
            "update": ("BEFORE UPDATE", f"FOR EACH ROW WHEN (NOT ({allowed}))"),
        }
        if table == "kernel_event":
            conditions["insert"] = ("BEFORE INSERT", "FOR EACH ROW WHEN (NEW.position IS NOT NULL)")
        for verb, (moment, scope) in conditions.items():
            statements.append(
                f"CREATE OR REPLACE TRIGGER {table}_{verb} {moment} ON {table} {scope} "
                "EXECUTE FUNCTION kernel_refuse()"
            )
    return statements


_SQLITE_TAKEN = {
    "kernel_event": "NEW.position IS NOT NULL OR EXISTS (SELECT 1 FROM kernel_event WHERE id = NEW.id)",
    "kernel_eventdetail": "EXISTS (SELECT 1 FROM kernel_eventdetail WHERE event_id = NEW.event_id)",
    "kernel_seal": "EXISTS (SELECT 1 FROM kernel_seal WHERE id = NEW.id OR number = NEW.number)",
}


def _sqlite() -> list[str]:
    statements = []
    for table, columns in _columns().items():
        allowed = _allowed_update(table, columns, operator="IS")
        if table == "kernel_event":
            allowed += " AND NOT EXISTS (SELECT 1 FROM kernel_event WHERE position = NEW.position)"
        guards = {
            "delete": ("DELETE", "1 = 1"),
            "update": ("UPDATE", f"NOT ({allowed})"),
            "insert": ("INSERT", _SQLITE_TAKEN[table]),
        }
        for verb, (operation, condition) in guards.items():
            statements.append(
                f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} BEFORE {operation} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}: {operation} of {table}'); END"
            )
    return statements
