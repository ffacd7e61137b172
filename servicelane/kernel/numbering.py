"""Gap-free numbers: one counter row for each scope and day."""

from datetime import date

from django.db import connection

from .models import NO_DAY

_TAKE = """
INSERT INTO kernel_counter (scope, day, last) VALUES (%s, %s, %s)
ON CONFLICT (scope, day) DO UPDATE SET last = kernel_counter.last + excluded.last
RETURNING last
"""


def take_number(scope: str, day: date | None = None) -> int:
    """Return the next number of `scope` on `day` (or of the scope for ever): 1, 2, 3 … without a gap.

    Holds the counter's row until the transaction ends and gives the number back on a rollback, so
    take it as late as possible. Lock order: order row, stock rows by pk, counter.
    """
    return take_numbers(scope, 1, day)[0]


def take_numbers(scope: str, count: int, day: date | None = None) -> range:
    """Return the next `count` numbers at once, as `take_number` gives one."""
    if not connection.in_atomic_block:
        raise RuntimeError("take_number() needs a transaction, or a rollback would leave a gap")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [scope, connection.ops.adapt_datefield_value(day or NO_DAY), count])
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
