"""The jobs of an order as the workshop sees them: who, where, how long, and what may be done next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from servicelane.kernel.clock import now
from servicelane.orders.models import Consent, Job, JobState, RepairOrder
from servicelane.orders.queries import jobs_of
from servicelane.people.models import Employee
from servicelane.schedule.models import Assignment
from servicelane.schedule.queries import is_technician, teams_of

from .models import Clocking, PauseReason
from .permissions import Perm
from .queries import clocks_of

TONES = {
    JobState.WAITING: "later",
    JobState.RUNNING: "now",
    JobState.PAUSED: "risk",
    JobState.DONE: "done",
    JobState.DROPPED: "out",
}


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One job with its team and clock.

    `next` is what the viewer may do next: start, resume, finish, or nothing; `for_others` says that it
    is done on somebody else's clock. `worked` is what was clocked on it up to now.
    """

    job: Job
    team: list[Assignment]
    running: list[Clocking]
    worked: timedelta
    pause: str
    next: str
    for_others: bool
    can_pause: bool
    parts_open: int

    @property
    def tone(self) -> str:
        """How the state is drawn."""
        return TONES[JobState(self.job.state)]

    @property
    def runs_since(self) -> datetime | None:
        """When a clock that stood at nothing would have begun: so the page shows all work, and ticks."""
        return now() - self.worked if self.running else None

    @property
    def people(self) -> list[Employee]:
        """Who is on it, or who worked on it."""
        return [one.technician for one in self.team] or list(
            dict.fromkeys(clock.technician for clock in self.running)
        )

    @property
    def bays(self) -> list[str]:
        """The bays it is done in."""
        held = [clock.bay for clock in self.running] + [one.bay for one in self.team]
        return list(dict.fromkeys(bay.code for bay in held if bay))


def work_rows(order: RepairOrder, viewer: Employee) -> list[WorkRow]:
    """Return the agreed jobs of an order with what `viewer` may do to their clocks. Four queries."""
    teams, clocks = teams_of(order), clocks_of(order)
    agreed = [job for job in jobs_of(order) if job.consent == Consent.AGREED]
    own = viewer.may(Perm.CLOCK, order.store) and is_technician(viewer, order.store)
    for_others = viewer.may(Perm.CLOCK_FOR_OTHERS, order.store) and not own
    return [
        _row(job, teams.get(job.pk, []), clocks.get(job.pk, []), viewer, own=own, for_others=for_others)
        for job in agreed
    ]


def _row(
    job: Job,
    team: list[Assignment],
    clocks: list[Clocking],
    viewer: Employee,
    *,
    own: bool,
    for_others: bool,
) -> WorkRow:
    at = now()
    running = [clock for clock in clocks if clock.ended_at is None]
    ended = [clock for clock in clocks if clock.ended_at]
    last = max(ended, key=lambda clock: (clock.ended_at, clock.pk), default=None)
    is_mine = any(clock.technician_id == viewer.pk for clock in running)
    following = ""
    if for_others and (team or job.state != JobState.WAITING):
        following = _next(job, bool(running))
    elif own:
        following = _next(job, is_mine)
    return WorkRow(
        job=job,
        team=team,
        running=running,
        worked=sum((clock.worked(at) for clock in clocks), timedelta()),
        pause=_pause(job, last),
        next=following,
        for_others=for_others,
        can_pause=bool(running) and (for_others or (own and is_mine)),
        parts_open=sum(1 for line in job.part_lines.all() if line.open_quantity),
    )


def _next(job: Job, has_clock: bool) -> str:
    """What comes next on a job for somebody whose clock runs on it, or does not."""
    if job.state == JobState.RUNNING:
        return "finish" if has_clock else "start"
    return {JobState.WAITING: "start", JobState.PAUSED: "resume"}.get(JobState(job.state), "")


def _pause(job: Job, last: Clocking | None) -> str:
    if job.state != JobState.PAUSED or last is None or last.end_reason not in PauseReason.values:
        return ""
    return str(PauseReason(last.end_reason).label)


def done_of(rows: Iterable[WorkRow]) -> tuple[int, int]:
    """How many of the jobs that are to be done are done, and how many there are. No query."""
    counted = [row for row in rows if row.job.state != JobState.DROPPED]
    return sum(1 for row in counted if row.job.state == JobState.DONE), len(counted)
