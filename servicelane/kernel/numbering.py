"""Gap-free numbers: one counter row for each scope and day."""

from datetime import date

from django.db import connection

from .models import NO_DAY

_TAKE = """
INSERT INTO kernel_counter (scope, day, last) VALUES (%s, %s, 1)
ON CONFLICT (scope, day) DO UPDATE SET last = kernel_counter.last + 1
RETURNING last
"""


def take_number(scope: str, day: date | None = None) -> int:
    """Return the next number of `scope` on `day` (or of the scope for ever): 1, 2, 3 … without a gap.

    Holds the counter's row until the transaction ends and gives the number back on a rollback, so
    take it as late as possible. Lock order: order row, stock rows by pk, counter.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("take_number() needs a transaction, or a rollback would leave a gap")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [scope, connection.ops.adapt_datefield_value(day or NO_DAY)])
        return int(cursor.fetchone()[0])
