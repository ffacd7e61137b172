"""What time can be promised for an order: who knows the workshop's load announces itself here (RCP-7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core import signing

from servicelane.parts.queries import held, stock_of

from .models import Consent, HoldReason, Job, PartLine, RepairOrder
from .order_services import PURPOSE

SALT = "orders.proposal"
SHOWN = timedelta(hours=12)
"""How long a proposal that was shown counts as seen."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The earliest time that can be promised for an order, with what it rests on.

    `chance` is in how many of a hundred cases the car is ready by `ready_at`; `work` the standard time of
    its open jobs; `begins_at` and `ends_at` when they are done if all goes to plan, by `technicians`;
    `ahead` how many other cars these work on before. `known` counts the finished jobs from which the
    spread is taken, 0 while they are too few. `held` is the chance of the promise in force. Without
    `ready_at`, `why_not` says why, in the reader's words.
    """

    chance: int
    work: timedelta
    ready_at: datetime | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    technicians: tuple[str, ...] = ()
    ahead: int = 0
    known: int = 0
    held: int | None = None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The proposal that somebody saw when they promised a time, and why theirs is earlier."""

    proposed_at: datetime
    chance: int
    reason: str = ""


def is_overruled(order: RepairOrder, promised_at: datetime | None, seen: Weighed | None) -> bool:
    """Whether a promise is earlier than the proposal that was seen, and not the one in force (RCP-7).

    Minutes are compared: that is what a form shows.
    """
    if promised_at is None or seen is None or promised_at >= seen.proposed_at:
        return False
    in_force = order.promised_at and order.promised_at.replace(second=0, microsecond=0)
    return promised_at.replace(second=0, microsecond=0) != in_force


Proposer = Callable[[RepairOrder, datetime], Proposal]
_proposers: list[Proposer] = []


def proposes(proposer: Proposer) -> Proposer:
    """Announce who proposes promises; the last one that did so is asked."""
    _proposers.append(proposer)
    return proposer


def proposal_for(order: RepairOrder, at: datetime) -> Proposal | None:
    """What can be promised for the open jobs of an order; None where nobody knows the load."""
    return _proposers[-1](order, at) if _proposers else None


def open_work(jobs: Iterable[Job]) -> list[Job]:
    """The jobs whose work a promise has to hold: open ones that are agreed, or not answered yet."""
    return [job for job in jobs if job.is_open and job.consent in (Consent.AGREED, Consent.NEW)]


def short_parts(order: RepairOrder) -> list[PartLine]:
    """The part lines of the open work that the store cannot fill from what it holds now. Four queries.

    A proposed time counts as if they were there: the product knows no day on which they arrive.
    """
    jobs = open_work(order.jobs.prefetch_related("part_lines__part"))
    lines = [line for job in jobs for line in job.part_lines.all() if line.open_quantity > 0]
    stock = stock_of(order.store, [line.part for line in lines])
    reserved = held(PURPOSE, [line.pk for line in lines])
    wanted: dict[int, Decimal] = {}
    short = []
    for line in lines:
        needed = line.open_quantity - reserved.get(line.pk, Decimal(0))
        wanted[line.part_id] = wanted.get(line.part_id, Decimal(0)) + needed
        if needed > 0 and wanted[line.part_id] > stock[line.part_id].available:
            short.append(line)
    return short


def waits_of(order: RepairOrder) -> list[str]:
    """What holds the order up, other than the customer's answer, in the reader's words. One query."""
    holds = order.holds.filter(ended_at=None).exclude(reason=HoldReason.APPROVAL)
    return [str(HoldReason(hold.reason).label) for hold in holds]


def sealed(order: RepairOrder, proposal: Proposal) -> str:
    """A proposal as the form carries it back, sealed so that it is the one that was shown."""
    shown = {"order": order.pk, "at": proposal.ready_at and proposal.ready_at.isoformat()}
    return signing.dumps({**shown, "chance": proposal.chance}, salt=SALT)


def unsealed(order: RepairOrder, text: str) -> Weighed | None:
    """The proposal that a form carried; None for none and for one of another order or another day."""
    try:
        shown = signing.loads(text, salt=SALT, max_age=SHOWN)
    except signing.BadSignature:
        return None
    if shown["order"] != order.pk or not shown["at"]:
        return None
    return Weighed(datetime.fromisoformat(shown["at"]), shown["chance"])
