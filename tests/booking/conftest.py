from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest

from servicelane.booking.models import Booking
from servicelane.booking.services import NewBooking, Times, book
from servicelane.customers.visitor_services import Visitor
from servicelane.org.queries import forget_zones, local_moment, today_in


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()


@pytest.fixture
def tomorrow(cast) -> datetime:
    """Half past nine tomorrow by the clock of 市南店."""
    return local_moment(cast.shinan, today_in(cast.shinan) + timedelta(days=1), time(9, 30))


@pytest.fixture
def times(cast, tomorrow) -> Times:
    """What is agreed for the car of 张大全."""
    return Times(
        starts_at=tomorrow,
        advisor=cast.chen,
        minutes=timedelta(minutes=90),
        expected_delivery_at=tomorrow + timedelta(hours=2),
        work="20000公里定期保养",
    )


@pytest.fixture
def zhang() -> Visitor:
    """张大全 as the paper has him, with a plate that is whole."""
    return Visitor(name="张大全", mobile="15400003456", plate="鲁B32101", model_name="EQ7200-IID")


@pytest.fixture
def booking(cast, times, zhang) -> Booking:
    """The booking of 张大全 for tomorrow, 9:30."""
    return book(cast.shinan, NewBooking(times, visitor=zhang), by=cast.lin)
