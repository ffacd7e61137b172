"""What the search benchmark asks for, drawn from the files and orders that are there.

Run as a program with DATABASE_URL set: `asked TIMES` prints texts by kind as JSON.
"""

import json
import sys
from random import Random
from urllib.parse import quote


def asked(times: int) -> dict[str, list[str]]:
    """Texts of each kind, as people type them: parts of what one car, customer or order is called."""
    from django.db.models import Max, Min

    from servicelane.customers.models import Vehicle, VehicleParty
    from servicelane.orders.models import RepairOrder
    from servicelane.people.names import sort_key

    draw = Random(11)  # noqa: S311 - the same questions each time, not a secret
    bounds = Vehicle.objects.exclude(vin=None).aggregate(first=Min("pk"), last=Max("pk"))
    cars = [draw.randint(bounds["first"], bounds["last"]) for _ in range(times)]
    parties = VehicleParty.objects.filter(vehicle__in=cars, until=None, role="owner")
    rows = list(parties.select_related("vehicle", "customer"))
    bounds = RepairOrder.objects.aggregate(first=Min("pk"), last=Max("pk"))
    orders = RepairOrder.objects.filter(
        pk__in=[draw.randint(bounds["first"], bounds["last"]) for _ in range(times)]
    ).values_list("number", flat=True)
    names = [row.customer.name for row in rows]
    texts = {
        "plate, its end of 4": [row.vehicle.plate[-4:] for row in rows],
        "plate, its end of 2": [row.vehicle.plate[-2:] for row in rows],
        "whole plate": [row.vehicle.plate for row in rows],
        "VIN, its last 6": [str(row.vehicle.vin)[-6:] for row in rows],
        "phone, its last 4": [row.customer.mobile[-4:] for row in rows],
        "name": names,
        "surname": [name[0] for name in names],
        "initials": ["".join(word[0] for word in sort_key(name).split()) for name in names],
        "order number": list(orders),
        "order number, its end": [number[-4:] for number in orders],
    }
    return {kind: [quote(text) for text in found] for kind, found in texts.items()}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asked(int(sys.argv[1]))))
