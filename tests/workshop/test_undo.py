"""A wrong press on the clock is taken back within a minute: as if not pressed, with one more fact."""

from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders.errors import OrderChanged, WrongJobStep, WrongStepBack
from servicelane.orders.finding_services import start_hold
from servicelane.orders.job_services import move_job_back
from servicelane.orders.models import HoldReason, JobState, Status
from servicelane.orders.order_services import step_back
from servicelane.orders.timeline import timeline
from servicelane.schedule.models import Assignment
from servicelane.workshop.clock_services import finish, pause, resume, start
from servicelane.workshop.errors import AnotherJobRuns, NothingToUndo, NotYourPress, TooLateToUndo
from servicelane.workshop.models import Clocking, PauseReason, Press
from servicelane.workshop.queries import worked_on
from servicelane.workshop.undo_services import undo
from tests.access.visitor import program
from tests.floor import fresh, in_work, jobs_of, second, technician
from tests.people.test_races import at_once
from tests.unchanged import refused
from tests.visit import agreed


def state(order):
    """What a press changes: the job, the order, the clocks, the waits, who is on the job."""
    shown = fresh(order)
    return (
        [(job.state, job.finished_at) for job in jobs_of(order)],
        (shown.status, shown.started_at, shown.finished_at),
        list(Clocking.objects.filter(job__order=order).values_list("technician", "started_at", "ended_at")),
        list(shown.holds.filter(ended_at=None).values_list("reason", "started_at")),
        list(Assignment.objects.current().filter(job__order=order).values_list("job", "technician")),
    )


def press(what, order, shop):
    job = jobs_of(order)[0]
    if what == "start":
        start(job, shop.tao, by=shop.tao)
    elif what == "pause":
        pause(job, PauseReason.PARTS, by=shop.tao, technician=shop.tao)
    elif what == "resume":
        resume(job, shop.tao, by=shop.tao)
    else:
        finish(job, by=shop.tao)


@pytest.mark.parametrize("walked", ["start", "start pause", "start pause resume", "start finish",
                                    "start pause finish"])  # fmt: skip
def test_after_an_undo_job_clock_and_waits_are_as_before(shop, walked):
    order, begin = agreed(shop), now()
    *before, last = walked.split()
    for minute, what in enumerate(before):
        with moved(begin + timedelta(minutes=10 * minute)):
            press(what, order, shop)
    was, facts = state(order), Event.objects.about(order).count()
    with moved(begin + timedelta(minutes=30)):
        press(last, order, shop)
    assert state(order) != was
    told = Event.objects.about(order).count()
    assert told > facts
    with moved(begin + timedelta(minutes=30, seconds=60)):
        undo(fresh(order), by=shop.tao)
    assert state(order) == was
    assert Event.objects.about(order).count() > told
    said = Event.objects.about(order).get(kind="workshop.undone").data
    assert (said["what"], said["undoes"]) == (last, fresh(order).version - 1)
    marked = {moment.kind for moment in timeline(fresh(order)) if moment.is_undone}
    kinds = {"start": "started", "pause": "paused", "resume": "resumed", "finish": "finished"}
    assert f"workshop.{kinds[last]}" in marked
    assert "orders.open" not in marked
    assert worked_on(order, shop.tao) == ("start" in before)
    assert check() == []
    with moved(begin + timedelta(minutes=31, seconds=30)):
        press(last, order, shop)


def test_a_colleagues_clock_runs_on_and_joining_in_is_taken_back(shop):
    order, yin = in_work(shop), technician(shop, "yin")
    was = state(order)
    start(jobs_of(order)[0], yin, by=yin)
    undo(fresh(order), by=yin)
    assert state(order) == was
    start(jobs_of(order)[0], yin, by=yin)
    was = state(order)
    finish(jobs_of(order)[0], by=yin)
    undo(fresh(order), by=yin)
    assert state(order) == was
    assert Clocking.objects.running().count() == 2


def test_a_minute_later_it_is_too_late(shop):
    order = in_work(shop)
    with moved(now() + timedelta(seconds=61)), refused(TooLateToUndo):
        undo(fresh(order), by=shop.tao)


def test_only_ones_own_press_and_only_once(shop):
    order = agreed(shop)
    with refused(NothingToUndo):
        undo(order, by=shop.tao)
    start(jobs_of(order)[0], shop.tao, by=shop.tao)
    with refused(NotYourPress):
        undo(fresh(order), by=shop.luo)
    seen = fresh(order).version
    undo(fresh(order), by=shop.tao, version=seen)
    with refused(NothingToUndo):
        undo(fresh(order), by=shop.tao, version=seen)


def test_what_somebody_did_since_is_not_undone(shop):
    order = in_work(shop)
    seen = order.version
    start_hold(fresh(order), HoldReason.PARTS, by=shop.chen)
    with refused(OrderChanged):
        undo(fresh(order), by=shop.tao)
    with refused(OrderChanged):
        undo(fresh(order), by=shop.tao, version=seen)
    with refused(NothingToUndo):
        undo(fresh(order), by=shop.tao, version=seen + 1)


def test_a_pause_stays_when_the_clock_runs_elsewhere_meanwhile(shop):
    order, other = in_work(shop), second(shop)
    pause(jobs_of(order)[0], PauseReason.PARTS, by=shop.tao)
    start(jobs_of(other)[0], shop.tao, by=shop.tao)
    with refused(AnotherJobRuns):
        undo(fresh(order), by=shop.tao)
    undo(fresh(other), by=shop.tao)
    undo(fresh(order), by=shop.tao)
    assert jobs_of(order)[0].state == JobState.RUNNING


def test_steps_back_follow_their_tables(shop):
    order = in_work(shop)
    job = jobs_of(order)[0]
    with refused(WrongJobStep):
        move_job_back(job, JobState.DONE)
    with refused(WrongStepBack):
        step_back(order, Status.OPEN, by=shop.tao)


def test_two_who_undo_at_once_undo_once(transactional_db, shop):
    order = in_work(shop)
    one, other = fresh(order), fresh(order)
    refusals = at_once(lambda: undo(one, by=shop.tao), lambda: undo(other, by=shop.tao))
    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [NothingToUndo])
    assert Event.objects.about(order).filter(kind="workshop.undone").count() == 1
    assert fresh(order).status == Status.AGREED
    assert check() == []


def test_the_phone_offers_undo_for_a_minute(shop, desk):
    order = agreed(shop)
    job, me, page = jobs_of(order)[0], desk(shop.tao), reverse("workshop:my_jobs")
    target = reverse("workshop:undo", args=[order.pk])
    me.send("POST", reverse("workshop:start", args=[order.pk, job.pk]), {"from": "my-jobs"})
    assert target in me.get(page).content.decode()
    with moved(now() + timedelta(seconds=61)):
        assert target not in me.get(page).content.decode()
    version = Press.objects.get(order=order).version
    assert me.send("POST", target, {"from": "my-jobs", "version": version})["Location"] == page
    assert target not in me.get(page).content.decode()
    assert fresh(order).status == Status.AGREED
    assert "撤销" in desk(shop.chen).get(reverse("orders:order", args=[order.pk])).content.decode()


def test_a_program_takes_a_press_back(shop):
    order = in_work(shop)
    answer = program(shop.tao).post(
        f"/api/v1/orders/{order.pk}/undo", data={"version": order.version}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["order_status"]) == ("waiting", "agreed")
