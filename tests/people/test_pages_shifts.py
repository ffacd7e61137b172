"""The week table of shifts as a browser meets it."""

from datetime import date, time, timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.org.queries import local_moment
from servicelane.people.models import Employee, Membership, Shift
from servicelane.people.pages import week_name
from servicelane.people.roles import Role
from tests.screen import Screen

FAR = date(2027, 3, 1)  # a Monday without shifts


@pytest.fixture
def gu(cast) -> Screen:
    """The browser of the service manager of Shinan."""
    return Screen(cast.gu)


def fields(person: Employee, **more: object) -> dict[str, object]:
    return {
        "employee": person.pk,
        "day": FAR,
        "starts": "08:30",
        "ends": "17:30",
        "break_minutes": 60,
        **more,
    }


def week(day: date = FAR) -> str:
    return f"{reverse('people:shifts')}?week={week_name(day)}"


def shift_of(cast, person: Employee, day: date = FAR) -> Shift:
    begin, end = (local_moment(cast.shinan, day, time(hour)) for hour in (8, 17))
    return Shift.objects.create(employee=person, store=cast.shinan, day=day, starts=begin, ends=end)


def test_a_shift_is_planned_changed_and_cancelled(gu, cast):
    answer = gu.post(reverse("people:shift_new"), fields(cast.tao))
    assert (answer.status_code, answer["Location"]) == (302, week())
    shift = Shift.objects.get(employee=cast.tao, day=FAR)
    assert shift.worked == timedelta(hours=8)

    changed = {"day": FAR, "starts": "09:00", "ends": "18:00", "break_minutes": 30, "version": shift.version}
    assert gu.post(reverse("people:shift", args=[shift.pk]), changed).status_code == 302
    assert "09:00–<wbr>18:00" in gu.get(week()).text
    assert gu.post(reverse("people:shift", args=[shift.pk]), {**changed, "ends": "19:00"}).status_code == 409

    assert gu.post(reverse("people:shift_cancel", args=[shift.pk])).status_code == 302
    assert not Shift.objects.filter(employee=cast.tao, day=FAR).exists()


def test_a_night_shift_ends_on_the_next_day(gu, cast):
    gu.post(reverse("people:shift_new"), fields(cast.tao, starts="22:00", ends="06:00"))

    shift = Shift.objects.get(employee=cast.tao, day=FAR)
    assert shift.ends - shift.starts == timedelta(hours=8)


@pytest.mark.parametrize(
    "wrong", [{"starts": "soon"}, {"break_minutes": "-5"}, {"day": "2027-02-30"}, {"employee": "x"}]
)
def test_a_bad_shift_keeps_what_was_typed(gu, cast, wrong):
    sent = fields(cast.tao, **wrong)

    answer = gu.post(reverse("people:shift_new"), sent)

    assert answer.status_code == 422
    assert all(f'value="{sent[name]}"' in answer.text for name in ("starts", "ends", "break_minutes"))
    assert not Shift.objects.filter(day=FAR).exists()


def test_a_person_of_another_store_is_not_planned_by_id(gu, cast):
    assert gu.post(reverse("people:shift_new"), fields(cast.song)).status_code == 422
    assert not Shift.objects.filter(day=FAR).exists()


def test_two_shifts_at_once_are_refused_in_words(gu, cast):
    shift_of(cast, cast.tao)

    answer = gu.post(reverse("people:shift_new"), fields(cast.tao), headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#problem")
    assert Shift.objects.filter(day=FAR).count() == 1


def test_last_week_is_copied_once_and_what_does_not_fit_is_counted(gu, cast):
    shift_of(cast, cast.tao)
    shift_of(cast, cast.chen)
    shift_of(cast, cast.chen, FAR + timedelta(days=7))
    sent = {"week": week_name(FAR + timedelta(days=7))}

    gu.post(reverse("people:shift_copy"), sent)
    again = gu.post(reverse("people:shift_copy"), sent)

    copied = Shift.objects.get(employee=cast.tao, day=FAR + timedelta(days=7))
    assert copied.starts == local_moment(cast.shinan, FAR + timedelta(days=7), time(8))
    assert Shift.objects.filter(day=FAR + timedelta(days=7)).count() == 2
    assert "已安排 0 个班次。 2 个未安排" in gu.get(again["Location"]).text


@pytest.mark.parametrize("asked", ["2026-W54", "x", "0000-W01", "9999-W52"])
def test_an_impossible_week_is_this_week(gu, cast, asked):
    answer = gu.get(reverse("people:shifts"), {"week": asked})

    assert answer.status_code == 200


def test_an_empty_week_says_how_to_begin(gu, cast):
    assert "本周还没有排班" in gu.get(week(date(2028, 6, 5))).text


def test_the_table_costs_the_same_for_few_and_for_many(gu, cast):
    from django.db import connection

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            gu.get(week())
        return len(queries)

    gu.get(week())
    few = asked()
    for number in range(40):
        person = Employee.objects.create(
            group=cast.group, user_name=f"extra{number}", name="x", sort_key="x", joined_on=FAR
        )
        Membership.objects.create(employee=person, store=cast.shinan, role=Role.WASH_STAFF)
        shift_of(cast, person)

    assert asked() == few


def test_who_may_not_plan_sees_the_table_without_forms(cast):
    zhou = Screen(cast.zhou)

    text = zhou.get(reverse("people:shifts")).text

    assert "陶建国" in text
    assert reverse("people:shift_new") not in text
    assert zhou.post(reverse("people:shift_new"), fields(cast.tao)).status_code == 403


def test_a_shift_of_another_store_is_not_found(cast):
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.DISPATCHER)
    other, facts = Screen(cast.gao), Event.objects.count()
    shift = shift_of(cast, cast.tao)

    assert other.get(reverse("people:shift", args=[shift.pk])).status_code == 404
    assert other.post(reverse("people:shift", args=[shift.pk]), {}).status_code == 404
    assert other.post(reverse("people:shift_cancel", args=[shift.pk])).status_code == 404
    assert Event.objects.count() == facts


def test_today_is_marked_in_this_week(gu, cast):
    assert 'aria-current="date"' in gu.get(reverse("people:shifts")).text
