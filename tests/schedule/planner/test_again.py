"""Planning again: little moves, work goes on over nights, and each assignment says why."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicelane.schedule.planner.days import Assignment, Bay, Infeasible, Operation
from servicelane.schedule.planner.improving import improve
from servicelane.schedule.planner.placing import Board, first_plan
from servicelane.schedule.planner.reasons import reasons_of, say, sentences
from tests.schedule.planner.checkers import faults_of_day, moved_of
from tests.schedule.planner.test_days import BAY, ONE, car, day, days, technician


def planned(whole, tries=60, seed=1):
    """The plan of a day after some tries."""
    board, done = first_plan(whole), [0]

    def go_on(_share, _best):
        done[0] += 1
        return done[0] * 16 < tries

    improve(board, 0.5, seed, go_on)
    return board.plan()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(days(), st.integers(0, 3))
def test_a_new_plan_moves_a_quarter_of_the_old_one_at_most(whole, seed):
    first = planned(replace(whole, cars=whole.cars[:-1]), seed=seed)
    again = replace(whole, before=first.assignments)
    plan = planned(again, seed=seed)
    assert faults_of_day(again, plan) == []
    moved, of = moved_of(again, plan)
    assert moved <= of / 4


def test_without_a_limit_the_same_day_would_move_more():
    """The limit binds: an urgent car that comes late would turn the whole plan over."""
    cars = [car(f"C{number}", 60, promised=60 * number + 60) for number in range(8)]
    one = replace(ONE, windows=((0, 2000),))
    first = first_plan(day(*cars, people=[one])).plan()
    urgent = car("U", 60, promised=60, weight=50)
    free, bound = planned(day(*cars, urgent, people=[one]), 4000), None
    again = day(*cars, urgent, people=[one])
    again = replace(again, before=first.assignments)
    bound = planned(again, 4000)
    assert moved_of(again, free)[0] > 2
    assert moved_of(again, bound)[0] <= 2
    assert faults_of_day(again, bound) == []


def test_what_an_absent_technician_had_goes_to_another_and_the_rest_stays():
    two = technician("T2")
    cars = [car(f"C{number}", 60, promised=200) for number in range(4)]
    bays = [Bay(f"B{number}", "general") for number in range(4)]
    first = first_plan(day(*cars, people=[ONE, two], bays=bays)).plan()
    gone = day(*cars, people=[ONE, replace(two, windows=((300, 540),))], bays=bays)
    gone = replace(gone, before=first.assignments)
    board = first_plan(gone)
    plan = board.plan()
    touched = {row.operation.split(".")[0] for row in first.assignments if row.technician == "T2"}
    assert len(touched) == 2
    assert faults_of_day(gone, plan) == []
    assert moved_of(gone, plan, touched) == (0, 2)
    assert board.may_move == 0


def test_a_long_job_goes_on_with_the_same_hands_the_next_day():
    pieces = (
        Operation("L.1", "mechanical", 1, 200),
        Operation("L.2", "mechanical", 1, 300, continues=True),
    )
    long = replace(car("L", 200, promised=2000), operations=pieces)
    busy = car("O", 30, promised=100, weight=9)
    whole = day(
        long, busy, people=[technician(windows=((0, 240), (1440, 1980))), technician("T2")],
        bays=[BAY, Bay("B2", "general")],
    )  # fmt: skip
    whole.check()
    for seed in range(5):
        plan = planned(whole, 200, seed)
        assert faults_of_day(whole, plan) == []
    assert reasons_of(whole, plan)["L.2"][0].code == "same_hands"


def test_a_first_operation_continues_nothing():
    one = replace(car("A", 30), operations=(Operation("A.1", "mechanical", 1, 30, continues=True),))
    with pytest.raises(Infeasible) as refused:
        day(one).check()
    assert (refused.value.code, refused.value.about) == ("continues", "A.1")


def test_work_kept_for_somebody_and_a_car_kept_in_a_bay_stay_there():
    kept = replace(
        car("A", 30), bay_kind="", bays=frozenset({"B2"}),
        operations=(Operation("A.1", "", 0, 30, technicians=frozenset({"T2"})),),
    )  # fmt: skip
    whole = day(kept, people=[ONE, technician("T2")], bays=[BAY, Bay("B2", "body")])
    whole.check()
    (row,) = first_plan(whole).plan().assignments
    assert (row.technician, row.bay) == ("T2", "B2")
    with pytest.raises(Infeasible) as refused:
        replace(whole, bays=(BAY,)).check()
    assert refused.value.code == "no_bay"


def test_of_two_plans_alike_in_lateness_the_balanced_one_is_taken():
    cars = [car(f"C{number}", 30, promised=5000) for number in range(6)]
    people = [technician("T1"), technician("T2"), technician("T3")]
    whole = day(*cars, people=people, bays=[Bay(f"B{number}", "general") for number in range(1)])
    board = first_plan(whole)
    assert board.second[0] == 180
    improve(board, 5, 1)
    assert board.second[0] == 0
    assert faults_of_day(whole, board.plan()) == []


def test_a_pinned_later_job_leaves_room_for_the_one_ahead():
    """Both pins can hold: the open jobs ahead of them go as late as their pins allow."""
    pins = [Assignment("A.2", "T1", "B1", 120, 150), Assignment("B.2", "T1", "B1", 60, 90)]
    whole = day(car("A", 30, 30), car("B", 30, 30), settled=pins)
    plan = first_plan(whole).plan()
    assert faults_of_day(whole, plan) == []
    assert {row.operation: row.start for row in plan.assignments}["A.1"] == 90


def test_every_assignment_says_who_when_and_how_the_promise_stands():
    late = car("L", 60, 30, promised=30)
    parts = car("P", 30, ready=100, promised=400)
    whole = day(late, parts, car("S", 30, certificate="high_voltage", promised=900),
                people=[ONE, technician("T2", certificates=["high_voltage"], windows=((50, 540),))],
                bays=[BAY, Bay("B2", "general")])  # fmt: skip
    plan = planned(whole)
    why = reasons_of(whole, plan)
    codes = {name: [reason.code for reason in reasons] for name, reasons in why.items()}
    assert set(codes) == {row.operation for row in plan.assignments}
    assert codes["L.1"] == ["free_first", "on_arrival"]
    assert codes["L.2"][1:] == ["after", "late"]
    assert codes["P.1"][1:] == ["parts", "in_time"]
    assert codes["S.1"] == ["only", "shift", "in_time"]
    away = replace(whole, cars=(parts,), technicians=(ONE, technician("T2", windows=())))
    (row,) = first_plan(away).plan().assignments
    assert reasons_of(away, first_plan(away).plan())[row.operation][0].code == "nobody_else"
    late_by = why["L.2"][-1].facts
    assert late_by == {"minutes": 60, "at": 30}


@settings(max_examples=30, deadline=None, derandomize=True)
@given(days())
def test_all_reasons_have_words_in_both_languages(whole):
    board = Board(whole)
    plan = first_plan(whole).plan()
    assert board.day is whole
    for reasons in reasons_of(whole, plan).values():
        assert len(reasons) >= 2
        for reason in reasons:
            for language in ("zh", "en"):
                words = say(reason.code, reason.facts, language, lambda _kind, name: name, str)
                assert words
                assert "{" not in words


def test_the_sentences_of_both_languages_speak_of_the_same():
    for code, words in sentences().items():
        assert set(words) == {"zh", "en"}, code
        assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in words.values()}) == 1, code
