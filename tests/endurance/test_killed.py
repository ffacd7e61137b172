"""Whatever is killed in the middle of a visit: what was answered stands, each step has one effect."""

import os
import random
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import override_settings

from servicelane.demo.cast import PASSWORD
from servicelane.people.models import Employee
from servicelane.project.bench.client import Client
from servicelane.project.bench.loop import sign_in
from servicelane.project.bench.stage import make_stage
from servicelane.project.bench.visit import Car, walk
from servicelane.project.settings import PASSWORD_HASHERS
from tests.endurance.shaken import STAGES, Stubborn, Way, ask, check_says, killed, power_cut, told
from tests.project.test_up import Lane
from tools.cluster import Cluster, cluster
from tools.debian import postgresql_programs

SEED = int(os.environ.get("ENDURANCE_SEED", "20261125"))
ROUNDS = int(os.environ.get("ENDURANCE_ROUNDS", "0"))
"""Visits with a blow in every stage; 0, as in `make test`, is one visit with a blow in two or three."""

THRICE = (
    "orders.job_added", "orders.job_changed", "orders.parts_issued", "schedule.assigned", "workshop.started",
    "workshop.finished",
)  # fmt: skip
ONCE = (
    "orders.arrived", "orders.open", "orders.estimated", "orders.promised", "orders.authorised",
    "orders.agreed", "orders.in_work", "orders.quality_check", "workshop.inspected", "orders.ready",
    "orders.settled", "billing.invoiced", "billing.paid", "billing.exit_pass", "orders.delivered",
)  # fmt: skip
USUAL = {**dict.fromkeys(THRICE, 3), **dict.fromkeys(ONCE, 1)}
"""The facts of one undisturbed visit with three jobs, each with one part."""


@pytest.fixture
def stage(shop: Any, transactional_db: None) -> dict[str, Any]:
    """The people, stock and cars of the walks, with passwords that the product's own settings know."""
    made = make_stage(1, max(1, ROUNDS))
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        users = ("chen", "yin", "shen", "he", *made["technicians"])
        Employee.objects.filter(user_name__in=users).update(password=make_password(PASSWORD))
    return made


def walk_under_blows(lane: Lane, stage: dict[str, Any], ways: Sequence[Way]) -> list[int]:
    """Walk each car of the stage, struck in these ways at random moments; returns the orders."""
    (crew,) = sign_in(Client(lane.port), stage)
    chance = random.Random(SEED)
    orders = []
    for turn, car in enumerate(stage["cars"]):
        parts = chance.sample(STAGES, len(ways) if ROUNDS == 0 else len(STAGES))
        blows = {chance.choice(part): ways[at % len(ways)] for at, part in enumerate(parts)}
        client = Stubborn(lane.port, blows, SEED + turn)
        order = walk(client, crew, Car(*car))
        client.close()
        print(f"seed {SEED}, visit {turn}: {client.struck}, {client.refused} refused")
        assert not client.waiting
        assert told(lane.database_url, order) == USUAL
        orders.append(order)
    return orders


def all_is_right(lane: Lane, orders: list[int], until: Callable[..., None]) -> None:
    """Every reaction was run once, each due job has one task, all is sealed, and the books are right."""
    url = lane.database_url

    def follow_ups() -> list[tuple[Any, ...]]:
        return sorted(ask(url, "SELECT order_id, count(*) FROM care_followup GROUP BY order_id"))

    until(lambda: len(follow_ups()) == len(orders))
    assert follow_ups() == sorted((order, 1) for order in orders)
    until(lambda: ask(url, "SELECT count(*) FROM kernel_event WHERE position IS NULL") == [(0,)])

    def due_jobs() -> list[tuple[Any, ...]]:
        return ask(
            url,
            "SELECT task_path, count(*) FROM django_tasks_database_dbtaskresult"
            " WHERE task_path IN (SELECT job FROM kernel_schedule) GROUP BY task_path",
        )

    until(due_jobs, seconds=60)
    jobs = due_jobs()
    assert {count for _path, count in jobs} == {1}
    assert check_says(lane) == "ok"


def test_a_visit_survives_the_death_of_any_process(
    stage: dict[str, Any], own_process: dict[str, str], tmp_path: Path, until: Callable[..., None]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the processes are the same on both databases: they are killed on SQLite's")
    lane = Lane(tmp_path / "data", own_process["DATABASE_URL"])
    ways = [
        Way("worker and scheduler", killed(lane, "worker", "scheduler")),
        power_cut(lane),
        Way("site", killed(lane, "web")),
        Way("site's workers", killed(lane, "web", only=slice(1, None))),
    ]
    try:
        lane.start()
        orders = walk_under_blows(lane, stage, ways if ROUNDS else ways[:3])
        all_is_right(lane, orders, until)
    finally:
        lane.end()


@pytest.fixture
def server(transactional_db: None, stage: dict[str, Any]) -> Iterator[Cluster]:
    """A PostgreSQL server of its own with a copy of this test's database; it keeps what it confirmed."""
    programs = postgresql_programs()
    if connection.vendor != "postgresql" or programs is None:
        pytest.skip("SQLite has no server that could be killed")
    source = urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    with cluster({"synchronous_commit": "on"}) as own:
        dump = subprocess.run([programs / "pg_dump", source.geturl()], check=True, capture_output=True).stdout
        filled = [programs / "psql", "--quiet", "--set=ON_ERROR_STOP=1", own.url]
        subprocess.run(filled, input=dump, check=True, capture_output=True)
        yield own


def test_a_visit_survives_the_crash_of_the_database_server(
    stage: dict[str, Any], server: Cluster, tmp_path: Path, until: Callable[..., None]
) -> None:
    lane = Lane(tmp_path / "data", server.url)
    try:
        lane.start()
        orders = walk_under_blows(lane, stage, [Way("database", lambda: server.crash, server.start)] * 2)
        all_is_right(lane, orders, until)
    finally:
        lane.end()
