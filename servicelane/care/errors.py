"""Refusals about follow-up calls and complaints: what was not done, why, and what to do."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class FollowUpOver(DomainError):
    """Who was spoken to, or asked not to be called, is not called again about the same visit."""

    code = "care.follow_up_over"
    status = 409
    message = _("The call about {order} was not recorded: the follow-up is over already ({state}).")
    hint = _("Look at the calls on the order's page; if the customer complains, take a complaint.")


class TooEarly(DomainError):
    """The store rule names the earliest day of a follow-up call (CAR-2)."""

    code = "care.too_early"
    message = _("The call about {order} was not recorded: calls begin on {day}.")
    hint = _("Call on that day; the store rules say how many days after the delivery calls begin.")


class NextTryOutside(DomainError):
    """A next try lies ahead, and not after the last day of the follow-up (CAR-2)."""

    code = "care.next_try_outside"
    message = _("The call about {order} was not recorded: {day} is not between {first} and {last}.")
    hint = _("Choose a day for the next try within these limits.")


class WordsMissing(DomainError):
    """A complaint says what the customer is dissatisfied with."""

    code = "care.words_missing"
    message = _("The complaint was not taken: it does not say what the customer is dissatisfied with.")
    hint = _("Write down the customer's words, a few are enough.")


class NotTheirs(DomainError):
    """The car or order of a complaint is not of the store that takes it."""

    code = "care.not_theirs"
    message = _("The complaint was not taken: {order} belongs to another store.")
    hint = _("Let the store that repaired the car take the complaint, or take it without the order.")


class DueInPast(DomainError):
    """A complaint is answered at once or by a stated time that is still to come (CAR-6)."""

    code = "care.due_in_past"
    message = _("The complaint was not taken: {at} is past.")
    hint = _("Choose a time that is still to come.")


class AnswerMissing(DomainError):
    """An answer has words."""

    code = "care.answer_missing"
    message = _("The complaint was not answered: the answer is empty.")
    hint = _("Write what the customer is answered.")


class ComplaintClosed(DomainError):
    """A closed complaint takes no more writes."""

    code = "care.complaint_closed"
    status = 409
    message = _("Nothing was changed: the complaint was closed on {at}.")
    hint = _("If the customer complains again, take a new complaint.")


class NotAnswered(DomainError):
    """A complaint is closed after it was answered."""

    code = "care.not_answered"
    status = 409
    message = _("The complaint was not closed: it has no answer yet.")
    hint = _("Answer it first, then tell the customer and ask whether they are satisfied.")


class CustomerNotTold(DomainError):
    """A complaint is closed after the customer heard the answer (CAR-6)."""

    code = "care.customer_not_told"
    message = _("The complaint was not closed: the customer has not been told the answer.")
    hint = _("Call the customer, then close the complaint and say that they were told.")


class CostRefused(DomainError):
    """What a solution cost is an amount that a solution can cost."""

    code = "care.cost_refused"
    message = _("The complaint was not closed: a cost of {cost} is outside {least} to {most}.")
    hint = _("Correct the amount.")
