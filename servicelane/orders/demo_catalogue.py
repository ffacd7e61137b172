"""Operations and what an hour costs: 40 for tests, 176 for the demo; marked as demo catalogue."""

import csv
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.org.models import Group, Store
from servicelane.parts.models import Part
from servicelane.people.models import Skill

from . import events
from .catalogue_services import set_rate
from .models import Operation, OperationPart, PayType
from .writing import By

FILE = Path(__file__).parent / "data/demo_operations.csv"
MORE = FILE.with_name("demo_operations_more.csv")
"""The rest of the demo's operations: what every test would otherwise write again."""
OPEN_FOR = timedelta(days=4 * 365)
"""How long the demo's stores have had their rates: its history is priced by them."""
PER_HOUR = {
    PayType.CUSTOMER: Decimal(160),
    PayType.WARRANTY: Decimal(120),
    PayType.INSURANCE: Decimal(150),
    PayType.INTERNAL: Decimal(80),
    PayType.GOODWILL: Decimal(80),
}


@transaction.atomic
def load_demo_operations(group: Group, stores: Sequence[Store], *, by: By) -> list[Operation]:
    """Add the demo's operations with their usual parts to `group`, and the labour rates of `stores`."""
    operations = add_demo_operations(group, by=by)
    for store in stores:
        for pay_type, per_hour in PER_HOUR.items():
            set_rate(store, pay_type, per_hour, by=by, since=now() - OPEN_FOR)
    return operations


@transaction.atomic
def add_demo_operations(group: Group, *, by: By, file: Path = FILE) -> list[Operation]:
    """Add the demo's operations of `file` with their usual parts to `group`.

    Written in bulk with the same facts as by the services: the cast is made for every test process.
    """
    by_number = {part.number: part for part in Part.objects.filter(group=group)}
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    skills = Skill.objects.in_bulk(field_name="code")
    operations = [
        Operation(
            group=group,
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            work_type=row["work_type"],
            minutes=timedelta(minutes=int(row["minutes"])),
            # A group that lists no such skill lets anybody do the work.
            skill=skills.get(row.get("skill", "")),
            certificate=row.get("certificate", ""),
            is_quick=bool(row.get("quick")),
            is_demo=True,
        )
        for row in rows
    ]
    bulk_create_with_history(operations, Operation)
    usual = []
    for operation, row in zip(operations, rows, strict=True):
        record(events.OPERATION_ADDED, operation, by=by, code=operation.code, minutes=int(row["minutes"]))
        for entry in row["parts"].split():
            number, quantity = entry.rsplit(":", 1)
            usual.append(
                OperationPart(operation=operation, part=by_number[number], quantity=Decimal(quantity))
            )
    OperationPart.objects.bulk_create(usual)
    return operations
