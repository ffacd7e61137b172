"""What must be closed before a step (RO-8, RO-9): each app names what is open in its own words."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from .models import RepairOrder, Status

Gate = Callable[[RepairOrder], Iterable[str]]
_gates: dict[Status, list[Gate]] = {}


def gate(*steps: Status) -> Callable[[Gate], Gate]:
    """Declare a gate before the steps to these statuses: yields one sentence part for each open point."""

    def declared(check: Gate) -> Gate:
        for step in steps:
            _gates.setdefault(step, []).append(check)
        return check

    return declared


def open_points(order: RepairOrder, to: Status) -> list[str]:
    """Return what is open before `order` may become `to`, in the reader's language."""
    return [point for check in _gates.get(to, ()) for point in check(order)]


@gate(Status.AGREED)
def something_agreed(order: RepairOrder) -> Iterable[str]:
    """Work begins with at least one agreed job and a promise. One query."""
    if not any(job.consent == "agreed" for job in order.jobs.all()):
        yield _("the customer has agreed to no job yet")
    if order.promised_at is None:
        yield _("no time is promised")


@gate(Status.QUALITY_CHECK)
def all_done(order: RepairOrder) -> Iterable[str]:
    """Every job is finished or dropped, every finding answered. Two queries."""
    for job in order.jobs.all():
        if job.is_open:
            yield _("{job} is not finished").format(job=job)
    if any(finding.is_open for finding in order.findings.all()):
        yield _("a finding has no answer yet")


@gate(Status.SETTLED)
def papers_in(order: RepairOrder) -> Iterable[str]:
    """Parts slips agree with what was issued, belongings are back in the car. Three queries."""
    for job in order.jobs.prefetch_related("part_lines"):
        for line in job.part_lines.all():
            if job.state == "done" and line.open_quantity:
                yield _("{part} for {job} is not issued").format(part=line, job=job)
            if job.state == "dropped" and line.in_car:
                yield _("{part} of the dropped {job} is not back in the store").format(part=line, job=job)
    if order.belongings.filter(returned_at=None).exists():
        yield _("belongings are not back in the car")
