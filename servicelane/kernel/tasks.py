"""What the task library leaves to us: tasks of dead workers, old results, the claim of a run."""

from datetime import datetime, timedelta

from django.db.models import Q
from django_tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult

LONGEST = timedelta(minutes=2)  # no task may take longer: longer work is cut into several tasks
CLAIMS = 3
KEPT = timedelta(days=7)


class LostClaim(Exception):
    """The task was given to another worker while this one was taken for dead."""


def finish_claim(context: TaskContext) -> None:
    """Mark the running task done, in the transaction of its effect and only under its own claim.

    Raises LostClaim when the row was freed meanwhile, so the whole effect rolls back.
    """
    mine = context.task_result
    row = DBTaskResult.objects.filter(pk=mine.id, status=TaskResultStatus.RUNNING, started_at=mine.started_at)
    if not row.update(status=TaskResultStatus.SUCCESSFUL, finished_at=mine.started_at):
        raise LostClaim


def free_lost(at: datetime) -> int:
    """Give back tasks whose worker died: RUNNING for longer than any task may take at `at`.

    One that began later than `at` was taken before the server's clock was set back; if its worker lives
    after all, the claim it holds is lost, as with any other task that was given back.
    The library never looks at a RUNNING row again. A task that has taken three workers with it is
    left FAILED for a person. Each step names the claim it read. Returns how many were given back.
    """
    freed = 0
    for lost in DBTaskResult.objects.running().filter(
        Q(started_at__lt=at - LONGEST) | Q(started_at__gt=at + LONGEST)
    ):
        claim = DBTaskResult.objects.filter(
            pk=lost.pk, status=TaskResultStatus.RUNNING, started_at=lost.started_at
        )
        if len(lost.worker_ids) < CLAIMS:
            freed += claim.update(status=TaskResultStatus.READY)
        else:
            claim.update(
                status=TaskResultStatus.FAILED,
                finished_at=at,
                exception_class_path="servicelane.kernel.tasks.WorkerDied",
                traceback="its worker died each time",
            )
    return freed


def prune(at: datetime) -> int:
    """Delete tasks done more than seven days ago; a failed one stays until a person looked."""
    old = DBTaskResult.objects.successful().filter(finished_at__lt=at - KEPT)
    return old.delete()[0]


def failed() -> "list[DBTaskResult]":
    """Tasks that wait for a person, the newest first, 200 at most. One query."""
    return list(DBTaskResult.objects.failed().order_by("-finished_at")[:200])


def try_again(task_id: str, at: datetime) -> bool:
    """Put one failed task back into the queue; False if it was not failed any more."""
    row = DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.FAILED)
    return bool(row.update(status=TaskResultStatus.READY, worker_ids=[], run_after=at, finished_at=None))
