import contextlib
import fcntl
import os
import time
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base
from django.utils.asyncio import async_unsafe

_KEPT = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
PAUSE = 0.001  # seconds between two tries for a turn


class Turn:
    """The right to be the next that writes, held across processes by locks on two files beside the database.

    SQLite lets those who wait try again after pauses of up to 0.1 s, so one process that writes without
    a pause can keep all others out until they give up. Here one waiter stands at the gate; whoever has just
    written must pass the same gate, and comes after it. A process that dies leaves its place.
    """

    def __init__(self, database: str, timeout: float) -> None:
        self.timeout = timeout
        self._files: list[int] = []
        # Where no such file can be made the turn is not kept, and SQLite decides as ever.
        with contextlib.suppress(OSError):
            for name in ("gate", "turn"):
                self._files.append(
                    os.open(f"{database}-{name}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                )
        if len(self._files) < 2:
            self.end()

    def take(self) -> None:
        """Wait for the turn. Raises OperationalError ("database is locked") when it does not come in time."""
        if not self._files:
            return
        gate, turn = self._files
        last = time.monotonic() + self.timeout
        _lock(gate, last)
        try:
            _lock(turn, last)
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)

    def give(self) -> None:
        """Let the next one write; nothing happens where the turn is not held."""
        if self._files:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    def end(self) -> None:
        """Give the turn and close the files."""
        while self._files:
            os.close(self._files.pop())


def _lock(file: int, last: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > last:
                raise OperationalError("database is locked: the turn to write did not come") from None
            time.sleep(PAUSE)
        else:
            return


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite whose transactions take their turn with those of all other processes."""

    _turn: Turn | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the database, and the files of the queue for one that lies in a file."""
        connection = super().get_new_connection(conn_params)
        if not self.is_in_memory_db() and self._turn is None:
            self._turn = Turn(str(self.settings_dict["NAME"]), conn_params.get("timeout", 5.0))
        return connection

    def _start_transaction_under_autocommit(self) -> None:
        if self._turn:
            self._turn.take()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc] # not in the stubs
        except BaseException:
            self._give()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc] # not in the stubs
        finally:
            # A commit that failed is rolled back next; until then the others find SQLite's own lock.
            self._give()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc] # not in the stubs
        finally:
            self._give()

    @async_unsafe
    def close(self) -> None:
        """Close the connection and leave the queue."""
        super().close()
        if self.connection is None and self._turn is not None:
            self._turn.end()
            self._turn = None

    def _give(self) -> None:
        if self._turn:
            self._turn.give()
