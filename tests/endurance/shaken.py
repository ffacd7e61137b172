"""A site whose processes, or whose database, are killed while one customer's visit walks through it."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from servicelane.project.bench.client import Client
from tests.project.test_up import COMMAND, Lane

Kill = Callable[[], None]


@dataclass(frozen=True)
class Way:
    """A way to strike: `aim` finds what is to be hit and returns the stroke; `mend` is done after it."""

    name: str
    aim: Callable[[], Kill]
    mend: Callable[[], None] = lambda: None


LONGEST = 0.03
"""Seconds after the start of a request until the kill: about what the slowest step takes."""
PATIENCE = 60.0
STAGES = (
    ("walk in", "check in", "add job", "add part"),
    ("estimate", "agree"),
    ("start", "issue part", "finish"),
    ("inspect", "settle"),
    ("pay", "exit pass", "deliver"),
)
"""The writing steps of a visit; of each stage one is struck."""


@dataclass
class Blow:
    """One kill in the middle of a request: what was hit, in which step, and whether that was answered."""

    name: str
    step: str
    after: float
    answered: bool = False
    took: float = 0.0


class Stubborn(Client):
    """Sends each request with its own key until the site answers it; some steps are struck on the way.

    A struck step is sent once more after its answer: it must get that answer again. Any refusal but
    "busy" fails the test at once.
    """

    def __init__(self, port: int, blows: Mapping[str, Way], seed: int) -> None:
        super().__init__(port)
        self.waiting = dict(blows)
        self.chance = random.Random(seed)
        self.struck: list[Blow] = []
        self.refused = 0

    def timed(self, step: str, method: str, path: str, body: str, headers: Mapping[str, str]) -> str:
        """Send a step's request until it is answered; see the class."""
        way = self.waiting.pop(step, None)
        if way is None:
            return self._until_answered(step, method, path, body, headers)[1]
        blow = Blow(way.name, step, self.chance.uniform(0, LONGEST))
        self.struck.append(blow)
        stroke = threading.Timer(blow.after, way.aim())
        began = time.monotonic()
        stroke.start()
        first = self._once(method, path, body, headers)
        stroke.join()
        way.mend()
        answer = self._until_answered(step, method, path, body, headers)
        blow.answered, blow.took = first is not None, time.monotonic() - began
        assert first is None or first[0] == 503 or first == answer, f"{blow}: one key, two answers"
        assert self._until_answered(step, method, path, body, headers) == answer, (
            f"{blow}: one key, two answers"
        )
        return answer[1]

    def _once(self, method: str, path: str, body: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Send a request; None when no answer came."""
        try:
            status, _cookies, text = self.send(method, path, body, headers)
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return None
        return status, text

    def _until_answered(
        self, step: str, method: str, path: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        last = time.monotonic() + PATIENCE
        while True:
            answer = self._once(method, path, body, headers)
            if answer and answer[0] != 503:
                assert answer[0] < 400, f"{step} ({method} {path}) got {answer}"
                return answer
            self.refused += answer is not None
            assert time.monotonic() < last, f"{step} was not done: {answer}"
            time.sleep(0.05)


def killed(lane: Lane, *names: str, only: slice = slice(None)) -> Callable[[], Kill]:
    """Aim at processes of the lane by name."""

    def aim() -> Kill:
        found = lane.processes()
        pids = [pid for name in names for pid in found[name][only]]
        assert pids, f"nothing to kill of {names}"
        return lambda: _kill(pids)

    return aim


def _kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def power_cut(lane: Lane) -> Way:
    """The death of the whole run at once, and a new start."""

    def aim() -> Kill:
        assert lane.run
        pids = [lane.run.pid, *(pid for pids in lane.processes().values() for pid in pids)]
        return lambda: _kill(pids)

    def mend() -> None:
        assert lane.run
        lane.run.wait(10)
        if lane.run.stdout:
            lane.run.stdout.close()
        lane.start()

    return Way("everything", aim, mend)


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query on the lane's database, past the product. A question mark is no place here."""
    if url.startswith("sqlite"):
        with sqlite3.connect(urlsplit(url).path.removeprefix("/") or url, timeout=10) as file:
            return file.execute(sql).fetchall()
    import psycopg

    with psycopg.connect(url, autocommit=True) as server:
        cursor = server.execute(sql)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def told(url: str, order: int) -> Counter[str]:
    """How often each kind of fact was recorded about an order."""
    rows = ask(
        url,
        "SELECT kind, count(*) FROM kernel_event WHERE subject_type = 'orders.repairorder' "
        f"AND subject_id = {order} GROUP BY kind",
    )
    return Counter(dict(rows))


def check_says(lane: Lane) -> str:
    """What `servicelane check` prints for the lane."""
    done = subprocess.run(
        [COMMAND[0], "check"], env=lane.environment(), capture_output=True, text=True, check=False, timeout=60
    )
    return (done.stdout + done.stderr).strip()
