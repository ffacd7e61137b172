"""The kernel's own periodic work: old tasks, answers and sign-in sessions are cleared away."""

from django.core.management import call_command
from django_tasks import task

from .clock import now
from .idempotency import forget_old_answers
from .schedule import every
from .tasks import prune


@every(hours=1)
@task()
def prune_done_tasks() -> int:
    """Delete tasks done more than seven days ago."""
    return prune(now())


@every(hours=1)
@task()
def forget_answers() -> int:
    """Delete kept answers older than 48 hours."""
    return forget_old_answers(now())


@every(hours=24)
@task()
def clear_sessions() -> None:
    """Delete sign-in sessions that have ended by themselves."""
    call_command("clearsessions")
