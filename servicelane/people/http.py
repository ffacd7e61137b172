"""What a view may count on once the guard has let the request through."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from servicelane.org.models import Store

from .models import ApiToken, Employee


class SignedRequest(HttpRequest):
    """A request of a person who is signed in and may use the route."""

    employee: Employee
    htmx: HtmxDetails


class StaffRequest(SignedRequest):
    """A guarded page request; `store` is the current store, None for a person without any."""

    store: Store | None


class StoreRequest(SignedRequest):
    """A guarded page request of a route declared HERE: the right holds in `store`."""

    store: Store


class ApiRequest(SignedRequest):
    """A guarded request of a program that acts for `employee` with the token `auth`."""

    auth: ApiToken
