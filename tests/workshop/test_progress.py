"""How running jobs go is asked and answered, and a customer is told of a delay before the promise passes."""

from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders.errors import PromiseInPast
from servicelane.orders.models import RepairOrder
from servicelane.orders.order_services import promise
from servicelane.org.services import set_rule
from servicelane.project.cars import needs_of
from servicelane.workshop.clock_services import pause
from servicelane.workshop.delays import delays_of
from servicelane.workshop.errors import (
    NothingAsked,
    NothingPromised,
    NotYourQuestion,
    ReasonMissing,
    UntilMissing,
)
from servicelane.workshop.models import DelayNotice, Outlook, PauseReason, ProgressCheck, TellWay
from servicelane.workshop.progress_services import Answer, Told, answer, ask_due, tell_delay
from servicelane.workshop.rules import PROGRESS_SHARE
from tests.access.visitor import program
from tests.floor import fresh, in_work, jobs_of, second, technician
from tests.unchanged import refused

M20 = timedelta(minutes=90)
"""The standard time of the job that runs."""


@pytest.fixture
def running(shop):
    """An order whose first job was begun two hours' promise ago, and when its clock started."""
    order = in_work(shop, "M20")
    return order, jobs_of(order)[0].clockings.get().started_at


def asked_at(share, began):
    at = began + M20 * share / 100
    with moved(at):
        return ask_due(at)


def needs(person, shop, at):
    with moved(at):
        return [(need.level, need.headline) for need in needs_of(person, shop.shinan, at=at)]


def test_a_job_is_asked_about_once_at_the_stores_share_of_its_planned_time(shop, running):
    order, began = running
    version = fresh(order).version
    assert asked_at(74, began) == 0
    assert asked_at(75, began) == 1
    assert asked_at(90, began) == 0

    asked = ProgressCheck.objects.get()
    assert (asked.technician, asked.job.order_id, asked.answered_at) == (shop.tao, order.pk, None)
    fact = Event.objects.about(order).get(kind="workshop.progress_asked")
    assert (fact.data["share"], fresh(order).version) == (75, version)


def test_the_share_is_the_stores_and_a_job_that_stands_is_not_asked_about(shop, running):
    order, began = running
    set_rule(shop.shinan, PROGRESS_SHARE, "80", by=shop.gu)
    assert asked_at(79, began) == 0
    job = jobs_of(order)[0]
    pause(job, PauseReason.BREAK, by=shop.tao)
    assert asked_at(85, began) == 0


def test_the_technician_says_later_and_everybody_who_gives_work_sees_it(shop, running, desk):
    order, began = running
    at = began + M20 * 0.8
    with moved(at):
        ask_due(at)
        me, questions = desk(shop.tao), reverse("workshop:questions")
        html = me.get(questions).content.decode()
        url = reverse("workshop:progress", args=[order.pk, jobs_of(order)[0].pk])
        assert url in html
        until = (at + timedelta(hours=2)).astimezone(order.promised_at.tzinfo)
        sent = {"from": "my-jobs", "outlook": "later", "until": "2020-01-01T10:00", "words": "螺栓锈死"}
        assert me.send("post", url, sent).status_code == 422
        answer(jobs_of(order)[0], Answer(Outlook.LATER, until, "螺栓锈死"), by=shop.tao)
        assert url not in me.get(questions).content.decode()
        page = desk(shop.luo).get(reverse("workshop:shop")).content.decode()
    assert "螺栓锈死" in page
    fact = Event.objects.about(order).get(kind="workshop.progress_answered")
    assert (fact.detail.text, fact.data["outlook"]) == ("螺栓锈死", "later")
    assert delays_of([fresh(order)], at)[order.pk].urgency == "risk"


def test_an_answer_needs_a_question_its_person_and_for_later_a_time_and_a_reason(shop, running):
    order, began = running
    on_time = Answer(Outlook.ON_TIME)
    with refused(NothingAsked):
        answer(jobs_of(order)[0], on_time, by=shop.tao)
    asked_at(80, began)
    yin = technician(shop, "yin")
    with moved(began + M20):
        with refused(NotYourQuestion):
            answer(jobs_of(order)[0], on_time, by=yin)
        soon = now() + timedelta(hours=1)
        for said in (Answer(Outlook.LATER), Answer(Outlook.LATER, soon), Answer(Outlook.LATER, began, "x")):
            with refused(UntilMissing):
                answer(jobs_of(order)[0], said, by=shop.tao)
        answer(jobs_of(order)[0], on_time, by=shop.luo)
        with refused(NothingAsked):
            answer(jobs_of(order)[0], on_time, by=shop.tao)


def test_the_advisor_tells_the_customer_and_the_task_ends(shop, running):
    order, _began = running
    at = order.promised_at - timedelta(minutes=20)
    assert any("前告知客户" in headline for _level, headline in needs(shop.chen, shop, at))
    assert needs(shop.gu, shop, at) == []

    later = order.promised_at + timedelta(hours=1)
    with moved(at):
        made = tell_delay(fresh(order), Told(TellWay.CALL, later, "等配件"), by=shop.chen)
    assert (made.in_time, fresh(order).promised_at) == (True, later)
    assert needs(shop.chen, shop, at) == []
    fact = Event.objects.about(order).get(kind="workshop.delay_told")
    assert (fact.data["way"], fact.data["in_time"], fact.detail.text) == ("call", 1, "等配件")
    # The promise the customer agreed to stays the one that is measured.
    assert fresh(order).promised_first_at == order.promised_first_at


def test_a_promise_that_stands_is_told_once_and_a_new_one_in_danger_is_told_again(shop, running):
    order, _began = running
    at = order.promised_at - timedelta(minutes=20)
    with moved(at):
        tell_delay(fresh(order), Told(TellWay.HERE, order.promised_at, "快好了"), by=shop.chen)
    assert not delays_of([fresh(order)], at)[order.pk].is_due
    with moved(at):
        promise(fresh(order), order.promised_at + timedelta(minutes=1), by=shop.chen, reason="x")
    assert delays_of([fresh(order)], at)[order.pk].is_due


def test_a_promise_that_passed_untold_is_seen_by_the_manager(shop, running):
    order, _began = running
    at = order.promised_at + timedelta(minutes=5)
    assert [headline for _level, headline in needs(shop.gu, shop, at)] == ["承诺已过，客户还没有被告知"]
    with moved(at):
        late = Told(TellWay.CALL, at + timedelta(hours=1), "等配件")
        assert not tell_delay(fresh(order), late, by=shop.chen).in_time
    assert needs(shop.gu, shop, at) == []


def test_what_is_told_has_a_promise_a_reason_and_a_time_ahead(shop, running):
    order, _began = running
    ahead = now() + timedelta(hours=3)
    with refused(ReasonMissing):
        tell_delay(fresh(order), Told(TellWay.CALL, ahead, " "), by=shop.chen)
    with refused(PromiseInPast):
        tell_delay(fresh(order), Told(TellWay.CALL, now() - timedelta(minutes=1), "x"), by=shop.chen)
    RepairOrder.objects.filter(pk=order.pk).update(promised_at=None)
    with refused(NothingPromised):
        tell_delay(fresh(order), Told(TellWay.CALL, ahead, "x"), by=shop.chen)
    assert not DelayNotice.objects.exists()


def test_the_order_page_offers_to_tell_and_programs_do_the_same(shop, running, desk):
    order, _began = running
    at = order.promised_at - timedelta(minutes=20)
    with moved(at):
        page = desk(shop.chen).get(reverse("orders:order", args=[order.pk])).content.decode()
        assert reverse("workshop:tell_delay", args=[order.pk]) in page
        ask_due(at)
        mine = program(shop.tao)
        sent = {"outlook": "on_time"}
        answered = mine.post(
            f"/api/v1/jobs/{jobs_of(order)[0].pk}/progress", sent, content_type="application/json"
        )
        assert (answered.status_code, answered.json()["outlook"]) == (200, "on_time")
        told = {"way": "message", "promised_at": (at + timedelta(hours=2)).isoformat(), "reason": "等配件"}
        desk_program = program(shop.chen)
        made = desk_program.post(f"/api/v1/orders/{order.pk}/delays", told, content_type="application/json")
    assert (made.status_code, made.json()["in_time"]) == (201, True)


def test_a_car_nobody_works_on_has_no_question(shop):
    second(shop)
    assert ask_due(now() + timedelta(hours=9)) == 0
