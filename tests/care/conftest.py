from collections.abc import Iterator

import pytest

from servicelane.orders.models import RepairOrder
from servicelane.org.queries import forget_zones
from tests.delivered import delivered


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()


@pytest.fixture
def order(shop) -> RepairOrder:
    """A visit that was handed over just now."""
    return delivered(shop)
