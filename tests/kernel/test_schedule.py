import subprocess
import sys
from datetime import timedelta

import pytest
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from servicelane.kernel import schedule
from servicelane.kernel.clock import moved, now
from servicelane.kernel.events import record
from servicelane.kernel.models import Event, Schedule
from servicelane.kernel.schedule import enqueue_due, periodic
from servicelane.kernel.tasks import LONGEST
from servicelane.kernel.transactions import unit
from tests.kernel.goods.reactions import TOLD


@pytest.mark.django_db
def test_a_job_is_enqueued_when_due_once_and_after_a_pause_once():
    start = now()
    with moved(start):
        assert enqueue_due() == len(periodic())
        assert enqueue_due() == 0
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
    frequent = sum(1 for job in periodic().values() if job.gap <= timedelta(hours=1))
    with moved(start + timedelta(hours=1, seconds=1)):
        assert enqueue_due() == frequent
    DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
    with moved(start + timedelta(days=9)):
        assert enqueue_due() == len(periodic())
        assert enqueue_due() == 0


@pytest.mark.django_db
def test_a_job_that_still_waits_is_not_added_again_and_a_lost_run_does_not_block_the_next():
    start = now()
    with moved(start):
        enqueue_due()
    with moved(start + timedelta(days=1, seconds=1)):
        assert enqueue_due() == 0
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    with moved(start + timedelta(days=2, seconds=2)):
        assert enqueue_due() == len(periodic())


@pytest.mark.django_db(transaction=True)
def test_the_scheduler_seals_enqueues_what_is_due_and_gives_back_what_a_dead_worker_held(
    thing, own_process, until
):
    unit(lambda: record(TOLD, thing, by=None))
    claimed = DBTaskResult.objects.get()
    claimed.claim("dead")
    claimed.started_at = now() - LONGEST - timedelta(seconds=1)
    claimed.save()

    command = [sys.executable, "-m", "django", "scheduler"]
    scheduler = subprocess.Popen(
        command, env={**own_process, "DJANGO_SETTINGS_MODULE": "tests.kernel.worker_settings"}
    )
    try:
        # It has to start first, beside whatever else runs on this machine.
        until(lambda: Event.objects.filter(position=1).exists(), seconds=60)
        until(lambda: Schedule.objects.count() == len(periodic()))
        until(lambda: DBTaskResult.objects.get(pk=claimed.pk).status == TaskResultStatus.READY)
        scheduler.terminate()
        assert scheduler.wait(10) == 0
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.mark.django_db(transaction=True)
def test_of_several_schedulers_one_gets_each_turn(at_once, monkeypatch):
    """A worker may have taken the first one's task already, so that nothing waits any more."""
    monkeypatch.setattr(schedule, "_waits", lambda name: False)
    answers = at_once(*[lambda: unit(enqueue_due)] * 4)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sum(answers) == len(periodic())
    assert DBTaskResult.objects.count() == len(periodic()) == Schedule.objects.count()


def test_the_kernel_clears_away_what_it_leaves():
    assert {name.rsplit(".", 1)[1] for name in periodic()} >= {
        "prune_done_tasks",
        "forget_answers",
        "clear_sessions",
    }
