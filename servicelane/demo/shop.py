"""What the demo's workshop offers: parts in stock, operations, labour rates, checklists."""

from django.db import transaction

from servicelane.orders.demo_catalogue import MORE as MORE_OPERATIONS
from servicelane.orders.demo_catalogue import add_demo_operations, load_demo_operations
from servicelane.orders.demo_packages import load_demo_packages
from servicelane.orders.models import Operation
from servicelane.parts.demo_catalogue import MORE as MORE_PARTS
from servicelane.parts.demo_catalogue import load_demo_parts
from servicelane.workshop.demo_checklists import load_demo_checklists
from servicelane.workshop.models import Checklist

from .cast import Cast, make_cast

OF_THE_WIDER = "P-PDI"
"""An operation that only the wider catalogue has."""


@transaction.atomic
def make_shop() -> Cast:
    """Return the cast with its whole catalogue; what is there already is left as it is."""
    cast = make_small_shop()
    widen(cast)
    return cast


@transaction.atomic
def make_small_shop() -> Cast:
    """Return the cast with the forty operations of every day, their parts and rates."""
    cast = make_cast()
    if not Operation.objects.filter(group=cast.group).exists():
        stores = [cast.shinan, cast.laoshan]
        load_demo_parts(cast.group, stores, by=cast.admin)
        load_demo_operations(cast.group, stores, by=cast.admin)
    return cast


@transaction.atomic
def widen(cast: Cast) -> None:
    """Add the checklists, operations and parts that make the demo's catalogue a whole one, each once."""
    if not Checklist.objects.filter(group=cast.group).exists():
        load_demo_checklists(cast.group, by=cast.admin)
    if Operation.objects.filter(group=cast.group, code=OF_THE_WIDER).exists():
        return
    load_demo_parts(cast.group, [cast.shinan, cast.laoshan], by=cast.admin, file=MORE_PARTS)
    add_demo_operations(cast.group, by=cast.admin, file=MORE_OPERATIONS)
    load_demo_packages(cast.group)
