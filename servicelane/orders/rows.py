"""The rows of the order page's tables: jobs and parts, each with what the viewer may do to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicelane.people.models import Employee

from .forms import DropForm, JobChangeForm, PartForm
from .job_services import PRICING
from .models import Consent, Job, JobState, PartLine, RepairOrder, Status
from .permissions import Perm

TONES = {
    JobState.WAITING: "later",
    JobState.RUNNING: "now",
    JobState.PAUSED: "risk",
    JobState.DONE: "done",
    JobState.DROPPED: "out",
}
ISSUED_IN = (Status.AGREED, Status.IN_WORK)
RETURNED_IN = (*ISSUED_IN, Status.QUALITY_CHECK, Status.READY)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as the table shows it; a form is None where the viewer may not use it now."""

    job: Job
    state: str
    tone: str
    parts: Decimal
    total: Decimal
    change: BaseForm | None
    part: BaseForm | None
    drop: BaseForm | None
    is_bound: bool
    is_drop_bound: bool

    @property
    def is_out(self) -> bool:
        """Whether it is not done on this visit."""
        return self.tone == "out"


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part line as the table shows it."""

    line: PartLine
    job: Job
    state: str
    tone: str
    issue: bool
    back: bool
    remove: bool
    issue_refused: BaseForm | None
    back_refused: BaseForm | None


def job_rows(
    order: RepairOrder, jobs: list[Job], viewer: Employee, bound: Mapping[str, BaseForm]
) -> list[JobRow]:
    """Return the rows of an order's jobs, whose parts are loaded. No query."""
    writes = viewer.may(Perm.WRITE_ORDERS, order.store) and order.status in PRICING
    rows = []
    for job in jobs:
        is_new = job.consent == Consent.NEW and job.state == JobState.WAITING
        refused = bound.get(f"orders.job_{job.pk}"), bound.get(f"orders.part_{job.pk}")
        dropped = bound.get(f"orders.drop_{job.pk}")
        may_drop = writes and job.is_open and job.state in (JobState.WAITING, JobState.PAUSED)
        total = job.asked_total
        rows.append(
            JobRow(
                job,
                *_state_of(job),
                parts=total - job.net_price,
                total=total,
                change=(refused[0] or _change(order, job)) if writes and is_new else None,
                part=(refused[1] or PartForm(order=order, auto_id=f"part_{job.pk}_%s"))
                if writes and is_new
                else None,
                drop=(dropped or DropForm(order=order, auto_id=f"drop_{job.pk}_%s")) if may_drop else None,
                is_bound=any(refused),
                is_drop_bound=dropped is not None,
            )
        )
    return rows


def _change(order: RepairOrder, job: Job) -> JobChangeForm:
    known = {"hours": job.hours, "pay_type": job.pay_type}
    return JobChangeForm(order=order, initial=known, auto_id=f"job_{job.pk}_%s")


def _state_of(job: Job) -> tuple[str, str]:
    if job.consent == Consent.DECLINED:
        return str(Consent.DECLINED.label), "out"
    if job.consent == Consent.NEW and job.state == JobState.WAITING:
        return str(Consent.NEW.label), "risk"
    return str(job.get_state_display()), TONES[JobState(job.state)]


def part_rows(
    order: RepairOrder, jobs: list[Job], viewer: Employee, bound: Mapping[str, BaseForm]
) -> list[PartRow]:
    """Return the rows of an order's parts; a refused quantity keeps what was typed. No query."""
    issues = viewer.may(Perm.ISSUE_PARTS, order.store)
    writes = viewer.may(Perm.WRITE_ORDERS, order.store) and order.status in PRICING
    rows = []
    for job in jobs:
        for line in job.part_lines.all():
            state, tone = _part_state(job, line)
            is_agreed = job.consent == Consent.AGREED and job.state != JobState.DROPPED
            rows.append(
                PartRow(
                    line,
                    job,
                    state,
                    tone,
                    issue=issues and is_agreed and line.open_quantity > 0 and order.status in ISSUED_IN,
                    back=issues and line.in_car > 0 and order.status in RETURNED_IN,
                    remove=writes and job.consent == Consent.NEW and job.state == JobState.WAITING,
                    issue_refused=bound.get(f"orders.issue_{line.pk}"),
                    back_refused=bound.get(f"orders.return_{line.pk}"),
                )
            )
    return rows


def _part_state(job: Job, line: PartLine) -> tuple[str, str]:
    if job.consent == Consent.DECLINED or job.state == JobState.DROPPED:
        return (_("to be brought back"), "risk") if line.in_car else (_("not needed"), "out")
    if job.consent == Consent.NEW:
        return _("needs the customer's word"), "risk"
    if line.open_quantity == 0:
        return pgettext("parts", "issued"), "done"
    if line.missing:
        return _("{n} short").format(n=line.missing.normalize()), "late"
    return _("reserved"), "info"
