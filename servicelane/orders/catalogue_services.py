"""Writes on what a workshop offers: operations of the catalogue, and what an hour costs (RCP-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.org.models import Group, Store
from servicelane.parts.models import Part
from servicelane.people.models import Skill

from . import errors, events
from .models import LabourRate, Operation, OperationPart, PayType, WorkType
from .writing import By, fen

MOST_PER_HOUR = Decimal(10_000)


@transaction.atomic
def set_rate(
    store: Store, pay_type: PayType, per_hour: Decimal, *, by: By, since: datetime | None = None
) -> LabourRate:
    """Decide what an hour of labour costs in `store` since a moment (now if None), in yuan including VAT.

    Orders keep the rate their jobs were priced with. Raises RateRefused.
    """
    if not 0 <= per_hour <= MOST_PER_HOUR:
        raise errors.RateRefused(value=per_hour, most=MOST_PER_HOUR)
    row = LabourRate.objects.create(
        store=store, pay_type=pay_type, per_hour=per_hour, valid_from=since or now()
    )
    record(events.RATE_SET, store, by=by, pay_type=str(pay_type), per_hour=fen(per_hour))
    return row


def rates_in_force(store: Store) -> dict[str, LabourRate]:
    """Return the rate that holds in `store` for each pay type that has one. One query."""
    rows = LabourRate.objects.filter(store=store, valid_from__lte=now()).order_by("valid_from", "pk")
    return {row.pay_type: row for row in rows}


@transaction.atomic
def add_operation(
    group: Group,
    code: str,
    names: tuple[str, str],
    work_type: WorkType,
    minutes: timedelta,
    *,
    by: By,
    parts: Mapping[Part, Decimal] | None = None,
    is_demo: bool = False,
) -> Operation:
    """Add an operation with its standard time and usual parts to the group's catalogue.

    `names` are Chinese and English. Raises OperationCodeTaken.
    """
    if Operation.objects.filter(group=group, code=code).exists():
        raise errors.OperationCodeTaken(code=code)
    operation = Operation.objects.create(
        group=group,
        code=code,
        name_zh=names[0],
        name_en=names[1],
        work_type=work_type,
        minutes=minutes,
        is_demo=is_demo,
    )
    OperationPart.objects.bulk_create(
        OperationPart(operation=operation, part=part, quantity=quantity)
        for part, quantity in (parts or {}).items()
    )
    record(events.OPERATION_ADDED, operation, by=by, code=code, minutes=minutes // timedelta(minutes=1))
    return operation


@dataclass(frozen=True, slots=True)
class Needs:
    """What a technician needs for an operation, and whether the quick-service lane takes it."""

    skill: Skill | None = None
    certificate: str = ""
    is_quick: bool = False


@transaction.atomic
def set_needs(operation: Operation, needs: Needs, *, by: By) -> Operation:
    """Say who may be given an operation and whether it is quick work (WSH-18); the same again does nothing.

    Work that was given out before keeps its technicians.
    """
    if needs == Needs(operation.skill, operation.certificate, operation.is_quick):
        return operation
    operation.skill, operation.certificate = needs.skill, needs.certificate
    operation.is_quick = needs.is_quick
    operation.save(update_fields=["skill", "certificate", "is_quick"])
    record(
        events.OPERATION_CHANGED,
        operation,
        by=by,
        code=operation.code,
        skill=needs.skill.code if needs.skill else "",
        certificate=needs.certificate,
        quick=int(needs.is_quick),
    )
    return operation
