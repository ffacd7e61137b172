"""Every route of the product with the addresses under which a test can ask for it.

The walk finds new routes by itself. A path parameter it does not know stops the tests with what to
add here: a route that cannot be asked for is not tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db import models
from django.urls import URLPattern, URLResolver, reverse

from servicelane.channels.models import Link, Message
from servicelane.customers.models import Vehicle, VehicleParty
from servicelane.kernel.routes import Route, route_of
from servicelane.orders.link_services import ANSWER, PROGRESS, links_of
from servicelane.orders.models import Estimate, Finding, Job, Operation, PartLine, Photo, RepairOrder
from servicelane.org.models import Store
from servicelane.people.models import Certificate, Employee, EmployeeSkill, Membership
from servicelane.people.rules import PIN_SESSION_MINUTES
from servicelane.project import urls
from servicelane.workshop.models import FloorRequest, SheetEntry

from .stores import Side, Stores

API = "api/v1/"
METHODS = ("GET", "POST")
KNOWN_METHODS = {*METHODS, "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}

NAMED: dict[str, type[models.Model]] = {
    "membership": Membership,
    "held": EmployeeSkill,
    "certificate": Certificate,
    "store": Store,
    "job": Job,
    "line": PartLine,
    "estimate": Estimate,
    "finding": Finding,
    "photo": Photo,
    "asked": FloorRequest,
    "entry": SheetEntry,
    "party": VehicleParty,
    "link": Link,
    "message": Message,
}
"""What a path parameter of this name names, wherever it stands."""

ON_ORDERS = (
    "release", "change_job", "drop_job", "add_part", "remove_part", "issue_parts", "return_parts",
    "take_answer", "release_work", "price_finding", "dismiss_finding",
    "photo",
    "make_answer_link", "withdraw_link",
)  # fmt: skip
"""Routes of orders that name a second thing beside the order."""
ON_JOBS = (
    "schedule:assign",
    *(
        f"workshop:{name}"
        for name in (
            "start",
            "pause",
            "resume",
            "finish",
            "clock_for",
            "photo",
            "found",
            "need_part",
            "call_help",
            "progress",
            "close_request",
            "report_entry",
        )
    ),
)
"""Routes that name a job beside its order."""


def _token(stores: Stores, purpose: str) -> str:
    order = RepairOrder.objects.get(pk=stores.own.pk(RepairOrder))
    return links_of(order).filter(purpose=purpose).get().token


PARAMETERS: dict[tuple[str, str], type[models.Model] | Callable[[Stores], Any]] = {
    ("people:terminal_switch", "pk"): Employee,
    ("people:withdraw_role", "pk"): Employee,
    ("people:remove_skill", "pk"): Employee,
    ("people:withdraw_certificate", "pk"): Employee,
    ("orders:release", "reason"): lambda stores: "parts",
    **{(f"orders:{name}", "pk"): RepairOrder for name in ON_ORDERS},
    **{(name, "pk"): RepairOrder for name in ON_JOBS},
    ("orders:customer_answer", "token"): lambda stores: _token(stores, ANSWER),
    ("orders:customer_photo", "token"): lambda stores: _token(stores, ANSWER),
    ("orders:customer_progress", "token"): lambda stores: _token(stores, PROGRESS),
    ("customers:party_end", "pk"): Vehicle,
    # The catalogue belongs to the group, not to a store.
    ("orders:operation_needs", "pk"): lambda stores: Operation.objects.first().pk,
    ("org:rule", "code"): lambda stores: PIN_SESSION_MINUTES.code,
    ("org:rule_set", "code"): lambda stores: PIN_SESSION_MINUTES.code,
    ("retry_task", "task_id"): lambda stores: stores.task.pk,
}
"""What one route's path parameter names: a row of a store, or something that belongs to no store."""

BODIES: dict[str, Callable[[Side], dict[str, Any]]] = {
    "people:switch_store": lambda side: {"store": side.store.pk},
}
"""What must be posted where an empty form says 404 even to those who may."""


class UnknownParameter(AssertionError):
    """A route has a path parameter of which the tests do not know what it names."""


@dataclass(frozen=True)
class Page:
    """One route: its name with namespace, what it declares, and what its path parameters name."""

    name: str
    route: Route
    methods: tuple[str, ...]
    parameters: dict[str, Any]

    def url(self, stores: Stores, side: Side | None = None) -> str:
        """The address with the ids of one side, the own one unless told."""
        return reverse(
            self.name, kwargs=self._values(stores, dict.fromkeys(self.parameters, side or stores.own))
        )

    def mixed_urls(self, stores: Stores, stranger: Side) -> Iterator[str]:
        """All addresses in which at least one id is the stranger's."""
        named = [name for name, what in self.parameters.items() if isinstance(what, type)]
        for sides in product((stores.own, stranger), repeat=len(named)):
            if stranger in sides:
                yield reverse(self.name, kwargs=self._values(stores, dict(zip(named, sides, strict=True))))

    @property
    def names_rows(self) -> bool:
        """Whether the address names a row that belongs to a store."""
        return any(isinstance(what, type) for what in self.parameters.values())

    def _values(self, stores: Stores, sides: dict[str, Side]) -> dict[str, Any]:
        return {
            name: sides[name].pk(what) if isinstance(what, type) else what(stores)
            for name, what in self.parameters.items()
        }

    def body(self, side: Side) -> dict[str, Any]:
        """What to post so that a page that is allowed does not answer 404."""
        return BODIES[self.name](side) if self.name in BODIES else {}


def pages() -> list[Page]:
    """Return every page route. Raises UnknownParameter for one that cannot be asked for."""
    return [_page(name, leaf) for name, leaf in named_leaves(urls.urlpatterns)]


def named_leaves(
    patterns: list[Any], namespace: str = "", path: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield every route that is no API operation, with its full name."""
    for pattern in patterns:
        whole = path + str(pattern.pattern)
        if whole.startswith(API):
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_leaves(pattern.url_patterns, inner, whole)
        else:
            yield f"{namespace}{pattern.name}", pattern


def _page(name: str, leaf: URLPattern) -> Page:
    route = route_of(leaf.callback)
    assert route is not None, f"{name} does not say who may use it"
    parameters = leaf.pattern.converters
    return Page(
        name, route, _methods(leaf), {at: _named(name, at, route, len(parameters)) for at in parameters}
    )


def _named(name: str, parameter: str, route: Route, count: int) -> Any:
    if (name, parameter) in PARAMETERS:
        return PARAMETERS[name, parameter]
    if parameter in NAMED:
        return NAMED[parameter]
    if parameter == "pk" and count == 1 and isinstance(route.scope, type):
        return route.scope
    raise UnknownParameter(
        f"the route {name} has a path parameter {parameter!r}: say in PARAMETERS of tests/access/pages.py "
        "what it names, and in tests/access/stores.py make a row of it for each store"
    )


def _methods(leaf: URLPattern) -> tuple[str, ...]:
    """What a view takes: of its `require_…` decorator, else whatever a library's view has."""
    return tuple(sorted(_allowed(leaf.callback)))


def _allowed(view: Any) -> set[str]:
    found: set[str] = set(METHODS)
    seen: set[int] = set()
    waiting = [view]
    while waiting:
        function = waiting.pop()
        if id(function) in seen or not callable(function):
            continue
        seen.add(id(function))
        if hasattr(function, "view_class"):
            found &= {name.upper() for name in ("get", "post") if hasattr(function.view_class, name)}
        for cell in getattr(function, "__closure__", None) or ():
            held = cell.cell_contents
            if isinstance(held, list) and held and set(map(str, held)) <= KNOWN_METHODS:
                found &= set(held)
            waiting.append(held)
    return found
