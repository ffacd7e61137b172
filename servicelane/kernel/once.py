"""What several parts of one page ask for is read once while the page is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)
R = TypeVar("R")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("read_for_this_page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Keep what reads marked `once_a_page` answer until the block ends; only for code that writes nothing."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once_a_page(read: Callable[[M], R]) -> Callable[[M], R]:
    """Mark a read about one row: within `one_page` the same row is asked about once.

    Outside of it, as in every service, each call reads anew. Those who get the answer share it and must not
    change it.
    """

    @wraps(read)
    def answered(row: M) -> R:
        kept = _kept.get()
        if kept is None:
            return read(row)
        asked = (read, type(row), row.pk)
        if asked not in kept:
            kept[asked] = read(row)
        answer: R = kept[asked]
        return answer

    return answered
