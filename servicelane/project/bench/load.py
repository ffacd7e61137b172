"""Fill a scratch database: files in bulk, then older visits by resampling the finished ones that are there.

Run as a program with DATA_DIR and DATABASE_URL set: `load ORDERS VEHICLES`. Prints how far it is; what was
cut off goes on where it stopped.
"""

import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

DAYS = 3 * 365
AT_ONCE = 250
SETS = 6
"""The visits that are resampled: the first ones of the scratch database, whatever was walked later."""


def plan(last: date, orders: int) -> list[tuple[date, int]]:
    """Spread this many orders evenly over three years that end with `last`."""
    each, more = divmod(orders, DAYS)
    return [(last - timedelta(days=DAYS - 1 - n), each + (n < more)) for n in range(DAYS)]


def load(orders: int, vehicles: int) -> None:
    """Bring the database up to this many files and orders."""
    from django.db import connection

    from servicelane.demo.files import open_files
    from servicelane.demo.resample import make_past, owned_cars
    from servicelane.demo.rowsets import RowSet
    from servicelane.kernel.clock import now
    from servicelane.orders.models import RepairOrder, Status

    told = _Progress()
    first = RepairOrder.objects.filter(status=Status.DELIVERED).select_related("customer", "store__region")
    found = list(first.order_by("pk")[:SETS])
    store = found[0].store
    open_files(store, vehicles, since=now() - timedelta(days=DAYS + 1), progress=told.of("files", vehicles))
    last = found[0].arrived_at.date() - timedelta(days=2)
    sets, cars = [RowSet(order) for order in found], owned_cars(store)
    make_past(store, plan(last, orders), sets, cars, at_once=AT_ONCE, progress=told.of("visits", orders))
    if connection.vendor == "postgresql":
        # What autovacuum does to a running database.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


class _Progress:
    """A line every ten seconds."""

    def __init__(self) -> None:
        self.said = time.monotonic()

    def of(self, name: str, most: int) -> Callable[[int], None]:
        """Return the function that counts what was made of `most`."""
        done, began = 0, time.monotonic()

        def more(some: int) -> None:
            nonlocal done
            done += some
            if time.monotonic() - self.said >= 10 or done >= most:
                self.said = time.monotonic()
                rate = done / (self.said - began)
                print(f"  {name}: {done} of {most}, {rate:.0f}/s", flush=True)

        return more


if __name__ == "__main__":
    import django

    django.setup()
    load(int(sys.argv[1]), int(sys.argv[2]))
