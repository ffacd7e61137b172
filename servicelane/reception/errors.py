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


class NotWaiting(DomainError):
    """Only who waits to be received is greeted."""

    code = "reception.not_waiting"
    message = _("No greeting was noted: {order} is in “{now}”, its customer does not wait any more.")
    hint = _("Look at the queue as it is now.")


class GreetedAlready(DomainError):
    """A customer is greeted once."""

    code = "reception.greeted_already"
    message = _("No greeting was noted: {who} greeted the customer of {order} already ({at}).")
    hint = _("Go to the next customer who waits.")


class NobodyWaits(DomainError):
    """Stand-ins are called for customers who wait."""

    code = "reception.nobody_waits"
    message = _("Nobody was called: no customer in {store} waits to be greeted.")
    hint = _("Call when somebody waits.")


class StandInsCalled(DomainError):
    """One call is open at a time."""

    code = "reception.stand_ins_called"
    message = _("Nobody was called again: {who} called stand-ins already ({at}).")
    hint = _("The queue shows who comes; end the call when the desk manages alone.")


class NoCall(DomainError):
    """One comes upon an open call."""

    code = "reception.no_call"
    message = _("Nothing was noted: no call for stand-ins is open in {store}.")
    hint = _("Look at the queue as it is now.")


class ComesAlready(DomainError):
    """A stand-in is noted once."""

    code = "reception.comes_already"
    message = _("Nothing was noted: it is known already that {who} comes.")
    hint = _("Go to the customer who waits longest.")
