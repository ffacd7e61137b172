"""Reads of orders that services and several pages share: sums and what is agreed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch

from servicelane.kernel.once import once_a_page

from .models import Consent, Estimate, EstimateLine, EstimateState, Job, JobState, PartLine, RepairOrder


@once_a_page
def jobs_of(order: RepairOrder) -> list[Job]:
    """The jobs of an order in their order, with package and parts. Two queries."""
    lines = PartLine.objects.select_related("part")
    return list(order.jobs.select_related("package").prefetch_related(Prefetch("part_lines", lines)))


@once_a_page
def open_estimate(order: RepairOrder) -> Estimate | None:
    """The version that waits for the customer's answer. One query."""
    return order.estimates.filter(state=EstimateState.OPEN).first()


def authorised_total(order: RepairOrder) -> Decimal:
    """What was agreed line by line over all versions, in yuan including VAT. One query.

    Jobs that were dropped afterwards count no more.
    """
    lines = EstimateLine.objects.filter(estimate__order=order, agreed=True).exclude(
        job__state=JobState.DROPPED
    )
    return sum((line.price for line in lines.only("price")), Decimal(0))


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the jobs of an order in yuan including VAT; `asked` is what has no answer yet."""

    labour: Decimal
    parts: Decimal
    agreed: Decimal
    asked: Decimal
    declined: Decimal


def totals_of(jobs: Iterable[Job]) -> Totals:
    """Sum up jobs whose part lines are loaded; dropped ones do not count. No query."""
    labour = parts = Decimal(0)
    by_consent = dict.fromkeys(Consent.values, Decimal(0))
    for job in jobs:
        if job.state == JobState.DROPPED:
            continue
        of_parts = sum((line.net_price for line in job.part_lines.all()), Decimal(0))
        by_consent[job.consent] += job.net_price + of_parts
        if job.consent != Consent.DECLINED:
            labour, parts = labour + job.net_price, parts + of_parts
    return Totals(
        labour, parts, by_consent[Consent.AGREED], by_consent[Consent.NEW], by_consent[Consent.DECLINED]
    )
