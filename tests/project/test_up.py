"""`servicelane up` with real processes: what is killed comes back, what is stopped is gone."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import OperationalError

from servicelane.kernel.sqlite.base import Turn
from servicelane.project.supervisor import marked_pids

COMMAND = [str(Path(sys.executable).with_name("servicelane")), "up"]
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Lane:
    """One installation: a data directory, a port, and the run that is on now."""

    data_dir: Path
    database_url: str
    port: int = field(default_factory=free_port)
    run: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "HOST", "ALLOWED_HOSTS", "SECRET_KEY", "DEMO_SIGN_INS")
        }
        kept["DJANGO_SETTINGS_MODULE"] = "servicelane.project.settings"
        if self.database_url:
            kept["DATABASE_URL"] = self.database_url
        return {
            **kept,
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "LANG": "C.UTF-8",
            **self.more,
        }

    def start(self) -> None:
        """Start and read what it says until the last sign-in; the site answers from then on."""
        self.run = subprocess.Popen(
            COMMAND,
            env=self.environment(),
            cwd=self.data_dir.parent,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.said = []
        assert self.run.stdout
        for line in self.run.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith("ServiceLane runs at"):
                break
        else:
            pytest.fail("did not start:\n" + "\n".join(self.said))

    def refused(self, **environment: str) -> str:
        """Start once more beside what runs; returns the one line it says when it refuses."""
        done = subprocess.run(
            COMMAND,
            env={**self.environment(), **environment},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 1, done
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    def processes(self) -> dict[str, list[int]]:
        """The pids of the run by what they are: web (granian's master and workers), worker, scheduler."""
        told = json.loads((self.data_dir / "servicelane.pid").read_text())
        found: dict[str, list[int]] = {"web": [], "worker": [], "scheduler": []}
        for pid in sorted(marked_pids(told["run"])):
            try:
                command = Path(f"/proc/{pid}/cmdline").read_text()
            except OSError:
                continue
            for name, word in (("web", "granian"), ("worker", "db_worker"), ("scheduler", "scheduler")):
                if word in command:
                    found[name].append(pid)
        return found

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        if self.run and self.run.poll() is None:
            self.run.terminate()
            try:
                self.run.wait(15)
            except subprocess.TimeoutExpired:
                self.run.kill()
        if self.run and self.run.stdout:
            self.run.stdout.close()


def held_without_the_database(pid: int, lane: Lane) -> bool:
    """Stop a process at a moment at which SQLite can be written; False when it goes on, to be tried again.

    Each second it writes: held at that moment, it would keep the others from ending, waiting for the lock.
    """
    os.kill(pid, signal.SIGSTOP)
    if lane.database_url:
        return True
    database = lane.data_dir / "servicelane.sqlite3"
    turn = Turn(str(database), 0)
    with contextlib.closing(sqlite3.connect(database, timeout=0)) as probe:
        try:
            turn.take()
            probe.execute("begin immediate")
        except (OperationalError, sqlite3.OperationalError):
            os.kill(pid, signal.SIGCONT)
            return False
        finally:
            turn.end()
    return True


@pytest.fixture(scope="module")
def database_url() -> Iterator[str]:
    """An empty database of the kind under test: "" for the data directory's own SQLite."""
    if os.environ.get("TEST_DB") != "postgresql":
        yield ""
        return
    import psycopg

    name, server = f"up_{os.getpid()}", os.environ["TEST_DATABASE_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    yield urlsplit(server)._replace(path=f"/{name}").geturl()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Lane]:
    """One installation for all tests of this module, as starting one takes seconds."""
    lane = Lane(tmp_path_factory.mktemp("up") / "data", database_url)
    yield lane
    lane.end()


@pytest.fixture
def lane(installation: Lane) -> Lane:
    """The installation, running."""
    if installation.run is None or installation.run.poll() is not None:
        installation.start()
    return installation


def test_the_first_start_says_its_address_and_the_sign_ins(lane: Lane) -> None:
    assert lane.said[-1] == f"ServiceLane runs at http://127.0.0.1:{lane.port}/ (Ctrl-C stops it)"
    assert lane.run
    assert lane.run.stdout
    assert re.fullmatch(r"[^\t\n]+\t[a-z]+\t\S+\n", lane.run.stdout.readline())
    assert lane.healthy()
    assert [len(pids) > 0 for pids in lane.processes().values()] == [True, True, True]


@pytest.mark.parametrize("name", ["web", "worker", "scheduler"])
def test_a_killed_process_comes_back(lane: Lane, until: Callable[..., None], name: str) -> None:
    before = lane.processes()[name]
    os.kill(before[0], signal.SIGKILL)

    until(
        lambda: set(lane.processes()[name]).isdisjoint(before) and len(lane.processes()[name]) >= len(before)
    )
    until(lane.healthy)


def test_a_killed_web_worker_comes_back(lane: Lane, until: Callable[..., None]) -> None:
    before = lane.processes()["web"]
    os.kill(before[-1], signal.SIGKILL)

    until(lambda: before[-1] not in lane.processes()["web"] and len(lane.processes()["web"]) == len(before))
    assert before[0] in lane.processes()["web"]
    until(lane.healthy)


def test_a_second_start_of_the_same_copy_is_refused(lane: Lane) -> None:
    said = lane.refused(PORT=str(free_port()))

    assert f"already runs on {lane.data_dir} at http://127.0.0.1:{lane.port}/" in said
    assert lane.run
    assert str(lane.run.pid) in said
    assert lane.healthy()


def test_a_taken_port_is_refused_before_anything_is_made(lane: Lane, tmp_path: Path) -> None:
    said = lane.refused(DATA_DIR=str(tmp_path / "other"))

    assert f"Port {lane.port} is taken" in said
    assert f"make run PORT={lane.port + 1}" in said
    assert not list((tmp_path / "other").glob("*sqlite3*"))
    assert lane.healthy()


def test_a_data_directory_that_cannot_be_made_is_refused(lane: Lane, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = lane.refused(DATA_DIR=str(tmp_path / "file/data"), PORT=str(free_port()))

    assert str(tmp_path / "file") in said
    assert "cannot be written" in said


def test_a_killed_supervisor_leaves_nothing(lane: Lane, until: Callable[..., None]) -> None:
    """Even a process that does not heed its parent's death is ended by the next start."""
    deaf = lane.processes()["worker"][0]
    until(lambda: held_without_the_database(deaf, lane))
    assert lane.run
    run = json.loads((lane.data_dir / "servicelane.pid").read_text())["run"]
    os.kill(lane.run.pid, signal.SIGKILL)
    lane.run.wait(5)

    until(lambda: not lane.listening(), seconds=8)
    until(lambda: marked_pids(run) == [deaf], seconds=8)
    lane.start()
    assert marked_pids(run) == []
    assert any("ended 1 process" in line for line in lane.said)
    assert lane.healthy()


def test_a_killed_site_leaves_no_worker_on_the_port(lane: Lane, until: Callable[..., None]) -> None:
    """The supervisor is held meanwhile, so that it is the kernel which ends granian's workers."""
    before = lane.processes()["web"]
    assert lane.run
    os.kill(lane.run.pid, signal.SIGSTOP)
    try:
        os.kill(before[0], signal.SIGKILL)
        until(lambda: not lane.listening(), seconds=5)
    finally:
        os.kill(lane.run.pid, signal.SIGCONT)
    until(lane.healthy)


def test_sigterm_stops_all_in_seconds(lane: Lane) -> None:
    run = json.loads((lane.data_dir / "servicelane.pid").read_text())["run"]
    assert lane.run
    began = time.monotonic()
    lane.run.terminate()

    assert lane.run.wait(15) == 0
    assert time.monotonic() - began < 8
    assert marked_pids(run) == []
    assert not lane.listening()


def test_an_empty_system_is_filled_while_the_site_is_open_and_a_killed_filling_goes_on(
    tmp_path: Path, until: Callable[..., None]
) -> None:
    lane = Lane(tmp_path / "data", "", more={"DEMO_DAYS": "1"})
    lane.data_dir.mkdir()
    if empty := os.environ.get("TEST_EMPTY_DATABASE"):
        shutil.copy(empty, lane.data_dir / "servicelane.sqlite3")
    note = lane.data_dir / "demo.json"

    def share() -> float:
        return float(json.loads(note.read_text())["share"]) if note.exists() else 0.0

    try:
        lane.start()
        assert lane.healthy()
        until(lambda: share() > 0.1, seconds=60)
        assert lane.processes()["worker"] == lane.processes()["scheduler"] == []
        assert lane.run
        os.kill(lane.run.pid, signal.SIGKILL)
        lane.run.wait(5)
        until(lambda: not lane.listening(), seconds=8)
        assert share() < 1
        lane.start()
        until(lambda: json.loads(note.read_text())["is_running"], seconds=60)
        until(lambda: share() > 0.1, seconds=60)
        (lane.data_dir / "demo.stop").touch()
        until(lambda: all(lane.processes().values()), seconds=60)
        checked = subprocess.run(
            [COMMAND[0], "check"], env=lane.environment(), capture_output=True, text=True, check=False
        )
        assert (checked.stdout, checked.stderr) == ("ok\n", "")
    finally:
        lane.end()
