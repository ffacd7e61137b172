"""How many rows a settings topic holds, told by the app that owns the topic.

A topic of a higher app announces its counter beside its view; the settings page asks for it by the
name of the route and knows no higher app.
"""

from collections.abc import Callable
from typing import TypeVar

from .http import Person
from .models import Store

Counter = Callable[[Person, Store | None], int]
C = TypeVar("C", bound=Counter)

_counters: dict[str, Counter] = {}


def counted(route: str) -> Callable[[C], C]:
    """Declare the counter of the topic whose page is `route`; it counts what the person may see there."""

    def declared(counter: C) -> C:
        _counters[route] = counter
        return counter

    return declared


def count_of(route: str, person: Person, store: Store | None) -> int | None:
    """Return how many rows `person` would see at `route`; None for a topic that is no list."""
    counter = _counters.get(route)
    return counter(person, store) if counter else None
