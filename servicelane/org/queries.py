"""Reads of the organisation: zones, opening hours, working days, rules in force."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from servicelane.kernel.clock import now, today

from .models import (
    SHANGHAI,
    CalendarDay,
    CalendarYear,
    OpeningHours,
    Region,
    Store,
    StoreDay,
    StoreRule,
    weekend,
)
from .rules import Rule, V

CHUNK = timedelta(days=60)
"""Days of the calendar that `add_working_days` reads at once."""
ZONE_KEPT = 10.0
"""Seconds for which a process trusts the zone it has read."""

_zones: dict[int, tuple[str, float]] = {}


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of one day by the store's wall clock; `opens` is before `closes`."""

    opens: time
    closes: time


def zone_of(store_id: int | None) -> ZoneInfo:
    """Return the time zone of a store, of China where there is no store. One query now and then.

    Each process keeps the answer for some seconds, so that all of them follow a changed zone soon.
    Raises Store.DoesNotExist for an unknown id.
    """
    if store_id is None:
        return ZoneInfo(SHANGHAI)
    name, read_at = _zones.get(store_id, ("", 0.0))
    if not name or monotonic() - read_at > ZONE_KEPT:
        name = Store.objects.values_list("zone", flat=True).get(pk=store_id)
        _zones[store_id] = name, monotonic()
    return ZoneInfo(name)


def forget_zones() -> None:
    """Drop what `zone_of` has kept in this process."""
    _zones.clear()


def local_moment(store: Store, day: date, clock: time) -> datetime:
    """Return the moment at which the store's wall clock shows `clock` on `day`."""
    return datetime.combine(day, clock, zone_of(store.pk))


def today_in(store: Store | None) -> date:
    """Return the calendar day it is now in a store, in China where there is no store."""
    return today(zone_of(store.pk if store else None))


def open_hours(store: Store, day: date) -> Hours | None:
    """Return when `store` is open on `day`, None when it is closed (BKG-2). Two queries at most.

    An exceptional day wins over the weekday's usual hours; a public holiday by itself closes no
    store, because after-sales departments are open all year unless they say otherwise.
    """
    row = (
        StoreDay.objects.filter(store=store, day=day).first()
        or OpeningHours.objects.filter(store=store, weekday=day.weekday()).first()
    )
    return hours_of(row) if row else None


def usual_hours(store: Store) -> list[Hours | None]:
    """Return the usual hours of the seven weekdays from Monday, None where closed. One query."""
    rows = {row.weekday: row for row in OpeningHours.objects.filter(store=store)}
    return [hours_of(rows[weekday]) if weekday in rows else None for weekday in range(7)]


def hours_of(row: OpeningHours | StoreDay) -> Hours | None:
    """Return the hours a row stands for, None when it says closed."""
    return Hours(row.opens, row.closes) if row.opens and row.closes else None


def is_working_day(day: date) -> bool:
    """Whether people work on `day` by the announced calendar, else by plain weekends. One query."""
    row = CalendarDay.objects.filter(day=day).first()
    return row.is_working if row else not weekend(day)


def add_working_days(day: date, n: int) -> date:
    """Return the `n`-th working day after `day`; `day` itself for 0. One query in 60 days.

    Raises ValueError for a negative `n`.
    """
    if n < 0:
        raise ValueError("working days are counted forwards")
    known: dict[date, bool] = {}
    read_to = day
    while n:
        day += timedelta(days=1)
        if day > read_to:
            read_to = day + CHUNK
            rows = CalendarDay.objects.filter(day__range=(day, read_to))
            known = {row.day: row.is_working for row in rows}
        n -= known.get(day, not weekend(day))
    return day


def calendar_of(year: int) -> tuple[CalendarYear | None, list[CalendarDay]]:
    """Return whether `year` is loaded and announced, and its holidays and make-up workdays. Two queries."""
    days = CalendarDay.objects.filter(day__year=year)
    return CalendarYear.objects.filter(year=year).first(), list(days)


def rule(store: Store, definition: Rule[V], at: datetime | None = None) -> V:
    """Return what holds in `store` for a rule at a moment (now if None). One query."""
    rows = StoreRule.objects.filter(store=store, code=definition.code).in_force(at or now())
    row = rows.first()
    return definition.read(row.value) if row else definition.default


def rules_in_force(store: Store, at: datetime | None = None) -> dict[str, StoreRule]:
    """Return the row in force of each rule that `store` ever decided, by rule code. One query."""
    rows = StoreRule.objects.filter(store=store).in_force(at or now())
    return {row.code: row for row in reversed(rows)}


def region_tree(group_id: int) -> dict[int, int | None]:
    """Return the parent of each region of a group by id. One query."""
    return dict(Region.objects.filter(group_id=group_id).values_list("pk", "parent_id"))
