"""What one may be allowed to do with invoices, payments and exit passes (PLT-1)."""

from enum import StrEnum


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_MONEY = "billing.see_money"
    SETTLE = "billing.settle"
    GIVE_DISCOUNT = "billing.give_discount"
    RELEASE_DISCOUNT = "billing.release_discount"
    TAKE_PAYMENT = "billing.take_payment"
    ON_ACCOUNT = "billing.on_account"
    SET_ACCOUNTS = "billing.set_accounts"
    CREDIT = "billing.credit"
    EXIT_PASS = "billing.exit_pass"  # noqa: S105 - a right
