"""Every operation of the API with the addresses under which a test can ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from servicelane.kernel.routes import Route, route_of
from servicelane.org.models import Store
from servicelane.project.api import api

from .pages import UnknownParameter
from .stores import Side

BASE = "/api/v1"
PARAMETER = re.compile(r"\{(?:\w+:)?(\w+)\}")
ROOTS = {"openapi-json", "openapi-view", "api-root"}
"""The library's own addresses: the description of the API, which is for everybody."""

NAMED: dict[str, type[models.Model]] = {"store": Store}
"""What a path parameter of this name names, wherever it stands."""

BODIES: dict[tuple[str, str], Callable[[Side], dict[str, Any]]] = {
    ("POST", "/stores/{int:store}/bays"): lambda side: {"code": "NEW-9", "kind": "lift"},
}
"""A right body for each operation that needs one and asks for a right."""


@dataclass(frozen=True)
class Operation:
    """One operation: method, path as declared, and who may use it."""

    method: str
    path: str
    route: Route

    @property
    def parameters(self) -> dict[str, type[models.Model]]:
        """What the path parameters name. Raises UnknownParameter."""
        names = PARAMETER.findall(self.path)
        for name in names:
            if name not in NAMED:
                raise UnknownParameter(
                    f"{self.method} {self.path} has a path parameter {name!r}: say in NAMED of "
                    "tests/access/operations.py what it names"
                )
        return {name: NAMED[name] for name in names}

    def url(self, side: Side) -> str:
        """The address with the ids of one side."""
        parameters = self.parameters
        return BASE + PARAMETER.sub(lambda found: str(side.pk(parameters[found[1]])), self.path)

    def send(self, client: Any, side: Side, *, more: dict[str, Any] | None = None, **extra: Any) -> Any:
        """Send it to one side's rows, with a right body where it takes one, and with `more` beside that."""
        body = {**BODIES.get((self.method, self.path), lambda _side: {})(side), **(more or {})}
        content = {} if self.method == "GET" else {"data": body, "content_type": "application/json"}
        return getattr(client, self.method.lower())(self.url(side), **content, **extra)


def operations() -> list[Operation]:
    """Return every operation of every router."""
    found = []
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                route = route_of(operation.view_func)
                assert route is not None, f"{path} does not say who may use it"
                found += [Operation(method, router.prefix + path, route) for method in operation.methods]
    return found
