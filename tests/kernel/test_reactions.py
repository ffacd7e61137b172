"""A fact's news reaches every reaction once, whatever dies on the way. The queue and the workers are real."""

import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils.translation import gettext_lazy
from django_tasks.base import TaskContext, TaskResultStatus
from django_tasks_db.models import DBTaskResult

from servicelane.kernel import events
from servicelane.kernel.checking import check
from servicelane.kernel.clock import now
from servicelane.kernel.events import TRIES, record
from servicelane.kernel.models import Event
from servicelane.kernel.tasks import CLAIMS, KEPT, LONGEST, failed, free_lost, prune, try_again
from tests.kernel.goods.models import Echo
from tests.kernel.goods.reactions import FAULTY, HUNG, KILLED, TOLD


def work_off() -> None:
    """Run the library's own worker in this process until nothing is ready."""
    from django_tasks_db.management.commands.db_worker import Worker

    worker = Worker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="here",
        excluded_queue_names=[],
    )
    worker.run()


@pytest.fixture
def worker(own_process):
    """Start a real worker process on the test's database; killed at the end if it still runs."""
    started = []

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "django", "db_worker", "--no-reload", "--no-startup-delay"]
        process = subprocess.Popen(
            [*command, "--interval", "0.1", *arguments],
            env={**own_process, "DJANGO_SETTINGS_MODULE": "tests.kernel.worker_settings"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def tell(kind: str, thing, **data) -> Event:
    with transaction.atomic():
        return record(kind, thing, by=None, **data)


def claimed(worker_id: str) -> TaskContext:
    """The one task as the worker that has just taken it holds it."""
    row = DBTaskResult.objects.get()
    row.claim(worker_id)
    return TaskContext(task_result=row.task_result)


@pytest.mark.django_db(transaction=True)
def test_a_committed_fact_reaches_its_reaction_once(thing):
    event = tell(TOLD, thing)
    work_off()
    work_off()
    assert [echo.event_id for echo in Echo.objects.all()] == [event.pk]
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_does_it_once(
    thing, worker, until, tmp_path
):
    file = tmp_path / "ran"
    tell(HUNG, thing, file=str(file))
    first = worker()
    until(file.exists)
    first.kill()
    first.wait()
    until(lambda: DBTaskResult.objects.get().status == TaskResultStatus.RUNNING)
    assert not Echo.objects.exists()

    assert free_lost(now()) == 0
    assert free_lost(now() + LONGEST + timedelta(seconds=1)) == 1
    assert worker("--batch").wait(60) == 0
    left = DBTaskResult.objects.get()
    assert (left.status, len(left.worker_ids)) == (TaskResultStatus.SUCCESSFUL, 2)
    assert Echo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_right_after_the_commit_has_done_it_and_nobody_does_it_again(thing, worker, tmp_path):
    file = tmp_path / "ran"
    tell(KILLED, thing, file=str(file))
    assert worker().wait(60) != 0
    assert file.exists()
    assert free_lost(now() + LONGEST + timedelta(hours=1)) == 0
    work_off()
    assert Echo.objects.count() == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db(transaction=True)
def test_a_worker_taken_for_dead_that_comes_back_does_not_double_the_effect(thing):
    tell(TOLD, thing)
    known = events._reactions["tests.kernel.goods.reactions.tell"]

    row = DBTaskResult.objects.get()
    row.claim("slow")
    overtaken = row.task_result
    assert free_lost(now() + LONGEST + timedelta(seconds=1)) == 1
    work_off()
    assert Echo.objects.count() == 1

    answer = events.react.func(TaskContext(task_result=overtaken), known.name, Event.objects.get().pk)
    assert answer == "taken over by another worker"
    assert Echo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_taken_for_dead_does_not_end_the_task_of_the_one_that_runs_it_now(thing):
    event = tell(TOLD, thing)
    slow = claimed("slow")
    assert free_lost(now() + LONGEST + timedelta(seconds=1)) == 1
    second = claimed("second")

    reaction = "tests.kernel.goods.reactions.tell"
    assert events.react.func(slow, reaction, event.pk) == "taken over by another worker"
    assert not Echo.objects.exists()
    assert events.react.func(second, reaction, event.pk) == "done"
    assert Echo.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_right_after_a_failure_leaves_one_next_try(thing):
    event = tell(FAULTY, thing)
    killed = claimed("killed")
    (faulty,) = [known.name for known in events.reactions() if known.kind == FAULTY]

    assert events.react.func(killed, faulty, event.pk) == "tried again later"

    assert free_lost(now() + LONGEST + timedelta(hours=1)) == 0
    statuses = sorted(DBTaskResult.objects.values_list("status", flat=True))
    assert statuses == [TaskResultStatus.READY, TaskResultStatus.SUCCESSFUL]


@pytest.mark.django_db(transaction=True)
def test_a_failing_reaction_is_tried_ten_times_with_growing_waits_and_then_waits_for_a_person(thing):
    tell(FAULTY, thing)
    other = tell(TOLD, thing)
    waits, at = [], now()
    for _attempt in range(TRIES):
        with time_machine.travel(at, tick=False):
            work_off()
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY).first()
        if waiting:
            waits.append(round((waiting.run_after - at) / timedelta(minutes=1)))
            at = waiting.run_after

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    (dead,) = failed()
    assert dead.exception_class_path == "builtins.ZeroDivisionError"
    assert [echo.event_id for echo in Echo.objects.all()] == [other.pk]
    (found,) = [line for line in check() if "react" in line]
    assert found

    assert try_again(str(dead.pk), now())
    assert not try_again(str(dead.pk), now())
    assert failed() == []


@pytest.mark.django_db
def test_a_task_that_took_three_workers_with_it_is_left_for_a_person(thing):
    tell(TOLD, thing)
    row = DBTaskResult.objects.get()
    for turn in range(CLAIMS):
        row.claim(f"worker {turn}")
        later = now() + LONGEST + timedelta(seconds=1)
        assert free_lost(later) == (turn < CLAIMS - 1)
        row.refresh_from_db()
    assert row.status == TaskResultStatus.FAILED
    assert failed() == [row]


@pytest.mark.django_db
def test_a_task_that_ends_while_the_lost_ones_are_looked_for_is_not_given_back(thing):
    tell(TOLD, thing)
    claimed("slow")
    ended = []

    def ends_first(execute, statement, values, many, context):
        if statement.startswith("UPDATE") and not ended:
            ended.append(1)
            DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL)
        return execute(statement, values, many, context)

    with connection.execute_wrapper(ends_first):
        assert free_lost(now() + LONGEST + timedelta(seconds=1)) == 0
    assert ended
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_done_tasks_are_pruned_after_seven_days_and_failed_ones_stay(thing):
    for status in (TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED):
        tell(TOLD, thing)
        DBTaskResult.objects.filter(status=TaskResultStatus.READY).update(status=status, finished_at=now())
    assert prune(now() + KEPT - timedelta(minutes=1)) == 0
    assert prune(now() + KEPT + timedelta(minutes=1)) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.FAILED


@pytest.mark.django_db
def test_arguments_of_a_reaction_hold_ids_and_no_words(thing):
    with transaction.atomic():
        record(TOLD, thing, by=None, note="李先生的电话")
    (row,) = DBTaskResult.objects.all()
    assert "李" not in str(row.args_kwargs)


def test_a_kind_is_declared_once():
    with pytest.raises(ValueError, match="twice"):
        events.declare(TOLD, gettext_lazy("told"))
