"""How sure a planned end is: the plan played with work as long as it was before."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from servicelane.schedule.planner.chances import chance_of, drawn, ends_of, kept_by, spread_of, worked_off
from servicelane.schedule.planner.days import Assignment, Bay, Operation
from servicelane.schedule.planner.placing import FAR, first_plan
from tests.schedule.planner.test_days import BAY, ONE, car, day, days, technician

AS_PLANNED, AT_ONCE = (1.0,) * 11, (0.0,) * 11
HALF_AGAIN = (1.5,) * 11
UNSURE = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0)


def test_a_spread_is_the_eleven_values_of_a_sample():
    assert spread_of([3]) == (3,) * 11
    assert spread_of(range(11)) == tuple(range(11))
    assert spread_of([10, 0])[:3] == (0, 1, 2)
    # Quantiles of type 7: of 1 to 4 the median is 2.5, a tenth lies below 1.3.
    assert [round(value, 3) for value in spread_of([4, 3, 2, 1])][1:6:4] == [1.3, 2.5]


def test_a_draw_lies_between_its_neighbours():
    spread = spread_of(range(11))
    assert [drawn(spread, share) for share in (-1, 0, 0.05, 0.5, 1, 2)] == [0, 0, 0.5, 5, 10, 10]


def test_work_that_a_window_ends_goes_on_in_the_next_one():
    windows = [(0, 60), (90, 120)]
    assert worked_off(windows, 10, 50) == 60
    assert worked_off(windows, 10, 51) == 91
    assert worked_off(windows, 70, 30) == 120
    assert worked_off(windows, 70, 31) == FAR
    assert worked_off([], 0, 1) == FAR


@settings(max_examples=60, deadline=None, derandomize=True)
@given(days(), st.integers(0, 3))
def test_work_as_long_as_planned_ends_as_planned_and_longer_work_never_sooner(given_day, seed):
    plan = first_plan(given_day).plan()
    owner = {one.id: other.id for other in given_day.cars for one in other.operations}
    for name in {owner[row.operation] for row in plan.assignments}:
        planned = max(row.end for row in plan.assignments if owner[row.operation] == name)
        as_planned = ends_of(given_day, plan, name, lambda *_: AS_PLANNED, AT_ONCE, seed=seed, runs=3)
        longer = ends_of(given_day, plan, name, lambda *_: HALF_AGAIN, AT_ONCE, seed=seed, runs=3)
        # Nothing was put off to let a car wait outside of its bay, so it can end sooner, never later.
        assert max(as_planned) <= planned
        assert min(longer) >= max(as_planned)


def test_what_stands_behind_late_work_waits_and_the_way_to_ready_counts():
    given_day = day(car("A", 60), car("B", 60, arrival=1))
    plan = first_plan(given_day).plan()
    assert [(row.operation, row.start) for row in plan.assignments] == [("A.1", 0), ("B.1", 60)]
    assert set(ends_of(given_day, plan, "B", lambda *_: HALF_AGAIN, (30.0,) * 11)) == {210}
    only_first = ends_of(
        given_day, plan, "B", lambda one, _: HALF_AGAIN if one == "A.1" else AS_PLANNED, AT_ONCE
    )
    assert set(only_first) == {150}


def test_a_car_in_the_same_bay_waits_for_the_one_ahead_though_other_hands_work_on_it():
    hands = [replace(car(name, 60, arrival=at), operations=(only(f"{name}.1", f"T{at + 1}"),))
             for at, name in enumerate("AB")]  # fmt: skip
    given_day = day(*hands, people=(technician("T1"), technician("T2")))
    plan = first_plan(given_day).plan()
    assert [(row.technician, row.bay, row.start) for row in plan.assignments] == [
        ("T1", "B1", 0),
        ("T2", "B1", 60),
    ]
    assert min(ends_of(given_day, plan, "B", lambda *_: HALF_AGAIN, AT_ONCE)) == 180


def only(name, who):
    """An hour's work for one technician alone."""
    return Operation(name, "mechanical", 1, 60, technicians=frozenset({who}))


def test_running_work_goes_on_outside_of_its_window():
    running = Assignment("A.1", "T1", "B1", 200, 260)
    given_day = day(car("A", 60), settled=[running], people=(technician(windows=((0, 240), (300, 540))),))
    plan = first_plan(given_day).plan()
    assert set(ends_of(given_day, plan, "A", lambda *_: AS_PLANNED, AT_ONCE)) == {260}


def test_the_chance_and_the_minute_belong_together():
    given_day = day(car("A", 100), car("B", 100), people=(ONE,), bays=(BAY, Bay("B2", "general")))
    plan = first_plan(given_day).plan()
    ends = ends_of(given_day, plan, "B", lambda *_: UNSURE, UNSURE, seed=7)
    assert ends == sorted(ends) == ends_of(given_day, plan, "B", lambda *_: UNSURE, UNSURE, seed=7)
    assert kept_by(ends, 50) < kept_by(ends, 80) < kept_by(ends, 95)
    for chance in (50, 80, 95):
        assert chance_of(ends, kept_by(ends, chance)) >= chance > chance_of(ends, kept_by(ends, chance) - 1)
    assert (chance_of(ends, 0), chance_of(ends, FAR)) == (0, 100)
