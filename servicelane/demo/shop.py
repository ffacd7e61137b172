"""What the demo's workshop offers: parts in stock, operations, labour rates."""

from django.db import transaction

from servicelane.orders.demo_catalogue import load_demo_operations
from servicelane.orders.models import Operation
from servicelane.parts.demo_catalogue import load_demo_parts

from .cast import Cast, make_cast


@transaction.atomic
def make_shop() -> Cast:
    """Return the cast with its catalogue; parts, operations and rates are made where there are none yet."""
    cast = make_cast()
    if not Operation.objects.filter(group=cast.group).exists():
        stores = [cast.shinan, cast.laoshan]
        load_demo_parts(cast.group, stores, by=cast.admin)
        load_demo_operations(cast.group, stores, by=cast.admin)
    return cast
