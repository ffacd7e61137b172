"""Inspection by somebody else, the way back for rework, and the wash: what makes a car ready."""

from datetime import timedelta

import pytest

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event, EventDetail
from servicelane.orders.errors import OrderChanged, StillOpen, WrongMoment
from servicelane.orders.models import JobState, PayType, Status
from servicelane.orders.order_services import advance, reopen
from servicelane.schedule.queries import team_of
from servicelane.workshop.clock_services import finish, start
from servicelane.workshop.errors import (
    FindingsMissing,
    OdometerTooLow,
    ReworkUnnamed,
    SelfInspection,
    WashIsOver,
    WashRunsAlready,
)
from servicelane.workshop.inspection_services import Inspection, inspect, skip_wash, start_wash, wash_done
from servicelane.workshop.models import Fault, QualityCheck, Wash, WashSkip
from tests.floor import fresh, in_inspection, in_work, jobs_of, technician
from tests.unchanged import refused

PASSED = Inspection(passed=True)


def back(order, **changes):
    rework = [jobs_of(order)[0].pk]
    return Inspection(**{"passed": False, "faults": [Fault.LEAK], "rework": rework, **changes})


def test_a_passed_and_washed_car_is_ready(shop):
    order = in_inspection(shop)
    seen = Inspection(passed=True, odometer=20_153)
    inspect(fresh(order), seen, by=shop.yin, version=fresh(order).version)

    assert fresh(order).status == Status.QUALITY_CHECK
    with moved(now() + timedelta(minutes=1)):
        start_wash(fresh(order), by=shop.chen)
    with moved(now() + timedelta(minutes=13)):
        wash_done(fresh(order), by=shop.chen)

    assert fresh(order).status == Status.READY
    assert Event.objects.about(order).get(kind="workshop.washed").data["seconds"] == 720
    fact = Event.objects.about(order).get(kind="workshop.inspected").data
    assert (fact["passed"], fact["first"], fact["faults"], fact["released"]) == (1, 1, [], 0)


def test_a_car_washed_first_is_ready_by_the_inspection(shop):
    order = in_work(shop)
    wash_done(fresh(order), by=shop.chen)
    finish(jobs_of(order)[0], by=shop.tao)
    assert fresh(order).status == Status.QUALITY_CHECK
    inspect(fresh(order), PASSED, by=shop.yin)
    assert fresh(order).status == Status.READY


def test_without_a_wanted_wash_the_inspection_alone_makes_it_ready(shop):
    order = in_inspection(shop)
    type(order).objects.filter(pk=order.pk).update(wash_wanted=False)
    inspect(fresh(order), PASSED, by=shop.yin)
    assert fresh(order).status == Status.READY


def test_a_wash_may_be_left_out_for_a_reason(shop):
    order = in_inspection(shop)
    inspect(fresh(order), PASSED, by=shop.yin)
    skip_wash(fresh(order), WashSkip.WEATHER, by=shop.chen)
    assert fresh(order).status == Status.READY
    assert Event.objects.about(order).get(kind="workshop.wash_skipped").data["reason"] == "weather"


def test_a_car_that_is_not_inspected_does_not_become_ready_by_any_way(shop):
    order = in_inspection(shop)
    wash_done(fresh(order), by=shop.chen)
    assert fresh(order).status == Status.QUALITY_CHECK
    with refused(StillOpen):
        advance(fresh(order), Status.READY, by=shop.gu)
    inspect(fresh(order), back(order), by=shop.yin)
    with refused(WrongMoment):
        inspect(fresh(order), PASSED, by=shop.yin)


def test_a_car_that_is_not_washed_does_not_become_ready_by_any_way(shop):
    order = in_inspection(shop)
    inspect(fresh(order), PASSED, by=shop.yin)
    with refused(StillOpen):
        advance(fresh(order), Status.READY, by=shop.gu)


def test_nobody_inspects_their_own_work(shop):
    yin = technician(shop, "yin")
    order = in_work(shop, "M20", "M-AIR")
    start(jobs_of(order)[1], yin, by=yin)
    finish(jobs_of(order)[1], by=yin)
    finish(jobs_of(order)[0], by=shop.tao)

    with refused(SelfInspection, person=yin):
        inspect(fresh(order), PASSED, by=yin)
    with refused(SelfInspection):
        inspect(fresh(order), Inspection(passed=True, released="alone today"), by=yin)


def test_in_a_small_shop_the_manager_may_release_an_inspection_with_a_reason(shop):
    gu = technician(shop, "gu")
    order = in_work(shop)
    start(jobs_of(order)[0], gu, by=gu)
    finish(jobs_of(order)[0], by=gu)

    with refused(SelfInspection):
        inspect(fresh(order), PASSED, by=gu)
    seen = Inspection(passed=True, released="the inspector is ill")
    check = inspect(fresh(order), seen, by=gu)

    assert check.released_reason == "the inspector is ill"
    fact = Event.objects.about(order).get(kind="workshop.inspected")
    assert fact.data["released"] == 1
    assert EventDetail.objects.get(event=fact).text == "the inspector is ill"


def test_a_failed_inspection_gives_the_job_back_to_its_team_unpaid(shop):
    order = in_inspection(shop)
    inspect(fresh(order), back(order, words="oil at the drain plug"), by=shop.yin)

    assert fresh(order).status == Status.IN_WORK
    again = jobs_of(order)[1]
    assert (again.state, again.pay_type, again.price) == (JobState.WAITING, PayType.INTERNAL, 0)
    assert (again.rework_of, again.name_en) == (jobs_of(order)[0], "Rework: 20,000 km service")
    assert again.name_zh.startswith("返工：")
    assert [one.technician for one in team_of(again)] == [shop.tao]
    fact = Event.objects.about(order).get(kind="workshop.inspected").data
    assert (fact["passed"], fact["faults"]) == (0, ["leak"])

    start(jobs_of(order)[1], shop.tao, by=shop.tao)
    finish(jobs_of(order)[1], by=shop.tao)
    assert fresh(order).status == Status.QUALITY_CHECK
    wash_done(fresh(order), by=shop.chen)
    assert fresh(order).status == Status.QUALITY_CHECK
    inspect(fresh(order), PASSED, by=shop.yin)
    assert fresh(order).status == Status.READY
    firsts = Event.objects.about(order).filter(kind="workshop.inspected").order_by("id")
    assert [fact.data["first"] for fact in firsts] == [1, 0]


def test_a_car_goes_back_with_a_fault_or_words_and_a_named_job(shop):
    order = in_inspection(shop)
    with refused(FindingsMissing):
        inspect(fresh(order), back(order, faults=[], words=" "), by=shop.yin)
    for rework in ([], [0], [jobs_of(order)[0].pk, 0]):
        with refused(ReworkUnnamed):
            inspect(fresh(order), back(order, rework=rework), by=shop.yin)


def test_a_road_test_does_not_turn_the_odometer_back(shop):
    order = in_inspection(shop)
    with refused(OdometerTooLow, last=20_150):
        inspect(fresh(order), Inspection(passed=True, odometer=20_149), by=shop.yin)


def test_an_inspection_belongs_to_the_inspection_stage_and_to_the_newest_version(shop):
    order = in_work(shop)
    with refused(WrongMoment):
        inspect(fresh(order), PASSED, by=shop.yin)
    finish(jobs_of(order)[0], by=shop.tao)
    with refused(OrderChanged):
        inspect(fresh(order), PASSED, by=shop.yin, version=order.version)


def test_a_wash_begins_once_and_ends_once(shop):
    order = in_inspection(shop)
    start_wash(fresh(order), by=shop.chen)
    with refused(WashRunsAlready):
        start_wash(fresh(order), by=shop.chen)
    wash_done(fresh(order), by=shop.chen)
    for call in (
        lambda: wash_done(fresh(order), by=shop.chen),
        lambda: start_wash(fresh(order), by=shop.chen),
        lambda: skip_wash(fresh(order), WashSkip.NO_TIME, by=shop.chen),
    ):
        with refused(WashIsOver):
            call()
    assert Wash.objects.count() == 1


def test_a_car_taken_back_is_inspected_again(shop):
    order = in_inspection(shop)
    inspect(fresh(order), PASSED, by=shop.yin)
    reopen(fresh(order), Status.IN_WORK, by=shop.gu, reason="a clip was forgotten")
    from servicelane.workshop.clock_services import send_to_inspection

    send_to_inspection(fresh(order), by=shop.tao)
    wash_done(fresh(order), by=shop.chen)
    assert fresh(order).status == Status.QUALITY_CHECK
    inspect(fresh(order), PASSED, by=shop.yin)
    assert fresh(order).status == Status.READY
    assert QualityCheck.objects.filter(order=order).count() == 2


@pytest.mark.parametrize("what", ["pass", "back", "wash"])
def test_no_signature_costs_more_than_forty_statements(shop, django_assert_max_num_queries, what):
    order = in_inspection(shop, "M20", "M-AIR", "M-CAB")
    order = fresh(order)
    with django_assert_max_num_queries(40) as done:
        if what == "pass":
            inspect(order, PASSED, by=shop.yin)
        elif what == "back":
            inspect(order, back(order), by=shop.yin)
        else:
            start_wash(order, by=shop.chen)
    print(what, len(done))
