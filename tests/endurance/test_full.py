"""No space left: each request is refused in clear words, nothing is half done, and it goes on with room."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from servicelane.kernel.checking import check
from servicelane.kernel.models import Event
from servicelane.orders.models import RepairOrder
from servicelane.people.sign_in_services import issue_token
from tests.unchanged import rows

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("ENDURANCE_SEED", "20261125"))
ROUNDS = int(os.environ.get("ENDURANCE_ROUNDS", "0"))
CODES = {503: "kernel.database_away", 507: "kernel.short_of_space"}
WRITES = ("INSERT", "UPDATE", "DELETE")


def full_disk() -> OperationalError:
    """The error of a full disk as the database's driver raises it."""
    if connection.vendor == "sqlite":
        return OperationalError("database or disk is full")
    from psycopg.errors import DiskFull

    error = OperationalError("could not extend file")
    error.__cause__ = DiskFull("could not extend file")
    return error


def lost_connection() -> OperationalError:
    """The error of a database that went away."""
    if connection.vendor == "sqlite":
        return OperationalError("unable to open database file")
    from psycopg import OperationalError as Lost

    error = OperationalError("server closed the connection unexpectedly")
    error.__cause__ = Lost("server closed the connection unexpectedly")
    return error


@contextmanager
def failing(at: int, error: Callable[[], OperationalError], table: str = "") -> Iterator[list[str]]:
    """Let the writing statement number `at` (and all after it) fail; yields what was tried."""
    seen: list[str] = []

    def guard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(WRITES) and table in sql:
            seen.append(sql)
            if len(seen) >= at:
                raise error()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield seen


@pytest.fixture
def receive(shop: Any) -> Callable[..., Any]:
    """Receive a car through the API, always with the same key for the same plate."""
    _row, token = issue_token(shop.chen, "program", by=shop.chen)

    def send(number: int = 1, words: str = "保养") -> Any:
        body = {"store": shop.shinan.pk, "plate": f"鲁B{number:05}", "name": "张大全", "words": words}
        return Client(raise_request_exception=False).post(
            "/api/v1/orders",
            json.dumps({**body, "mobile": "15400003456"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"car {number}"},
        )

    return send


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("error", "status"), [(full_disk, 507), (lost_connection, 503)])
def test_whichever_write_fails_nothing_is_half_done(
    receive: Callable[..., Any], error: Callable[[], OperationalError], status: int
) -> None:
    assert receive(0).status_code == 201
    with failing(10_000, error) as all_writes:
        assert receive(2).status_code == 201
    last = len(all_writes)
    before = rows()
    chosen = range(1, last + 1) if ROUNDS else [1, last, random.Random(SEED).randint(2, last - 1)]
    for number in chosen:
        with failing(number, error):
            answer = receive()
        assert (answer.status_code, answer.json()["code"]) == (status, CODES[status])
        assert answer.json()["detail"]
        assert rows() == before, f"write {number} of {last}"

    answer = receive()

    assert answer.status_code == 201
    assert RepairOrder.objects.count() == 3
    assert check() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("error", "status"), [(full_disk, 507), (lost_connection, 503)])
def test_a_person_reads_so_even_where_no_session_can_be_kept(
    cast: Any, error: Callable[[], OperationalError], status: int
) -> None:
    """The session is written when the view is done, outside of everything that turns errors into refusals."""
    client = Client(raise_request_exception=False)
    client.force_login(cast.chen)
    with failing(1, error, "django_session"):
        answer = client.post("/store", {"store": cast.shinan.pk, "once": "1"})
    page = answer.content.decode()
    assert answer.status_code == status
    assert all(mark in page for mark in ("refusal-what", "您可以"))


@pytest.mark.django_db(transaction=True)
def test_a_full_sqlite_refuses_cars_until_there_is_room(receive: Callable[..., Any]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's database cannot be limited by a pragma")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE filler (page BLOB)")
        cursor.execute("PRAGMA page_count")
        cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + 20}")
    try:
        with pytest.raises(OperationalError), connection.cursor() as cursor:
            while True:
                cursor.execute("INSERT INTO filler VALUES (zeroblob(4000))")
        number, answer = 1, receive(1)
        while answer.status_code == 201:
            assert number < 200
            number, answer = number + 1, receive(number + 1)
        assert (answer.status_code, answer.json()["code"]) == (507, "kernel.short_of_space")
        assert (
            RepairOrder.objects.count() == Event.objects.filter(kind="orders.arrived").count() == number - 1
        )
        assert receive(number).status_code == 507
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM filler WHERE rowid <= 20")

        assert receive(number).status_code == 201

        assert RepairOrder.objects.count() == number
        assert check() == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
            cursor.execute("DROP TABLE filler")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_refuses_cars_until_there_is_room(
    transactional_db: None, shop: Any, tmp_path: Path
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's server does not stand on a disk of ours")
    own_mounts = [shutil.which("unshare") or "unshare", "--user", "--map-root-user", "--mount"]
    place = tmp_path / "disk"
    place.mkdir()
    probe = [*own_mounts, "mount", "-t", "tmpfs", "tmpfs", str(place)]
    if not shutil.which("unshare") or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be mounted here: user namespaces are not allowed")
    _row, token = issue_token(shop.chen, "program", by=shop.chen)
    copy = tmp_path / "copy.sqlite3"
    with sqlite3.connect(connection.settings_dict["NAME"]) as source, sqlite3.connect(copy) as target:
        source.backup(target)

    done = subprocess.run(
        [*own_mounts, sys.executable, "-m", "tests.endurance.on_small_disk", str(place), str(copy)],
        env={**os.environ, "API_TOKEN": token, "STORE": str(shop.shinan.pk), "PYTHONPATH": str(ROOT)},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert (seen["refused"], seen["said"]["code"]) == (507, "kernel.short_of_space")
    assert seen["cars"] == seen["answered"]
    assert (seen["read"], seen["again"], seen["cars_then"]) == (200, 201, seen["cars"] + 1)
    assert seen["check"] == []
