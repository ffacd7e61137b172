"""The exit pass: the car and its key may leave, and who collects them is known (BIL-4, BIL-9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.orders.models import CollectorRelation, RepairOrder, Status
from servicelane.orders.writing import fen, take, tell
from servicelane.people.models import Employee

from . import errors, events
from .bills import said
from .discounts import names_of
from .invoice_services import standing
from .models import NOTHING, DocumentSeen, ExitPass, Invoice, PayerKind
from .numbering import next_pass_number
from .permissions import Perm


@dataclass(frozen=True, slots=True)
class Collector:
    """Who collects the car: name, relation to it, and what was shown as proof."""

    name: str
    relation: CollectorRelation = CollectorRelation.OWNER
    document: DocumentSeen = DocumentSeen.KNOWN


@transaction.atomic
def issue_exit_pass(
    order: RepairOrder,
    collector: Collector,
    *,
    by: Employee,
    version: int | None = None,
    at: datetime | None = None,
) -> ExitPass:
    """Release the car of a settled order whose customer paid, or may pay later by right.

    What an insurer or the maker owes does not hold the car. Raises NotPaid with who can let it be paid
    later, ExitPassOut, CollectorMissing, WrongMoment, OrderChanged.
    """
    if not collector.name.strip():
        raise errors.CollectorMissing(order=order)
    take(order, version, during=(Status.SETTLED,))
    if out := exit_pass_of(order):
        raise errors.ExitPassOut(order=order, exit_pass=out)
    invoices = standing(order)
    if still := open_amount(invoices):
        raise errors.NotPaid(order=order, open=said(still), who=names_of(order.store, Perm.ON_ACCOUNT))
    issued = ExitPass.objects.create(
        order=order,
        store=order.store,
        number=next_pass_number(order.store, at or now()),
        collected_by=collector.name.strip()[:60],
        relation=collector.relation,
        document_seen=collector.document,
        key_tag=order.key_tag,
        issued_at=at or now(),
        issued_by=by,
    )
    tell(
        events.EXIT_PASS, order, by=by, at=at,
        exit_pass=issued.pk, relation=str(issued.relation), document=str(issued.document_seen),
        on_account=fen(sum((one.owed for one in _customers(invoices)), NOTHING)),
    )  # fmt: skip
    return issued


def exit_pass_of(order: RepairOrder) -> ExitPass | None:
    """Return the exit pass of an order that is not void. One query."""
    return order.exit_passes.filter(voided_at=None).select_related("issued_by").first()


def open_amount(invoices: list[Invoice]) -> Decimal:
    """Return what the customer must still pay or be allowed to pay later, in yuan. No query."""
    return sum((invoice.open for invoice in _customers(invoices)), NOTHING)


def _customers(invoices: list[Invoice]) -> list[Invoice]:
    return [invoice for invoice in invoices if invoice.payer_kind == PayerKind.CUSTOMER]
