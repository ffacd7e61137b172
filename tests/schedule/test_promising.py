"""A promise is proposed from the load of the workshop; an earlier one is the advisor's own, with a reason."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import signing
from django.urls import reverse

from servicelane.booking.services import NewBooking, Times, book
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders import job_services
from servicelane.orders.errors import PromiseNeedsReason
from servicelane.orders.estimate_services import make_estimate
from servicelane.orders.job_services import JobDetails
from servicelane.orders.models import Estimate, Operation, RepairOrder, WorkType
from servicelane.orders.promising import SALT, Weighed, proposal_for, sealed, short_parts, unsealed, waits_of
from servicelane.org.models import OpeningHours
from servicelane.org.queries import local_moment, today_in
from servicelane.org.services import set_rule
from servicelane.parts.models import StockItem
from servicelane.people.attendance_services import set_attendance
from servicelane.people.models import Attendance, EmployeeSkill, Shift, Skill
from servicelane.people.shift_services import Times as ShiftTimes
from servicelane.people.shift_services import plan_shift
from servicelane.schedule import floor
from servicelane.schedule.models import Pace
from servicelane.schedule.paces import READY_UNKNOWN, UNKNOWN, Done, Paces, paces_of, write_paces
from servicelane.schedule.promising import open_at, why_not
from servicelane.schedule.rules import PROMISE_CHANCE
from servicelane.schedule.services import assign
from tests.access.visitor import program, visitor
from tests.floor import bay, fresh, jobs_of, second
from tests.unchanged import refused
from tests.visit import agreed, arrived, car, checked_in, operation

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def morning(shop):
    """Tomorrow at ten: 陶建国 alone is here, from eight to six without a break; bay work only."""
    day = today_in(shop.shinan) + timedelta(days=1)
    at = local_moment(shop.shinan, day, time(10))
    Shift.objects.filter(store=shop.shinan).delete()
    times = ShiftTimes(at - 2 * HOUR, at + 8 * HOUR)
    plan_shift(shop.tao, shop.shinan, times, by=shop.luo)
    with moved(at):
        yield at


def waiting(shop, *codes, plate="鲁B3210K", name="张大全"):
    """A car in reception with jobs without an answer."""
    customer, vehicle = car(shop, plate, name)
    order = checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle))
    for code in codes:
        job_services.add_job(order, JobDetails(operation(code)), by=shop.chen)
    return fresh(order)


def sure(shop):
    """Work takes exactly its standard time here, and cars are ready at once."""
    write_paces(shop.shinan, [Done(None, None, 1.0)] * 8, [0.0] * 8, now())


def test_the_proposal_is_the_earliest_time_that_the_load_allows(shop, morning):
    sure(shop)
    order = waiting(shop, "M20")
    work = jobs_of(order)[0].minutes
    alone = proposal_for(order, morning)
    assert (alone.work, alone.begins_at, alone.ends_at) == (work, morning, morning + work)
    assert (alone.technicians, alone.ahead, alone.known) == ((str(shop.tao),), 0, 8)
    assert alone.ends_at <= alone.ready_at < alone.ends_at + 10 * MINUTE
    assert alone.ready_at.minute % 10 == 0

    ahead = second(shop, "M20")
    assign(ahead, jobs_of(ahead)[0], shop.tao, bay(shop), by=shop.luo)
    behind = proposal_for(fresh(order), morning)
    assert behind.begins_at == morning + jobs_of(ahead)[0].minutes
    assert (behind.ahead, behind.ready_at >= alone.ready_at + work) == (1, True)


def test_it_moves_nobody_however_much_the_asked_car_counts(shop, morning):
    sure(shop)
    order = waiting(shop, "M20")
    order.jobs.update(work_type=WorkType.CAMPAIGN)
    other = second(shop, "M20")
    RepairOrder.objects.filter(pk=other.pk).update(promised_at=morning + 8 * HOUR)
    found = proposal_for(fresh(order), morning)
    assert (found.ahead, found.begins_at) == (1, morning + jobs_of(other)[0].minutes)


def test_a_booked_car_that_is_still_to_come_takes_its_time(shop, morning):
    sure(shop)
    order = waiting(shop, "M20")
    customer, vehicle = car(shop, "鲁B9988K", "李明")
    book(
        shop.shinan,
        NewBooking(Times(morning + 15 * MINUTE, shop.chen, 3 * HOUR), vehicle=vehicle, customer=customer),
        by=shop.chen,
    )
    found = proposal_for(order, morning)
    assert found.begins_at >= morning + 3 * HOUR + 15 * MINUTE
    # A little late it still comes, after half an hour nobody counts on it.
    for late, begins in ((40 * MINUTE, 3 * HOUR), (50 * MINUTE, timedelta())):
        assert proposal_for(order, morning + late).begins_at == morning + late + begins


def test_the_wider_the_spread_and_the_surer_the_store_the_later_the_time(shop, morning):
    order = waiting(shop, "M20")
    wide = proposal_for(order, morning)
    assert (wide.known, wide.chance, wide.ready_at > wide.ends_at) == (0, 80, True)
    set_rule(shop.shinan, PROMISE_CHANCE, "95", by=shop.gu)
    surer = proposal_for(order, morning)
    assert (surer.chance, surer.ready_at > wide.ready_at) == (95, True)


def test_the_promise_in_force_is_told_its_chance(shop, morning):
    sure(shop)
    order = agreed(shop, None, "M20")
    assert proposal_for(order, morning).held == 100
    order.promised_at = morning + 5 * MINUTE
    assert proposal_for(order, morning).held == 0
    order.promised_at = morning - MINUTE
    assert proposal_for(order, morning).held is None


def test_without_hands_room_or_work_it_says_why_and_proposes_nothing(shop, morning):
    order = waiting(shop)
    assert proposal_for(order, morning).why_not == "工单上没有未完成的项目"
    order = waiting(shop, "M20", plate="鲁B9988K", name="李明")
    shift = Shift.objects.get(employee=shop.tao, starts__lte=morning, ends__gt=morning)
    set_attendance(shift, Attendance.ABSENT, by=shop.luo)
    nobody = proposal_for(fresh(order), morning)
    assert (nobody.ready_at, nobody.why_not) == (None, why_not("too_long"))
    Shift.objects.filter(pk=shift.pk).update(attendance=Attendance.PRESENT)
    assert proposal_for(fresh(order), morning).ready_at is not None
    Operation.objects.filter(code="M20").update(skill=Skill.objects.first())
    EmployeeSkill.objects.all().delete()
    assert proposal_for(fresh(order), morning).why_not == why_not("nobody")


def test_it_is_never_outside_of_opening_hours(shop, morning):
    day = today_in(shop.shinan)
    OpeningHours.objects.filter(store=shop.shinan).update(opens=time(9), closes=time(17))
    for clock, found in ((time(6), (0, time(9))), (time(16, 51), (0, time(17))), (time(17, 1), (1, time(9)))):
        there = open_at(shop.shinan, local_moment(shop.shinan, day, clock))
        assert there == local_moment(shop.shinan, day + timedelta(days=found[0]), found[1])
    OpeningHours.objects.filter(store=shop.shinan).delete()
    assert open_at(shop.shinan, morning) is None


def test_spreads_are_taken_from_the_nearest_that_is_known():
    rows = {(1, 2): 0.1, (1, None): 0.2, (None, 2): 0.3, (None, None): 0.4}
    paces = Paces({key: (9, (value,) * 11) for key, value in rows.items()}, READY_UNKNOWN)
    assert [paces.of(*key)[0] for key in ((1, 2), (1, 3), (4, 2), (4, 3), (None, 2))] == [
        0.1, 0.2, 0.3, 0.4, 0.3,
    ]  # fmt: skip
    assert (paces.known, Paces({}, READY_UNKNOWN).of(1, 2), Paces({}, READY_UNKNOWN).known) == (9, UNKNOWN, 0)


def test_a_forgotten_clock_and_few_jobs_do_not_make_a_spread(shop):
    assert write_paces(shop.shinan, [Done(None, shop.tao.pk, 90.0)] * 8, [900.0] * 7, now()) == 2
    paces = paces_of(shop.shinan)
    assert (paces.of(None, shop.tao.pk)[5], paces.ready) == (4.0, READY_UNKNOWN)
    assert write_paces(shop.shinan, [Done(None, None, 1.0)] * 7, [900.0] * 8, now()) == 1
    assert (paces_of(shop.shinan).of(None, None), paces_of(shop.shinan).ready) == (UNKNOWN, (240.0,) * 11)
    assert Pace.objects.filter(store=shop.laoshan).count() == 0


def test_an_earlier_promise_needs_a_reason_and_both_are_kept(shop, morning):
    order = waiting(shop, "M20")
    seen = Weighed(morning + 3 * HOUR, 80)
    early = morning + 2 * HOUR
    with refused(PromiseNeedsReason, order=order, proposed_at=seen.proposed_at):
        make_estimate(order, by=shop.chen, promised_at=early, weighed=seen)
    made = make_estimate(
        order, by=shop.chen, promised_at=early, weighed=Weighed(seen.proposed_at, 80, " 客户赶飞机 ")
    )
    assert (made.promised_at, made.proposed_at) == (early, seen.proposed_at)
    assert (made.proposed_chance, made.overruled_why) == (80, "客户赶飞机")
    fact = Event.objects.about(order).get(kind="orders.estimated")
    assert (fact.data["proposed_at"], fact.data["chance"]) == (seen.proposed_at.isoformat(), 80)
    assert fact.detail.text == "客户赶飞机"


def test_the_proposed_time_itself_needs_none(shop, morning):
    order = waiting(shop, "M20")
    made = make_estimate(
        order, by=shop.chen, promised_at=morning + HOUR, weighed=Weighed(morning + HOUR, 80, "unused")
    )
    assert (made.proposed_at, made.overruled_why) == (morning + HOUR, "")


def test_the_promise_in_force_is_kept_without_a_reason(shop, morning):
    order = agreed(shop, None, "M20")
    RepairOrder.objects.filter(pk=order.pk).update(promised_at=morning + HOUR + timedelta(seconds=7))
    order = fresh(order)
    job_services.add_job(order, JobDetails(operation("M-AIR")), by=shop.chen)
    seen = Weighed(morning + 3 * HOUR, 80)
    with refused(PromiseNeedsReason, order=order, proposed_at=seen.proposed_at):
        make_estimate(order, by=shop.chen, promised_at=morning + 2 * HOUR, weighed=seen)
    kept = make_estimate(fresh(order), by=shop.chen, promised_at=morning + HOUR, weighed=seen)
    assert (kept.proposed_at, kept.overruled_why) == (seen.proposed_at, "")
    page = visitor(shop.chen, store=shop.shinan).get(reverse("orders:proposal", args=[order.pk]))
    assert f'data-in-force="{_typed(morning + HOUR)}"' in page.content.decode()


def test_the_page_proposes_and_asks_why_an_earlier_time(shop, morning):
    order = waiting(shop, "M20")
    desk = visitor(shop.chen, store=shop.shinan)
    address = reverse("orders:proposal", args=[order.pk])
    page = desk.get(f"{address}?field=a%22b&fill").content.decode()
    assert "data-fill" in page
    assert 'data-field="a&quot;b"' in page
    found = proposal_for(order, morning)
    text = sealed(order, found)
    form = {"version": order.version, "promised_at": _typed(found.ready_at - HOUR), "proposed": text}
    answer = desk.send("post", reverse("orders:make_estimate", args=[order.pk]), form)
    assert (answer.status_code, "车间能保证的是建议时间" in answer.content.decode()) == (422, True)
    assert not Estimate.objects.filter(order=order).exists()
    desk.send("post", reverse("orders:make_estimate", args=[order.pk]), {**form, "why": "客户赶飞机"})
    assert Estimate.objects.get(order=order).overruled_why == "客户赶飞机"


def test_a_program_reads_the_proposal(shop, morning, monkeypatch):
    sure(shop)
    order = waiting(shop, "M20")
    line = jobs_of(order)[0].part_lines.first()
    StockItem.objects.filter(store=shop.shinan, part=line.part).update(on_hand=0, reserved=0)
    address = f"/api/v1/orders/{order.pk}/promise"
    found, said = proposal_for(order, morning), program(shop.chen).get(address).json()
    assert datetime.fromisoformat(said["proposed_at"]) == found.ready_at
    assert datetime.fromisoformat(said["begins_at"]) == morning
    assert (said["chance"], said["promised_chance"], said["known_jobs"]) == (80, None, 8)
    assert (said["minutes"], said["cars_ahead"]) == (found.work // MINUTE, 0)
    assert (said["missing_parts"], said["why_not"]) == ([line.part.number], "")
    monkeypatch.setattr("servicelane.orders.promising._proposers", [])
    assert program(shop.chen).get(address).json()["proposed_at"] is None


def test_what_was_not_shown_for_this_order_is_no_proposal(shop, morning):
    order, other = waiting(shop, "M20"), waiting(shop, "M20", plate="鲁B9988K", name="李明")
    found = proposal_for(order, morning)
    assert unsealed(order, sealed(order, found)) == Weighed(found.ready_at, found.chance)
    assert unsealed(other, sealed(order, found)) is None
    assert unsealed(order, sealed(order, found)[:-1] + "!") is None
    assert unsealed(order, "") is None
    assert unsealed(order, signing.dumps({"order": order.pk, "at": None, "chance": 80}, salt=SALT)) is None


def test_parts_that_are_missing_and_waits_are_named(shop, morning):
    order = waiting(shop, "M20")
    line = jobs_of(order)[0].part_lines.first()
    assert short_parts(order) == []
    StockItem.objects.filter(store=shop.shinan, part=line.part).update(on_hand=0, reserved=0)
    assert short_parts(order) == [line]
    order.holds.create(reason="tool", started_at=now())
    order.holds.create(reason="approval", started_at=now())
    assert waits_of(order) == ["工具或帮手"]
    page = (
        visitor(shop.chen, store=shop.shinan)
        .get(reverse("orders:proposal", args=[order.pk]))
        .content.decode()
    )
    assert line.name in page
    assert "工具或帮手" in page


def test_where_nobody_reads_the_floor_nothing_is_proposed(shop, monkeypatch):
    order = waiting(shop, "M20")
    monkeypatch.setattr(floor, "_readers", [])
    with pytest.raises(LookupError):
        floor.load_of(shop.shinan, now(), order)
    monkeypatch.setattr("servicelane.orders.promising._proposers", [])
    assert proposal_for(order, now()) is None
    answer = visitor(shop.chen, store=shop.shinan).get(reverse("orders:proposal", args=[order.pk]))
    assert answer.status_code == 204


def _typed(moment):
    return moment.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
