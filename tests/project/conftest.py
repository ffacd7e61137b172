from collections.abc import Iterator

import pytest

from servicelane.org.queries import forget_zones, zone_of


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()


@pytest.fixture
def warm(cast) -> None:
    """What a request and a process have read before the page is asked for: rights and zones."""
    cast.admin.reach  # noqa: B018
    for store in (cast.shinan, cast.laoshan):
        zone_of(store.pk)
