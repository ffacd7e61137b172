"""The request as this app's views meet it once the guard has let somebody in."""

from collections.abc import Collection
from typing import Protocol

from django.http import HttpRequest

from servicelane.kernel.events import Actor

from .models import Store


class Person(Protocol):
    """A signed-in member of staff, as far as this app needs to know one."""

    @property
    def actor(self) -> Actor: ...

    def may(self, perm: str, store: Store) -> bool:
        """Whether the person holds `perm` in `store`."""

    def store_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the stores in which the person holds `perm`."""

    def region_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the regions for the whole of which the person holds `perm`."""


class StaffRequest(HttpRequest):
    """A guarded request: `employee` holds the right the route asks for; `store` is the current store.

    `store` is None only where a route asks for its right ANYWHERE or for an object.
    """

    employee: Person
    store: Store
