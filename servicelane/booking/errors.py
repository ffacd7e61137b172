"""Refusals about bookings: what was not done, why, and what to do."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class InThePast(DomainError):
    """A booking is a promised arrival, so it lies ahead."""

    code = "booking.in_the_past"
    message = _("The booking was not saved: {at} is past.")
    hint = _("Choose a time that is still to come; a car that stands here already is a walk-in.")


class TooFarAhead(DomainError):
    """A booking more than a year ahead is a slip of the pen."""

    code = "booking.too_far_ahead"
    message = _("The booking was not saved: {at} is more than {days} days ahead.")
    hint = _("Check the date and the year.")


class ClosedThen(DomainError):
    """A car is booked for a time at which somebody receives it (BKG-2)."""

    code = "booking.closed_then"
    message = _("The booking was not saved: {store} is not open at {at}.")
    hint = _("Opening hours on that day: {hours}. Choose a time within them.")


class AdvisorNotHere(DomainError):
    """The advisor of a booking works in its store."""

    code = "booking.advisor_not_here"
    message = _("The booking was not saved: {advisor} does not work in {store}.")
    hint = _("Choose an advisor of this store.")


class LengthRefused(DomainError):
    """The expected labour is between a moment and a fortnight's work."""

    code = "booking.length_refused"
    message = _("The booking was not saved: {minutes} minutes of work are not possible.")
    hint = _("Give the expected hours, between 0 and {most}.")


class DeliveryTooEarly(DomainError):
    """A car is given back after it came."""

    code = "booking.delivery_too_early"
    message = _(
        "The booking was not saved: the expected delivery at {delivery} is not after the arrival at {at}."
    )
    hint = _("Choose a later time for the delivery, or leave it empty.")


class NoCar(DomainError):
    """A booking is for one car and the person who brings it."""

    code = "booking.no_car"
    message = _("The booking was not saved: it names no car.")
    hint = _("Give the plate, or choose a car of the customer.")


class ArrivedAlready(DomainError):
    """A booking becomes one order, once (BKG-8)."""

    code = "booking.arrived_already"
    status = 409
    message = _("Nothing was changed: the car of this booking is here already, on the order {order}.")
    hint = _("Open the order and go on from there.")


class BookingOver(DomainError):
    """A booking that was called off stays so."""

    code = "booking.booking_over"
    status = 409
    message = _("Nothing was changed: the booking is {now} and cannot become {to}.")
    hint = _("Write a new booking; the page of this one offers it with everything filled in.")


class NotLateYet(DomainError):
    """Nobody has missed a time that is still to come."""

    code = "booking.not_late_yet"
    message = _("Nothing was changed: the booked time {at} is still to come.")
    hint = _("Wait until the time has passed, or cancel the booking if the customer called it off.")
