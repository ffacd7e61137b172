"""What a visit costs each payer: lines, discounts split to the 分, taxes taken apart (BIL-1).

Only what was agreed and done is billed: the labour of finished jobs, and of their parts what is in the
car, never more than was agreed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from servicelane.kernel.money import take_tax_apart, to_fen
from servicelane.orders.models import Consent, EstimateLine, Job, JobState, PartLine, RepairOrder
from servicelane.orders.queries import jobs_of
from servicelane.orders.timeline import yuan
from servicelane.orders.writing import fen

from .models import NOTHING, PAYER_OF, InvoiceLine, LineKind, PayerKind

NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a bill; `price` is yuan including VAT before `discount`."""

    job: Job
    part_line: PartLine | None
    price: Decimal
    discount: Decimal
    quantity: Decimal = Decimal(0)
    minutes: timedelta = NO_TIME

    @property
    def gross(self) -> Decimal:
        """What is payable, including VAT."""
        return self.price - self.discount

    @property
    def kind(self) -> LineKind:
        """Labour or parts."""
        return LineKind.LABOUR if self.part_line is None else LineKind.PARTS

    @property
    def vat_rate(self) -> Decimal:
        """The VAT rate as a share."""
        return self.job.vat_rate if self.part_line is None else self.part_line.vat_rate


@dataclass(frozen=True, slots=True)
class Bill:
    """What one payer is to pay, in yuan including VAT; no lines for a visit that costs nothing."""

    payer: PayerKind
    items: tuple[Item, ...]

    @property
    def price(self) -> Decimal:
        """The sum before discounts."""
        return sum((item.price for item in self.items), NOTHING)

    @property
    def discount(self) -> Decimal:
        """The sum of the discounts."""
        return sum((item.discount for item in self.items), NOTHING)

    @property
    def gross(self) -> Decimal:
        """The sum that is payable."""
        return self.price - self.discount

    def sum_of(self, kind: LineKind) -> Decimal:
        """The sum of labour, or of parts."""
        return sum((item.gross for item in self.items if item.kind == kind), NOTHING)


def bills_of(order: RepairOrder, *, planned: bool = False) -> list[Bill]:
    """Return the bills of an order as it stands, the customer's first. Two queries.

    `planned` counts agreed jobs that are not finished yet, with all their parts. A visit that costs
    nothing has one bill without lines (RO-8).
    """
    states = {JobState.DONE} if not planned else set(JobState) - {JobState.DROPPED}
    lines: dict[PayerKind, list[Item]] = defaultdict(list)
    for job in jobs_of(order):
        if job.state in states and job.consent == Consent.AGREED and job.rework_of_id is None:
            lines[PAYER_OF[job.pay_type]] += _items(job, planned=planned)
    bills = [Bill(payer, tuple(lines[payer])) for payer in PayerKind if lines[payer]]
    return bills or [Bill(PayerKind.CUSTOMER, ())]


def _items(job: Job, *, planned: bool) -> list[Item]:
    found = [Item(job, None, job.price, job.discount, minutes=job.minutes)]
    for line in job.part_lines.all():
        quantity = line.quantity if planned else min(line.in_car, line.quantity)
        if quantity <= 0:
            continue
        price, discount = line.price, line.discount
        if quantity < line.quantity:
            price = to_fen(quantity * line.unit_price)
            discount = to_fen(discount * quantity / line.quantity)
        found.append(Item(job, line, price, discount, quantity=quantity))
    return found


def discounted(bill: Bill, share: Decimal) -> Bill:
    """Return `bill` with a further discount of `share` of what is payable, split over its lines."""
    parts = split([item.gross for item in bill.items], share)
    return Bill(
        bill.payer,
        tuple(
            replace(item, discount=item.discount + part) for item, part in zip(bill.items, parts, strict=True)
        ),
    )


def split(prices: Sequence[Decimal], share: Decimal) -> list[Decimal]:
    """Split the discount of `share` over prices in yuan: each part whole 分 and between 0 and its price.

    The parts sum to the discount of the sum, rounded half up: each is the rounded discount of all up to
    it less what was given before, so no 分 is lost or invented.
    """
    parts, so_far, given = [], NOTHING, NOTHING
    for price in prices:
        so_far += price
        reached = to_fen(so_far * share)
        parts.append(reached - given)
        given = reached
    return parts


def lines_of(bill: Bill) -> list[InvoiceLine]:
    """Return the lines of a bill as rows that still lack their invoice; net and tax of each line."""
    rows = []
    for item in bill.items:
        taxed = take_tax_apart(item.gross, item.vat_rate)
        source: Any = item.part_line or item.job
        rows.append(
            InvoiceLine(
                job=item.job,
                part_line=item.part_line,
                kind=item.kind,
                pay_type=item.job.pay_type,
                work_type=item.job.work_type,
                name_zh=source.name_zh,
                name_en=source.name_en,
                quantity=item.quantity,
                minutes=item.minutes,
                unit_price=item.job.rate if item.part_line is None else item.part_line.unit_price,
                gross=taxed.gross,
                discount=item.discount,
                vat_rate=taxed.rate,
                net=taxed.net,
                tax=taxed.tax,
            )
        )
    return rows


def authorised(order: RepairOrder) -> Mapping[PayerKind, Decimal]:
    """Return what was agreed line by line for each payer, without dropped jobs, in yuan. One query."""
    found: dict[PayerKind, Decimal] = dict.fromkeys(PayerKind, NOTHING)
    agreed = EstimateLine.objects.filter(estimate__order=order, agreed=True)
    for pay_type, price in agreed.exclude(job__state=JobState.DROPPED).values_list("pay_type", "price"):
        found[PAYER_OF[pay_type]] += price
    return found


def amounts_of(lines: Iterable[InvoiceLine]) -> dict[str, Any]:
    """Return the sums of invoice lines as facts carry them: whole 分 and minutes, by kind of work."""
    minutes: Counter[str] = Counter()
    net: dict[str, Counter[str]] = {LineKind.LABOUR: Counter(), LineKind.PARTS: Counter()}
    sums: Counter[str] = Counter(gross=0, net=0, tax=0, discount=0)
    for line in lines:
        for name in ("gross", "net", "tax", "discount"):
            sums[name] += fen(getattr(line, name))
        net[line.kind][str(line.work_type)] += fen(line.net)
        if line.kind == LineKind.LABOUR:
            minutes[str(line.pay_type)] += line.minutes // timedelta(minutes=1)
    return {
        **sums,
        "minutes": dict(minutes),
        "labour": dict(net[LineKind.LABOUR]),
        "parts": dict(net[LineKind.PARTS]),
    }


def said(amount: Decimal) -> str:
    """Write an amount as a refusal names it: ¥1,286.00."""
    return yuan(fen(amount))
