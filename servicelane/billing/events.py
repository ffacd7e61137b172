"""What can happen to the money of a visit; amounts are whole fen (integers).

The subject is the order, of a cash day the day itself, of an account its customer, of a deposit taken before
the car has come its booking.
"""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

VERSION = {"version": "version of the order"}
AMOUNTS = {
    "invoice": "id",
    "payer": "payer code",
    "gross": "fen including VAT, after discount",
    "net": "fen without VAT",
    "tax": "fen of VAT",
    "discount": "fen including VAT",
    "minutes": "sold minutes by pay type",
    "labour": "fen without VAT by work type",
    "parts": "fen without VAT by work type",
    **VERSION,
}

INVOICED = declare("billing.invoiced", _("Invoice issued"), data=AMOUNTS)
CREDITED = declare(
    "billing.credited",
    _("Invoice credited"),
    data={**AMOUNTS, "credit": "id of the credit note; all amounts and minutes are negative"},
)
PAID = declare(
    "billing.paid",
    _("Payment taken"),
    data={"invoice": "id", "payer": "payer code", "way": "way code, on_account is no money yet",
          "amount": "fen", "owed": "fen not received yet",
          "due": "ISO date by which what is put on account is to be paid",
          "over": "fen beyond the limit of the customer's account, released by right", **VERSION},
)  # fmt: skip
REFUNDED = declare(
    "billing.refunded",
    _("Money paid back"),
    data={"invoice": "id", "payer": "payer code", "way": "way code", "amount": "fen",
          "owed": "fen not received now", **VERSION},
)  # fmt: skip
HELD = {"held": "fen of deposit that the order or booking still has", **VERSION}
DEPOSIT_TAKEN = declare(
    "billing.deposit_taken", _("Deposit taken"), data={"way": "way code", "amount": "fen", **HELD}
)
DEPOSIT_USED = declare(
    "billing.deposit_used",
    _("Deposit used"),
    data={"invoice": "id", "amount": "fen, told as a payment of the invoice too", **HELD},
)
DEPOSIT_RETURNED = declare(
    "billing.deposit_returned",
    _("Deposit paid back"),
    data={"way": "way code", "amount": "fen", **HELD},
)
DEPOSIT_CARRIED = declare(
    "billing.deposit_carried",
    _("Deposit taken over from the booking"),
    data={"booking": "id", "amount": "fen that the booking had", **HELD},
)
DEPOSIT_KEPT = declare(
    "billing.deposit_kept", _("Deposit kept"), data={"amount": "fen that the house keeps", **HELD}
)
DISCOUNT_RELEASED = declare(
    "billing.discount_released",
    _("Discount released"),
    data={"percent": "hundredths of a percent", **VERSION},
)
EXIT_PASS = declare(
    "billing.exit_pass",
    _("Exit pass issued"),
    data={"exit_pass": "id", "relation": "code of who collects", "document": "code of what was shown",
          "on_account": "fen of the customer's part to be paid later", **VERSION},
)  # fmt: skip
ACCOUNT_SET = declare(
    "billing.account_set",
    _("Account set"),
    data={"limit": "fen that may be open", "days": "days to pay",
          "limit_was": "fen before, -1 for no account", "days_was": "days before, -1 for no account"},
)  # fmt: skip
TILL_OPENED = declare(
    "billing.till_opened", _("Cash day opened"), data={"opening": "fen of the counted float"}
)
TILL_CLOSED = declare(
    "billing.till_closed",
    _("Cash day closed"),
    data={
        "opening": "fen",
        "expected": "fen of float and cash that came in",
        "counted": "fen",
        "left": "fen that stay as the next float",
        "payments": "how many payments were counted, of all ways",
    },
)
