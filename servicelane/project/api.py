"""The API's ground: problems, keys, and the routers of the apps. Base `/api/v1` (public contract)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer

from servicelane.billing.api import router as billing_router
from servicelane.booking.api import router as booking_router
from servicelane.care.api import router as care_router
from servicelane.customers.api import router as customers_router
from servicelane.customers.errors import Doubtful
from servicelane.kernel import problems
from servicelane.kernel.errors import DomainError
from servicelane.orders.api import router as orders_router
from servicelane.org.api import router as org_router
from servicelane.parts.api import router as parts_router
from servicelane.people.api import Bearer
from servicelane.people.api import router as people_router
from servicelane.reception.api import router as reception_router
from servicelane.schedule.api import router as schedule_router
from servicelane.workshop.api import router as workshop_router
from servicelane.workshop.sheet_api import router as sheet_router

from .ledger_api import router as ledger_router
from .openapi import DescribedAPI
from .routes import guarded_operations


class Utf8(JSONRenderer):
    """JSON in UTF-8 as it is: Chinese names stay readable in a log or terminal."""

    json_dumps_params: dict[str, Any] = {"ensure_ascii": False}


api = DescribedAPI(
    title="ServiceLane",
    version="1",
    description=(
        "Times are ISO 8601 with offset, money is a string in yuan, lists are paged by cursor. Send an "
        "`Idempotency-Key` with every POST that creates or moves something. Errors are problem+json."
    ),
    urls_namespace="api",
    renderer=Utf8(),
    auth=Bearer(),
)
api.add_router("", people_router)
api.add_router("", org_router)
api.add_router("", orders_router)
api.add_router("", booking_router)
api.add_router("", reception_router)
api.add_router("", schedule_router)
api.add_router("", workshop_router)
api.add_router("", sheet_router)
api.add_router("", parts_router)
api.add_router("", care_router)
api.add_router("", billing_router)
api.add_router("", customers_router)
api.add_router("", ledger_router)


@api.exception_handler(DomainError)
def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal of a service."""
    return problems.answer(request, error)


@api.exception_handler(Doubtful)
def doubted(request: HttpRequest, error: Doubtful) -> HttpResponse:
    """Answer doubtful numbers that nobody has confirmed: 422 with what is odd by field."""
    doubts = {field: [str(doubt) for doubt in found] for field, found in error.doubts.items()}
    return problems.problem(error.status, error.code, str(error.title), str(error), error.advice, doubts)


@api.exception_handler(ValidationError)
def wrong_shape(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Answer a body or query of the wrong shape: 422 with what is wrong by field."""
    fields: dict[str, list[str]] = {}
    for found in error.errors:
        place = ".".join(str(part) for part in found["loc"][2:] or found["loc"][1:] or found["loc"])
        fields.setdefault(place, []).append(str(found["msg"]))
    return problems.wrong_fields(fields)


@api.exception_handler(AuthenticationError)
def signed_out(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Answer a request without a valid token."""
    return problems.plain_problem(401)


@api.exception_handler(PermissionDenied)
def no_right(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    """Answer a caller who lacks the right."""
    return problems.plain_problem(403)


@api.exception_handler(Http404)
def unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer an id that is not there, or not for the caller."""
    return problems.plain_problem(404)


@api.exception_handler(HttpError)
def not_understood(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer what the library itself could not read, such as broken JSON."""
    return problems.plain_problem(error.status_code)


guarded_operations(api._get_bound_routers())
