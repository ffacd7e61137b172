"""Refusals about money: what was not done, why, and what to do or who can release it."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class AboveAuthorised(DomainError):
    """Nothing is billed beyond what was agreed line by line (RO-2, BIL-1)."""

    code = "billing.above_authorised"
    message = _("{order} was not settled: {billed} for the {payer} is more than the agreed {agreed}.")
    hint = _("Ask for the difference as extra work first, or take what was not agreed off the order.")


class DiscountRefused(DomainError):
    """A discount is a share of the bill between nothing and all of it, with at most two decimals."""

    code = "billing.discount_refused"
    message = _("{order} was not changed: a discount of {percent} % is not possible.")
    hint = _("Give a discount from 0 to 100 % with at most two decimals.")


class DiscountTooHigh(DomainError):
    """The discount is above the limit of whoever gives it, and nobody released it (BIL-1)."""

    code = "billing.discount_too_high"
    message = _(
        "The discount was not given, the bill stays {gross}: {percent} % is above your limit of {limit} %, "
        "at most {most}."
    )
    hint = _("Give {limit} % or less: the customer then pays {at_limit}. Or let it be released by: {who}.")


class ReasonMissing(DomainError):
    """A discount, a credit, a refund and a payment put off are explained in words."""

    code = "billing.reason_missing"
    message = _("{what} was not done: the reason is missing.")
    hint = _("Say in a few words why, so that whoever reads it later understands.")


class AmountRefused(DomainError):
    """Money that is taken or paid back is more than nothing."""

    code = "billing.amount_refused"
    message = _("Nothing was booked on {invoice}: {amount} is no amount that can be paid.")
    hint = _("Enter an amount above zero with at most two decimals.")


class TooMuchPaid(DomainError):
    """Nobody pays more than is owed."""

    code = "billing.too_much_paid"
    message = _("Nothing was booked on {invoice}: {amount} is more than the {owed} that is still open.")
    hint = _("Take {owed} at most and give change; a wrong payment is paid back by whoever may credit.")


class InvoiceCredited(DomainError):
    """A credited invoice and its credit note are closed."""

    code = "billing.invoice_credited"
    status = 409
    message = _("Nothing was booked on {invoice}: it is credited.")
    hint = _("Look at the order: the invoice that replaces it takes payments.")


class OnAccountNotAllowed(DomainError):
    """Whether a customer may pay later is decided by a right (BIL-2)."""

    code = "billing.on_account_not_allowed"
    status = 409
    message = _("Nothing was booked on {invoice}: you have no right to let a customer pay later.")
    hint = _("Take the payment, or ask one of these: {who}.")


class OverLimit(DomainError):
    """Beyond the limit of an account, letting the customer pay later is decided by a right (BIL-3)."""

    code = "billing.over_limit"
    status = 409
    message = _(
        "Nothing was put on account for {invoice}: {asked} more is {over} beyond the limit of {customer} "
        "(limit {limit}, open {open})."
    )
    hint = _("Take at least {over} at once, or ask one of these to release it with a reason: {who}.")


class AccountRefused(DomainError):
    """A credit limit is an amount of money, the days to pay are a number of days (BIL-3)."""

    code = "billing.account_refused"
    message = _("The account of {customer} was not set: {limit} yuan and {days} days cannot be.")
    hint = _("Give a limit from 0 to {most} yuan with at most two decimals, and 0 to {most_days} days.")


class RefundTooHigh(DomainError):
    """Only money that was received is paid back."""

    code = "billing.refund_too_high"
    message = _("Nothing was paid back on {invoice}: {amount} is more than the {paid} that was received.")
    hint = _("Pay back {paid} at most.")


class DepositRefused(DomainError):
    """A deposit is an amount of money, taken by a way in which money comes in (BIL-2)."""

    code = "billing.deposit_refused"
    message = _("No deposit was booked on {order}: {amount} is no amount that can be paid.")
    hint = _("Enter an amount above zero with at most two decimals, and how it is paid.")


class NotExpected(DomainError):
    """A deposit of a booking is taken while its car is expected; later the order takes it (BKG-7)."""

    code = "billing.not_expected"
    status = 409
    message = _("No deposit was booked: the booking of {booking} is {now}.")
    hint = _("Take it on the repair order, or write a new booking.")


class DepositNotKept(DomainError):
    """The house keeps a deposit when the car did not come, and only what is left of it (BKG-7)."""

    code = "billing.deposit_not_kept"
    status = 409
    message = _("Nothing was kept: the booking of {booking} is {now}, and {held} of deposit is left.")
    hint = _("A deposit is kept after the booking is cancelled or its car did not come.")


class DepositTooSmall(DomainError):
    """Only what is left of a deposit is paid back."""

    code = "billing.deposit_too_small"
    message = _("Nothing was paid back on {order}: {amount} is more than the {held} of deposit that is left.")
    hint = _("Pay back {held} at most; what the settlement used is paid back on the invoice.")


class PaymentsStillOn(DomainError):
    """Money is paid back before the invoice it was paid for is credited."""

    code = "billing.payments_still_on"
    status = 409
    message = _("Nothing was credited on {order}: {paid} was received on {invoice}.")
    hint = _("Pay the money back first, on the page of the invoice; then credit.")


class NotPaid(DomainError):
    """The car leaves when the customer's part is paid, or released on account by right (BIL-4)."""

    code = "billing.not_paid"
    message = _("No exit pass was issued for {order}: {open} of the customer's part is not paid.")
    hint = _("Take the payment first. Or let it be paid later, by the decision of: {who}.")


class ExitPassOut(DomainError):
    """One exit pass for one car."""

    code = "billing.exit_pass_out"
    status = 409
    message = _("No second exit pass was issued for {order}: {exit_pass} is out already.")
    hint = _("Print the one that was issued.")


class CollectorMissing(DomainError):
    """The exit pass says who collects the car (BIL-9)."""

    code = "billing.collector_missing"
    message = _("No exit pass was issued for {order}: it is not said who collects the car.")
    hint = _("Enter the name of whoever collects the car, and what they showed.")


class CashRefused(DomainError):
    """Counted money is yuan and fen, nothing below zero."""

    code = "billing.cash_refused"
    message = _("The till was not changed: {amount} is not an amount of money.")
    hint = _("Give yuan with at most two decimals, from 0 to {most}.")


class DayIsOpen(DomainError):
    """A cashier has one day at a time."""

    code = "billing.day_is_open"
    message = _("No cash day was opened: the one of {cashier} is open already.")
    hint = _("Close it first.")


class DayIsClosed(DomainError):
    """A day is closed once."""

    code = "billing.day_is_closed"
    message = _("The cash day of {cashier} was not closed: it is closed already.")
    hint = _("Look at what was counted; open a new day for what comes in now.")


class NotOwnDay(DomainError):
    """Who answers for a till counts it."""

    code = "billing.not_own_day"
    message = _("The cash day was not closed: it is the one of {cashier}.")
    hint = _("Let {cashier} count and close it.")


class LeftTooMuch(DomainError):
    """What stays in the till was counted before."""

    code = "billing.left_too_much"
    message = _("The cash day was not closed: {left} cannot stay in a till in which {counted} were counted.")
    hint = _("Correct what stays as the next float, or what was counted.")


class DifferenceUnexplained(DomainError):
    """A difference between till and books is explained by whoever counted."""

    code = "billing.difference_unexplained"
    message = _(
        "The cash day was not closed: {counted} were counted, {expected} are expected, "
        "difference {difference}."
    )
    hint = _("Count once more; if it stays so, say in a few words why.")
