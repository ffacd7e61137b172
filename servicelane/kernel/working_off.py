"""Doing in this process what a worker process does, where time itself is simulated."""

from django.db import transaction
from django_tasks_db.models import DBTaskResult


def work_off() -> int:
    """Run every background task that is ready, and what those enqueue, on this thread's clock.

    Returns how many ran; one that fails is left for its next try, as with a worker.
    """
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="simulated",
        excluded_queue_names=[],
    )
    done = 0
    while result := _claimed(worker.worker_id):
        worker.run_task(result)
        done += 1
    return done


def _claimed(worker_id: str) -> DBTaskResult | None:
    with transaction.atomic():
        result = DBTaskResult.objects.ready().get_locked()
        if result is not None:
            result.claim(worker_id)
        return result
