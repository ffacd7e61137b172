"""Who works on a job that nears its planned end is asked how it goes, by a periodic task."""

from django_tasks import task

from servicelane.kernel.clock import now
from servicelane.kernel.schedule import every

from .progress_services import ask_due


@every(minutes=1)
@task()
def ask_progress() -> int:
    """Ask about the jobs that are due; how many."""
    return ask_due(now())
