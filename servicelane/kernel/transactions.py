"""The outermost transaction: tried again when others were in the way, refused aloud when it cannot be."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from .errors import Busy, ShortOfSpace

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 3
_PASSING = {"40001", "40P01", "55P03"}  # serialisation failure, deadlock, lock not available
_FULL = {"53100"}


def unit(call: Callable[[], T]) -> T:
    """Run `call` as one transaction, up to three times when the database was busy or deadlocked.

    Inside an open transaction it only calls: the error must reach the outermost unit, for a broken
    transaction cannot be mended from within. `call` must read its records anew in each try.
    Raises Busy after the last try and ShortOfSpace on a full disk.
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
            if is_full(error):
                raise ShortOfSpace from error
            if not is_passing(error):
                raise
            if attempt == TRIES:
                raise Busy from error
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311 - apart, not secret
    raise AssertionError("unreachable")


def in_unit(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a command or job so that each call is one unit."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        return unit(lambda: function(*args, **kwargs))

    return called


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
