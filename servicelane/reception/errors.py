"""Refusals at the desk: what was not done, why, and what to do."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class NotExplained(DomainError):
    """What was done and found is explained before the car leaves (BIL-6)."""

    code = "reception.not_explained"
    message = _("{order} was not handed over: it is not said that the work was explained to the customer.")
    hint = _("Go through the work and the invoice with the customer, then tick it.")


class BelongingsNotSeen(DomainError):
    """The customer sees the own belongings in the car (RO-9)."""

    code = "reception.belongings_not_seen"
    message = _("{order} was not handed over: the customer has not seen the belongings in the car.")
    hint = _("Show them in the car, then tick it: {things}.")


class NextDueBehind(DomainError):
    """The next maintenance lies ahead, by date and by odometer."""

    code = "reception.next_due_behind"
    message = _("{order} was not handed over: the next maintenance, {due}, is not after today's {now}.")
    hint = _("Correct the date or the kilometres of the next maintenance.")


class AdvisorNotHere(DomainError):
    """Whoever receives a car works in the store."""

    code = "reception.advisor_not_here"
    message = _("No order was opened: {advisor} does not work in {store}.")
    hint = _("Choose an advisor of this store.")


class NoCar(DomainError):
    """A walk-in is one car and the person who brings it."""

    code = "reception.no_car"
    message = _("No order was opened: no car is named.")
    hint = _("Give the plate, or choose a car of the customer.")


class TooManyMarks(DomainError):
    """A car is described by a handful of damage marks."""

    code = "reception.too_many_marks"
    message = _("{order} was not checked in: more than {most} damage marks are on the drawing.")
    hint = _("Put several damages of one place into one mark and describe them in its note.")
