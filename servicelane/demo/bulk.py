"""Rows by the thousand: ids in blocks, one COPY or executemany for each table, facts with their digests.

Only for rows that services made before or would make just so: nothing here asks whether they may be there.
What is written is sealed as any other fact, after its commit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, cast

from django.db import connection, models

from servicelane.kernel.facts import canonical, moment
from servicelane.kernel.models import Event
from servicelane.kernel.sealing import seal
from servicelane.kernel.transactions import unit

Row = Sequence[Any]


class Batch:
    """Rows of many tables, as the database keeps them, that are written together by `write`."""

    def __init__(self) -> None:
        self.rows: dict[type[models.Model], list[Row]] = defaultdict(list)
        self._last: dict[type[models.Model], int] = {}

    def write(self) -> int:
        """Write all rows in the transaction that is open; returns how many. One statement for each table."""
        written = 0
        for model, rows in self.rows.items():
            _insert(model, rows)
            written += len(rows)
        self.rows.clear()
        return written

    def new_ids(self, model: type[models.Model], count: int) -> Sequence[int]:
        """Take ids for `count` new rows, rising; nobody else gets them. One statement at most."""
        table, key = model._meta.db_table, cast("str", model._meta.pk.column)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                    [table, key, count],
                )
                return [pk for (pk,) in cursor.fetchall()]
        # The transaction holds the only lock for writing: the last id stays the last but for our own.
        if model not in self._last:
            with connection.cursor() as cursor:
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
                self._last[model] = (cursor.fetchone() or [0])[0]
        first = self._last[model] + 1
        self._last[model] += count
        return range(first, first + count)


def columns_of(model: type[models.Model]) -> list[str]:
    """Return the columns of a model's table in the order in which rows are written."""
    return [cast("str", field.column) for field in model._meta.concrete_fields]


def row_of(one: models.Model) -> list[Any]:
    """Return an unsaved row as the database keeps it, the column of its id empty."""
    return [
        field.get_db_prep_save(getattr(one, field.attname), connection) for field in one._meta.concrete_fields
    ]


def _insert(model: type[models.Model], rows: list[Row]) -> None:
    quoted = [f'"{column}"' for column in columns_of(model)]
    into = f'"{model._meta.db_table}" ({", ".join(quoted)})'
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(quoted))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", rows)  # noqa: S608 - our own names


class Pattern:
    """Rows that differ from one model row in a few columns only: made once, copied by `row`."""

    def __init__(self, one: models.Model, *varying: str) -> None:
        self.base = row_of(one)
        names = [field.attname for field in one._meta.concrete_fields]
        self.places = [names.index(name) for name in varying]

    def row(self, *values: Any) -> Row:
        """Return the row with these values, as the database keeps them, in the varying columns."""
        made = self.base.copy()
        for place, value in zip(self.places, values, strict=True):
            made[place] = value
        return made


def as_moment(at: datetime) -> Any:
    """Return a time as the database is given it in a row."""
    return at if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(at)


def as_day(day: date) -> Any:
    """Return a day as the database is given it in a row."""
    return day.isoformat()


@dataclass(slots=True)
class Told:
    """A fact before it is a row: the columns its digest covers, see `kernel.models.Event`."""

    kind: str
    store_id: int | None
    subject_type: str
    subject_id: int
    actor_kind: str
    actor_id: int | None
    happened_at: datetime
    recorded_at: datetime
    local_day: date
    data: dict[str, Any]
    detail_hash: str = ""


_SUBJECT, _DATA, _AT = 987_654_321_987_654, {"data": "stands here"}, datetime(9876, 5, 4, 3, 2, 1, tzinfo=UTC)
_compact = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class FactPattern:
    """Facts that differ in subject, data and time of recording only: the rest of their text is made once."""

    def __init__(self, told: Told) -> None:
        marked = replace(told, subject_id=_SUBJECT, data=_DATA, recorded_at=_AT)
        text = canonical(cast("Event", marked)).decode()
        self.before, rest = text.split(_compact(_DATA))
        self.till_recorded, rest = rest.split(moment(_AT))
        self.till_subject, self.after = rest.split(str(_SUBJECT))
        self.told, self.happened_at, self.local_day = (
            told,
            as_moment(told.happened_at),
            as_day(told.local_day),
        )

    def row(self, pk: int, subject_id: int, data: dict[str, Any], recorded: Recorded) -> Row:
        """Return the row of a fact that is not sealed yet, with its digest."""
        told, said = self.told, _compact(data)
        text = "".join(
            (
                self.before,
                said,
                self.till_recorded,
                recorded.text,
                self.till_subject,
                str(subject_id),
                self.after,
            )
        )
        # In the order of the model's fields.
        return (
            pk,
            None,
            told.kind,
            told.store_id,
            told.subject_type,
            subject_id,
            told.actor_kind,
            told.actor_id,
            self.happened_at,
            recorded.value,
            self.local_day,
            said,
            told.detail_hash,
            sha256(text.encode()).hexdigest(),
        )


@dataclass(slots=True)
class Recorded:
    """When facts are written down: as the digest has it, and as a row has it."""

    text: str
    value: Any

    @classmethod
    def at(cls, at: datetime) -> Recorded:
        """Of this time."""
        return cls(moment(at), as_moment(at))


def fact_row(pk: int, told: Told) -> Row:
    """Return the row of a fact that is not sealed yet, with its digest."""
    return FactPattern(told).row(pk, told.subject_id, told.data, Recorded.at(told.recorded_at))


def seal_all() -> int:
    """Seal what is committed, a seal after the other; returns how many facts."""
    sealed = 0
    while count := unit(seal):
        sealed += count
    return sealed
