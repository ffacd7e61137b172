"""The maintenance sheet of an order: which points its work asks for, and what was found (WSH-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from servicelane.orders.models import Consent, JobState, RepairOrder
from servicelane.orders.queries import jobs_of

from .models import CheckItem, Checklist, SheetEntry, Use, Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """One point with what stands at it now, and what stood there before, the newest first."""

    item: CheckItem
    entry: SheetEntry | None
    former: list[SheetEntry]


@dataclass(frozen=True, slots=True)
class Section:
    """Points of one place on the car."""

    name: str
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All points of an order in their order."""

    points: list[Point] = field(default_factory=list)

    @property
    def sections(self) -> list[Section]:
        """The points by where they are on the car, each place once."""
        found: dict[str, list[Point]] = {}
        for point in self.points:
            found.setdefault(point.item.section, []).append(point)
        return [Section(name, points) for name, points in found.items()]

    @property
    def entries(self) -> list[SheetEntry]:
        """What stands on the sheet now."""
        return [point.entry for point in self.points if point.entry]

    @property
    def done(self) -> int:
        """How many points are answered."""
        return len(self.entries)

    @property
    def bad(self) -> list[SheetEntry]:
        """Red entries first, then amber ones."""
        bad = [entry for entry in self.entries if entry.is_bad]
        return sorted(bad, key=lambda entry: entry.verdict != Verdict.REPLACE)

    @property
    def is_complete(self) -> bool:
        """Whether every point is answered."""
        return self.done == len(self.points)


def items_for(order: RepairOrder, use: Use) -> list[CheckItem]:
    """The points that the agreed work of an order asks for at its odometer. Two queries."""
    kinds = {
        job.work_type
        for job in jobs_of(order)
        if job.consent == Consent.AGREED and job.state != JobState.DROPPED
    }
    lists = Checklist.objects.filter(group=order.store.region.group_id, use=use, is_active=True)
    fitting = {row.pk for row in lists if row.fits(kinds)}
    if not fitting:
        return []
    items = CheckItem.objects.filter(
        checklist__in=fitting, is_active=True, from_km__lte=order.odometer or 0
    ).select_related("checklist")
    # Two lists may ask for the same point: it is looked at once.
    found: dict[str, CheckItem] = {}
    for item in items:
        found.setdefault(item.code, item)
    return sorted(found.values(), key=lambda item: item.position)


def sheet_of(order: RepairOrder) -> Sheet:
    """The sheet of an order, also points answered that nothing asks for now. Three queries."""
    rows = SheetEntry.objects.filter(order=order).select_related("item__checklist", "entered_by")
    entries = list(rows)
    asked = items_for(order, Use.SHEET)
    known = {item.pk for item in asked}
    extra = {row.item_id: row.item for row in entries if row.item_id not in known and row.replaced_at is None}
    return Sheet([_point(item, entries) for item in [*asked, *extra.values()]])


def _point(item: CheckItem, entries: Iterable[SheetEntry]) -> Point:
    own = [row for row in entries if row.item_id == item.pk]
    now = next((row for row in own if row.replaced_at is None), None)
    return Point(item, now, [row for row in reversed(own) if row.replaced_at])
