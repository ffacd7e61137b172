"""What two people on the floor press at once: one wins, the other is told, on either database."""

from servicelane.kernel.checking import check
from servicelane.orders.errors import OrderChanged, WrongMoment
from servicelane.orders.models import JobState, Status
from servicelane.workshop.clock_services import finish, start
from servicelane.workshop.errors import AnotherJobRuns
from servicelane.workshop.inspection_services import Inspection, inspect
from servicelane.workshop.models import Clocking, Fault, QualityCheck
from tests.floor import fresh, in_inspection, in_work, jobs_of, second, technician
from tests.people.test_races import at_once
from tests.visit import agreed


def test_two_who_start_the_same_job_do_not_both_begin_it(transactional_db, shop):
    yin = technician(shop, "yin")
    order = agreed(shop)
    one, other = jobs_of(order)[0], jobs_of(order)[0]

    refusals = at_once(lambda: start(one, shop.tao, by=shop.tao), lambda: start(other, yin, by=yin))

    assert [type(refusal) for refusal in refusals] == [OrderChanged]
    assert Clocking.objects.running().count() == 1
    assert check() == []


def test_one_technician_does_not_start_two_cars_at_once(transactional_db, shop):
    first, other = jobs_of(agreed(shop))[0], jobs_of(second(shop))[0]

    refusals = at_once(
        lambda: start(first, shop.tao, by=shop.tao), lambda: start(other, shop.tao, by=shop.tao)
    )

    assert [type(refusal) for refusal in refusals] == [AnotherJobRuns]
    assert Clocking.objects.running().count() == 1
    states = sorted(job.state for job in (*jobs_of(first.order), *jobs_of(other.order)))
    assert states == [JobState.RUNNING, JobState.WAITING]
    assert check() == []


def test_of_two_inspectors_one_decides(transactional_db, shop):
    order = in_inspection(shop)
    rework = [jobs_of(order)[0].pk]
    passed, failed = Inspection(passed=True), Inspection(passed=False, faults=[Fault.NOISE], rework=rework)
    one, other = fresh(order), fresh(order)

    refusals = at_once(lambda: inspect(one, passed, by=shop.yin), lambda: inspect(other, failed, by=shop.gu))

    assert [type(refusal) for refusal in refusals] == [OrderChanged]
    sign = QualityCheck.objects.get(order=order)
    assert fresh(order).status == (Status.QUALITY_CHECK if sign.passed else Status.IN_WORK)


def test_a_job_is_finished_once(transactional_db, shop):
    order = in_work(shop)
    one, other = jobs_of(order)[0], jobs_of(order)[0]

    refusals = at_once(lambda: finish(one, by=shop.tao), lambda: finish(other, by=shop.luo))

    assert [type(refusal) for refusal in refusals] in ([OrderChanged], [WrongMoment])
    assert Clocking.objects.filter(end_reason="finish").count() == 1
    assert fresh(order).status == Status.QUALITY_CHECK
