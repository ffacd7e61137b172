"""The technician's clock from the first start to the last finish, and what it refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders.errors import NotAgreed, OrderChanged, StillOpen, WrongJobStep, WrongMoment
from servicelane.orders.finding_services import dismiss_finding, report_finding
from servicelane.orders.job_services import JobDetails, add_job, drop_job
from servicelane.orders.models import DropReason, HoldReason, Job, JobState, Safety, Status
from servicelane.org.services import set_rule
from servicelane.schedule.errors import NotATechnician
from servicelane.schedule.models import Assignment
from servicelane.schedule.services import assign
from servicelane.workshop import clock_services
from servicelane.workshop.clock_services import finish, pause, resume, send_to_inspection, start, stop_work
from servicelane.workshop.errors import (
    AnotherJobRuns,
    ClockNotRunning,
    NotYourClock,
)
from servicelane.workshop.models import Clocking, PauseReason
from servicelane.workshop.queries import running_of
from servicelane.workshop.rules import SHARED_CLOCK
from tests.floor import bay, fresh, in_work, jobs_of, second, technician
from tests.unchanged import refused
from tests.visit import agreed, operation


def facts(order, kind):
    return [fact.data for fact in Event.objects.about(order).filter(kind=f"workshop.{kind}").order_by("id")]


def test_the_first_start_begins_the_work_and_the_last_finish_ends_it(shop):
    order = agreed(shop, None, "M20", "M-AIR")
    first, last = jobs_of(order)
    assign(order, first, shop.tao, bay(shop), by=shop.luo)
    begin = now()

    with moved(begin + timedelta(minutes=1)):
        start(jobs_of(order)[0], shop.tao, by=shop.tao, version=fresh(order).version)
    assert fresh(order).status == Status.IN_WORK
    assert running_of(shop.tao).bay == bay(shop)
    with moved(begin + timedelta(minutes=31)):
        finish(jobs_of(order)[0], by=shop.tao)
    assert fresh(order).status == Status.IN_WORK
    with moved(begin + timedelta(minutes=32)):
        start(jobs_of(order)[1], shop.tao, by=shop.tao)
    with moved(begin + timedelta(minutes=42)):
        finish(jobs_of(order)[1], by=shop.tao)

    assert fresh(order).status == Status.QUALITY_CHECK
    assert [job.state for job in jobs_of(order)] == [JobState.DONE, JobState.DONE]
    assert [data["seconds"] for data in facts(order, "finished")] == [1800, 600]
    assert facts(order, "started")[0].keys() == {"job", "technician", "bay", "version"}
    assert {clock.end_reason for clock in Clocking.objects.all()} == {"finish"}
    assert Assignment.objects.current().filter(job=last, technician=shop.tao).exists()
    assert check() == []


def test_nothing_is_started_that_nobody_agreed_to(shop):
    order = agreed(shop)
    add_job(order, JobDetails(operation("M-AIR")), by=shop.chen)
    with refused(NotAgreed):
        start(jobs_of(order)[1], shop.tao, by=shop.tao)


def test_a_dropped_and_a_done_job_are_not_started(shop):
    order = in_work(shop, "M20", "M-AIR")
    drop_job(fresh(order), jobs_of(order)[1], DropReason.NOT_NEEDED, by=shop.gu)

    yin = technician(shop, "yin")
    with refused(WrongJobStep):
        start(jobs_of(order)[1], yin, by=yin)
    with refused(WrongJobStep):
        finish(jobs_of(order)[1], by=shop.luo)


def test_one_running_job_for_one_technician_and_it_is_named(shop):
    order, other = in_work(shop), second(shop)
    with refused(AnotherJobRuns, technician=shop.tao, order=order):
        start(jobs_of(other)[0], shop.tao, by=shop.tao)
    with refused(AnotherJobRuns):
        start(jobs_of(order)[0], shop.tao, by=shop.tao)


def test_a_store_may_allow_several_running_jobs(shop):
    order = in_work(shop)
    other = second(shop)
    set_rule(shop.shinan, SHARED_CLOCK, "yes", by=shop.gu)
    start(jobs_of(other)[0], shop.tao, by=shop.tao)
    assert Clocking.objects.running().filter(technician=shop.tao).count() == 2
    with refused(AnotherJobRuns, order=order):
        start(jobs_of(order)[0], shop.tao, by=shop.tao)
    assert check() == []


def test_the_database_itself_keeps_to_one_running_clock(shop):
    order, other = in_work(shop), second(shop)
    with pytest.raises(IntegrityError), transaction.atomic():
        Clocking.objects.create(job=jobs_of(other)[0], technician=shop.tao, started_at=now())
    assert Clocking.objects.filter(job__order=order).count() == 1


def test_only_technicians_of_the_store_have_a_clock_there(shop):
    order = agreed(shop)
    for person in (shop.chen, shop.gao):
        with refused(NotATechnician):
            start(jobs_of(order)[0], person, by=shop.luo)


def test_one_works_ones_own_clock_unless_by_right(shop):
    yin = technician(shop, "yin")
    order = agreed(shop)
    with refused(NotYourClock, person=yin):
        start(jobs_of(order)[0], shop.tao, by=yin)
    start(jobs_of(order)[0], shop.tao, by=shop.luo)
    with refused(NotYourClock):
        pause(jobs_of(order)[0], PauseReason.BREAK, by=yin)
    with refused(NotYourClock, technician=shop.tao):
        finish(jobs_of(order)[0], by=yin)
    finish(jobs_of(order)[0], by=shop.luo)
    assert facts(order, "finished")[0]["technician"] == shop.tao.pk


def test_a_pause_for_parts_lets_the_order_wait_until_the_job_goes_on(shop):
    order = in_work(shop)
    pause(jobs_of(order)[0], PauseReason.PARTS, by=shop.tao, technician=shop.tao)

    assert jobs_of(order)[0].state == JobState.PAUSED
    assert [hold.reason for hold in order.holds.filter(ended_at=None)] == [HoldReason.PARTS]
    assert facts(order, "paused")[0]["reason"] == "parts"
    resume(jobs_of(order)[0], shop.tao, by=shop.tao)
    assert jobs_of(order)[0].state == JobState.RUNNING
    assert not order.holds.filter(ended_at=None).exists()
    assert len(facts(order, "resumed")) == 1
    assert check() == []


def test_a_break_is_no_wait_of_the_order(shop):
    order = in_work(shop)
    pause(jobs_of(order)[0], PauseReason.BREAK, by=shop.tao)
    assert not order.holds.exists()


def test_the_wait_goes_on_while_another_job_stands_for_the_same_reason(shop):
    yin = technician(shop, "yin")
    order = in_work(shop, "M20", "M-AIR")
    start(jobs_of(order)[1], yin, by=yin)
    for job, who in zip(jobs_of(order), (shop.tao, yin), strict=True):
        pause(Job.objects.select_related("order__store").get(pk=job.pk), PauseReason.TOOL, by=who)
    resume(jobs_of(order)[0], shop.tao, by=shop.tao)
    assert order.holds.filter(ended_at=None, reason=HoldReason.TOOL).exists()
    resume(jobs_of(order)[1], yin, by=yin)
    assert not order.holds.filter(ended_at=None).exists()


def test_an_answer_of_the_customer_is_waited_for_as_long_as_a_finding_is_open(shop):
    order = in_work(shop)
    pause(jobs_of(order)[0], PauseReason.APPROVAL, by=shop.tao)
    found = report_finding(fresh(order), "brake hose cracked", Safety.URGENT, by=shop.tao)
    resume(jobs_of(order)[0], shop.tao, by=shop.tao)
    assert order.holds.filter(ended_at=None, reason=HoldReason.APPROVAL).exists()

    finish(jobs_of(order)[0], by=shop.tao)
    assert fresh(order).status == Status.IN_WORK
    with refused(StillOpen):
        send_to_inspection(fresh(order), by=shop.tao)
    found.order = fresh(order)
    dismiss_finding(found, by=shop.chen)
    send_to_inspection(fresh(order), by=shop.tao)
    assert fresh(order).status == Status.QUALITY_CHECK
    with refused(WrongMoment):
        send_to_inspection(fresh(order), by=shop.tao)


def test_two_technicians_share_a_job_and_one_finish_stops_both_clocks(shop):
    yin = technician(shop, "yin")
    order = in_work(shop)
    start(jobs_of(order)[0], yin, by=yin)
    pause(jobs_of(order)[0], PauseReason.BREAK, by=yin, technician=yin)
    assert jobs_of(order)[0].state == JobState.RUNNING
    start(jobs_of(order)[0], yin, by=yin)

    finish(jobs_of(order)[0], by=yin)

    assert not Clocking.objects.running().exists()
    assert [data["technician"] for data in facts(order, "finished")] == [yin.pk]
    assert [data["reason"] for data in facts(order, "paused")] == ["break", "finish"]
    assert fresh(order).status == Status.QUALITY_CHECK


def test_what_does_not_run_is_not_paused_and_what_is_not_paused_does_not_go_on(shop):
    order = agreed(shop)
    with refused(ClockNotRunning):
        pause(jobs_of(order)[0], PauseReason.BREAK, by=shop.tao, technician=shop.tao)
    with refused(WrongJobStep):
        resume(jobs_of(order)[0], shop.tao, by=shop.tao)
    with refused(WrongMoment):
        finish(jobs_of(order)[0], by=shop.tao)


def test_a_paused_job_may_be_finished(shop):
    order = in_work(shop)
    pause(jobs_of(order)[0], PauseReason.PARTS, by=shop.tao)
    finish(jobs_of(order)[0], by=shop.tao)
    assert fresh(order).status == Status.QUALITY_CHECK
    assert facts(order, "finished")[0]["seconds"] == 0
    assert not order.holds.filter(ended_at=None).exists()


def test_a_stale_form_starts_nothing(shop):
    order = agreed(shop)
    with refused(OrderChanged):
        start(jobs_of(order)[0], shop.tao, by=shop.tao, version=order.version - 1)


def test_the_customer_stops_and_what_runs_stops_too(shop):
    order = in_work(shop, "M20", "M-AIR")
    with refused(OrderChanged):
        stop_work(fresh(order), by=shop.gu, version=1)

    left = stop_work(fresh(order), by=shop.gu, note="the customer has no time")

    assert len(left) == 2
    assert {job.state for job in jobs_of(order)} == {JobState.DROPPED}
    assert not Clocking.objects.running().exists()
    assert fresh(order).status == Status.QUALITY_CHECK
    with refused(WrongMoment):
        stop_work(fresh(order), by=shop.gu)


def test_a_clock_is_entered_late_but_not_before_the_last_fact(shop):
    order = agreed(shop)
    with moved(now() + timedelta(hours=1)):
        clock = start(jobs_of(order)[0], shop.tao, by=shop.tao, at=now() - timedelta(minutes=20))
        assert clock.started_at == now() - timedelta(minutes=20)
    assert fresh(order).started_at == clock.started_at


def test_the_check_names_a_job_and_a_clock_that_disagree(shop):
    order = in_work(shop)
    Clocking.objects.running().update(ended_at=now(), end_reason="break")
    assert check() == [f"{order}: job 1 runs, but no clock does"] or "1" in check()[0]
    Clocking.objects.update(ended_at=None, end_reason="")
    Job.objects.filter(order=order).update(state=JobState.PAUSED)
    assert len(check()) == 1


CALLS = {
    "start": lambda shop, order: start(jobs_of(order)[0], shop.tao, by=shop.tao),
    "pause": lambda shop, order: pause(jobs_of(order)[0], PauseReason.PARTS, by=shop.tao),
    "resume": lambda shop, order: resume(jobs_of(order)[0], shop.tao, by=shop.tao),
    "finish": lambda shop, order: finish(jobs_of(order)[0], by=shop.tao),
}


def test_no_press_costs_more_than_forty_statements(shop, django_assert_max_num_queries):
    order = agreed(shop)
    for name, call in CALLS.items():
        with django_assert_max_num_queries(40) as done:
            call(shop, order)
        print(name, len(done))


def test_every_service_of_the_clock_is_one_transaction():
    for name in ("start", "pause", "resume", "finish", "send_to_inspection", "stop_work"):
        assert hasattr(getattr(clock_services, name), "__wrapped__")
