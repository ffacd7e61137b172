"""The guard around every route: who may use it, for which store, in which transaction (PLT-1).

Routes declare themselves with the marks of `kernel.routes`; `project.routes` puts `enforce` around
each page and `enforce_api` around each endpoint at start-up.
"""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import Any, cast

from django.contrib.auth import BACKEND_SESSION_KEY, logout
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils import timezone, translation
from django.utils.http import urlencode

from servicelane.kernel.idempotency import run_once
from servicelane.kernel.routes import HERE, Route, route_of
from servicelane.kernel.transactions import unit
from servicelane.org.models import Store
from servicelane.org.queries import zone_of

from .backends import PinBackend, may_come_from
from .http import ApiRequest, StaffRequest
from .link_access import call_by_link
from .models import Employee, Terminal

View = Callable[..., Any]

SAFE = ("GET", "HEAD", "OPTIONS")
STORE_KEY = "store_id"
TERMINAL_KEY = "terminal_id"
SIGN_IN = "account_login"
CHANGE_PASSWORD = "account_change_password"  # noqa: S105 - the name of a route
PIN_BACKEND = f"{PinBackend.__module__}.{PinBackend.__qualname__}"


def enforce(view: View) -> View:
    """Return `view` with the guard its declaration asks for.

    A member of staff is signed in, is active, holds the right, and finds `request.employee` and
    `request.store` set. What changes something runs as one unit with its idempotency key.
    The holder of a signed link finds it as `request.link`.
    Raises ImproperlyConfigured for a view without a declaration.
    """
    route = _declared(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if route.kind == "link":
            return call_by_link(route, request, view, *args, **kwargs)
        if route.kind == "public":
            return _call(route, request, lambda: view(request, *args, **kwargs))
        elsewhere = sign_in(request)
        if elsewhere:
            return elsewhere
        signed_in = cast("StaffRequest", request)
        _check_right(signed_in, route)
        # Days and times on the page are the store's, wherever the server stands.
        with timezone.override(zone_of(signed_in.store.pk if signed_in.store else None)):
            return _call_for(signed_in, route, lambda: view(request, *args, **kwargs))

    guarded.is_guarded = True  # type: ignore[attr-defined]
    if route.kind == "link":
        # No other site knows the address, which is the whole right, and a page that tells no referrer sends
        # forms whose origin Django cannot check.
        guarded.csrf_exempt = True  # type: ignore[attr-defined]
    return guarded


def enforce_api(operation: View) -> View:
    """Return an endpoint with the guard its declaration asks for; the token is in `request.auth`.

    Sets `request.employee`, whose language is spoken to a program that asks for none; the API itself
    makes each write one unit with its idempotency key.
    Raises ImproperlyConfigured as `enforce`, and for a right asked HERE: a program has no current store.
    """
    route = _declared(operation)
    if route.kind == "link":
        raise ImproperlyConfigured(f"{operation.__name__}: a program holds a token, not a link")
    if route.kind == "staff" and route.scope is HERE:
        raise ImproperlyConfigured(f"{operation.__name__}: a program has no current store, ask ANYWHERE")

    @wraps(operation)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if route.kind == "staff":
            asked = cast("ApiRequest", request)
            asked.employee = asked.auth.employee
            asked.employee.token_id = asked.auth.pk
            if "Accept-Language" not in request.headers:
                translation.activate(asked.employee.language)  # until the middleware's block ends
            if not may_come_from(asked.employee, request) or not asked.employee.may_anywhere(route.perm):
                raise PermissionDenied
        return operation(request, *args, **kwargs)

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return guarded


def _declared(view: View) -> Route:
    route = route_of(view)
    if route is None:
        raise ImproperlyConfigured(f"{view} does not say who may use it")
    return route


def sign_in(request: HttpRequest) -> HttpResponse | None:
    """Set `request.employee` and `request.store`, or return the answer that sends the person elsewhere.

    Elsewhere is the sign-in page for somebody who is not signed in any more (left, or the terminal
    of a PIN session was revoked), and the password page for a temporary password.
    """
    # The middleware's wrapper only looks like the person; what is saved and copied must be the row.
    person = getattr(request, "_cached_user", None) if request.user.is_authenticated else None
    employee = person or request.user
    if not isinstance(employee, Employee) or not employee.is_active:
        return _sign_out(request)
    employee.signed_in_by_pin = request.session.get(BACKEND_SESSION_KEY) == PIN_BACKEND
    if employee.signed_in_by_pin:
        if not Terminal.objects.live().filter(pk=request.session.get(TERMINAL_KEY, 0)).exists():
            return _sign_out(request)
    elif employee.must_change_password and not _is_route(request, CHANGE_PASSWORD):
        return _go(request, resolve_url(CHANGE_PASSWORD))
    staff = cast("StaffRequest", request)
    staff.employee = employee
    staff.store = current_store(employee, request.session.get(STORE_KEY))
    return None


def current_store(employee: Employee, chosen: int | None = None) -> Store | None:
    """Return the store `employee` chose if they have a role there, else their first one by code."""
    stores = employee.stores.select_related("region")
    mine = stores.filter(pk=chosen).first() if chosen is not None else None
    return mine or stores.first()


def _check_right(request: StaffRequest, route: Route) -> None:
    if route.scope is HERE:
        allowed = request.employee.may(route.perm, request.store)
    else:
        allowed = request.employee.may_anywhere(route.perm)
    if not allowed:
        raise PermissionDenied


def _call(route: Route, request: HttpRequest, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    return call() if request.method in SAFE or route.own_transactions else unit(call)


def _call_for(request: StaffRequest, route: Route, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    if request.method in SAFE or route.own_transactions:
        return call()
    employee = request.employee

    def again() -> HttpResponseBase:
        # A try that was rolled back may have left marks on the person, such as a risen version.
        request.employee = copy(employee)
        return call()

    return run_once(request, employee.actor, again, need_key=True)


def _sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)
    target = resolve_url(SIGN_IN)
    wanted = _page_of(request)
    return _go(request, f"{target}?{urlencode({'next': wanted})}" if wanted else target)


def _page_of(request: HttpRequest) -> str:
    """Return the page to come back to: the one htmx asks from, else this one if it only reads."""
    htmx = getattr(request, "htmx", None)
    if htmx:
        return htmx.current_url_abs_path or ""
    return request.get_full_path() if request.method in SAFE else ""


def _go(request: HttpRequest, target: str) -> HttpResponse:
    if getattr(request, "htmx", None):
        return HttpResponse(headers={"HX-Redirect": target})
    return redirect(target)


def _is_route(request: HttpRequest, name: str) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name == name
