"""What the workshop can still take, half-hour by half-hour."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from servicelane.booking.services import NewBooking, Times, book
from servicelane.kernel.clock import moved, now
from servicelane.org.models import OpeningHours
from servicelane.org.queries import local_moment, today_in
from servicelane.org.services import take_bay_out_of_service
from servicelane.people.attendance_services import set_attendance
from servicelane.people.models import Attendance, EmployeeSkill, Shift, Skill, SkillLevel
from servicelane.people.shift_services import Times as ShiftTimes
from servicelane.people.shift_services import plan_shift
from servicelane.schedule.free import free_hours
from servicelane.schedule.queries import bays_of
from servicelane.workshop.free_pages import free_page
from tests.access.visitor import visitor
from tests.floor import bay, in_work, jobs_of, technician
from tests.visit import agreed, car

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def shifts(shop):
    """Tomorrow: 陶建国 from eight to six with a break of an hour, 尹 too until twelve; open nine to five."""
    technician(shop, "yin")
    day = today_in(shop.shinan) + timedelta(days=1)
    OpeningHours.objects.filter(store=shop.shinan).update(opens=time(9), closes=time(17))
    Shift.objects.filter(store=shop.shinan).delete()
    begins = local_moment(shop.shinan, day, time(8))
    made = [
        plan_shift(shop.tao, shop.shinan, ShiftTimes(begins, begins + 10 * HOUR, 60), by=shop.luo),
        plan_shift(shop.yin, shop.shinan, ShiftTimes(begins, begins + 4 * HOUR), by=shop.luo),
    ]
    with moved(begins + 75 * timedelta(minutes=1)):
        yield day, made


def free_on(shop, day):
    """The free half-hours of a day as they are at a quarter past nine on the planned one."""
    return free_hours(shop.shinan, now(), [day])[0]


def test_shifts_without_breaks_within_opening_hours_from_now_on(shop, shifts):
    day, made = shifts
    free = free_on(shop, day)
    starts = [local_moment(shop.shinan, day, time(9)) + number * HOUR / 2 for number in range(16)]
    assert [one.starts_at for one in free.half_hours] == starts
    by_clock = [one.minutes for one in free.half_hours]
    # 9:15 to 12 both, one at lunch from half past twelve to half past one.
    assert by_clock == [30, 60, 60, 60, 60, 60, 30, 0, 0, 30, 30, 30, 30, 30, 30, 30]
    assert free.half_hours[0].people == {shop.tao: 15, shop.yin: 15}
    set_attendance(made[1], Attendance.LEAVE, by=shop.luo)
    away = free_on(shop, day)
    assert [one.minutes for one in away.half_hours][:3] == [15, 30, 30]


def test_work_that_is_here_or_booked_has_its_place_first(shop, shifts):
    day, _made = shifts
    before = sum(one.minutes for one in free_on(shop, day).half_hours)
    order = agreed(shop, None, "M20")
    work = sum((job.minutes for job in jobs_of(order)), timedelta()) / MINUTE
    assert before - sum(one.minutes for one in free_on(shop, day).half_hours) == work
    customer, vehicle = car(shop, "鲁B9988K", "李明")
    times = Times(now() + HOUR, shop.chen, 2 * HOUR)
    book(shop.shinan, NewBooking(times, vehicle=vehicle, customer=customer), by=shop.chen)
    assert before - sum(one.minutes for one in free_on(shop, day).half_hours) == work + 120


def test_a_bay_is_free_when_nobody_holds_it_all_through_and_it_is_in_service(shop, shifts):
    day, _made = shifts
    free = free_on(shop, day)
    kinds = {one.code for half in free.half_hours for one in half.bays}
    assert kinds == {one.code for one in bays_of(shop.shinan)}
    in_work(shop, "M20")
    assert "L1" not in {one.code for one in free_on(shop, day).half_hours[0].bays}
    assert "L1" in {one.code for one in free_on(shop, day).half_hours[-1].bays}
    take_bay_out_of_service(bay(shop, "L2"), by=shop.luo)
    assert "L2" not in {one.code for half in free_on(shop, day).half_hours for one in half.bays}


def test_a_skill_counts_those_who_do_its_work_alone(shop, shifts):
    day, _made = shifts
    skill = Skill.objects.first()
    EmployeeSkill.objects.filter(skill=skill).delete()
    EmployeeSkill.objects.create(employee=shop.tao, skill=skill, level=SkillLevel.ABLE)
    EmployeeSkill.objects.create(employee=shop.yin, skill=skill, level=SkillLevel.ABLE - 1)
    free = free_on(shop, day)
    assert [free.minutes(half, skill.pk) for half in free.half_hours][:2] == [15, 30]
    assert free.minutes(free.half_hours[0], 0) == 0


def test_the_part_of_the_page_says_what_it_comes_to(shop, shifts):
    day, _made = shifts
    page = free_page(shop.shinan, now(), None)
    assert (page.day, page.finding, page.people[0].total) == (day, "技师还有9.5小时空闲", "9.5")
    assert page.people[0].cells[0].who == f"{shop.tao}、{shop.yin}"
    client = visitor(shop.luo, store=shop.shinan)
    shown = client.get(reverse("workshop:free"), {"day": day.isoformat()}).content.decode()
    assert "技师还有9.5小时空闲" in shown
    OpeningHours.objects.filter(store=shop.shinan).delete()
    for asked in ("", "2020-01-01", "x"):
        shown = client.get(reverse("workshop:free"), {"day": asked}).content.decode()
        assert "休息，或当天已结束" in shown
    assert free_on(shop, day).half_hours == []


def test_without_anybody_at_work_no_hour_is_left(shop, shifts):
    Shift.objects.filter(store=shop.shinan).update(attendance=Attendance.LEAVE)
    assert free_page(shop.shinan, now(), None).finding == "技师没有空余工时了"
