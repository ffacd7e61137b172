"""`servicelane check` on a database in which somebody changed rows past the product: each change is named."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.utils import translation

from servicelane.billing.models import Invoice, Payment
from servicelane.kernel import triggers
from servicelane.kernel.checking import check
from servicelane.kernel.models import Event
from servicelane.kernel.sealing import seal
from servicelane.orders.models import Estimate, Job, PartLine, RepairOrder
from servicelane.parts.models import Movement, MovementKind
from tests.walked import walked


@pytest.mark.usefixtures("shop")
def test_every_change_by_hand_is_named():
    order = walked()
    translation.activate("en")
    while seal():
        pass
    assert check() == []
    triggers.drop(connection)
    lifted = set(check())
    invoice = Invoice.objects.filter(order=order).first()
    bill_line = invoice.lines.first()
    payment = Payment.objects.filter(invoice=invoice).first()
    estimate = Estimate.objects.filter(order=order).first()
    job = Job.objects.filter(order=order).first()
    line = PartLine.objects.filter(job__order=order, issued__gt=0).first()
    issued = Movement.objects.get(for_id=line.pk, kind=MovementKind.ISSUE)
    received = Movement.objects.filter(kind=MovementKind.RECEIVE).exclude(item=issued.item).first()
    fact = Event.objects.filter(kind="orders.in_work", subject_id=order.pk).get()
    number, part, bill = order.number, issued.item.part.number, invoice.number

    def ledger(change: str) -> str:
        return f"UPDATE kernel_event SET {change} WHERE id = {fact.pk}"

    def of(table: str, change: str, where: str) -> str:
        return f"UPDATE {table} SET {change} WHERE {where}"

    row, item, answer = f"id = {issued.pk}", f"id = {issued.item_id}", f"estimate_id = {estimate.pk}"
    this, money, paid = f"id = {order.pk}", f"id = {invoice.pk}", f"id = {payment.pk}"
    less = int(received.quantity * 1000)
    # What was done, and what the findings must name.
    cases: list[tuple[list[str], set[str]]] = [
        ([of("orders_repairorder", "status = 'ready', delivered_at = NULL", this)], {number}),
        ([of("orders_job", "price = price + 100", f"id = {job.pk}")], {f"{number}: job {job.pk} "}),
        ([of("orders_estimate", "total = total - 1", f"id = {estimate.pk}")], {number}),
        ([of("orders_estimateline", "price = price + 1", answer)], {number}),
        ([of("orders_authorisation", "agreed_total = 1", answer)], {number}),
        ([of("orders_partline", "price = price + 1", f"id = {line.pk}")], {number, part}),
        ([of("orders_partline", "issued = issued + 1000", f"id = {line.pk}")], {number, part}),
        ([of("billing_invoice", "gross = gross - 100, net = net - 100", money)], {bill}),
        ([of("billing_invoiceline", "gross = gross - 1, net = net - 1", f"invoice_{money}")], {bill}),
        ([of("billing_invoice", "paid = paid - 100", money)], {bill}),
        ([of("billing_payment", "amount = amount - 100", paid)], {bill}),
        ([f"DELETE FROM billing_payment WHERE {paid}"], {bill}),
        ([f"DELETE FROM parts_movement WHERE {row}"], {number, part}),
        ([of("parts_movement", "quantity = quantity - 1000", row)], {number, part}),
        ([of("parts_movement", "value = value - 1", row)], {part}),
        ([of("parts_stockitem", "on_hand = on_hand + 1000", item)], {part}),
        ([of("parts_stockitem", "reserved = reserved + 1000", item)], {part}),
        ([f"DELETE FROM kernel_event WHERE id = {fact.pk}"], {f"position {fact.position} ", number}),
        ([ledger("kind = 'orders.ready'")], {f"fact {fact.pk} "}),
        ([ledger("subject_id = 0")], {f"fact {fact.pk} "}),
        ([ledger("happened_at = '2026-01-01 00:00:00'")], {f"fact {fact.pk} "}),
        (["UPDATE kernel_seal SET hash = 'another' WHERE number = 1"], {"seal 1 "}),
        # Those who know the product also change what is summed from the row.
        (
            [
                f"DELETE FROM parts_movement WHERE id = {received.pk}",
                of("parts_stockitem", f"on_hand = on_hand - {less}", f"id = {received.item_id}"),
            ],
            {f"movement {received.pk} "},
        ),
        (
            [
                of("billing_payment", "amount = amount - 100", paid),
                of("billing_invoice", "paid = paid - 100, is_owed = (1 = 1)", money),
            ],
            {f"payments of invoice {invoice.pk} "},
        ),
        (
            [
                of("orders_estimateline", "price = price + 1", f"id = {estimate.lines.first().pk}"),
                of("orders_estimate", "total = total + 1", f"id = {estimate.pk}"),
                of("orders_authorisation", "agreed_total = agreed_total + 1", answer),
            ],
            {f"{number}: estimate 1 ", f"{number}: answer 1 "},
        ),
        (
            [
                of("billing_invoiceline", "gross = gross - 1, net = net - 1", f"id = {bill_line.pk}"),
                of("billing_invoice", "gross = gross - 1, net = net - 1, paid = paid - 1", money),
                of("billing_payment", "amount = amount - 1", paid),
            ],
            {f"invoice {bill} is not what its fact says", f"payments of invoice {invoice.pk} "},
        ),
    ]
    unseen = []
    for done, named in cases:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in done:
                cursor.execute(statement)
            new = [finding for finding in check() if finding not in lifted]
            unseen += [(done, name, new) for name in named if not any(name in finding for finding in new)]
            transaction.set_rollback(True)
    assert unseen == []
    assert set(check()) == lifted
    assert RepairOrder.objects.get(pk=order.pk).status == order.status
