"""Writes of opening hours and working days (BKG-2): see `services` for the meaning of `by` and `version`."""

from collections.abc import Mapping
from datetime import date, time

from django.db import transaction

from servicelane.kernel.events import record
from servicelane.kernel.versions import drop, rise

from . import errors, events
from .models import (
    CalendarDay,
    CalendarYear,
    DayKind,
    DayReason,
    HolidayName,
    OpeningHours,
    Store,
    StoreDay,
    span,
)
from .queries import Hours, hours_of
from .services import By

FIRST_YEAR, LAST_YEAR = 2004, 2099

_NAMES = {
    "New Year's Day": HolidayName.NEW_YEAR,
    "Spring Festival": HolidayName.SPRING_FESTIVAL,
    "Tomb-sweeping Day": HolidayName.TOMB_SWEEPING,
    "Labour Day": HolidayName.LABOUR_DAY,
    "Dragon Boat Festival": HolidayName.DRAGON_BOAT,
    "National Day": HolidayName.NATIONAL_DAY,
    "Mid-autumn Festival": HolidayName.MID_AUTUMN,
}


@transaction.atomic
def set_opening_hours(
    store: Store, week: Mapping[int, Hours | None], *, by: By, version: int | None = None
) -> None:
    """Set the usual hours of the weekdays in `week` (0 = Monday); None closes a day, others stay.

    Nothing is recorded when nothing differs.
    Raises HoursBackwards and ChangedMeanwhile.
    """
    for hours in week.values():
        _check(hours)
    known = {row.weekday: row for row in OpeningHours.objects.filter(store=store)}
    new = {
        weekday: hours
        for weekday, hours in sorted(week.items())
        if weekday not in known or hours_of(known[weekday]) != hours
    }
    if not new:
        return
    rise(store, version)
    for weekday, hours in new.items():
        row = known.get(weekday) or OpeningHours(store=store, weekday=weekday)
        row.opens, row.closes = _columns(hours)
        row.save()
    told = {str(weekday): _told(hours) for weekday, hours in new.items()}
    record(events.HOURS_SET, store, by=by, weekdays=told)


@transaction.atomic
def set_store_day(store: Store, day: date, hours: Hours | None, reason: DayReason, *, by: By) -> StoreDay:
    """Set the hours of one calendar day apart from the usual ones; None closes it. Raises HoursBackwards."""
    _check(hours)
    opens, closes = _columns(hours)
    row, _ = StoreDay.objects.update_or_create(
        store=store, day=day, defaults={"opens": opens, "closes": closes, "reason": reason}
    )
    record(
        events.STORE_DAY_SET, store, by=by, day=day.isoformat(), hours=_told(hours), reason=str(row.reason)
    )
    return row


@transaction.atomic
def clear_store_day(store: Store, day: date, *, by: By) -> None:
    """Give one calendar day back its usual hours. Raises NoSuchStoreDay."""
    row = StoreDay.objects.filter(store=store, day=day).first()
    if not row:
        raise errors.NoSuchStoreDay(store=store, day=day)
    drop(row)
    record(events.STORE_DAY_CLEARED, store, by=by, day=day.isoformat())


@transaction.atomic
def load_calendar_year(year: int, *, by: By) -> CalendarYear:
    """Load the announced holidays and make-up workdays of `year`, replacing what was loaded before.

    A year the State Council has not announced yet is kept as not announced: plain weekends.
    Loading what is known already records nothing. Raises YearOutOfReach.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise errors.YearOutOfReach(year=year, first=FIRST_YEAR, last=LAST_YEAR)
    new = announced_days(year)
    row, is_new = CalendarYear.objects.select_for_update().get_or_create(
        year=year, defaults={"announced": bool(new)}
    )
    old = {day.day: day for day in CalendarDay.objects.filter(day__year=year)}
    changed = is_new or row.announced != bool(new)
    for day in old.keys() - new.keys():
        old[day].delete()
        changed = True
    for day, (kind, name) in sorted(new.items()):
        known = old.get(day) or CalendarDay(day=day)
        if (known.kind, known.name_code) != (kind, name):
            known.kind, known.name_code = kind, name
            known.save()
            changed = True
    if changed:
        row.announced = bool(new)
        row.save(update_fields=["announced"])
        record(events.CALENDAR_LOADED, row, by=by, year=year, announced=int(row.announced), days=len(new))
    return row


def announced_days(year: int) -> dict[date, tuple[DayKind, HolidayName]]:
    """Return the published holidays and make-up workdays of `year`; none if it is not announced."""
    from chinese_calendar import constants

    found = {}
    for source, kind in ((constants.holidays, DayKind.HOLIDAY), (constants.workdays, DayKind.WORKDAY)):
        for day, name in source.items():
            if day.year == year:
                found[day] = kind, _NAMES.get(name, HolidayName.OTHER)
    return found


def _check(hours: Hours | None) -> None:
    if hours and hours.opens >= hours.closes:
        raise errors.HoursBackwards(opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}")


def _columns(hours: Hours | None) -> tuple[time | None, time | None]:
    return (hours.opens, hours.closes) if hours else (None, None)


def _told(hours: Hours | None) -> str:
    return span(*_columns(hours))
