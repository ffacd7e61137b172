"""The outermost transaction: tried again when others were in the way, refused aloud when it cannot be."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from .errors import Busy, DatabaseAway, DomainError, ShortOfSpace

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
_PASSING = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock not available
_FULL = {"53100"}
_GONE = ("08", "57P0")  # connection lost or refused, server stopping or starting


def unit(call: Callable[[], T]) -> T:
    """Run `call` as one transaction, up to three times when the database was busy or deadlocked.

    Inside an open transaction it only calls: the error must reach the outermost unit, for a broken
    transaction cannot be mended from within. `call` must read its records anew in each try.
    Raises Busy after the last try, ShortOfSpace on a full disk, and DatabaseAway when the connection
    was lost: what was lost while it was being confirmed may have been done, so it is not tried again.
    """
    if connection.in_atomic_block:
        # A savepoint, so that a refusal undoes what `call` wrote and not what its caller wrote.
        with transaction.atomic():
            return call()
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return call()
        except (OperationalError, InterfaceError, DatabaseError) as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            if not isinstance(refusal, Busy):
                raise refusal from error
            if attempt == TRIES:
                raise refusal from error
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - apart, not secret
    raise AssertionError("unreachable")


def in_unit(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a command or job so that each call is one unit."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        return unit(lambda: function(*args, **kwargs))

    return called


@contextmanager
def snapshot() -> Iterator[None]:
    """Let all reads inside see one moment of the database, however long they take; nobody waits for them.

    Nothing can be written inside. Inside an open transaction it changes nothing.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # Django's own transactions are IMMEDIATE here: they would hold up whoever writes.
        _execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            _execute("ROLLBACK")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def is_passing(error: BaseException) -> bool:
    """Say whether an error of the database only means that others were in the way."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in _PASSING:
        return True
    text = str(error).lower()
    return "database is locked" in text or "database table is locked" in text


def is_full(error: BaseException) -> bool:
    """Say whether an error of the database means that the disk is full."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) in _FULL or "disk is full" in str(error).lower()


def is_away(error: BaseException) -> bool:
    """Say whether an error of the database means that it cannot be reached (any more)."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if connection.vendor == "sqlite":
        return "unable to open database file" in str(error).lower()
    state = getattr(error.__cause__, "sqlstate", None)
    # The driver's own words for a connection that was refused or broke carry no state.
    return state is None or state.startswith(_GONE)


def refusal_of(error: BaseException) -> DomainError | None:
    """Return the refusal that an error of the database stands for; None if it is a fault of ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    if is_full(error):
        return ShortOfSpace()
    if is_passing(error):
        return Busy()
    return DatabaseAway() if is_away(error) else None
