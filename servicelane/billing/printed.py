"""The forms of billing: settlement list (F05) and exit pass (F07)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from servicelane.channels.printing.forms import Big, Column, Facts, Row, Sign, Signs, Sums, Table
from servicelane.orders.documents import (
    NONE,
    WITH_PEOPLE,
    Link,
    Paper,
    amount,
    figure,
    group_row,
    moment,
    offers_documents,
    visit_facts,
)
from servicelane.orders.models import RepairOrder
from servicelane.people.models import Employee

from .models import ExitPass, Invoice, InvoiceLine, LineKind
from .pages import Sheet, customers_invoice
from .permissions import Perm


def settlement(invoice: Invoice) -> Paper:
    """Return one invoice or credit note as the payer gets it (F05). Three queries.

    `invoice.order` is read with store, vehicle and people.
    """
    store, sheet = invoice.store, Sheet(invoice)
    payer = capfirst(str(invoice.get_payer_kind_display()))
    if invoice.payer:
        payer = f"{payer} {invoice.payer.display_name}"
    facts = [
        (_("Payer"), payer),
        (_("Settled at"), moment(invoice.issued_at, store)),
        (_("Settled by"), invoice.issued_by.display_name),
    ]
    if invoice.credit_of:
        facts.append((_("Takes back"), invoice.credit_of.number))
    if invoice.reason:
        facts.append((_("Reason"), invoice.reason))
    before = [(_("Before discount"), amount(invoice.price)), (_("Discount"), amount(invoice.minus_discount))]
    sums = before if invoice.discount else []
    for rate, net, tax in sheet.rates:
        percent = figure(rate)
        sums.append((_("Without VAT, at {rate} %").format(rate=percent), amount(net)))
        sums.append((_("VAT {rate} %").format(rate=percent), amount(tax)))
    after = []
    if invoice.stands:
        after.append((_("Paid"), amount(invoice.paid)))
        if invoice.on_account:
            after.append((_("On account"), amount(invoice.on_account)))
        after.append((_("Balance"), amount(invoice.owed)))
    blocks: list[object] = [
        visit_facts(invoice.order, *facts),
        Table(_columns(), _rows(sheet), empty=_("Nothing was done that costs anything.")),
        Sums(
            sums,
            (_("Payable, including VAT"), amount(invoice.gross)),
            after,
            (_("Amount in words"), sheet.capitals),
        ),
    ]
    if sheet.payments:
        blocks.append(_payments(sheet, invoice))
    blocks.append(Signs([Sign(_("Signature of the customer")), Sign(_("Signature and stamp of the store"))]))
    title = _("Credit note") if invoice.credit_of else _("Settlement list")
    opens = reverse("billing:invoice", args=[invoice.pk])
    stamp = "" if invoice.stands or invoice.credit_of else str(invoice.get_state_display())
    return Paper(store, title, invoice.number, opens, blocks, stamp)


def _columns() -> list[Column]:
    return [
        Column(_("Job or part"), "1fr"),
        Column(_("Quantity"), "19mm", end=True),
        Column(_("Unit price"), "25mm", end=True),
        Column(_("Before discount"), "25mm", end=True),
        Column(_("Discount"), "23mm", end=True),
        Column(_("Payable"), "27mm", end=True),
    ]


def _rows(sheet: Sheet) -> list[Row]:
    """The lines by pay type, and of each the labour and the parts apart with their sums."""
    rows = []
    for group in sheet.groups:
        for kind, total in ((LineKind.LABOUR, group.labour), (LineKind.PARTS, group.parts)):
            lines = [line for line in group.lines if line.kind == kind]
            if lines:
                label = f"{capfirst(str(group.pay_type.label))} · {kind.label}"
                rows += [group_row(label, amount(total)), *map(_row, lines)]
    return rows


def _row(line: InvoiceLine) -> Row:
    hours = _("{hours} h").format(hours=line.hours)
    quantity = hours if line.kind == LineKind.LABOUR else figure(line.quantity)
    discount = amount(line.minus_discount) if line.discount else NONE
    cells = [line.name, quantity, amount(line.unit_price), amount(line.price), discount, amount(line.gross)]
    return Row(cells)


def _payments(sheet: Sheet, invoice: Invoice) -> Table:
    columns = [
        Column(_("Payment"), "30mm"),
        Column(_("At"), "34mm"),
        Column(_("Taken by"), "32mm"),
        Column(_("Receipt or reason"), "1fr"),
        Column(_("Amount"), "27mm", end=True),
    ]
    rows = [
        Row(
            [
                str(one.get_way_display()) if one.amount > 0 else _("Paid back"),
                moment(one.taken_at, invoice.store),
                one.taken_by.display_name,
                one.reference or NONE,
                amount(one.amount),
            ]
        )
        for one in sheet.payments
    ]
    return Table(columns, rows, _("Payments"))


def exit_pass(released: ExitPass) -> Paper:
    """Return the pass that the gate and the key cabinet read (F07). Two queries.

    It says why the car may leave, paid or on account, and who released it. `released.order` is read with
    store, vehicle and people.
    """
    order, store = released.order, released.store
    invoice = customers_invoice(order)
    why, by = _("paid"), released.issued_by.display_name
    reason = ""
    if invoice and invoice.owed:
        put_off = invoice.payments.filter(way="on_account").select_related("taken_by").last()
        why = _("on account")
        if put_off:
            by, reason = put_off.taken_by.display_name, put_off.reference
    facts = [
        (_("Car"), order.vehicle.title),
        (_("Repair order"), order.number),
        (_("Key"), released.key_tag or NONE),
        (_("Customer"), order.customer.display_name),
        (_("Who collects the car"), f"{released.collected_by} ({released.get_relation_display()})"),
        (_("What they showed"), capfirst(str(released.get_document_seen_display()))),
        (_("Settlement"), capfirst(why)),
        (_("Released by"), by),
        (_("Issued at"), moment(released.issued_at, store)),
        (_("Issued by"), released.issued_by.display_name),
    ]
    if reason:
        facts.append((_("Reason"), reason))
    blocks = [
        Big(order.vehicle.plate or order.vehicle.title, _("May leave the premises once.")),
        Facts(facts),
        Signs(
            [Sign(_("Key handed out by")), Sign(_("Time at the gate")), Sign(_("Signature of the gate"))],
        ),
    ]
    opens = reverse("billing:exit_pass", args=[released.pk])
    return Paper(
        store, _("Exit pass"), released.number, opens, blocks, _("void") if released.voided_at else ""
    )


def invoice_of(viewer: Employee, pk: int) -> Invoice:
    """Return an invoice with all that its form names, or answer 404 to whoever may not see it. One query."""
    rows = Invoice.objects.visible_to(viewer, Perm.SEE_MONEY)
    return get_object_or_404(
        rows.select_related("store", "payer", "credit_of", "issued_by", *WITH_PEOPLE), pk=pk
    )


def exit_pass_of(viewer: Employee, pk: int) -> ExitPass:
    """Return an exit pass with all that its form names, or answer 404 to whoever may not. One query."""
    rows = ExitPass.objects.visible_to(viewer, Perm.EXIT_PASS)
    return get_object_or_404(rows.select_related("store", "issued_by", *WITH_PEOPLE), pk=pk)


@offers_documents(rank=40)
def own(order: RepairOrder, viewer: Employee) -> list[Link]:
    """Invoices, credit notes and exit passes. Two queries once the order was settled, none before."""
    links = []
    if not order.ready_at:
        return []
    if viewer.may(Perm.SEE_MONEY, order.store):
        for invoice in order.invoices.all():
            title = _("Credit note") if invoice.credit_of_id else _("Settlement list")
            links.append(Link(title, reverse("billing:settlement_pdf", args=[invoice.pk]), invoice.number))
    if viewer.may(Perm.EXIT_PASS, order.store):
        for released in order.exit_passes.filter(voided_at=None):
            address = reverse("billing:exit_pass_pdf", args=[released.pk])
            links.append(Link(_("Exit pass"), address, released.number))
    return links
