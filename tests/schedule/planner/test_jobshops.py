"""Flexible job shops: plans hold, bounds are below them, and without the solver the first plan serves."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicelane.schedule.planner.files import read_job_shop
from servicelane.schedule.planner.jobshops import CP_SAT, GREEDY, JobShop, first_plan, plan
from tests.schedule.planner.checkers import faults_of_shop

OPTIONS = st.dictionaries(st.integers(1, 4), st.integers(1, 30), min_size=1, max_size=3).map(
    lambda options: tuple(options.items())
)
SHOPS = st.lists(st.lists(OPTIONS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=6).map(
    lambda jobs: JobShop(4, tuple(jobs))
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(SHOPS)
def test_every_first_plan_holds(shop):
    steps = first_plan(shop)
    assert faults_of_shop(shop.jobs, steps) == []
    assert max(step.end for step in steps) >= shop.lower_bound


@settings(max_examples=8, deadline=None, derandomize=True)
@given(SHOPS)
def test_the_search_holds_and_is_never_worse(shop):
    pytest.importorskip("ortools")
    first, found = max(step.end for step in first_plan(shop)), plan(shop, 1.0, 1)
    assert faults_of_shop(shop.jobs, found.steps) == []
    assert shop.lower_bound <= found.lower_bound <= found.makespan <= first


def test_a_published_shop_is_solved_to_its_optimum(reference):
    pytest.importorskip("ortools")
    text = (reference / "01-dispatch-scheduling/fjs/mk01.fjs").read_text(encoding="utf-8")
    found = plan(read_job_shop(text), 10, 0)
    assert (found.makespan, found.lower_bound, found.engine) == (40, 40, CP_SAT)


def test_without_the_solver_the_first_plan_serves_and_says_so(monkeypatch):
    shop = JobShop(2, ((((1, 5),), ((2, 3),)), (((1, 4),), ((2, 6),)), (((2, 2),), ((1, 7),))))
    for name in ("ortools", "ortools.sat", "ortools.sat.python"):
        monkeypatch.setitem(sys.modules, name, None)
    found = plan(shop, 1)
    assert found.engine == GREEDY
    assert faults_of_shop(shop.jobs, found.steps) == []
