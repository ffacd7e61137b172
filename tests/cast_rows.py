"""The cast made once per test process, and its rows put back for every further test that asks for it.

Making it takes a thousand queries, putting its rows back some thirty. Where a test has already written
something, moved the clock, or runs on another day, the cast is made as in a new installation.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from servicelane.demo.cast import Cast, make_cast
from servicelane.demo.shop import make_small_shop
from servicelane.kernel.clock import now
from servicelane.org.queries import zone_of

Rows = dict[str, list[tuple[object, ...]]]
# Rows that the migrations and post_migrate make, and that no cast adds to.
OF_THE_SYSTEM = {"django_migrations", "django_content_type", "auth_permission"}


@dataclass(frozen=True)
class Made:
    """When the cast was made, by the business clock and by the machine's, and all rows it consists of."""

    at: datetime
    elapsed: float
    columns: dict[str, list[str]]
    rows: Rows


_made: dict[Callable[[], Cast], Made] = {}


def cast_of_this_test() -> Cast:
    """The cast, in the state that `make_cast` leaves it in on an empty database."""
    return _of_this_test(make_cast)


def shop_of_this_test() -> Cast:
    """The cast with parts, operations and rates, as `make_small_shop` leaves it on an empty database."""
    return _of_this_test(make_small_shop)


def _of_this_test(make: Callable[[], Cast]) -> Cast:
    if not _is_empty():
        return make()
    known = _made.get(make)
    if known is None or not _is_now(known):
        at, elapsed = now(), os.times().elapsed
        cast = make()
        columns = {table: _columns(table) for table in _tables()}
        rows = {table: _rows(table, columns[table]) for table in columns}
        _made[make] = Made(at, elapsed, columns, {table: held for table, held in rows.items() if held})
        return cast
    with transaction.atomic(), connection.cursor() as cursor:
        for table, held in known.rows.items():
            names = ", ".join(map(connection.ops.quote_name, known.columns[table]))
            places = ", ".join(["%s"] * len(known.columns[table]))
            cursor.executemany(
                f"INSERT INTO {connection.ops.quote_name(table)} ({names}) VALUES ({places})", held
            )
    cast = make()
    for store in (cast.shinan, cast.laoshan):
        zone_of(store.pk)  # the process remembers it once the cast was made there
    return cast


def _is_now(made: Made) -> bool:
    """Whether the business clock runs as the machine's does, on the day on which the cast was made."""
    expected = made.at + timedelta(seconds=os.times().elapsed - made.elapsed)
    shanghai = timedelta(hours=8)
    return (
        abs(now() - expected) < timedelta(seconds=5)
        and (now() + shanghai).date() == (made.at + shanghai).date()
    )


def _is_empty() -> bool:
    """Whether no table holds a row, but those of the system. One query."""
    tables = " OR ".join(f"EXISTS (SELECT 1 FROM {connection.ops.quote_name(table)})" for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tables}")
        return not cursor.fetchone()[0]


_known_tables: list[str] = []


def _tables() -> list[str]:
    if not _known_tables:
        _known_tables.extend(sorted(set(connection.introspection.table_names()) - OF_THE_SYSTEM))
    return _known_tables


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def _rows(table: str, columns: list[str]) -> list[tuple[object, ...]]:
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {connection.ops.quote_name(table)}")
        return [tuple(map(_bindable, row)) for row in cursor.fetchall()]


def _bindable(value: object) -> object:
    """A read value as it can be written: SQLite's driver reads a time but does not take one."""
    return value.isoformat() if isinstance(value, time) else value
