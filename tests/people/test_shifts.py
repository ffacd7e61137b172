from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.people import queries
from servicelane.people import shift_services as services
from servicelane.people.errors import HasLeft, NotInThisStore, ShiftBackwards, ShiftOverlaps, ShiftTooLong
from servicelane.people.models import Shift
from servicelane.people.services import deactivate
from servicelane.people.shift_services import Times
from tests.unchanged import refused, rows

EIGHT = datetime(2027, 3, 1, 0, 0, tzinfo=UTC)  # eight in the morning in Shanghai
HOUR = timedelta(hours=1)
DAY = Times(EIGHT, EIGHT + 9 * HOUR, 60)


def test_a_shift_belongs_to_the_stores_day_on_which_it_starts(cast):
    early = Times(EIGHT - 7 * HOUR, EIGHT)
    shift = services.plan_shift(cast.he, cast.shinan, early, by=cast.luo)

    assert shift.day.isoformat() == "2027-03-01"
    assert shift.worked == 7 * HOUR
    fact = Event.objects.about(shift).get()
    assert (fact.kind, fact.store_id) == ("people.shift_planned", cast.shinan.pk)
    assert fact.data == {
        "employee": cast.he.pk,
        "day": "2027-03-01",
        "starts": "2027-02-28T17:00:00+00:00",
        "ends": "2027-03-01T00:00:00+00:00",
    }


def test_a_shift_ends_after_it_starts_with_time_left(cast):
    for times in [
        Times(EIGHT, EIGHT),
        Times(EIGHT, EIGHT - HOUR),
        Times(EIGHT, EIGHT + HOUR, 60),
        Times(EIGHT, EIGHT + HOUR, -1),
    ]:
        with refused(ShiftBackwards):
            services.plan_shift(cast.he, cast.shinan, times, by=cast.luo)


def test_a_shift_has_sixteen_hours_at_most(cast):
    with refused(ShiftTooLong, hours=16):
        services.plan_shift(
            cast.he, cast.shinan, Times(EIGHT, EIGHT + 16 * HOUR + timedelta(seconds=1)), by=cast.luo
        )
    services.plan_shift(cast.he, cast.shinan, Times(EIGHT, EIGHT + 16 * HOUR), by=cast.luo)


def test_a_person_works_one_shift_at_a_time_in_whatever_store(cast):
    services.plan_shift(cast.wu, cast.shinan, DAY, by=cast.luo)
    late = Times(EIGHT + 8 * HOUR, EIGHT + 12 * HOUR)
    with refused(ShiftOverlaps, who=cast.wu, store=cast.shinan, starts="08:00", ends="17:00"):
        services.plan_shift(cast.wu, cast.laoshan, late, by=cast.wu)

    after = services.plan_shift(cast.wu, cast.laoshan, Times(EIGHT + 9 * HOUR, EIGHT + 12 * HOUR), by=cast.wu)
    with refused(ShiftOverlaps, store=cast.shinan):
        services.move_shift(after, late, by=cast.wu)
    services.plan_shift(cast.fang, cast.shinan, DAY, by=cast.luo)


def test_a_shift_moves_within_itself(cast):
    shift = services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    services.move_shift(shift, Times(EIGHT + HOUR, EIGHT + 10 * HOUR, 30), by=cast.luo, version=1)

    shift.refresh_from_db()
    assert (shift.starts, shift.break_minutes, shift.version) == (EIGHT + HOUR, 30, 2)
    assert Event.objects.about(shift).latest("pk").kind == "people.shift_moved"
    before = rows()
    services.move_shift(shift, Times(EIGHT + HOUR, EIGHT + 10 * HOUR, 30), by=cast.luo)
    assert rows() == before


def test_of_two_who_move_it_one_is_told(cast):
    shift = services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    late = Shift.objects.get(pk=shift.pk)
    services.move_shift(shift, Times(EIGHT + HOUR, EIGHT + 10 * HOUR), by=cast.luo)
    with refused(ChangedMeanwhile):
        services.move_shift(late, Times(EIGHT + 2 * HOUR, EIGHT + 10 * HOUR), by=cast.fang)


def test_a_cancelled_shift_leaves_the_plan_and_stays_a_fact(cast):
    shift = services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    late, number = Shift.objects.get(pk=shift.pk), shift.pk
    services.cancel_shift(shift, by=cast.luo)

    assert not Shift.objects.filter(pk=number).exists()
    fact = Event.objects.get(kind="people.shift_cancelled")
    assert (fact.subject_id, fact.data["employee"]) == (number, cast.he.pk)
    with refused(ChangedMeanwhile):
        services.cancel_shift(late, by=cast.luo)


def test_a_shift_is_planned_where_the_person_has_a_role(cast):
    with refused(NotInThisStore, who=cast.chen, store=cast.laoshan):
        services.plan_shift(cast.chen, cast.laoshan, DAY, by=cast.wu)
    services.plan_shift(cast.zheng, cast.laoshan, DAY, by=cast.wu)


def test_whoever_left_has_no_shift(cast):
    shift = services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    deactivate(cast.he, by=cast.admin)
    assert not Shift.objects.filter(pk=shift.pk or 0).exists()
    with refused(HasLeft):
        services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    with refused(HasLeft):
        services.move_shift(shift, DAY, by=cast.luo)


def test_the_database_keeps_no_shift_that_ends_before_it_starts(cast):
    shift = services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(ends=EIGHT - HOUR)


def test_who_is_on_shift_is_asked_with_one_query(cast, django_assert_num_queries):
    for who in (cast.he, cast.shen):
        services.plan_shift(who, cast.shinan, DAY, by=cast.luo)
    services.plan_shift(cast.gao, cast.laoshan, DAY, by=cast.wu)

    with django_assert_num_queries(1):
        there = [str(shift.employee.sort_key) for shift in queries.on_shift(cast.shinan, EIGHT)]
    assert there == ["he ping", "shen yue"]
    assert queries.on_shift(cast.shinan, EIGHT + 9 * HOUR) == []
    day = EIGHT.date()
    assert [shift.employee for shift in queries.shifts_between(cast.laoshan, day, day)] == [cast.gao]


def test_shifts_are_seen_in_the_stores_where_the_right_holds(cast):
    services.plan_shift(cast.he, cast.shinan, DAY, by=cast.luo)
    services.plan_shift(cast.gao, cast.laoshan, DAY, by=cast.wu)

    def stores_seen_by(viewer):
        rows = Shift.objects.visible_to(viewer, "people.plan_shifts")
        return {shift.store for shift in rows}

    assert stores_seen_by(cast.luo) == {cast.shinan}
    assert stores_seen_by(cast.wu) == {cast.laoshan}
    assert stores_seen_by(cast.admin) == {cast.shinan, cast.laoshan}
    assert stores_seen_by(cast.chen) == set()
