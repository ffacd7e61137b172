"""Money of a visit: invoices by payer, payments, released discounts, exit passes (BIL-1 to BIL-9)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.booking.models import Booking
from servicelane.customers.models import Customer
from servicelane.kernel.fields import MinutesField, QuantityField, RateField
from servicelane.kernel.money import MoneyField
from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import CollectorRelation, Job, PartLine, PayType, RepairOrder, WorkType
from servicelane.org.history import History
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Store, in_language
from servicelane.people.models import Employee

NOTHING = Decimal("0.00")


def in_percent(share: Decimal) -> Decimal:
    """Return a share in percent, with one decimal where that is exact, else with two."""
    percent = share * 100
    return percent.quantize(Decimal("0.1") if percent * 10 % 1 == 0 else Decimal("0.01"))


class PayerKind(models.TextChoices):
    """Who an invoice is for."""

    CUSTOMER = "customer", _("customer")
    INSURER = "insurer", _("insurer")
    MAKER = "maker", _("maker")
    INTERNAL = "internal", _("house")


PAYER_OF: dict[str, PayerKind] = {
    PayType.CUSTOMER: PayerKind.CUSTOMER,
    PayType.INSURANCE: PayerKind.INSURER,
    PayType.WARRANTY: PayerKind.MAKER,
    PayType.INTERNAL: PayerKind.INTERNAL,
    PayType.GOODWILL: PayerKind.INTERNAL,
}
"""Who bears each pay type."""


class InvoiceState(models.TextChoices):
    """Whether an invoice stands."""

    ISSUED = "issued", pgettext_lazy("invoice", "issued")
    CREDITED = "credited", pgettext_lazy("invoice", "credited")


class Invoice(models.Model):
    """What one payer owes for one visit, or the credit note that takes such an invoice back (BIL-1).

    `number` is gap-free per store and day and taken at issue. All amounts are yuan: `gross` is what is
    payable including VAT, after `discount`; `net` + `tax` = `gross`. `paid` is the money received less
    what was paid back; `on_account` is what was let go unpaid, by right or within the customer's account, to
    be paid by the day `due_on`; `is_owed` says that it stands and is not wholly paid. A credit note has
    `credit_of` and negative amounts.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="invoices")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    payer_kind = models.CharField(max_length=10, choices=PayerKind)
    payer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=24)
    gross = MoneyField()
    net = MoneyField()
    tax = MoneyField()
    discount = MoneyField(default=NOTHING)
    paid = MoneyField(default=NOTHING)
    on_account = MoneyField(default=NOTHING)
    due_on = models.DateField(null=True, editable=False)
    is_owed = models.BooleanField(default=False, editable=False)
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.ISSUED, editable=False)
    credit_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="credit")
    reason = models.CharField(max_length=300, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")

    objects = InStoreQuerySet["Invoice"].as_manager()

    class Meta:
        verbose_name = _("invoice")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="billing_invoice_number"),
            models.UniqueConstraint(
                fields=["order", "payer_kind"],
                condition=Q(state=InvoiceState.ISSUED, credit_of=None),
                name="billing_invoice_once",
            ),
            models.CheckConstraint(
                condition=Q(credit_of=None, gross__gte=0, discount__gte=0)
                | Q(credit_of__isnull=False, gross__lte=0, discount__lte=0),
                name="billing_invoice_sign",
            ),
            models.CheckConstraint(condition=Q(paid__gte=0, on_account__gte=0), name="billing_invoice_paid"),
        ]
        indexes = [
            models.Index(fields=["store", "-issued_at"], name="billing_invoice_issued"),
            models.Index(
                fields=["store", "issued_at"], condition=Q(is_owed=True), name="billing_invoice_owed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def stands(self) -> bool:
        """Whether it is payable: neither credited nor a credit note."""
        return self.state == InvoiceState.ISSUED and self.credit_of_id is None

    @property
    def is_payable(self) -> bool:
        """Whether money comes in for it: it stands, and its payer is not the house."""
        return self.stands and self.payer_kind != PayerKind.INTERNAL

    @property
    def owed(self) -> Decimal:
        """What is not received yet, put off or not, in yuan; the house owes itself nothing."""
        return self.gross - self.paid if self.is_payable else NOTHING

    @property
    def open(self) -> Decimal:
        """What must still be paid or put off before the car may leave, in yuan."""
        return max(self.owed - self.on_account, NOTHING)

    @property
    def put_off(self) -> Decimal:
        """What is on account and not received yet, in yuan: a payment first meets what was not put off."""
        return min(self.on_account, self.owed)

    @property
    def price(self) -> Decimal:
        """What it would be without discount, in yuan including VAT."""
        return self.gross + self.discount

    @property
    def minus_discount(self) -> Decimal:
        """The discount as it stands in a sum, in yuan."""
        return -self.discount


class Account(models.Model):
    """A customer who may pay later up to a limit, without being asked about each time (BIL-3).

    `limit` is yuan over all stores of the group, 0 for an account that is closed; `days` is how many days
    after something was put on it that is to be paid. What is open on it is the sum of its invoices and
    stands nowhere. Whoever puts something on it holds its row until that is booked.
    """

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="account")
    limit = MoneyField(_("credit limit"))
    days = models.PositiveSmallIntegerField(_("days to pay"))
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = _("account")
        constraints = [models.CheckConstraint(condition=Q(limit__gte=0), name="billing_account_limit")]

    def __str__(self) -> str:
        return str(self.customer)


class LineKind(models.TextChoices):
    """What an invoice line charges for."""

    LABOUR = "labour", _("labour")
    PARTS = "parts", _("parts")


class InvoiceLine(models.Model):
    """The labour of one job, or one of its parts, as it was billed; negative on a credit note.

    `quantity` is in the part's unit, `minutes` are sold minutes. `gross` is yuan including VAT after
    `discount`; `net` is rounded half up of gross / (1 + VAT rate), `tax` the rest.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    part_line = models.ForeignKey(PartLine, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=8, choices=LineKind)
    pay_type = models.CharField(max_length=10, choices=PayType)
    work_type = models.CharField(max_length=16, choices=WorkType)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    quantity = QuantityField(default=Decimal(0))
    minutes = MinutesField()
    unit_price = MoneyField()
    gross = MoneyField()
    discount = MoneyField(default=NOTHING)
    vat_rate = RateField()
    net = MoneyField()
    tax = MoneyField()

    class Meta:
        verbose_name = _("invoice line")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def price(self) -> Decimal:
        """What it would be without discount, in yuan including VAT."""
        return self.gross + self.discount

    @property
    def minus_discount(self) -> Decimal:
        """The discount as it stands in a sum, in yuan."""
        return -self.discount

    @property
    def hours(self) -> Decimal:
        """The sold time in hours, with one decimal where that is exact, else with two."""
        hours = Decimal(self.minutes // timedelta(minutes=1)) / 60
        return hours.quantize(Decimal("0.1") if hours * 10 % 1 == 0 else Decimal("0.01"))


class Way(models.TextChoices):
    """How an invoice is paid; `on_account` is a promise, `deposit` is money that came in before (BIL-2)."""

    CASH = "cash", _("cash")
    CARD = "card", _("card")
    WECHAT = "wechat", _("WeChat")
    ALIPAY = "alipay", _("Alipay")
    TRANSFER = "transfer", _("transfer")
    ON_ACCOUNT = "on_account", _("on account")
    DEPOSIT = "deposit", _("deposit")


MONEY = tuple(way for way in Way if way not in (Way.ON_ACCOUNT, Way.DEPOSIT))
"""The ways in which money comes in."""


class Payment(models.Model):
    """One amount in yuan that was received for an invoice, or paid back (negative), or put on account.

    Without an invoice it is a deposit on `order`: money taken before the settlement, or paid back. A deposit
    that is used is two rows: it leaves the order (negative) and comes onto the invoice, both by `deposit`.
    A deposit on a `booking` has no order until the car is received; what the house keeps of one leaves the
    booking by `deposit`.
    `reference` is the receipt of a card or phone payment, or the reason.
    """

    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="payments")
    order = models.ForeignKey(RepairOrder, models.PROTECT, null=True, related_name="deposits")
    booking = models.ForeignKey(Booking, models.PROTECT, null=True, related_name="deposits")
    way = models.CharField(max_length=10, choices=Way)
    amount = MoneyField()
    reference = models.CharField(max_length=120, blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("payment")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(amount__gt=0) | Q(amount__lt=0)) & (~Q(way=Way.ON_ACCOUNT) | Q(amount__gt=0)),
                name="billing_payment_amount",
            ),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, order=None, booking=None)
                | (Q(invoice=None) & (Q(order__isnull=False) | Q(booking__isnull=False))),
                name="billing_payment_on_one",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.DEPOSIT)
                | Q(invoice__isnull=False, amount__gt=0)
                | Q(invoice=None, amount__lt=0),
                name="billing_payment_deposit_used",
            ),
        ]
        indexes = [
            models.Index(fields=["taken_at"], name="billing_payment_taken"),
            models.Index(fields=["taken_by", "taken_at"], name="billing_payment_cashier"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.amount}"

    @property
    def visit(self) -> RepairOrder | Booking:
        """The order it was taken for, or the booking whose car has not come."""
        found = self.invoice.order if self.invoice else self.order or self.booking
        assert found is not None  # the database forbids a payment without any
        return found


class CashDay(models.Model):
    """One cashier's day at the till of a store, from the counted float to the counted till (BIL-2).

    Amounts are yuan. `expected` is the float and the cash that came in; it is written down at the closing, as
    is `left`, what stays in the till as the next float. `since` is from when on payments are looked for.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    cashier = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    opened_at = models.DateTimeField()
    opening = MoneyField()
    closed_at = models.DateTimeField(null=True, editable=False)
    expected = MoneyField(null=True, editable=False)
    counted = MoneyField(null=True, editable=False)
    left = MoneyField(null=True, editable=False)
    reason = models.CharField(max_length=300, blank=True)

    objects = InStoreQuerySet["CashDay"].as_manager()

    class Meta:
        verbose_name = _("cash day")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["store", "cashier"], condition=Q(closed_at=None), name="billing_cashday_one_open"
            ),
            models.CheckConstraint(condition=Q(opening__gte=0), name="billing_cashday_opening"),
        ]

    def __str__(self) -> str:
        return str(self.cashier)

    @property
    def difference(self) -> Decimal | None:
        """What was counted beyond what was expected, in yuan; None before the closing."""
        return None if self.counted is None or self.expected is None else self.counted - self.expected


class CountedPayment(models.Model):
    """A payment that a closing has counted; each is counted once."""

    day = models.ForeignKey(CashDay, models.PROTECT, related_name="payments")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="counted")

    class Meta:
        verbose_name = _("counted payment")

    def __str__(self) -> str:
        return str(self.payment)


class DiscountRelease(models.Model):
    """A person with a higher limit allows a discount up to `share` of the customer's bill of one order."""

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="discount_releases")
    share = RateField()
    reason = models.CharField(max_length=300)
    released_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    released_at = models.DateTimeField()

    objects = InOrderQuerySet["DiscountRelease"].as_manager()

    class Meta:
        verbose_name = _("released discount")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="billing_release_share")
        ]

    def __str__(self) -> str:
        return f"{self.percent} %"

    @property
    def percent(self) -> Decimal:
        """The share in percent, with one decimal where that is exact."""
        return in_percent(self.share)


class DocumentSeen(models.TextChoices):
    """What whoever collects a car showed (BIL-9)."""

    ID_CARD = "id_card", _("identity card")
    DRIVING_LICENCE = "driving_licence", _("driving licence")
    LETTER = "letter", _("letter of authority")
    KEY_SLIP = "key_slip", _("check-in slip")
    KNOWN = "known", _("known to the house")


class ExitPass(models.Model):
    """Releases one car and its key to whoever collects it (BIL-4, BIL-9); void once the bill is credited."""

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="exit_passes")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    number = models.CharField(max_length=24)
    collected_by = models.CharField(max_length=60)
    relation = models.CharField(max_length=12, choices=CollectorRelation)
    document_seen = models.CharField(max_length=16, choices=DocumentSeen)
    key_tag = models.CharField(max_length=12, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, editable=False)

    objects = InStoreQuerySet["ExitPass"].as_manager()

    class Meta:
        verbose_name = _("exit pass")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="billing_exitpass_number"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(voided_at=None), name="billing_exitpass_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number
