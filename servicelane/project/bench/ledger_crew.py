"""One process of `servicelane bench ledger`: a writer or the sealer, told what to do line by line."""

import os
import sys
from collections.abc import Callable
from typing import TextIO


def work(role: str, orders: TextIO, answers: TextIO) -> None:
    """Do one process's part: read `mode seconds` lines from `orders`, write a count for each."""
    import django

    django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    connection.ensure_connection()
    subject = ContentType(pk=os.getpid())
    subject.store_id = None  # type: ignore[attr-defined]
    print("ready", file=answers, flush=True)
    for order in orders:
        mode, seconds = order.split()
        count = _seal(mode, float(seconds)) if role == "sealer" else _write(mode, float(seconds), subject)
        print(count, file=answers, flush=True)


def _seal(mode: str, seconds: float) -> int:
    import time

    from servicelane.kernel.sealing import seal
    from servicelane.kernel.transactions import unit

    end = time.monotonic() + seconds
    while mode in ("sealed", "drain") and time.monotonic() < end:
        while unit(seal) and time.monotonic() < end:
            pass
        if mode == "drain":
            break
        time.sleep(max(0.0, min(1.0, end - time.monotonic())))
    return 0


def _write(mode: str, seconds: float, subject: object) -> int:
    import time

    from django.db import models

    from servicelane.kernel.events import record
    from servicelane.kernel.transactions import unit

    assert isinstance(subject, models.Model)
    kind = "org.bay_added"
    if mode == "floor":
        one = _plain(kind, subject.pk)
    else:

        def one() -> None:
            record(kind, subject, by=None, code="L1", kind_of_bay="lift")

    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        unit(one)
        count += 1
    return count


def _plain(kind: str, subject: int) -> Callable[[], None]:
    from django.db import connection

    from servicelane.kernel.clock import now
    from servicelane.kernel.models import Event

    columns = [
        field.attname for field in Event._meta.concrete_fields if field.attname not in ("id", "position")
    ]
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO kernel_event ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our columns
    at = now()
    values = {
        "kind": kind,
        "store_id": None,
        "subject_type": "contenttypes.contenttype",
        "subject_id": subject,
        "actor_kind": "system",
        "actor_id": None,
        "happened_at": at,
        "recorded_at": at,
        "local_day": at.date(),
        "data": '{"code": "L1", "kind_of_bay": "lift"}',
        "detail_hash": "",
        "digest": "0" * 64,
    }
    row = [values[column] for column in columns]

    def one() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, row)

    return one


if __name__ == "__main__":
    work(sys.argv[1], sys.stdin, sys.stdout)
