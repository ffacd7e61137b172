"""Checklists for the demo's stores, from a data file; marked as demo and not a maker's maintenance plan."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from servicelane.kernel.events import record
from servicelane.orders.writing import By
from servicelane.org.models import Group

from . import events
from .models import CheckItem, Checklist

LISTS = Path(__file__).parent / "data/demo_checklists.csv"
ITEMS = Path(__file__).parent / "data/demo_checkitems.csv"


@transaction.atomic
def load_demo_checklists(group: Group, *, by: By) -> list[Checklist]:
    """Add the demo's checklists with their points to `group`. Raises IntegrityError where they are there."""
    made: dict[str, Checklist] = {}
    for row in _rows(LISTS):
        made[row["code"]] = Checklist(
            group=group, code=row["code"], use=row["use"], name_zh=row["name_zh"], name_en=row["name_en"],
            work_types=row["work_types"].split(), is_demo=True,
        )  # fmt: skip
    for checklist in made.values():
        checklist.save(force_insert=True)
    items = [
        CheckItem(
            checklist=made[code],
            position=position,
            code=row["code"],
            section_zh=row["section_zh"],
            section_en=row["section_en"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            unit=row["unit"],
            is_floor=row["better"] != "low",
            amber=_number(row["amber"]),
            red=_number(row["red"]),
            most=_number(row["most"]),
            from_km=int(row["from_km"] or 0),
            fault=row["fault"] or "not_mended",
        )
        for position, row in enumerate(_rows(ITEMS), 1)
        for code in row["lists"].split()
    ]
    CheckItem.objects.bulk_create(items)
    for checklist in made.values():
        count = sum(1 for item in items if item.checklist is checklist)
        record(events.CHECKLIST_ADDED, checklist, by=by, code=checklist.code, items=count)
    return list(made.values())


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
