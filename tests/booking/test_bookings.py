"""Bookings as they are taken, changed, kept and missed (BKG-1, BKG-6, BKG-8)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from servicelane.booking import errors, services
from servicelane.booking.models import Booking, BookingCancelReason
from servicelane.booking.services import NewBooking
from servicelane.customers.errors import Doubtful, VehicleUnnamed
from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.orders.models import RepairOrder
from servicelane.people.services import deactivate
from tests.unchanged import refused, rows

HOUR = timedelta(hours=1)


def test_a_booking_is_taken_as_it_stands_on_the_paper(cast, times):
    """9:30, 张大全, 15400003456, EQ7200-IID, 鲁B-3210: the shortened plate is confirmed as on the paper."""
    paper = Visitor(
        name="张大全", mobile="１５４００００３４５６", plate="鲁Ｂ-3210", model_name="EQ7200-IID"
    )
    with refused(Doubtful):
        services.book(cast.shinan, NewBooking(times, visitor=paper), by=cast.lin)

    paper = replace(paper, confirmed={"plate": "on_paper"})
    booking = services.book(cast.shinan, NewBooking(times, visitor=paper), by=cast.lin)

    assert (booking.vehicle.plate, booking.vehicle.plate_doubt) == ("鲁B3210", "on_paper")
    assert (booking.customer.name, booking.customer.mobile) == ("张大全", "15400003456")
    assert (booking.vehicle.model_name, booking.work) == ("EQ7200-IID", "20000公里定期保养")
    assert (booking.minutes, booking.status, booking.version) == (timedelta(minutes=90), "booked", 1)
    fact = Event.objects.about(booking).get()
    assert (fact.kind, fact.store_id) == ("booking.booked", cast.shinan.pk)
    assert fact.data == {
        "starts_at": times.starts_at.isoformat(),
        "minutes": 90,
        "advisor": cast.chen.pk,
        "source": "phone",
        "vehicle": booking.vehicle.pk,
        "work_type": "maintenance",
    }


def test_a_known_car_and_caller_are_found_again(cast, times, zhang, booking):
    later = replace(times, starts_at=times.starts_at + HOUR, expected_delivery_at=None)
    again = services.book(cast.shinan, NewBooking(later, visitor=zhang), by=cast.lin)

    assert (again.customer, again.vehicle) == (booking.customer, booking.vehicle)
    assert (Customer.objects.count(), Vehicle.objects.count()) == (1, 1)


def test_a_car_with_its_customer_is_booked_in_another_store(cast, times, booking):
    there = replace(times, starts_at=times.starts_at + 6 * HOUR, expected_delivery_at=None, advisor=cast.wu)
    known = NewBooking(there, vehicle=booking.vehicle, customer=booking.customer)
    if there.starts_at.weekday() == 6:
        there = replace(there, starts_at=there.starts_at + 24 * HOUR)
    services.book(cast.laoshan, replace(known, times=there), by=cast.wu)

    assert Customer.objects.served_in(cast.laoshan).get() == booking.customer
    with refused(errors.NoCar):
        services.book(cast.shinan, NewBooking(times), by=cast.lin)
    with refused(VehicleUnnamed):
        services.book(cast.shinan, NewBooking(times, visitor=Visitor(name="无牌")), by=cast.lin)


def test_emoji_and_full_width_words_are_kept_as_they_were_said(cast, times, zhang):
    said = replace(times, work="空调不冷😀，Ｆ４")
    booking = services.book(cast.shinan, NewBooking(said, visitor=replace(zhang, name="张🚗")), by=cast.lin)

    booking.refresh_from_db()
    assert (booking.work, booking.customer.name) == ("空调不冷😀，Ｆ４", "张🚗")


def test_a_time_must_lie_ahead_within_a_year_and_within_the_opening_hours(cast, times, zhang):
    new = NewBooking(times, visitor=zhang)
    wrong = {
        errors.InThePast: now() - timedelta(minutes=1),
        errors.TooFarAhead: times.starts_at + timedelta(days=366),
        errors.ClosedThen: times.starts_at.replace(hour=3),
    }
    for refusal, starts in wrong.items():
        with refused(refusal):
            asked = replace(times, starts_at=starts, expected_delivery_at=None)
            services.book(cast.shinan, replace(new, times=asked), by=cast.lin)
    with refused(errors.DeliveryTooEarly):
        asked = replace(times, expected_delivery_at=times.starts_at)
        services.book(cast.shinan, replace(new, times=asked), by=cast.lin)
    with refused(errors.LengthRefused, minutes=-1):
        asked = replace(times, minutes=timedelta(minutes=-1))
        services.book(cast.shinan, replace(new, times=asked), by=cast.lin)


def test_a_closed_day_says_so_in_both_languages(cast, times, zhang):
    sunday = times.starts_at + timedelta(days=(6 - times.starts_at.weekday()) % 7)
    asked = replace(times, starts_at=sunday, expected_delivery_at=None, advisor=cast.wu)
    for language, words in (("en", "closed all day"), ("zh-hans", "全天不营业")):
        with override(language), pytest.raises(errors.ClosedThen) as caught:
            services.book(cast.laoshan, NewBooking(asked, visitor=zhang), by=cast.wu)
        with override(language):
            assert words in caught.value.advice


def test_the_advisor_works_in_the_store(cast, times, zhang):
    with refused(errors.AdvisorNotHere, advisor=cast.song):
        new = NewBooking(replace(times, advisor=cast.song), visitor=zhang)
        services.book(cast.shinan, new, by=cast.lin)


def test_a_confirmed_booking_is_confirmed_anew_when_its_time_moves(cast, times, booking):
    services.confirm(booking, by=cast.lin)
    assert booking.status == "confirmed"
    with refused(errors.BookingOver):
        services.confirm(booking, by=cast.lin)

    services.reschedule(booking, replace(times, work="换机油"), by=cast.lin)
    assert booking.status == "confirmed"
    moved_on = replace(times, starts_at=times.starts_at + HOUR)
    services.reschedule(booking, moved_on, by=cast.lin)

    booking.refresh_from_db()
    assert (booking.status, booking.starts_at, booking.version) == ("booked", moved_on.starts_at, 4)
    fact = Event.objects.about(booking).filter(kind="booking.rescheduled").latest("pk")
    assert fact.data["was_at"] == times.starts_at.isoformat()
    before = rows()
    services.reschedule(booking, moved_on, by=cast.lin)
    assert rows() == before


def test_of_two_who_change_it_one_is_told(cast, times, booking):
    seen = booking.version
    services.confirm(booking, by=cast.lin)
    with refused(ChangedMeanwhile):
        services.reschedule(
            booking, replace(times, starts_at=times.starts_at + HOUR), by=cast.chen, version=seen
        )


def test_a_booking_is_called_off_once_with_a_reason(cast, times, booking):
    services.cancel(booking, BookingCancelReason.CUSTOMER, by=cast.lin, note="出差")

    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("cancelled", "customer")
    fact = Event.objects.about(booking).get(kind="booking.cancelled")
    assert (fact.data, fact.detail.text) == ({"reason": "customer"}, "出差")
    for call in (
        lambda: services.confirm(booking, by=cast.lin),
        lambda: services.arrive(booking, by=cast.chen),
        lambda: services.reschedule(booking, replace(times, work="别的"), by=cast.lin),
    ):
        with refused(errors.BookingOver):
            call()


def test_nobody_has_missed_a_time_that_is_still_to_come(cast, booking):
    with refused(errors.NotLateYet):
        services.no_show(booking, by=cast.lin)
    with moved(booking.starts_at + HOUR):
        services.no_show(booking, by=cast.lin)
    assert booking.status == "no_show"
    assert Event.objects.about(booking).get(kind="booking.no_show").data == {"source": "phone"}


def test_a_booking_becomes_an_order_without_retyping(cast, booking):
    with moved(booking.starts_at + timedelta(minutes=7)):
        order = services.arrive(booking, by=cast.chen)

    booking.refresh_from_db()
    assert (booking.status, booking.order) == ("arrived", order)
    assert (order.vehicle, order.customer, order.driver) == (booking.vehicle, booking.customer, None)
    assert (order.words, order.advisor, order.source) == ("20000公里定期保养", cast.chen, "booking")
    assert (order.status, order.promised_at) == ("arrived", booking.expected_delivery_at)
    fact = Event.objects.about(booking).get(kind="booking.arrived")
    assert fact.data == {"order": order.pk, "late_minutes": 7}
    assert Event.objects.about(order).get(kind="orders.arrived").data["source"] == "booking"


def test_a_passed_delivery_time_is_no_promise(cast, booking):
    with moved(booking.expected_delivery_at + HOUR):
        assert services.arrive(booking, by=cast.chen).promised_at is None


def test_whoever_was_given_up_and_comes_after_all_is_received(cast, booking):
    with moved(booking.starts_at + 2 * HOUR):
        services.no_show(booking, by=cast.lin)
        services.arrive(booking, by=cast.chen)
    assert booking.status == "arrived"


def test_a_driver_brings_the_car_of_its_owner(cast, times, zhang, booking):
    owner = booking.customer
    driver = Visitor(name="李司机", mobile="15400007777", plate=zhang.plate)
    later = replace(times, starts_at=times.starts_at + HOUR, expected_delivery_at=None)
    second = services.book(cast.shinan, NewBooking(later, visitor=driver), by=cast.lin)
    order = services.arrive(second, by=cast.chen)

    assert (order.customer, order.driver, order.visitor) == (owner, second.customer, second.customer)


def test_a_booking_arrives_once(cast, booking):
    late = Booking.objects.get(pk=booking.pk)
    order = services.arrive(booking, by=cast.chen)

    for again in (booking, late, Booking.objects.get(pk=booking.pk)):
        with refused(errors.ArrivedAlready, order=order):
            services.arrive(again, by=cast.fang)
    assert RepairOrder.objects.count() == 1


def test_an_advisor_who_left_receives_nobody(cast, booking):
    deactivate(cast.chen, by=cast.admin)
    with refused(errors.AdvisorNotHere):
        services.arrive(booking, by=cast.fang)


def test_the_database_keeps_no_half_arrived_booking(cast, booking):
    for half in [{"status": "arrived"}, {"status": "gone"}, {"expected_delivery_at": booking.starts_at}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Booking.objects.filter(pk=booking.pk).update(**half)


def test_a_second_car_of_the_customer_is_another_booking(cast, times, booking):
    car = add_vehicle(cast.shinan, VehicleDetails(plate="鲁B77777"), owner=booking.customer, by=cast.lin)
    new = NewBooking(times, vehicle=car, customer=booking.customer)
    assert services.book(cast.shinan, new, by=cast.lin).vehicle == car
