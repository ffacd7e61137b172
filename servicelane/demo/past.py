"""The years before the demo's first day: its own finished visits, written again for other cars."""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from random import Random

from servicelane.org.models import Store
from servicelane.org.queries import local_moment, open_hours

from .dealership import CARS, OF_WEEKDAY, USUAL
from .files import open_files
from .filling import demo_stores
from .resample import finished_visits, make_past, owned_cars

A_YEAR = 365
VISITS_OF_A_CAR = 2.2
"""How often a car comes in a year, so that its file shows a past."""
GROWTH = 0.06
"""Each year before had fewer cars, by this share."""


def visits_of_years(years: int) -> int:
    """Return about how many visits `years` years hold in all stores, to show how far one is. One query."""
    return sum(round(CARS.get(store.code, USUAL) * A_YEAR * years) for store in demo_stores())


def write_years(first: date, years: int, seed: int, progress: Callable[[int], None]) -> int:
    """Write `years` years of visits that end before `first`, in every store; returns how many.

    What was cut off is gone on with. Raises ValueError for a store without a finished visit.
    """
    made = 0
    for store in demo_stores():
        days = list(_days(store, first - timedelta(days=1), years, seed))
        wanted = sum(count for _day, count in days)
        since = local_moment(store, days[0][0], time(0))
        open_files(store, round(wanted / years / VISITS_OF_A_CAR), since=since)
        sets, cars = finished_visits(store), owned_cars(store)
        made += make_past(store, days, sets, cars, seed=seed, progress=progress)
    return made


def _days(store: Store, last: date, years: int, seed: int) -> Iterator[tuple[date, int]]:
    usual = CARS.get(store.code, USUAL)
    for back in range(A_YEAR * years, 0, -1):
        day = last - timedelta(days=back - 1)
        if open_hours(store, day):
            draw = Random(f"{seed}:{store.code}:{day}")  # noqa: S311 - a demo is drawn, not guarded
            share = OF_WEEKDAY[day.weekday()] * draw.triangular(0.8, 1.2) * (1 - GROWTH) ** (back / A_YEAR)
            yield day, round(usual * share)
