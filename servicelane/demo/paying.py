"""How the demo's customers pay: at once by phone, card or cash, firms by the month."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from random import Random

from servicelane.billing.models import Invoice, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.billing.permissions import Perm
from servicelane.customers.models import CustomerKind
from servicelane.kernel.clock import now
from servicelane.people.models import Employee

from .fleet import charge
from .house import minutes

WAYS = (Way.WECHAT, Way.WECHAT, Way.WECHAT, Way.ALIPAY, Way.ALIPAY, Way.CARD, Way.CASH)


def payments(invoice: Invoice, cashier: Employee, manager: Employee, draw: Random) -> Iterator[datetime]:
    """Pay the whole; firms pay by the month where a manager of the store may allow it."""
    order = invoice.order
    if not invoice.open or charge(invoice, cashier, manager):
        return
    by_month = order.customer.kind == CustomerKind.COMPANY and draw.random() < 0.6
    if by_month and manager.may(Perm.ON_ACCOUNT, order.store):
        take_payment(invoice, Paid(Way.ON_ACCOUNT, invoice.open, "月结协议客户"), by=manager)
        return
    if invoice.open > 1500 and draw.random() < 0.1:
        take_payment(invoice, Paid(Way.CASH, Decimal(500)), by=cashier)
        yield now() + minutes(1)
    take_payment(invoice, Paid(draw.choice(WAYS), invoice.open), by=cashier)
