"""What the workshop does by itself: asking how a job goes that nears its end, counting how long it took."""

from django_tasks import task

from servicelane.kernel.clock import now
from servicelane.kernel.schedule import every
from servicelane.org.models import Store

from .paces import count_paces
from .progress_services import ask_due


@every(minutes=1)
@task()
def ask_progress() -> int:
    """Ask about the jobs that are due; how many."""
    return ask_due(now())


@every(hours=6)
@task()
def count_all_paces() -> int:
    """Count the paces of every store anew; how many were written."""
    return sum(count_paces(store, now()) for store in Store.objects.order_by("pk"))
