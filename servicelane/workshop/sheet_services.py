"""Writes on the maintenance sheet: what a technician found, and what is reported of it (WSH-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.versions import touch
from servicelane.orders.errors import OrderIsOver, WrongMoment
from servicelane.orders.finding_services import report_finding
from servicelane.orders.models import Finding, RepairOrder, Safety, Status
from servicelane.orders.writing import tell
from servicelane.people.models import Employee

from . import errors, events
from .models import CheckItem, SheetEntry, Verdict
from .sheets import Sheet, sheet_of

AT_WORK = (Status.AGREED, Status.IN_WORK)
SAFETY = {Verdict.REPLACE: Safety.URGENT, Verdict.ATTENTION: Safety.SOON}
"""How urgent a finding is that stands on the sheet in red or in amber."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found at the point with this id: a verdict, or a value in the point's unit.

    `before` is the id of the entry that stood there when the form was made, 0 for none, None if unknown.
    """

    item: int
    verdict: Verdict | None = None
    value: Decimal | None = None
    before: int | None = None


@transaction.atomic
def fill_sheet(
    order: RepairOrder,
    seen: Sequence[Seen],
    *,
    by: Employee,
    rest_ok: bool = False,
    at: datetime | None = None,
) -> Sheet:
    """Write what was found on the sheet of `order`; `rest_ok` says that whatever is judged by eye and
    still open is in order.

    What stands there already is not written again; a changed entry keeps the former one. Two technicians
    fill one sheet side by side, so no version is asked for, only that nobody else answered the same point.
    Raises NotOnSheet, ValueAbsurd, EntryChanged, OrderIsOver, WrongMoment.
    """
    touch(order)
    order.refresh_from_db(fields=["status"])
    if order.is_over:
        raise OrderIsOver(order=order, now=order.get_status_display())
    if order.status not in AT_WORK:
        raise WrongMoment(order=order, now=order.get_status_display())
    sheet, moment = sheet_of(order), at or now()
    points = {point.item.pk: point for point in sheet.points}
    made: list[SheetEntry] = []
    replaced: list[int] = []
    for one in seen:
        point = points.get(one.item)
        if point is None:
            raise errors.NotOnSheet(order=order)
        fresh = _entry(order, point.item, one, by, moment)
        entry = point.entry
        if fresh is None or (entry and (entry.verdict, entry.value) == (fresh.verdict, fresh.value)):
            continue
        if one.before is not None and one.before != (entry.pk if entry else 0):
            raise errors.EntryChanged(item=point.item, person=entry.entered_by if entry else by)
        if entry:
            replaced.append(entry.pk)
        made.append(fresh)
    if rest_ok:
        answered = {entry.item_id for entry in made}
        made += [
            SheetEntry(order=order, item=point.item, verdict=Verdict.OK, entered_by=by, entered_at=moment)
            for point in sheet.points
            if point.entry is None and not point.item.is_measured and point.item.pk not in answered
        ]
    if not made:
        return sheet
    SheetEntry.objects.filter(pk__in=replaced).update(replaced_at=moment)
    SheetEntry.objects.bulk_create(made)
    tell(
        events.SHEET_FILLED, order, by=by, at=at,
        entries=[f"{row.item.code}:{row.verdict}" for row in made],
        values=[f"{row.item.code}:{int(row.value * 1000)}" for row in made if row.value is not None],
        changed=len(replaced),
    )  # fmt: skip
    return sheet_of(order)


def _entry(
    order: RepairOrder, item: CheckItem, seen: Seen, by: Employee, moment: datetime
) -> SheetEntry | None:
    verdict, value = seen.verdict, None
    if item.is_measured:
        value = seen.value
        if value is None:
            return None
        assert item.most is not None
        if not 0 <= value <= item.most:
            raise errors.ValueAbsurd(item=item, value=value, most=item.most, unit=item.unit)
        verdict = item.verdict_of(value)
    if verdict is None:
        return None
    return SheetEntry(order=order, item=item, verdict=verdict, value=value, entered_by=by, entered_at=moment)


@transaction.atomic
def report_entry(
    entry: SheetEntry, *, by: Employee, at: datetime | None = None, version: int | None = None
) -> Finding:
    """Report a red or amber entry to the advisor as a finding, in the words of the sheet.

    Raises NothingWrong, ReportedAlready, OrderChanged, WrongMoment.
    """
    order, item = entry.order, entry.item
    if not entry.is_bad or entry.replaced_at:
        raise errors.NothingWrong(item=item)
    words = f"{item}: {entry.result}"
    if item.is_measured:
        words += f" ({item.limit})"
    finding = report_finding(order, words, SAFETY[Verdict(entry.verdict)], by=by, at=at, version=version)
    if not SheetEntry.objects.filter(pk=entry.pk, finding=None, replaced_at=None).update(finding=finding):
        raise errors.ReportedAlready(item=item)
    entry.finding = finding
    return finding
