"""The server's clock is set forward or back in the middle of a day: work goes on, and the jump is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from servicelane.kernel import schedule
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.jobs import prune_done_tasks
from servicelane.kernel.models import Event, Schedule
from servicelane.kernel.sealing import seal, verify
from servicelane.kernel.tasks import free_lost
from servicelane.orders.models import Status
from servicelane.workshop.clock_services import finish
from servicelane.workshop.inspection_services import start_wash, wash_done
from servicelane.workshop.models import Clocking, Wash
from tests.floor import fresh, in_work, jobs_of
from tests.kernel.goods.models import Thing
from tests.kernel.test_reactions import tell

HOUR = timedelta(hours=1)


@pytest.fixture
def goods(db: None) -> Thing:
    """A row that facts can be about, in no store."""
    return Thing.objects.create()


def test_work_that_began_before_the_clock_was_set_back_can_be_finished(shop: Any) -> None:
    """Nobody has to wait for an hour to pass a second time; the stretch counts for nothing."""
    order = in_work(shop)
    with moved(now() + timedelta(minutes=5)):
        start_wash(fresh(order), by=shop.luo)

    with moved(now() - HOUR):
        finish(jobs_of(order)[0], by=shop.tao)
        wash_done(fresh(order), by=shop.luo)

    clock, wash = Clocking.objects.get(), Wash.objects.get()
    assert clock.worked(now()) == timedelta()
    assert wash.done_at == wash.started_at
    assert fresh(order).status == Status.QUALITY_CHECK
    assert Event.objects.about(order).get(kind="workshop.finished").data["seconds"] == 0
    assert check() == []


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_who_is_signed_in_stays_so_when_the_clock_jumps_an_hour(cast: Any, jump: timedelta) -> None:
    client = Client()
    client.force_login(cast.chen)

    with time_machine.travel(datetime.now(UTC) + jump):
        assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_a_clock_set_back_is_told_once_and_its_facts_are_not_taken_for_forged(goods: Thing) -> None:
    noon = now()
    for at in (noon, noon + HOUR, noon, noon + timedelta(minutes=1)):
        with moved(at):
            tell("goods.told", goods)
            tell("goods.told", goods)
            seal()

    (finding,) = verify()
    assert "was set back" in str(finding) or "拨回" in str(finding)


@pytest.mark.django_db
def test_a_fact_put_in_later_is_found_also_after_the_clock_was_set_back(goods: Thing) -> None:
    noon = now()
    for at in (noon + HOUR, noon):
        with moved(at):
            tell("goods.told", goods)
            seal()
    with moved(noon - HOUR):
        tell("goods.told", goods)
    with moved(noon + timedelta(minutes=1)):
        seal()

    assert len(list(verify())) == 2


@pytest.mark.django_db
def test_a_clock_that_was_years_ahead_leaves_no_job_that_waits_for_years() -> None:
    ahead, today = now() + timedelta(days=1500), now()
    with moved(ahead):
        assert schedule.enqueue_due() == len(schedule.periodic())
    DBTaskResult.objects.all().delete()

    with moved(today):
        assert schedule.enqueue_due() == len(schedule.periodic())
        assert schedule.enqueue_due() == 0

    assert not Schedule.objects.filter(due_at__gt=today + timedelta(days=1)).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_due_jobs_run_once_when_the_clock_jumps(jump: timedelta) -> None:
    noon = now()
    with moved(noon):
        schedule.enqueue_due()
    with moved(noon + jump):
        schedule.enqueue_due()
        schedule.enqueue_due()

    paths = list(DBTaskResult.objects.values_list("task_path", flat=True))
    assert len(paths) == len(set(paths)) == len(schedule.periodic())


@pytest.mark.django_db
def test_a_task_taken_before_the_clock_was_set_back_is_given_back() -> None:
    with transaction.atomic():
        prune_done_tasks.enqueue()
    row = DBTaskResult.objects.get()
    row.claim("a dead worker")

    assert free_lost(row.started_at - timedelta(minutes=1)) == 0
    assert free_lost(row.started_at - HOUR) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.READY
