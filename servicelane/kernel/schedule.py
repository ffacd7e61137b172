"""Periodic work: one row per job, a turn taken by compare-and-set, so several schedulers may run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .clock import now
from .models import Schedule


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task and the time between two of its turns."""

    task: Task[Any, Any]
    gap: timedelta


_periodic: dict[str, Periodic] = {}


def every(**gap: int) -> Callable[[Task[Any, Any]], Task[Any, Any]]:
    """Run a task each `gap` (the words of timedelta: minutes=5). Written in an app's `jobs.py`.

    A job looks for rows which are due; running it twice does no harm.
    """

    def declared(task: Task[Any, Any]) -> Task[Any, Any]:
        _periodic[task.module_path] = Periodic(task, timedelta(**gap))
        return task

    return declared


def periodic() -> dict[str, Periodic]:
    """Return all declared jobs by name."""
    return dict(_periodic)


def enqueue_due() -> int:
    """Enqueue every job whose time has come; returns how many.

    The turn and the task are one transaction, so neither is lost without the other. After a pause
    a job runs once, not once for each turn it missed; one that still waits is not added again. A turn
    farther ahead than twice a job's gap was set by a clock that has been set back since: it is due now.
    """
    at = now()
    due = dict(Schedule.objects.values_list("job", "due_at"))
    added = 0
    for name, job in _periodic.items():
        if name in due and at < due[name] <= at + 2 * job.gap:
            continue
        with transaction.atomic():
            if name not in due:
                Schedule.objects.get_or_create(job=name, defaults={"due_at": at})
            turn = Schedule.objects.filter(Q(due_at__lte=at) | Q(due_at__gt=at + 2 * job.gap), job=name)
            if turn.update(due_at=at + job.gap) and not _waits(name):
                job.task.enqueue()
                added += 1
    return added


def _waits(name: str) -> bool:
    return DBTaskResult.objects.filter(task_path=name, status=TaskResultStatus.READY).exists()
