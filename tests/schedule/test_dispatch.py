"""Who is put on which job, where, and who is not."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.errors import NotAgreed, OrderChanged, WrongMoment
from servicelane.orders.job_services import JobDetails, add_job, move_job
from servicelane.orders.models import JobState
from servicelane.org.services import take_bay_out_of_service
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.schedule import queries, services
from servicelane.schedule.errors import (
    BayOutOfService,
    JobNotOpen,
    JobRuns,
    NotATechnician,
    PlanBackwards,
)
from servicelane.schedule.models import Assignment
from servicelane.schedule.services import Place
from tests.floor import bay, fresh, second
from tests.unchanged import refused, rows
from tests.visit import agreed, checked_in, job_of, operation


def test_a_job_is_given_to_a_technician_and_a_bay(shop):
    order = agreed(shop)
    job = job_of(order)

    made = services.assign(order, job, shop.tao, bay(shop), by=shop.luo, version=order.version)

    assert (made.technician, made.bay, made.assigned_by) == (shop.tao, bay(shop), shop.luo)
    fact = Event.objects.about(order).get(kind="schedule.assigned")
    assert fact.data == {
        "job": job.pk,
        "technician": shop.tao.pk,
        "bay": made.bay_id,
        "version": fresh(order).version,
    }


def test_saying_it_again_records_nothing_and_another_bay_moves_it(shop):
    order = agreed(shop)
    job = job_of(order)
    first = services.assign(order, job, shop.tao, bay(shop), by=shop.luo)
    services.assign(order, job, shop.tao, bay(shop), by=shop.luo)
    moved = services.assign(order, job, shop.tao, bay(shop, "L2"), by=shop.luo)

    assert moved.pk == first.pk
    assert [one.bay.code for one in queries.team_of(job)] == ["L2"]
    assert Event.objects.about(order).filter(kind="schedule.assigned").count() == 2


def test_a_job_given_to_another_technician_leaves_the_first_with_its_row(shop):
    grant_role(shop.yin, Role.TECHNICIAN, shop.shinan, by=shop.admin)
    shop.yin.forget_reach()
    order = agreed(shop)
    job = job_of(order)
    services.assign(order, job, shop.tao, by=shop.luo)

    services.dispatch(order, [job], [shop.yin], Place(bay(shop)), by=shop.luo)

    assert [one.technician for one in queries.team_of(job)] == [shop.yin]
    assert Assignment.objects.get(technician=shop.tao).ended_at is not None
    assert Event.objects.about(order).filter(kind="schedule.unassigned").count() == 1
    services.unassign(order, job, shop.yin, by=shop.luo)
    assert queries.team_of(job) == []


def test_work_is_given_to_technicians_of_the_store_only(shop):
    order = agreed(shop)
    for person in (shop.chen, shop.gao):
        with refused(NotATechnician, person=person):
            services.assign(fresh(order), job_of(order), person, by=shop.luo)


def test_a_bay_out_of_service_or_of_another_store_takes_no_car(shop):
    order = agreed(shop)
    take_bay_out_of_service(bay(shop, "L2"), by=shop.luo)
    for broken in (bay(shop, "L2"), bay(shop, "L1", "laoshan")):
        with refused(BayOutOfService, bay=broken):
            services.assign(fresh(order), job_of(order), shop.tao, broken, by=shop.luo)


def test_what_nobody_agreed_to_is_given_to_nobody(shop):
    order = agreed(shop)
    extra = add_job(order, JobDetails(operation("M20")), by=shop.chen)
    with refused(NotAgreed, job=extra):
        services.assign(fresh(order), extra, shop.tao, by=shop.luo)
    assert queries.unassigned(order.jobs.all(), {}) == [job_of(order)]


def test_before_the_agreement_and_for_a_stale_form_nothing_is_given(shop):
    early = checked_in(shop)
    job = add_job(early, JobDetails(operation("M20")), by=shop.chen)
    with refused(WrongMoment):
        services.assign(fresh(early), job, shop.tao, by=shop.luo)
    order = second(shop)
    with refused(OrderChanged):
        services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo, version=order.version - 1)


def test_a_running_job_keeps_its_technician_and_a_done_one_is_not_dispatched(shop):
    order = agreed(shop)
    job = job_of(order)
    services.assign(order, job, shop.tao, by=shop.luo)
    move_job(job, JobState.RUNNING)
    with refused(JobRuns, person=shop.tao):
        services.unassign(fresh(order), job, shop.tao, by=shop.luo)
    move_job(job, JobState.DONE)
    with refused(JobNotOpen):
        services.assign(fresh(order), job, shop.tao, bay(shop), by=shop.luo)
    with refused(JobNotOpen):
        services.unassign(fresh(order), job, shop.tao, by=shop.luo)


def test_a_plan_has_a_start_and_a_later_end(shop):
    order = agreed(shop)
    at = now()
    for start, end in ((at, None), (None, at), (at, at), (at, at - timedelta(minutes=5))):
        with refused(PlanBackwards):
            services.dispatch(
                fresh(order),
                [job_of(order)],
                [shop.tao],
                Place(None, planned_start=start, planned_end=end),
                by=shop.luo,
            )


def test_the_database_keeps_one_current_assignment_of_a_person_to_a_job(shop):
    order = agreed(shop)
    services.assign(order, job_of(order), shop.tao, by=shop.luo)
    before = rows()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(job=job_of(order), technician=shop.tao, assigned_at=now())
    assert rows() == before


def test_who_and_what_can_be_chosen(shop):
    grant_role(shop.gao, Role.TECHNICIAN, shop.region, by=shop.admin)
    take_bay_out_of_service(bay(shop, "G1"), by=shop.luo)

    assert {person.user_name for person in queries.technicians_of(shop.shinan)} == {"gao", "tao"}
    assert [place.code for place in queries.bays_of(shop.laoshan)] == ["L1", "L2", "Q1"]
    assert "G1" not in [place.code for place in queries.bays_of(shop.shinan)]


def test_a_bay_with_another_running_car_is_told(shop):
    first, other = agreed(shop), second(shop)
    job = job_of(first)
    services.assign(first, job, shop.tao, bay(shop), by=shop.luo)
    assert queries.taken_bays(other) == {}
    move_job(job, JobState.RUNNING)
    assert queries.taken_bays(other) == {bay(shop).pk: first}
    assert queries.taken_bays(first) == {}
