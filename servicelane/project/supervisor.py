"""`servicelane up` as an object: it starts the processes, starts dead ones again, and leaves none behind.

Each child is the leader of a session of its own, so a dead leader's workers can be ended as a group; it dies
with its parent (PR_SET_PDEATHSIG) and carries the run's mark in its environment, by which the next start
finds what a killed supervisor may have left.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

MARK = "SERVICELANE_RUN"
PAUSE = 0.2  # seconds between two looks at the children
SETTLED = 10.0  # a child that lived this long did not die of its start
LONGEST_BACK_OFF = 30.0
GRACE = 10.0  # seconds a child has for what it is doing
LOG_LIMIT = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1


class AlreadyRunning(Exception):
    """Another run holds this data directory; `.pid` and `.address` are its own, as far as known."""

    def __init__(self, pid: str, address: str) -> None:
        super().__init__(pid, address)
        self.pid, self.address = pid, address


def _load_prctl() -> Callable[..., int] | None:
    """libc's prctl, or None on a system that has none."""
    return getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None


_prctl = _load_prctl()


def die_with_parent(how: int = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when its parent dies."""
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, how)


@dataclass
class Child:
    """One supervised process: its name (also its log's), its command, and how its last lives went.

    One that `ends` does a piece of work once and is not started again.
    """

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    quick_deaths: int = 0
    due: float = 0.0
    ends: bool = False

    @property
    def alive(self) -> bool:
        """Whether it runs now."""
        return self.process is not None and self.process.poll() is None

    @property
    def back_off(self) -> float:
        """Seconds until it is started again: none, then doubling for each further death at its start."""
        return 0.0 if self.quick_deaths < 2 else min(2.0 ** (self.quick_deaths - 3), LONGEST_BACK_OFF)


@dataclass
class Supervisor:
    """The processes of one data directory. Use `claim()`, `start()`, `watch()`; `stop()` ends all."""

    data_dir: Path
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    stopping: bool = False
    _mark: str = field(default_factory=lambda: secrets.token_hex(16))
    _held: IO[str] | None = None

    def claim(self, address: str) -> int:
        """Take the data directory for this run and end what a killed run left; returns how many those were.

        Raises AlreadyRunning when another run holds it. The pid file stays locked until this process ends.
        """
        held = (self.data_dir / "servicelane.pid").open("a+", encoding="utf-8")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            told = _read(held)
            held.close()
            raise AlreadyRunning(str(told.get("pid", "")), str(told.get("address", ""))) from error
        ended = end_marked(str(_read(held).get("run", "")))
        held.seek(0)
        held.truncate()
        json.dump({"pid": os.getpid(), "run": self._mark, "address": address}, held)
        held.flush()
        self._held = held
        return ended

    def start(self, *children: Child) -> None:
        """Start the children, in order."""
        (self.data_dir / "log").mkdir(exist_ok=True)
        for child in children:
            self.children.append(child)
            self._spawn(child)

    def run(self, child: Child) -> bool:
        """Start a child that ends, and watch the others until it has; False when it failed or was stopped."""
        child.ends = True
        self.start(child)
        while child.alive and not self.stopping:
            time.sleep(PAUSE)
            self.watch_once()
        return not self.stopping and child.process is not None and child.process.returncode == 0

    def watch_once(self) -> None:
        """Start again each child that died: at once, or with a growing pause when it dies of its start."""
        for child in self.children:
            if child.alive or child.ends or self.stopping:
                continue
            now = time.monotonic()
            if child.process is not None:
                # What it started dies with it: a web worker left alone would keep the port.
                _signal_group(child.process.pid, signal.SIGKILL)
                child.process = None
                child.quick_deaths = child.quick_deaths + 1 if now - child.began < SETTLED else 0
                child.due = now + child.back_off
            if now >= child.due:
                self._spawn(child)

    def watch(self) -> None:
        """Watch the children until SIGINT or SIGTERM, then stop them."""
        looked = time.monotonic()
        while not self.stopping:
            time.sleep(PAUSE)
            self.watch_once()
            if time.monotonic() - looked > 600:
                looked = time.monotonic()
                for child in self.children:
                    _cut_log(self._log(child))

    def heed_signals(self) -> None:
        """SIGINT and SIGTERM stop all; a second one does not wait for what the children are doing."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._asked_to_stop)

    def stop(self) -> None:
        """Ask all children to end, and end those that take longer than GRACE. Returns when none is left."""
        self.stopping = True
        alive = [child for child in self.children if child.alive and child.process]
        for child in alive:
            _signal_one(child, signal.SIGTERM)
        last = time.monotonic() + GRACE
        while any(child.alive for child in alive) and time.monotonic() < last:
            time.sleep(0.05)
        for child in self.children:
            if child.process is not None:
                _signal_group(child.process.pid, signal.SIGKILL)
                child.process.wait()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            for child in self.children:
                if child.process is not None:
                    _signal_group(child.process.pid, signal.SIGKILL)
        self.stopping = True

    def _spawn(self, child: Child) -> None:
        """Start a child; when the machine cannot (no memory, no disk), try again later."""
        child.began = time.monotonic()
        try:
            _cut_log(self._log(child))
            with self._log(child).open("ab") as out:
                child.process = subprocess.Popen(
                    child.command,
                    env={**self.environment, MARK: self._mark},
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=lambda: die_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread only
                )
        except OSError:
            child.quick_deaths += 1
            child.due = child.began + max(child.back_off, 1.0)

    def _log(self, child: Child) -> Path:
        return self.data_dir / "log" / f"{child.name}.log"


def end_marked(mark: str) -> int:
    """End every process that carries this run's mark in its environment; returns how many there were.

    Each is held by a descriptor while its mark is read, so that no other process is met under a used number.
    """
    found = _marked(mark) if mark else []
    for descriptor in found:
        _signal_descriptor(descriptor, signal.SIGTERM)
    last = time.monotonic() + 2
    while time.monotonic() < last and marked_pids(mark) and found:
        time.sleep(0.05)
    for descriptor in found:
        _signal_descriptor(descriptor, signal.SIGKILL)
        os.close(descriptor)
    while found and marked_pids(mark) and time.monotonic() < last + 3:
        time.sleep(0.02)
    return len(found)


def _marked(mark: str) -> list[int]:
    """A descriptor for each process whose environment holds this mark."""
    held = []
    for pid in marked_pids(mark):
        try:
            descriptor = os.pidfd_open(pid)
        except OSError:
            continue
        if _carries(pid, mark):
            held.append(descriptor)
        else:
            os.close(descriptor)
    return held


def marked_pids(mark: str) -> list[int]:
    """The processes whose environment holds this mark; none on a system without /proc."""
    proc = Path("/proc")
    if not proc.is_dir():
        return []
    own = os.getpid()
    pids = (int(entry.name) for entry in proc.iterdir() if entry.name.isdigit())
    return [pid for pid in pids if pid != own and _carries(pid, mark)]


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal_descriptor(descriptor: int, number: int) -> None:
    try:
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        return


def _signal_one(child: Child, number: int) -> None:
    if child.process is not None:
        child.process.send_signal(number)


def _signal_group(leader: int, number: int) -> None:
    """Signal all that a child started; a group's number is not given again while one of it runs."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return


def _read(held: IO[str]) -> dict[str, object]:
    held.seek(0)
    try:
        told = json.loads(held.read() or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _cut_log(log: Path) -> None:
    """Move a long log's lines to NAME.log.1; the writer goes on at the beginning of the same file."""
    if log.is_file() and log.stat().st_size > LOG_LIMIT:
        with contextlib.suppress(OSError):  # on a full disk the new lines matter more than the old ones
            log.with_suffix(".log.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)
