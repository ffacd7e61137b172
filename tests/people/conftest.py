from collections.abc import Iterator

import pytest

from servicelane.org.queries import forget_zones


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()
