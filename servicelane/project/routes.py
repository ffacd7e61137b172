"""Routes whose views are not ours, and the walk that puts the guard around every route.

The one table of library routes: a route of a library that is not in it does not start (PLT-1).
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja.operation import Operation

from servicelane.kernel.idempotency import run_once
from servicelane.kernel.routes import ANYWHERE, Route, mark, route_of
from servicelane.kernel.transactions import unit
from servicelane.people.access import SAFE, enforce, enforce_api

# A library keeps its own transactions: signing in must record a wrong password even though the
# answer is a refusal.
LIBRARY: dict[str, Route] = {
    "account_login": Route("public", own_transactions=True),
    "account_logout": Route("public", own_transactions=True),
    "account_change_password": Route("staff", "people.see_today", ANYWHERE, own_transactions=True),
    "set_language": Route("public", own_transactions=True),
}


def guarded(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return `patterns` with the guard around each view.

    Raises ImproperlyConfigured for a route that does not declare who may use it.
    """
    kept = list(patterns)
    for pattern in leaves(kept):
        pattern.callback = _guarded(pattern)
    return kept


def leaves(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """Yield every route below `patterns`."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern.url_patterns)
        else:
            yield pattern


def _guarded(pattern: URLPattern) -> Callable[..., Any]:
    view = pattern.callback
    if getattr(view, "is_guarded", False):
        return view
    if route_of(view) is None and pattern.name in LIBRARY:
        view = mark(LIBRARY[pattern.name])(_own(view))
    if route_of(view) is None:
        raise ImproperlyConfigured(
            f"the route {pattern.pattern} does not say who may use it: mark its view with STAFF, LINK or "
            "PUBLIC, or add a library's route to servicelane/project/routes.py"
        )
    return enforce(view)


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a library's view so that our mark does not land on the library's own function."""

    def call(request: Any, *args: Any, **kwargs: Any) -> Any:
        return view(request, *args, **kwargs)

    return call


def guarded_operations(routers: Iterable[Any]) -> None:
    """Put the guard around every operation of the API's routers, in place.

    Raises ImproperlyConfigured for an operation that does not declare who may use it.
    """
    for router in routers:
        for path in router.path_operations.values():
            for operation in path.operations:
                if route_of(operation.view_func) is None:
                    raise ImproperlyConfigured(
                        f"the API operation {operation.view_func.__name__} does not say who may use it"
                    )
                operation.view_func = enforce_api(_as_unit(operation))


def _as_unit(operation: Operation) -> Callable[..., Any]:
    """Run an operation that changes something as one transaction with its idempotency key.

    The answer is made inside, for it is kept with the key.
    """
    view = operation.view_func
    route = route_of(view)

    @wraps(view)
    def once(request: HttpRequest, **values: Any) -> Any:
        def answer() -> HttpResponseBase:
            blank = operation.api.create_temporal_response(request)
            return operation._result_to_response(request, view(request, **values), blank)

        if request.method in SAFE or (route and route.own_transactions):
            return view(request, **values)
        employee = getattr(request, "employee", None)
        return run_once(request, employee.actor, answer) if employee else unit(answer)

    return once
