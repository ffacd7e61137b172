"""The step that dispatch offers on an order: giving its jobs to a technician and a bay."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.orders.models import RepairOrder, Status
from servicelane.orders.queries import jobs_of
from servicelane.orders.steps import Step, step
from servicelane.people.models import Employee

from .permissions import Perm
from .queries import teams_of, unassigned
from .rooms import Rooms


@step(Status.AGREED, Status.IN_WORK, code="schedule.dispatch", rank=20)
def give_work(order: RepairOrder, viewer: Employee, bound: BaseForm | None) -> Step | None:
    """Give all jobs that nobody has to one technician. Eight queries."""
    if not viewer.may(Perm.ASSIGN_WORK, order.store):
        return None
    waiting = unassigned(jobs_of(order), teams_of(order))
    if not waiting:
        return None
    rooms = Rooms.of(order)
    return Step(
        code="schedule.dispatch",
        title=_("Give the work to a technician"),
        template="schedule/_dispatch.html",
        url=reverse("schedule:dispatch", args=[order.pk]),
        label=_("Give the work"),
        context={"form": bound or rooms.form(), "jobs": waiting},
        after=_("The jobs appear under My jobs of the technician."),
        blocked="" if rooms.people else _("The store has no technician yet: grant the role under People."),
    )


@step(Status.AGREED, Status.IN_WORK, code="schedule.assign", rank=21)
def give_one(order: RepairOrder, viewer: Employee, bound: BaseForm | None) -> Step | None:
    """Show the refused form of one job again; else the row of the job has it. No query."""
    job = getattr(bound, "job", None)
    if bound is None or job is None:
        return None
    return Step(
        code="schedule.assign",
        title=_("Give the job to a technician"),
        template="schedule/_dispatch.html",
        url=reverse("schedule:assign", args=[order.pk, job.pk]),
        label=_("Give the job"),
        context={"form": bound, "jobs": [job]},
    )
