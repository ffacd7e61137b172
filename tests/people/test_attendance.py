"""Who came: noted for a shift, shown where work is given, and away people get no work without a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.queries import today_in
from servicelane.people.attendance_services import set_attendance
from servicelane.people.errors import ShiftNotBegun
from servicelane.people.models import Attendance, Shift
from servicelane.people.shift_services import Times, plan_shift
from servicelane.schedule.errors import PersonAway
from servicelane.schedule.queries import team_of
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import start
from servicelane.workshop.shop import shop_of
from tests.access.visitor import visitor
from tests.floor import fresh, jobs_of
from tests.unchanged import refused
from tests.visit import agreed


@pytest.fixture
def shift(shop):
    """A shift of 陶建国 that runs now; what was planned for him is taken out."""
    Shift.objects.filter(employee=shop.tao).delete()
    hour = timedelta(hours=1)
    made = plan_shift(shop.tao, shop.shinan, Times(now() - hour, now() + hour), by=shop.luo)
    # By night the shift may have begun the day before.
    Shift.objects.filter(pk=made.pk).update(day=today_in(shop.shinan))
    return Shift.objects.select_related("store", "employee").get(pk=made.pk)


def state_of(shop):
    mates = shop_of(shop.luo, shop.shinan, now()).mates
    return next((mate.state, mate.attendance) for mate in mates if mate.person == shop.tao)


def test_it_is_a_fact_once_and_two_who_note_it_at_once_are_told(shop, shift):
    set_attendance(shift, Attendance.LATE, by=shop.luo, note="堵车", version=shift.version)
    set_attendance(shift, Attendance.LATE, by=shop.luo)
    fact = Event.objects.get(kind="people.attendance_set")
    assert (fact.data["attendance"], fact.data["was"], fact.detail.text) == ("late", "", "堵车")
    with refused(ChangedMeanwhile):
        set_attendance(fresh_of(shift), Attendance.ABSENT, by=shop.gu, version=1)


def fresh_of(shift):
    return Shift.objects.select_related("store", "employee").get(pk=shift.pk)


def test_a_later_day_knows_only_leave(shop, shift):
    Shift.objects.filter(pk=shift.pk).update(day=today_in(shop.shinan) + timedelta(days=1))
    with refused(ShiftNotBegun):
        set_attendance(fresh_of(shift), Attendance.ABSENT, by=shop.luo)
    assert set_attendance(fresh_of(shift), Attendance.LEAVE, by=shop.luo).attendance == "leave"


@pytest.mark.parametrize("what", [Attendance.ABSENT, Attendance.LEAVE])
def test_who_is_away_is_not_free_and_gets_work_only_with_a_reason(shop, shift, what):
    assert state_of(shop) == ("free", "")
    set_attendance(shift, what, by=shop.luo)
    assert state_of(shop) == ("away", str(what.label))

    order = agreed(shop)
    with refused(PersonAway):
        assign(fresh(order), jobs_of(order)[0], shop.tao, by=shop.luo)
    assign(fresh(order), jobs_of(order)[0], shop.tao, by=shop.luo, reason="下午回来")
    assert Event.objects.about(order).get(kind="schedule.assigned").detail.text == "下午回来"


def test_who_starts_a_job_themselves_is_here(shop, shift):
    set_attendance(shift, Attendance.ABSENT, by=shop.luo)
    order = agreed(shop)
    start(jobs_of(order)[0], shop.tao, by=shop.tao)
    assert state_of(shop)[0] == "busy"


def test_the_dispatcher_notes_it_on_its_page_and_gives_work_with_a_reason(shop, shift):
    client = visitor(shop.luo, store=shop.shinan)
    page = reverse("people:attendance")
    assert reverse("people:note_attendance", args=[shift.pk]) in client.get(page).content.decode()
    said = {"attendance": "absent", "version": shift.version}
    assert client.send("post", reverse("people:note_attendance", args=[shift.pk]), said)["Location"] == page
    assert fresh_of(shift).attendance == "absent"

    order = agreed(shop)
    to = reverse("workshop:give", args=[order.pk])
    assert 'name="reason"' in client.get(f"{reverse('workshop:shop')}?car={order.pk}").content.decode()
    sent = {"version": order.version, "jobs": jobs_of(order)[0].pk, "technician": shop.tao.pk, "bay": ""}
    assert client.send("post", to, sent).status_code == 422
    assert client.send("post", to, {**sent, "reason": "下午回来"}).status_code == 302
    assert [one.technician for one in team_of(jobs_of(order)[0])] == [shop.tao]


def test_the_order_page_says_who_is_away_and_asks_for_the_reason(shop, shift):
    client = visitor(shop.luo, store=shop.shinan)
    order = agreed(shop)
    page, to = reverse("orders:order", args=[order.pk]), reverse("schedule:dispatch", args=[order.pk])
    assert 'name="reason"' not in client.get(page).content.decode()

    set_attendance(shift, Attendance.ABSENT, by=shop.luo)
    drawn = client.get(page).content.decode()
    assert 'name="reason"' in drawn
    assert f"{shop.tao} ({Attendance.ABSENT.label})" in drawn
    sent = {"version": order.version, "technician": shop.tao.pk, "bay": ""}
    assert client.send("post", to, sent).status_code == 422
    assert client.send("post", to, {**sent, "reason": "下午回来"}).status_code == 302
    assert [one.technician for one in team_of(jobs_of(order)[0])] == [shop.tao]
