"""Model families with their maintenance menus, and packages for every car; marked as demo catalogue."""

import csv
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from servicelane.org.models import Group
from servicelane.parts.models import Part

from .models import ModelFamily, Operation, Package, PackageLine, PackagePart

FILE = Path(__file__).parent / "data/demo_packages.csv"
FAMILIES = FILE.with_name("demo_families.csv")


def rows_of(file: Path) -> list[dict[str, str]]:
    """Return the lines of a data file; no query."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def lines_of(text: str) -> list[tuple[str, dict[str, Decimal]]]:
    """Read the operations of a package: "M10 HY-OF-1001:1 | M-TYROT" as codes with parts and quantities."""
    made = []
    for line in text.split("|"):
        code, *entries = line.split()
        pairs = (entry.rsplit(":", 1) for entry in entries)
        made.append((code, {number: Decimal(quantity) for number, quantity in pairs}))
    return made


@transaction.atomic
def load_demo_packages(group: Group) -> list[Package]:
    """Add the demo's model families and packages to `group`, whose wider catalogue is there. Six queries."""
    families = ModelFamily.objects.bulk_create(
        ModelFamily(group=group, is_demo=True, **row) for row in rows_of(FAMILIES)
    )
    family_of = {family.code: family for family in families}
    operations = {row.code: row for row in Operation.objects.filter(group=group)}
    parts = {row.number: row for row in Part.objects.filter(group=group)}
    rows = rows_of(FILE)
    packages = Package.objects.bulk_create(
        Package(
            group=group,
            family=family_of.get(row["family"]),
            code=row["code"],
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            every_km=int(row["every_km"]) if row["every_km"] else None,
            every_months=int(row["every_months"]) if row["every_months"] else None,
            price=Decimal(row["price"]) if row["price"] else None,
            is_demo=True,
        )
        for row in rows
    )
    wanted = [
        (PackageLine(package=package, position=position, operation=operations[code]), quantities)
        for package, row in zip(packages, rows, strict=True)
        for position, (code, quantities) in enumerate(lines_of(row["lines"]), 1)
    ]
    PackageLine.objects.bulk_create(line for line, _quantities in wanted)
    PackagePart.objects.bulk_create(
        PackagePart(line=line, part=parts[number], quantity=quantity)
        for line, quantities in wanted
        for number, quantity in quantities.items()
    )
    return packages
