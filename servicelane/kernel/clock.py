"""The one door to the time. Everything that asks "when" asks here, so tests and simulations can move it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, tzinfo

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("moved", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _moved.get() or timezone.now()


def today(zone: tzinfo) -> date:
    """Return the calendar day it is now in `zone`."""
    return now().astimezone(zone).date()


@contextmanager
def moved(at: datetime) -> Iterator[None]:
    """Let it be `at` inside the block, for this thread or task only.

    Raises ValueError for a naive time.
    """
    if timezone.is_naive(at):
        raise ValueError("the clock is moved to an aware time only")
    token = _moved.set(at)
    try:
        yield
    finally:
        _moved.reset(token)
