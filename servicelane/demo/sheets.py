"""What the demo's technicians write on a car's sheet: mostly green, some amber, red what they found."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from servicelane.orders.models import RepairOrder
from servicelane.people.models import Employee
from servicelane.workshop.inspection_services import Inspection
from servicelane.workshop.models import CheckItem, Fault, Use, Verdict
from servicelane.workshop.sheet_services import Seen, fill_sheet
from servicelane.workshop.sheets import items_for, sheet_of

from .house import House

OF_FINDINGS = {
    "左前制动片剩 2.8 mm": ("PADFL", "2.8"),
    "后制动片剩 3.1 mm": ("PADRL", "3.1"),
    "雨刮片老化，刮不净": ("WIPERS", ""),
    "左前轮胎花纹 1.6 mm，鼓包": ("TYREFL", "1.5"),
    "制动液含水量 4 %": ("BRAKEW", "4"),
}
"""The point at which a finding stands in red or amber, and its value; by eye it is replaced."""
AMBER = 0.05


def fill(house: House, order: RepairOrder, technician: Employee) -> None:
    """Fill the sheet of a car once; nothing where its work asks for none. Eleven statements."""
    sheet = sheet_of(order)
    if not sheet.points or sheet.done:
        return
    draw = house.draw("sheet", order.number)
    found = dict(
        OF_FINDINGS[words] for words in order.findings.values_list("words", flat=True) if words in OF_FINDINGS
    )
    seen = []
    for point in sheet.points:
        item = point.item
        is_amber, share = draw.random() < AMBER, Decimal(draw.randint(0, 100)) / 100
        if item.code in found and not item.is_measured:
            seen.append(Seen(item.pk, Verdict.REPLACE))
        elif item.code in found:
            seen.append(Seen(item.pk, value=Decimal(found[item.code])))
        elif item.is_measured:
            seen.append(Seen(item.pk, value=_value(item, is_amber, share)))
        elif is_amber:
            seen.append(Seen(item.pk, Verdict.ATTENTION))
    fill_sheet(order, seen, by=technician, rest_ok=True)


def _value(item: CheckItem, is_amber: bool, share: Decimal) -> Decimal:
    """A value between the limits, or on the good side of both by up to half as much again."""
    assert item.amber is not None
    assert item.red is not None
    if is_amber:
        value = item.red + (item.amber - item.red) * share
    elif item.is_floor and item.unit == "V":
        value = item.amber + share / 2
    elif item.is_floor:
        value = item.amber * (1 + share * Decimal("0.8"))
    else:
        value = item.amber * share
    return round(value, 0 if item.most and item.most >= 1000 else 1)


def failed(order: RepairOrder, faults: Sequence[Fault], words: str, rework: Sequence[int]) -> Inspection:
    """An inspection that sends a car back: the points of these faults failed, all others are in order."""
    answers: dict[int, Fault | str] = {
        item.pk: item.fault for item in items_for(order, Use.QC) if item.fault in faults
    }
    return Inspection(False, faults, words, rework=rework, answers=answers, rest_ok=True)
