"""The demo's fleet: a firm with an account, whose cars come in turn and are settled on account (BIL-3)."""

from datetime import timedelta
from decimal import Decimal

from servicelane.billing.account_services import account_of, on_account, set_account, standing_of
from servicelane.billing.models import Invoice, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.customers.models import Customer, CustomerKind
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.clock import now
from servicelane.orders.models import IN_HOUSE, RepairOrder
from servicelane.people.models import Employee

from .house import House
from .invented import PETROL

NAME = "青岛顺达汽车租赁有限公司"
NUMBER = 9001
"""The last four digits of its telephone, which nobody else of the demo gets."""
PLATES = ("鲁B6T201", "鲁B6T202", "鲁B6T203", "鲁B6T205", "鲁B6T206", "鲁B6T208")
ON_TRIAL, TRUSTED = (Decimal(8_000), 1), (Decimal(30_000), 30)
"""Limit in yuan and days to pay: before its first invoice, and after it."""
LATE_BY = timedelta(days=8)


def next_car(house: House) -> Visitor | None:
    """The car of the fleet whose turn it is today, None while it is still in the house. One query."""
    plate = PLATES[house.day(now()).toordinal() % len(PLATES)]
    if RepairOrder.objects.filter(vehicle__plate=plate, status__in=IN_HOUSE).exists():
        return None
    model = PETROL[int(plate[-1]) % len(PETROL)]
    return Visitor(NAME, f"1540000{NUMBER:04}", plate, model_name=model, kind=CustomerKind.COMPANY)


def keep_account(house: House, fleet: Customer) -> None:
    """Open the fleet's account at its first visit; at later ones it pays what is long overdue."""
    if account_of(fleet.pk) is None:
        limit, days = ON_TRIAL
        set_account(fleet, limit, days, "新客户，先试一单", by=house.crew.managers[0])
    cashier = (house.on_duty(house.crew.cashiers) or house.crew.managers)[0]
    late = on_account().filter(payer=fleet, store=house.crew.store, due_on__lt=house.day(now()) - LATE_BY)
    for invoice in late.select_related("order__store", "store").order_by("pk"):
        take_payment(invoice, Paid(Way.TRANSFER, invoice.owed), by=cashier)


def charge(invoice: Invoice, cashier: Employee, manager: Employee) -> bool:
    """Put an invoice on the customer's account; False without one or beyond its limit.

    After its first invoice the fleet is trusted with more.
    """
    account = account_of(invoice.order.customer_id)
    if account is None:
        return False
    standing = standing_of(account, now().date())
    if standing.over(invoice.open):
        return False
    take_payment(invoice, Paid(Way.ON_ACCOUNT, invoice.open), by=cashier)
    limit, days = TRUSTED
    if account.limit < limit:
        set_account(account.customer, limit, days, "试单结束，转为月结", by=manager)
    return True
