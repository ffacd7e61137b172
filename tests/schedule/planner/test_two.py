"""Work for two: side by side, both at work, both free, and both busy with it."""

from dataclasses import replace

import pytest

from servicelane.schedule.planner.chances import ends_of
from servicelane.schedule.planner.days import Assignment, Bay, Infeasible, Operation, both
from servicelane.schedule.planner.placing import Board, first_plan
from servicelane.schedule.planner.reasons import reasons_of, say
from servicelane.schedule.planner.windows import Windows
from tests.schedule.planner.checkers import faults_of_day
from tests.schedule.planner.test_days import BAY, ONE, car, day, technician

BAYS = (BAY, Bay("B2", "general"), Bay("B3", "general"))


def for_two(name="X", minutes=60, **changes):
    """A car with one operation for two."""
    one = Operation(f"{name}.1", "mechanical", 1, minutes, people=2, **changes)
    return replace(car(name, minutes), operations=(one,))


def rows_of(whole):
    plan = first_plan(whole).plan()
    assert faults_of_day(whole, plan) == []
    return {row.operation: row for row in plan.assignments}


def test_it_begins_when_both_are_here_and_free_and_keeps_both_busy():
    early, late = technician("T1", windows=((0, 240),)), technician("T2", windows=((90, 400),))
    row = rows_of(day(for_two(), people=[early, late], bays=BAYS))["X.1"]
    assert (row.hands, row.start) == (("T1", "T2"), 90)
    rows = rows_of(day(for_two(), car("A", 90, arrival=90), people=[early, late], bays=BAYS))
    assert rows["A.1"].start >= rows["X.1"].end or rows["A.1"].end <= rows["X.1"].start


def test_who_may_not_do_it_is_no_helper_and_of_three_the_pair_that_is_free_first_does_it():
    busy = technician("T1", windows=((200, 400),))
    people = [busy, technician("T2"), technician("T3"), technician("T4", level=0)]
    assert rows_of(day(for_two(), people=people, bays=BAYS))["X.1"].hands == ("T2", "T3")


@pytest.mark.parametrize(
    ("work", "people", "code"),
    [
        (for_two(), [ONE], "nobody"),
        (for_two(), [ONE, technician("T2", level=0)], "nobody"),
        (for_two(minutes=100), [ONE, technician("T2", windows=((200, 350),))], "too_long"),
        (
            replace(car("X", 60), operations=(Operation("X.1", "mechanical", 1, 60, people=3),)),
            [ONE],
            "people",
        ),
    ],
)
def test_what_two_cannot_do_is_named(work, people, code):
    with pytest.raises(Infeasible) as refused:
        day(work, people=people, bays=BAYS).check()
    assert (refused.value.code, refused.value.about) == (code, "X.1")


def test_running_work_of_two_keeps_both_and_a_plan_in_force_is_kept_with_both():
    people = [ONE, technician("T2")]
    running = Assignment("X.1", "T1", "B1", 0, 60, "T2")
    rows = rows_of(day(for_two(), car("A", 30), people=people, bays=BAYS, settled=[running]))
    assert (rows["X.1"], rows["A.1"].start) == (running, 60)
    before = Assignment("X.1", "T1", "B3", 120, 180, "T2")
    kept = replace(day(for_two(), people=people, bays=BAYS), before=(before,))
    assert rows_of(kept)["X.1"] == before
    gone = replace(before, helper="T9")
    assert rows_of(replace(kept, before=(gone,)))["X.1"].start == 0
    with pytest.raises(Infeasible):
        day(for_two(), people=people, bays=BAYS, settled=[replace(running, helper="T9")]).check()
    twice = [running, Assignment("A.1", "T2", "B2", 30, 60)]
    with pytest.raises(Infeasible):
        day(for_two(), car("A", 30), people=people, bays=BAYS, settled=twice).check()


def test_both_are_named_in_the_reason_and_the_later_of_both_decides_when_it_is_played():
    whole = day(car("A", 60), for_two(), people=[ONE, technician("T2")], bays=BAYS)
    board = Board(whole)
    for number in (0, 1):
        board.put(number, board.find(number))
    plan = board.plan()
    reason = reasons_of(whole, plan)["X.1"][0]
    assert reason.code == "two"
    assert say(reason.code, reason.facts, "en", lambda kind, name: f"{kind} {name}", str) == (
        "Is work for two: technician T1 and technician T2."
    )
    start = next(row.start for row in plan.assignments if row.operation == "X.1")
    longer = {"A.1": (1.5,) * 11, "X.1": (1.0,) * 11}
    ends = ends_of(whole, plan, "X", lambda one, _: longer[one], (0.0,) * 11, runs=3)
    assert (start, set(ends)) == (60, {150})


def test_windows_leave_work_for_two_to_the_search():
    pytest.importorskip("ortools")
    board = first_plan(day(for_two(), car("A", 60), people=[ONE, technician("T2")], bays=BAYS))
    assert Windows(board, 1).movable == [1]


def test_spans_of_both():
    assert both([(0, 10), (20, 30)], [(5, 25), (28, 40)]) == ((5, 10), (20, 25), (28, 30))
    assert both([(0, 10)], [(10, 20)]) == both([], [(0, 1)]) == ()
