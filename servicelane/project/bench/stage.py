"""What the benchmarks need in a scratch database: known cars, a technician per client, parts in stock.

Run as a program with DATA_DIR and DATABASE_URL set; prints what it made as one line of JSON.
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from servicelane.demo.cast import Cast

STOCKED = 1_000_000


def make_stage(clients: int, cars: int) -> dict[str, Any]:
    """Make the demo's shop where there is none yet, and in it this many technicians and known cars."""
    from servicelane.demo.cast import PASSWORD
    from servicelane.kernel.clock import now
    from servicelane.kernel.transactions import unit
    from servicelane.org.queries import zone_of

    cast, technicians = unit(lambda: _people_and_stock(clients))
    made = [unit(partial(_car, cast, number)) for number in range(cars)]
    promise = (now() + timedelta(hours=5)).astimezone(zone_of(cast.shinan.pk))
    return {
        "store": cast.shinan.pk,
        "technicians": technicians,
        "promise": promise.strftime("%Y-%m-%dT%H:%M"),
        "cars": made,
        "password": PASSWORD,
    }


def _people_and_stock(clients: int) -> "tuple[Cast, list[str]]":
    from django.contrib.auth.hashers import make_password

    from servicelane.demo.cast import PASSWORD
    from servicelane.demo.shop import make_shop
    from servicelane.kernel.clock import today
    from servicelane.org.queries import zone_of
    from servicelane.parts.models import Part
    from servicelane.parts.services import receive
    from servicelane.people.roles import Role
    from servicelane.people.services import Credentials, NewPerson, Personal, hire_for_demo

    from .visit import WORK

    cast, password = make_shop(), make_password(PASSWORD)
    users = [f"bench{number}" for number in range(clients)]
    hired = today(zone_of(cast.shinan.pk)) - timedelta(days=100)
    for user in users:
        new = NewPerson(Personal(user), user, Role.TECHNICIAN, cast.shinan, hired)
        hire_for_demo(cast.group, new, Credentials(password, ""), by=cast.admin)
    for _name, number in WORK:
        part = Part.objects.get(group=cast.group, number=number)
        receive(cast.shinan, part, Decimal(STOCKED), Decimal(100), by=cast.he)
    return cast, users


def _car(cast: "Cast", number: int) -> tuple[str, str, str]:
    from servicelane.customers.visitor_services import Visitor, find_or_add

    plate, name, mobile = f"\u9c81B{10_000 + number}", f"Bench {number}", f"1540000{number:04}"
    find_or_add(cast.shinan, Visitor(name, mobile, plate, model_name="EQ7200-IID"), by=cast.chen)
    return plate, name, mobile


if __name__ == "__main__":
    import django

    django.setup()
    from servicelane.project import starting

    starting.make_ready()
    print(json.dumps(make_stage(int(sys.argv[1]), int(sys.argv[2]))))
