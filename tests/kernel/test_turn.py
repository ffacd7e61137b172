"""The queue of those who want to write to SQLite."""

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.db import DatabaseError, OperationalError, connections, transaction

from servicelane.kernel.sqlite.base import DatabaseWrapper, Turn


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
def other(database: Path, django_db_blocker):
    """A connection of ours to a database in a file."""
    settings = connections.configure_settings({"default": {"ENGINE": "servicelane.kernel.sqlite"}})["default"]
    options = {"transaction_mode": "IMMEDIATE", "timeout": 0.2}
    wrapper = DatabaseWrapper({**settings, "NAME": str(database), "OPTIONS": options}, alias="other")
    connections["other"] = wrapper
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
    del connections["other"]


def is_free(database: Path) -> bool:
    turn = Turn(str(database), 0)
    try:
        turn.take()
    except OperationalError:
        return False
    finally:
        turn.end()
    return True


def open_files() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(entry.readlink()))
    return found


def test_who_waits_is_next_though_another_writes_without_a_pause(database: Path) -> None:
    order, over = [], threading.Event()

    def write_on_and_on() -> None:
        turn = Turn(str(database), 5)
        while not over.is_set():
            turn.take()
            order.append("busy")
            time.sleep(0.02)
            turn.give()
        turn.end()

    busy = threading.Thread(target=write_on_and_on)
    busy.start()
    waits = Turn(str(database), 5)
    counts = []
    for _ in range(10):
        before = len(order)
        waits.take()
        counts.append(len(order) - before)
        waits.give()
    over.set()
    busy.join()
    waits.end()
    assert max(counts) <= 2, counts


def test_a_turn_that_does_not_come_is_refused_as_a_locked_database(database: Path) -> None:
    holds, waits = Turn(str(database), 1), Turn(str(database), 0.05)
    holds.take()
    with pytest.raises(OperationalError, match="database is locked"):
        waits.take()
    holds.give()
    waits.take()
    waits.end()
    holds.end()


def test_a_transaction_holds_the_turn_until_it_ends(database: Path, other: DatabaseWrapper) -> None:
    other.ensure_connection()
    with transaction.atomic(using="other"):
        assert not is_free(database)
    assert is_free(database)
    with pytest.raises(KeyError), transaction.atomic(using="other"):
        raise KeyError
    assert is_free(database)


def test_a_transaction_that_cannot_begin_gives_its_turn(database: Path, other: DatabaseWrapper) -> None:
    """SQLite's own lock still stands behind the queue, for programs that know nothing of it."""
    other.ensure_connection()
    with closing(sqlite3.connect(database)) as stranger:
        stranger.execute("begin immediate")
        with pytest.raises(DatabaseError, match="database is locked"), transaction.atomic(using="other"):
            pass
    assert is_free(database)


def test_a_process_that_dies_leaves_its_turn(database: Path, until: Callable[..., None]) -> None:
    program = (
        "import sys, time; from servicelane.kernel.sqlite.base import Turn;"
        "Turn(sys.argv[1], 1).take(); print('mine', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdout=subprocess.PIPE, env=dict(os.environ)
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"mine\n"
        assert not is_free(database)
        holder.kill()
    until(lambda: is_free(database), seconds=2)


def test_where_no_file_can_be_made_sqlite_decides(tmp_path: Path) -> None:
    turn = Turn(str(tmp_path / "missing" / "queue.sqlite3"), 0)
    turn.take()
    turn.give()
    turn.end()


def test_a_closed_connection_leaves_no_open_file(database: Path, other: DatabaseWrapper) -> None:
    other.ensure_connection()
    assert f"{database}-turn" in open_files()
    other.close()
    assert not [file for file in open_files() if file.startswith(str(database))]
