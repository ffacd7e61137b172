"""`servicelane check`: what must hold between jobs and their clocks."""

from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from servicelane.kernel.checking import checked
from servicelane.orders.models import Job, JobState

from .models import Clocking


@checked
def clocks_and_jobs() -> Iterator[str]:
    """Yield one sentence for each running job without a clock, clock without a job, and doubled clock."""
    running = Clocking.objects.running().filter(job=OuterRef("pk"))
    for job in Job.objects.filter(~Exists(running), state=JobState.RUNNING).select_related("order"):
        yield _("{order}: job {job} runs, but no clock does").format(order=job.order, job=job.position)
    for clock in Clocking.objects.running().exclude(job__state=JobState.RUNNING).select_related("job__order"):
        yield _("{order}: a clock runs on job {job}, but the job does not").format(
            order=clock.job.order, job=clock.job.position
        )
    doubled = (
        Clocking.objects.running()
        .filter(alone=True)
        .order_by()
        .values("technician")
        .annotate(clocks=Count("pk"))
    )
    for row in doubled.filter(clocks__gt=1):
        yield _("{clocks} clocks of person {person} run at once").format(
            clocks=row["clocks"], person=row["technician"]
        )
