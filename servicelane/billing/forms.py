"""What is typed about money: shape only, the rules are the services'."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.orders.forms import OrderForm
from servicelane.orders.models import CollectorRelation, RepairOrder
from servicelane.org.forms import VersionedForm
from servicelane.people.models import Employee

from .account_services import MOST, MOST_DAYS
from .bills import said
from .cash_services import MOST_IN_TILL, Counted
from .discounts import Excess, excess_of
from .exit_services import Collector
from .invoice_services import Settlement, customers_bill
from .models import MONEY, Account, DocumentSeen, Invoice, Way
from .payment_services import Paid

WAYS = [(way.value, way.label) for way in MONEY]


def _percent(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=2, max_digits=5,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.5"}), **kwargs,
    )  # fmt: skip


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal("0.01"), max_digits=11, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip


def _counted(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=MOST_IN_TILL, max_digits=11, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip


class SettleForm(OrderForm):
    """The discount at settlement, with its reason; a button may stand for another discount."""

    discount = _percent(_("Discount (%)"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
    instead = forms.DecimalField(
        required=False, min_value=0, max_value=100, decimal_places=2, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, viewer: Employee, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="settle_%s", **kwargs)
        self.viewer = viewer
        self.excess: Excess | None = None

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        percent = self._percent()
        if not percent or self.errors:
            return entered
        if not entered.get("reason", "").strip():
            self.add_error("reason", _("A discount needs its reason."))
        self.excess = excess_of(self.order, customers_bill(self.order), percent / 100, self.viewer)
        if self.excess:
            self.add_error(
                "discount",
                _("Not given: {percent} % is above your limit of {limit} %.").format(
                    percent=self.excess.percent, limit=self.excess.limit_percent
                ),
            )
        return entered

    def _percent(self) -> Decimal:
        instead = self.cleaned_data.get("instead")
        return self.cleaned_data.get("discount") or Decimal(0) if instead is None else instead

    def settlement(self) -> Settlement:
        """What was entered, as the service takes it."""
        return Settlement(self._percent(), self.cleaned_data["reason"])


class ReleaseForm(OrderForm):
    """Up to which discount whoever settles may go, and why."""

    percent = _percent(_("Discount (%)"))
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="release_%s", **kwargs)


class InvoiceForm(VersionedForm):
    """A form about one invoice: it knows the version of the order it was drawn from.

    `name` begins the ids of its fields: several of these forms stand on one page.
    """

    name: ClassVar[str]

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": invoice.order.version, **(kwargs.get("initial") or {})}
        kwargs["auto_id"] = f"{self.name}_%s"
        super().__init__(*args, **kwargs)
        self.invoice = invoice


class PayForm(InvoiceForm):
    """One payment: how, how much, and its receipt."""

    name = "pay"
    way = forms.ChoiceField(label=_("Paid by"), choices=WAYS, initial=Way.WECHAT, widget=forms.RadioSelect)
    amount = _amount(_("Amount in yuan"))
    reference = forms.CharField(label=_("Receipt number"), max_length=120, required=False)

    @classmethod
    def of(cls, invoice: Invoice) -> PayForm:
        """The form filled with what is still to be paid."""
        return cls(invoice=invoice, initial={"amount": invoice.open or invoice.owed})

    def clean_amount(self) -> Decimal:
        """Refuse beside the field what the service would refuse as well."""
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.invoice.owed:
            raise forms.ValidationError(
                _("Not booked: only {owed} is still open.").format(owed=said(self.invoice.owed))
            )
        return amount

    def paid(self) -> Paid:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Paid(Way(entered["way"]), entered["amount"], entered["reference"])


class OnAccountForm(InvoiceForm):
    """Why the customer may pay later."""

    name = "later"
    reason = forms.CharField(label=_("Why, and until when"), max_length=120)

    def paid(self) -> Paid:
        """All that is still open, put on account."""
        return Paid(Way.ON_ACCOUNT, self.invoice.open, self.cleaned_data["reason"])


class ChargeForm(InvoiceForm):
    """What is open goes on the customer's account; the limit is the reason."""

    name = "charge"

    def paid(self) -> Paid:
        """All that is still open, put on account."""
        return Paid(Way.ON_ACCOUNT, self.invoice.open)


class AccountForm(VersionedForm):
    """How much a customer may leave open, and for how many days."""

    limit = forms.DecimalField(
        label=_("Credit limit in yuan"), min_value=0, max_value=MOST, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
        help_text=_("Over all stores together; 0 closes the account."),
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days to pay"), min_value=0, max_value=MOST_DAYS, initial=30,
        help_text=_("From the day something is put on account."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    @classmethod
    def of(cls, account: Account | None) -> AccountForm:
        """The form filled with what holds; an account that is new has version 0."""
        if account is None:
            return cls(initial={"version": 0})
        return cls(initial={"version": account.version, "limit": account.limit, "days": account.days})


class RefundForm(InvoiceForm):
    """Money paid back: how, how much, why."""

    name = "refund"
    way = forms.ChoiceField(label=_("Paid back by"), choices=WAYS, initial=Way.CASH, widget=forms.RadioSelect)
    amount = _amount(_("Amount in yuan"))
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def paid(self) -> Paid:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Paid(Way(entered["way"]), entered["amount"], entered["reason"])


class _DepositTaken(forms.Form):
    """Money taken before a settlement: how, how much, its receipt."""

    way = forms.ChoiceField(label=_("Paid by"), choices=WAYS, initial=Way.WECHAT, widget=forms.RadioSelect)
    amount = _amount(_("Amount in yuan"))
    reference = forms.CharField(label=_("Receipt number"), max_length=120, required=False)

    def paid(self) -> Paid:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Paid(Way(entered["way"]), entered["amount"], entered["reference"])


class _DepositBack(forms.Form):
    """A deposit paid back: how, how much, why."""

    way = forms.ChoiceField(label=_("Paid back by"), choices=WAYS, initial=Way.CASH, widget=forms.RadioSelect)
    amount = _amount(_("Amount in yuan"))
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def paid(self) -> Paid:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Paid(Way(entered["way"]), entered["amount"], entered["reason"])


class DepositForm(_DepositTaken, OrderForm):
    """Money taken on an order before its settlement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="deposit_%s", **kwargs)


class DepositBackForm(_DepositBack, OrderForm):
    """What is paid back of an order's deposit."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="deposit_back_%s", **kwargs)


class BookedDepositForm(_DepositTaken, VersionedForm):
    """Money taken on a booking."""


class BookedDepositBackForm(_DepositBack, VersionedForm):
    """What is paid back of a booking's deposit."""


class KeepDepositForm(VersionedForm):
    """Why the house keeps the deposit of a booking."""

    reason = forms.CharField(label=_("Reason"), max_length=120)


class CreditForm(InvoiceForm):
    """Why invoices are taken back."""

    name = "credit"
    reason = forms.CharField(label=_("Reason"), max_length=300)


class ExitPassForm(OrderForm):
    """Who collects the car (BIL-9)."""

    name = forms.CharField(label=_("Who collects the car"), max_length=60)
    relation = forms.ChoiceField(label=_("Relation to the car"), choices=CollectorRelation)
    document = forms.ChoiceField(
        label=_("What they showed"), choices=DocumentSeen, initial=DocumentSeen.KNOWN
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="pass_%s", **kwargs)

    @classmethod
    def of(cls, order: RepairOrder) -> ExitPassForm:
        """The form filled with who brought the car."""
        relation = CollectorRelation.DRIVER if order.driver_id else CollectorRelation.OWNER
        return cls(order=order, initial={"name": order.visitor.name, "relation": relation})

    def collector(self) -> Collector:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Collector(
            entered["name"], CollectorRelation(entered["relation"]), DocumentSeen(entered["document"])
        )


class OpenDayForm(forms.Form):
    """The counted float before the day."""

    opening = _counted(_("Float in the till, yuan"))


class CloseDayForm(forms.Form):
    """The counted till after the day."""

    counted = _counted(_("Counted cash, yuan"))
    left = _counted(_("Stays as the next float, yuan"))
    reason = forms.CharField(
        label=_("Why it differs"),
        max_length=300,
        required=False,
        help_text=_("Only when the count differs from what is expected."),
    )

    def what_was_counted(self) -> Counted:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Counted(entered["counted"], entered["left"], entered["reason"])
