"""What two people fight for at once: one car becomes one order, on either database."""

from servicelane.booking.errors import ArrivedAlready
from servicelane.booking.models import Booking
from servicelane.booking.services import arrive
from servicelane.orders.models import RepairOrder
from tests.people.test_races import at_once


def test_two_advisors_receive_one_booked_car_once(transactional_db, cast, booking):
    first, second = (Booking.objects.with_car().get(pk=booking.pk) for _ in range(2))

    refusals = at_once(lambda: arrive(first, by=cast.chen), lambda: arrive(second, by=cast.wu))

    assert [type(refusal) for refusal in refusals] == [ArrivedAlready]
    order = RepairOrder.objects.get()
    assert Booking.objects.get(pk=booking.pk).order == order
    assert refusals[0].facts["order"] == order
