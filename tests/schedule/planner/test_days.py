"""A day's plan: it holds, gets better and never worse, keeps what is settled, and says what cannot be."""

import json
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicelane.schedule.planner.days import Assignment, Bay, Car, Day, Infeasible, Operation, Technician
from servicelane.schedule.planner.files import read_day
from servicelane.schedule.planner.improving import improve, improved
from servicelane.schedule.planner.placing import Board, first_come, first_plan, place_all
from tests.schedule.planner.checkers import faults_of_day

WINDOWS = ((0, 240), (300, 540), (1440, 1980))


def technician(name="T1", level=3, windows=WINDOWS, certificates=()):
    return Technician(name, {"mechanical": level}, windows, frozenset(certificates))


def car(name, *minutes, arrival=0, promised=120, weight=1, ready=0, kind="general", level=1, certificate=""):
    operations = tuple(
        Operation(f"{name}.{at}", "mechanical", level, one, ready, certificate)
        for at, one in enumerate(minutes, 1)
    )
    return Car(name, "other", weight, arrival, promised, kind, operations)


ONE, BAY = technician(), Bay("B1", "general")


def day(*cars, people=(ONE,), bays=(BAY,), settled=()):
    return Day(tuple(people), tuple(bays), cars, tuple(settled))


@st.composite
def days(draw):
    skills = ("mechanical", "electrical")
    people = tuple(
        Technician(
            f"T{number}",
            {"mechanical": draw(st.integers(1, 3)), "electrical": draw(st.integers(1, 3))},
            WINDOWS[draw(st.integers(0, 1)) :],
        )
        for number in range(draw(st.integers(1, 3)))
    )
    bays = tuple(
        Bay(f"B{number}", ("general", "quick")[number % 2]) for number in range(draw(st.integers(2, 4)))
    )
    cars = []
    most = min(len(people), 2)
    for number in range(draw(st.integers(1, 7))):
        operations = tuple(
            Operation(
                f"C{number}.{at}", draw(st.sampled_from(skills)), 1, draw(st.integers(1, 200)),
                draw(st.integers(0, 400)), people=draw(st.integers(1, most)) if number % 3 == 0 else 1,
            )
            for at in range(draw(st.integers(1, 3)))
        )  # fmt: skip
        kind, weight = draw(st.sampled_from(("general", "quick"))), draw(st.integers(0, 9))
        arrival, promised = draw(st.integers(0, 300)), draw(st.integers(-60, 900))
        cars.append(Car(f"C{number}", "other", weight, arrival, promised, kind, operations))
    return Day(people, bays, tuple(cars))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(days(), st.integers(0, 3))
def test_every_plan_holds_and_more_time_never_makes_it_worse(given_day, seed):
    given_day.check()
    board = first_plan(given_day)
    first = board.plan()
    assert faults_of_day(given_day, first) == []
    assert faults_of_day(given_day, first_come(given_day)) == []
    cost, tries = board.cost, [0]

    def a_few(_share, _best):
        tries[0] += 1
        return tries[0] < 3

    better = improved(board, 0.02, seed, a_few)
    assert faults_of_day(given_day, better) == []
    assert board.cost <= cost


def test_the_best_order_of_few_cars_is_found():
    """Against all orders of six cars with one pair of hands."""
    cars = [
        car(f"C{number}", minutes, promised=promised, weight=weight)
        for number, (minutes, promised, weight) in enumerate(
            [(60, 100, 1), (30, 40, 5), (90, 100, 2), (20, 30, 3), (45, 200, 4), (75, 90, 6)]
        )
    ]
    whole = day(*cars, people=[technician(windows=((0, 2000),))])
    costs = []
    for order in permutations(range(len(cars))):
        board = Board(whole)
        place_all(board, order)
        costs.append(board.cost)
    board = first_plan(whole)
    improve(board, 5, 1, lambda _share, best: best > min(costs))
    assert board.cost == min(costs)


def test_running_and_pinned_work_stays_and_the_rest_goes_around_it():
    running, waiting, other = car("R", 60, 30, promised=60), car("W", 60, promised=60), car("O", 30)
    kept = (Assignment("R.1", "T1", "B1", -20, 40), Assignment("O.1", "T2", "B2", 100, 130))
    whole = day(
        running, waiting, other,
        people=[technician(), technician("T2")], bays=[Bay("B1", "general"), Bay("B2", "general")],
        settled=kept,
    )  # fmt: skip
    whole.check()
    board = first_plan(whole)
    improve(board, 0.05, 1)
    plan = board.plan()
    assert faults_of_day(whole, plan) == []
    assert set(kept) <= set(plan.assignments)
    rows = {row.operation: row for row in plan.assignments}
    assert (rows["R.2"].start, rows["R.2"].bay) == (40, "B1")
    assert (rows["W.1"].technician, rows["W.1"].start) == ("T2", 0)


def test_nobody_waits_in_a_bay_for_parts_that_come_later():
    late = Car(
        "L", "other", 1, 0, 500, "general",
        (Operation("L.1", "mechanical", 1, 30), Operation("L.2", "mechanical", 1, 30, ready=400)),
    )  # fmt: skip
    quick = car("Q", 60, arrival=60, promised=130)
    whole = day(late, quick, people=[technician(), technician("T2")])
    plan = first_plan(whole).plan()
    assert (plan.lateness, faults_of_day(whole, plan)) == (0, [])


def test_a_day_that_is_full_leaves_cars_and_says_which():
    short = [technician(windows=((0, 100),))]
    plan = first_plan(day(car("A", 90, weight=5), car("B", 90), people=short)).plan()
    assert plan.left == ("B",)


@pytest.mark.parametrize(
    ("whole", "code", "about"),
    [
        (day(car("A", 30, level=4)), "nobody", "A.1"),
        (day(car("A", 30, certificate="high_voltage")), "nobody", "A.1"),
        (day(car("A", 30, kind="body")), "no_bay", "A"),
        (day(car("A", 0)), "minutes", "A.1"),
        (day(car("A", -5)), "minutes", "A.1"),
        (day(car("A", 600)), "too_long", "A.1"),
        (day(car("A")), "no_operation", "A"),
        (day(car("A", 30), car("A", 30)), "twice", "A"),
        (day(car("A", 30), people=[technician(), technician()]), "twice", "T1"),
        (day(car("A", 30), people=[technician(windows=((100, 50),))]), "window", "T1"),
        (day(car("A", 30), people=[technician(windows=((100, 200), (50, 90)))]), "window", "T1"),
        (day(car("A", 30), settled=[Assignment("X.1", "T1", "B1", 0, 30)]), "unknown", "X.1"),
        (day(car("A", 30), settled=[Assignment("A.1", "T1", "B1", 0, 20)]), "settled", "A.1"),
        (
            day(
                car("A", 30), car("B", 30),
                settled=[Assignment("A.1", "T1", "B1", 0, 30), Assignment("B.1", "T1", "B1", 20, 50)],
            ),
            "collision", "T1",
        ),
    ],
)  # fmt: skip
def test_what_no_plan_could_keep_is_named(whole, code, about):
    with pytest.raises(Infeasible) as refused:
        whole.check()
    assert (refused.value.code, refused.value.about) == (code, about)
    assert about in str(refused.value)


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ([Assignment("A.1", "T1", "B1", 0, 60), Assignment("B.1", "T2", "B1", 30, 90)], "collision"),
        ([Assignment("A.1", "T1", "B1", 0, 60), Assignment("A.2", "T2", "B2", 60, 90)], "settled"),
        ([Assignment("A.1", "T1", "B1", 60, 120), Assignment("A.2", "T2", "B1", 90, 120)], "order"),
    ],
)
def test_settled_work_that_contradicts_itself_is_named(kept, code):
    whole = day(
        car("A", 60, 30), car("B", 60),
        people=[technician(), technician("T2")], bays=[BAY, Bay("B2", "general")], settled=kept,
    )  # fmt: skip
    with pytest.raises(Infeasible) as refused:
        first_plan(whole)
    assert refused.value.code == code


def test_a_certificate_decides_who_may():
    certified = technician("T2", certificates=["high_voltage"])
    whole = day(car("A", 30, certificate="high_voltage"), people=[technician(), certified])
    whole.check()
    assert [row.technician for row in first_plan(whole).plan().assignments] == ["T2"]


def test_the_day_of_sixty_cars_is_planned_far_better_than_first_come(reference):
    text = (reference / "01-dispatch-scheduling/day60.json").read_text(encoding="utf-8")
    whole = read_day(text)
    whole.check()
    board = first_plan(whole)
    plan = improved(board, 2, 1)
    assert faults_of_day(whole, plan) == []
    assert plan.lateness < 0.6 * 21_233
    assert first_come(whole).lateness == 21_233
    assert replace(whole, settled=plan.assignments[:5]).check() is None
    assert len(json.loads(text)["cars"]) == 60
