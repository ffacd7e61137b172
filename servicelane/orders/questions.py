"""The jobs that an estimate asks about."""

from .models import Estimate, Job


def jobs_asked(estimate: Estimate) -> dict[int, Job]:
    """Return the jobs whose lines stand in an estimate by id, in their order. Two queries."""
    jobs = (
        Job.objects.filter(pk__in=estimate.lines.values("job"))
        .select_related("package")
        .prefetch_related("part_lines__part")
    )
    return {job.pk: job for job in jobs}
