"""The rows of a visit by plain SQL: what the database itself needs for them.

Run as a program with DATABASE_URL set, `marks` prints the last key of each table as JSON, and
`write MARKS VISITS TRANSACTIONS SECONDS` copies rows like those written since into tables without
indices or rules, as many a visit and in as many transactions, and prints the visits a second.
"""

import json
import sys
import time
from typing import Any


def marks() -> dict[str, int]:
    """The last key of every table that has a numeric one."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for table in _tables(connection):
            cursor.execute(f'SELECT MAX(id) FROM "{table}"')  # noqa: S608 - names from the schema
            found[table] = cursor.fetchone()[0] or 0
    return found


def _tables(connection: Any) -> list[str]:
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    numeric = ("AutoField", "BigAutoField")
    return sorted(
        model._meta.db_table
        for model in models
        if model._meta.pk.get_internal_type() in numeric and model._meta.pk.column == "id"
    )


def write(since: dict[str, int], visits: int, transactions: int, seconds: float) -> dict[str, Any]:
    """Write rows like those of the visits since these marks; returns rows a visit and visits a second."""
    from django.db import connection, transaction

    statements: list[tuple[str, tuple[Any, ...]]] = []
    with connection.cursor() as cursor:
        for table, mark in since.items():
            cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE id > %s', [mark])  # noqa: S608
            each = round(cursor.fetchone()[0] / visits)
            if not each:
                continue
            cursor.execute(f'CREATE TABLE "plain_{table}" AS SELECT * FROM "{table}" WHERE 1 = 0')  # noqa: S608
            cursor.execute(
                f'SELECT * FROM "{table}" WHERE id > %s ORDER BY id LIMIT %s',  # noqa: S608
                [mark, each],
            )
            holes = ", ".join(["%s"] * len(cursor.description))
            into = f'INSERT INTO "plain_{table}" VALUES ({holes})'  # noqa: S608
            statements += [(into, tuple(_kept(value) for value in row)) for row in cursor.fetchall()]
    done, began = 0, time.perf_counter()
    while time.perf_counter() < began + seconds:
        for turn in range(transactions):
            with transaction.atomic(), connection.cursor() as cursor:
                for statement, row in statements[turn::transactions]:
                    cursor.execute(statement, row)
        done += 1
    return {"rows": len(statements), "rate": done / (time.perf_counter() - began)}


def _kept(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


if __name__ == "__main__":
    import django

    django.setup()
    if sys.argv[1] == "marks":
        print(json.dumps(marks()))
    else:
        asked = json.loads(sys.argv[2])
        print(json.dumps(write(asked, int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))))
