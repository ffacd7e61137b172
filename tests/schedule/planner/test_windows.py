"""Windows of cars, solved as a model: they keep every rule, are never worse, and may prove the best plan."""

import sys
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicelane.schedule.planner import windows
from servicelane.schedule.planner.days import Assignment, Bay, Operation
from servicelane.schedule.planner.improving import CP_SAT, SEARCH, improve
from servicelane.schedule.planner.placing import FAR, Board, first_plan
from tests.schedule.planner.checkers import faults_of_day, moved_of
from tests.schedule.planner.test_days import BAY, ONE, car, day, days, technician

pytest.importorskip("ortools")


def turned(board, turns=3, seed=1, seconds=1.0):
    """What the last of some windows said."""
    found = windows.Windows(board, seed)
    said = (False, False)
    for _turn in range(turns if found.movable else 0):
        said = found.turn(seconds)
    return said


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(days(), st.integers(0, 3))
def test_windows_keep_every_rule_and_are_never_worse(whole, seed):
    board = first_plan(whole)
    before = board.cost
    turned(board, 2, seed)
    assert board.cost <= before
    assert faults_of_day(whole, board.plan()) == []


@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(days(), st.integers(0, 3))
def test_windows_move_a_quarter_of_the_plan_in_force_at_most(whole, seed):
    first = first_plan(replace(whole, cars=whole.cars[:-1])).plan()
    again = replace(whole, before=first.assignments)
    board = first_plan(again)
    turned(board, 3, seed)
    assert faults_of_day(again, board.plan()) == []
    moved, of = moved_of(again, board.plan())
    assert moved <= of / 4


def test_the_limit_binds_and_what_moves_is_worth_it():
    cars = [car(f"C{number}", 60, promised=60 * number + 60) for number in range(8)]
    one = replace(ONE, windows=((0, 2000),))
    first = first_plan(day(*cars, people=[one])).plan()
    urgent = car("U", 60, promised=60, weight=50)
    free = first_plan(day(*cars, urgent, people=[one]))
    turned(free, 4)
    again = replace(day(*cars, urgent, people=[one]), before=first.assignments)
    bound = first_plan(again)
    turned(bound, 4)
    assert moved_of(again, free.plan())[0] > 2
    assert 0 < moved_of(again, bound.plan())[0] <= 2


def test_running_work_stays_where_it_is():
    running = Assignment("R.1", "T1", "B1", 0, 100)
    cars = [car("R", 100), *(car(f"C{at}", 90, promised=90, weight=1 + at) for at in range(4))]
    whole = day(*cars, people=[ONE, technician("T2")], bays=[BAY, Bay("B2", "general")], settled=[running])
    board = first_plan(whole)
    turned(board, 4)
    assert faults_of_day(whole, board.plan()) == []
    assert running in board.plan().assignments


def test_the_pieces_of_long_work_stay_with_the_same_hands_though_others_would_be_sooner():
    pieces = (Operation("L.1", "mechanical", 1, 200), Operation("L.2", "mechanical", 1, 200, continues=True))
    people = [technician("T1", windows=((0, 240), (600, 840))), technician("T2", windows=((240, 480),))]
    whole = day(replace(car("L", 200, promised=100), operations=pieces), people=people)
    board = first_plan(whole)
    assert turned(board, 1)[1] is True
    assert [(row.technician, row.start) for row in board.plan().assignments] == [("T1", 0), ("T1", 600)]


def test_a_window_with_all_cars_proves_the_least_lateness():
    rng = Random(5)
    cars = [
        car(f"C{at}", rng.randint(20, 120), promised=rng.randint(60, 300), weight=rng.randint(1, 6))
        for at in range(7)
    ]
    board = first_plan(day(*cars))
    changed, proven = turned(board, 1, seconds=20)
    assert (changed, proven) == (True, True)
    searched = first_plan(day(*cars))
    for seed in range(3):
        improve(searched, 0.05, seed)
        assert searched.cost >= board.cost
    # A part of the cars proves nothing.
    many = first_plan(day(*(car(f"C{at}", 10, promised=9) for at in range(windows.MOST_CARS + 1))))
    assert turned(many, 1)[1] is False


def test_the_search_goes_on_with_windows_while_there_is_time_and_somebody_is_late():
    cars = [car(f"C{at}", 60, promised=30, weight=1 + at % 3) for at in range(6)]
    board = first_plan(day(*cars))
    effort = improve(board, 5.0, 1)
    assert (effort.engine, effort.is_proven) == (f"{SEARCH}, {CP_SAT}", True)
    in_time = first_plan(day(*(replace(one, promised=2000) for one in cars)))
    assert improve(in_time, 5.0, 1).engine == SEARCH


def test_it_is_told_how_far_it_is_and_stops_when_nobody_wants_it(monkeypatch):
    monkeypatch.setattr(windows, "ONE_WINDOW", 0.1)
    cars = [car(f"C{at}", 60, promised=30, weight=1 + at % 3) for at in range(40)]
    shares = []

    def watch(share, _best):
        shares.append(share)
        return share < 0.6

    board = first_plan(day(*cars, bays=[BAY, Bay("B2", "general")]))
    assert improve(board, 3.0, 1, watch).windows
    assert shares[-1] >= 0.6 > shares[-2]
    assert shares == sorted(shares)
    early = improve(board, 3.0, 1, lambda share, _best: share < 0.05)
    assert (early.windows, early.engine) == (0, SEARCH)


def test_without_the_solver_the_search_alone_serves_and_says_so(monkeypatch):
    for name in ("ortools", "ortools.sat", "ortools.sat.python"):
        monkeypatch.setitem(sys.modules, name, None)
    assert not windows.is_installed()
    board = first_plan(day(*(car(f"C{at}", 60, promised=30) for at in range(4))))
    assert improve(board, 0.3, 1).engine == SEARCH


def test_a_car_without_a_place_stays_without_one_and_harms_nobody():
    whole = day(car("A", 200, promised=100), car("B", 90, promised=10), car("X", 230, ready=1900))
    board = Board(whole)
    for number in (0, 1):
        board.put(number, board.find(number))
    turned(board, 3)
    assert board.plan().left == ("X",)
    assert faults_of_day(replace(whole, cars=whole.cars[:2]), board.plan()) == []


def test_what_is_taken_lies_between_the_gaps():
    assert windows._taken([(-FAR, 10), (20, 30)], 50) == [(10, 10), (30, 20)]
    assert windows._taken([], 50) == [(0, 50)]
    assert windows._taken([(-FAR, FAR)], 50) == []
