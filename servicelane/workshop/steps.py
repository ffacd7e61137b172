"""The steps that the workshop offers on an order: clock, inspection, wash, stop."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.forms import OrderForm
from servicelane.orders.job_services import finished_all
from servicelane.orders.models import JobState, RepairOrder, Status
from servicelane.orders.steps import Step, step
from servicelane.people.models import Employee

from .forms import InspectionForm, OwnInspectionForm, SkipForm, StopForm, rework_choices
from .models import Use
from .permissions import Perm
from .queries import is_wash_due, last_check, wash_of, worked_on
from .sheets import items_for
from .work import WorkRow, work_rows

Form = BaseForm | None
FIELDS = "orders/_fields.html"
FIRST = {"finish": 0, "resume": 1, "start": 2, "pause": 3}
"""What comes first of what a person may do next on several jobs."""


@step(Status.AGREED, Status.IN_WORK, code="workshop.clock", rank=30)
def clock(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Start, resume or finish the job whose turn it is: one's own, else anybody's by right. Three queries."""
    mine = viewer.may(Perm.CLOCK, order.store)
    if not mine and not viewer.may(Perm.CLOCK_FOR_OTHERS, order.store):
        return None
    offers = [(FIRST[row.next], row) for row in work_rows(order, viewer) if row.next]
    if not offers:
        return None
    row = min(offers, key=lambda offer: (offer[0], offer[1].job.position))[1]
    title, label, after = _words_of(row.next)
    return Step(
        code="workshop.clock",
        title=title,
        template="workshop/_clock_step.html",
        url=_url_of(order, row),
        label=label,
        context={"row": row, "form": bound or OrderForm(order=order)},
        after=after,
    )


def _words_of(following: str) -> tuple[str, str, str]:
    if following == "start":
        return _("Start the job"), _("Start"), _("The clock runs from now on.")
    if following == "resume":
        return _("Go on with the job"), _("Go on"), _("What the order waits for ends.")
    return _("Finish the job"), _("Finished"), _("After the last job the car goes to the inspection.")


def _url_of(order: RepairOrder, row: WorkRow) -> str:
    if row.for_others:
        return reverse("workshop:clock_for", args=[order.pk, row.job.pk])
    return reverse(f"workshop:{row.next}", args=[order.pk, row.job.pk])


@step(Status.IN_WORK, code="workshop.send", rank=25)
def send(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Send a car to the inspection whose jobs are done and whose findings are answered. Two queries."""
    if not viewer.may(Perm.CLOCK, order.store) or not finished_all(order):
        return None
    return Step(
        code="workshop.send",
        title=_("Send it to the inspection"),
        template=FIELDS,
        url=reverse("workshop:send", args=[order.pk]),
        label=_("To the inspection"),
        context={"form": bound or OrderForm(order=order)},
        after=_("Somebody who did not work on the car inspects it."),
    )


@step(Status.QUALITY_CHECK, code="workshop.inspect", rank=30)
def inspect(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Inspect the car; whoever worked on it needs a manager's right. Seven queries."""
    if not viewer.may(Perm.INSPECT, order.store):
        return None
    check = last_check(order)
    has_passed = bool(check and check.passed)
    if has_passed and is_wash_due(order, wash_of(order)) and bound is None:
        return None
    has_worked = worked_on(order, viewer)
    by_right = has_worked and viewer.may(Perm.RELEASE_INSPECTION, order.store)
    made = OwnInspectionForm if by_right else InspectionForm
    points = items_for(order, Use.QC)
    form = bound or made(order=order, jobs=rework_choices(order), points=points)
    blocked = _("You worked on this car: somebody else inspects it.") if has_worked and not by_right else ""
    return Step(
        code="workshop.inspect",
        title=_("Inspect the car"),
        template="workshop/_inspect.html",
        url=reverse("workshop:inspect_own" if by_right else "workshop:inspect", args=[order.pk]),
        label=_("Sign the inspection"),
        context={"form": form, "by_right": by_right},
        after=_("Passed: on to wash and settlement. Back: the same technicians get it again, unpaid."),
        blocked=blocked,
    )


@step(Status.IN_WORK, Status.QUALITY_CHECK, code="workshop.wash", rank=40)
def wash(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Wash the car. One query."""
    if not order.wash_wanted or not viewer.may(Perm.WASH, order.store):
        return None
    known = wash_of(order)
    if not is_wash_due(order, known):
        return None
    runs = bool(known and known.is_running)
    return Step(
        code="workshop.wash",
        title=_("Finish the wash") if runs else _("Wash this car"),
        template="workshop/_wash_step.html",
        url=reverse("workshop:wash_done" if runs else "workshop:wash_start", args=[order.pk]),
        label=_("Washed") if runs else _("Start the wash"),
        context={"form": bound or OrderForm(order=order), "wash": known, "runs": runs},
        after=_("An inspected car is ready to settle then."),
    )


@step(Status.IN_WORK, Status.QUALITY_CHECK, code="workshop.wash_skip", rank=72)
def skip(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Leave the wash out. One query."""
    if not order.wash_wanted or not viewer.may(Perm.WASH, order.store):
        return None
    if not is_wash_due(order, wash_of(order)):
        return None
    return Step(
        code="workshop.wash_skip",
        title=_("Leave the wash out"),
        template=FIELDS,
        url=reverse("workshop:wash_skip", args=[order.pk]),
        label=_("Leave it out"),
        context={"form": bound or SkipForm(order=order)},
        after=_("An inspected car is ready to settle then."),
    )


@step(Status.IN_WORK, code="workshop.stop", rank=92)
def stop(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Stop here because the customer wishes it. One query."""
    if not viewer.may(Perm.STOP_WORK, order.store):
        return None
    if not any(job.is_open and job.state != JobState.DONE for job in order.jobs.all()):
        return None
    return Step(
        code="workshop.stop",
        title=_("Stop here"),
        template=FIELDS,
        url=reverse("workshop:stop", args=[order.pk]),
        label=_("Stop the work"),
        context={"form": bound or StopForm(order=order)},
        after=_("What is not done is dropped; what was done is inspected and billed."),
    )
