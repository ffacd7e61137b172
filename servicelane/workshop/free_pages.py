"""The part of the plan's page that shows what the workshop can still take (BKG-2, BKG-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.orders.models import Operation
from servicelane.org.models import BayKind, Store
from servicelane.org.queries import today_in
from servicelane.people.models import Skill
from servicelane.schedule.free import FreeDay, HalfHour, free_hours

from .floor_day import DAYS

LEVELS = 4
"""Shades of a cell: none, a little, half, all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What is free in one half-hour: the number shown, a shade below LEVELS, and whose it is."""

    shown: str
    shade: int
    who: str


@dataclass(frozen=True, slots=True)
class FreeRow:
    """One skill, all technicians or one kind of bay through the day."""

    name: str
    total: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class FreePage:
    """A day with the days beside it; `people` in hours of technicians, `bays` in places."""

    day: date
    days: list[date]
    starts: list[datetime]
    people: list[FreeRow]
    bays: list[FreeRow]
    finding: str


def free_page(store: Store, at: datetime, wanted: date | None) -> FreePage:
    """Read what is free on a day of the planned ones, else today, else the next one that has an hour left."""
    today = today_in(store)
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    found = {one.day: one for one in free_hours(store, at, days)}
    shown = found.get(wanted) if wanted else None
    shown = shown or next((found[day] for day in days if found[day].half_hours), found[today])
    needed = Operation.objects.filter(group=store.region.group, is_active=True, skill__isnull=False)
    skills = Skill.objects.filter(pk__in=needed.values("skill"))
    people = [
        _people_row(_("all technicians"), shown, None),
        *(_people_row(str(skill), shown, skill.pk) for skill in skills),
    ]
    kinds = [kind for kind in BayKind if kind != BayKind.WASH]
    here = {bay.kind for half in shown.half_hours for bay in half.bays}
    return FreePage(
        day=shown.day,
        days=days,
        starts=[half.starts_at for half in shown.half_hours],
        people=people,
        bays=[_bay_row(kind, shown) for kind in kinds if kind in here],
        finding=_finding(shown),
    )


def _finding(shown: FreeDay) -> str:
    if not shown.half_hours:
        return _("The store is closed, or the day is over")
    minutes = sum(half.minutes for half in shown.half_hours)
    if not minutes:
        return _("No technician has an hour left")
    hours = round(minutes / 60, 1)
    words = ngettext("{n} hour of technicians is free", "{n} hours of technicians are free", round(hours))
    return words.format(n=f"{hours:g}")


def _people_row(name: str, shown: FreeDay, skill: int | None) -> FreeRow:
    able = None if skill is None else shown.able.get(skill, set())
    cells, total = [], 0
    for half in shown.half_hours:
        free = [
            (person, minutes) for person, minutes in half.people.items() if able is None or person.pk in able
        ]
        minutes = sum(minutes for _person, minutes in free)
        total += minutes
        who = _(", ").join(str(person) for person, _minutes in free)
        cells.append(Cell(_hours(minutes), min(LEVELS - 1, -(-minutes // 30)), who))
    return FreeRow(name, _hours(total), cells)


def _bay_row(kind: BayKind, shown: FreeDay) -> FreeRow:
    free = [_bays(half, kind) for half in shown.half_hours]
    cells = [Cell(str(len(codes) or ""), min(LEVELS - 1, len(codes)), " ".join(codes)) for codes in free]
    return FreeRow(str(kind.label), "", cells)


def _bays(half: HalfHour, kind: BayKind) -> list[str]:
    return [bay.code for bay in half.bays if bay.kind == kind]


def _hours(minutes: int) -> str:
    return f"{round(minutes / 60, 1):g}" if minutes else ""
