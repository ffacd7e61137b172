"""How long finished work took is counted from the facts, and from nothing else."""

from datetime import timedelta

from servicelane.kernel.clock import moved, now
from servicelane.orders.models import Status
from servicelane.schedule.models import Pace
from servicelane.schedule.paces import ENOUGH, paces_of
from servicelane.workshop import paces
from servicelane.workshop.clock_services import finish, pause, resume, start
from servicelane.workshop.inspection_services import Inspection, inspect, skip_wash
from servicelane.workshop.jobs import count_all_paces
from servicelane.workshop.models import PauseReason, WashSkip
from servicelane.workshop.undo_services import undo
from tests.floor import fresh, in_work, jobs_of

MINUTE = timedelta(minutes=1)
PASSED = Inspection(passed=True)


def counted(shop, monkeypatch):
    """The shares of the standard time and the ways to ready as they would be written."""
    found = {}

    def write(store, done, ready, at):
        found.update(done=list(done), ready=list(ready))
        return 0

    monkeypatch.setattr(paces, "write_paces", write)
    paces.count_paces(shop.shinan, now())
    return found


def test_all_stretches_of_a_job_count_for_who_finished_it(shop, monkeypatch):
    begin = now()
    order = in_work(shop, "M20")
    job = jobs_of(order)[0]
    with moved(begin + 30 * MINUTE):
        pause(job, PauseReason.BREAK, by=shop.tao)
    with moved(begin + 60 * MINUTE):
        resume(jobs_of(order)[0], shop.tao, by=shop.tao)
    with moved(begin + 75 * MINUTE):
        assert counted(shop, monkeypatch)["done"] == []
        finish(jobs_of(order)[0], by=shop.tao)
        done = counted(shop, monkeypatch)["done"]
    assert [(one.operation, one.technician) for one in done] == [(job.operation_id, shop.tao.pk)]
    assert abs(done[0].share - 45 * MINUTE / job.minutes) < 0.01


def test_a_press_that_was_taken_back_counts_no_more(shop, monkeypatch):
    begin = now()
    order = in_work(shop, "M20")
    with moved(begin + 20 * MINUTE):
        finish(jobs_of(order)[0], by=shop.tao)
        undo(fresh(order), by=shop.tao)
        assert counted(shop, monkeypatch)["done"] == []
    with moved(begin + 50 * MINUTE):
        finish(jobs_of(order)[0], by=shop.tao)
        done = counted(shop, monkeypatch)["done"]
    assert [round(one.share * (jobs_of(order)[0].minutes / MINUTE)) for one in done] == [50]


def test_the_way_to_ready_runs_from_the_last_work_to_the_first_ready(shop, monkeypatch):
    begin = now()
    order = in_work(shop, "M20", "M-AIR")
    with moved(begin + 10 * MINUTE):
        finish(jobs_of(order)[0], by=shop.tao)
        start(jobs_of(order)[1], shop.tao, by=shop.tao)
    with moved(begin + 20 * MINUTE):
        finish(jobs_of(order)[1], by=shop.tao)
    with moved(begin + 45 * MINUTE):
        assert counted(shop, monkeypatch)["ready"] == []
        inspect(fresh(order), PASSED, by=shop.yin)
        skip_wash(fresh(order), WashSkip.CUSTOMER, by=shop.chen)
        assert fresh(order).status == Status.READY
        assert [round(minutes) for minutes in counted(shop, monkeypatch)["ready"]] == [25]


def test_facts_of_half_a_year_ago_and_of_another_store_count_not(shop, monkeypatch):
    order = in_work(shop, "M20")
    with moved(now() + 20 * MINUTE):
        finish(jobs_of(order)[0], by=shop.tao)
    monkeypatch.setattr(paces, "AT_ONCE", 1)
    assert len(counted(shop, monkeypatch)["done"]) == 1
    with moved(now() + timedelta(days=182)):
        assert counted(shop, monkeypatch)["done"] == []
    shop.shinan = shop.laoshan
    assert counted(shop, monkeypatch)["done"] == []


def test_the_periodic_task_counts_every_store_and_replaces_what_was_counted(shop):
    order = in_work(shop, *["M20"] * ENOUGH)
    begin = now()
    for number in range(ENOUGH):
        with moved(begin + (number + 1) * MINUTE):
            finish(jobs_of(order)[number], by=shop.tao)
            if number + 1 < ENOUGH:
                start(jobs_of(order)[number + 1], shop.tao, by=shop.tao)
    for _again in range(2):
        count_all_paces.func()
        found = paces_of(shop.shinan)
        assert found.known == ENOUGH
        assert len(found.work) == Pace.objects.filter(store=shop.shinan).count() == 4
    assert paces_of(shop.laoshan).known == 0
