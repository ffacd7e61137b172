from collections.abc import Iterator
from decimal import Decimal

import pytest

from servicelane.org.queries import forget_zones
from servicelane.parts.catalogue_services import PartDetails, add_part
from servicelane.parts.models import Part, StockItem
from servicelane.parts.services import receive

LINE = "orders.partline"


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()


@pytest.fixture
def pads(cast) -> Part:
    """A part of the catalogue of which no store has anything yet."""
    details = PartDetails("T-PAD-9", "前刹车片", "front brake pads", Decimal("468.00"))
    return add_part(cast.group, details, by=cast.he)


@pytest.fixture
def stock(cast, pads) -> StockItem:
    """Ten of the pads in 市南店, 100 yuan each."""
    return receive(cast.shinan, pads, Decimal(10), Decimal(100), by=cast.he).item
