"""The guard around a customer's page: the signed link in its address is the whole right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from servicelane.channels.errors import LinkUnknown, TooManyTries
from servicelane.channels.models import Link
from servicelane.channels.services import open_link
from servicelane.kernel import problems
from servicelane.kernel.errors import DomainError
from servicelane.kernel.routes import Route
from servicelane.kernel.transactions import unit
from servicelane.org.queries import zone_of

SAFE = ("GET", "HEAD", "OPTIONS")
GUESSES = 30
GUESSES_FOR = 60


class LinkRequest(HttpRequest):
    """A request by a signed link, which the guard has opened."""

    link: Link


def call_by_link(
    route: Route, request: HttpRequest, view: Callable[..., HttpResponseBase], token: str, **values: Any
) -> HttpResponseBase:
    """Open the link of the address and call the view; what changes something is one unit.

    The page speaks the customer's language, shows the store's time, is not kept, not indexed, and tells
    no other site its address.
    """
    request.is_customers = True  # type: ignore[attr-defined]
    with translation.override(language_of(request)):
        try:
            request.link = link = _opened(request, route.purpose, token)  # type: ignore[attr-defined]
            with (
                translation.override(language_of(request, link.language)),
                timezone.override(zone_of(link.store_id)),
            ):
                answer = _called(request, lambda: view(request, **values))
        except (DomainError, Http404) as raised:
            # Answered here, so that an address that leads nowhere is told to no other site either.
            error = raised if isinstance(raised, DomainError) else LinkUnknown()
            with translation.override(language_of(request, _language_of_link(request))):
                answer = problems.answer(request, error)
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


def language_of(request: HttpRequest, usual: str = settings.LANGUAGE_CODE) -> str:
    """The language the address asks for or the browser was set to here, else the customer's own."""
    spoken = dict(settings.LANGUAGES)
    asked = (request.GET.get("language"), request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME), usual)
    return next((language for language in asked if language in spoken), settings.LANGUAGE_CODE)


def _language_of_link(request: HttpRequest) -> str:
    link = getattr(request, "link", None)
    return link.language if link else settings.LANGUAGE_CODE


def _called(request: HttpRequest, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    # Drawn here, while the language and the zone still hold.
    answer = call() if request.method in SAFE else unit(call)
    render = getattr(answer, "render", None)
    return render() if render else answer


def _opened(request: HttpRequest, purpose: str, token: str) -> Link:
    """Return the link; whoever tries address after address is sent away before the database is asked."""
    key = f"link-guesses-{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(key, 0) >= GUESSES:
        raise TooManyTries(minutes=1)
    try:
        return open_link(purpose, token)
    except LinkUnknown:
        cache.add(key, 0, GUESSES_FOR)
        cache.incr(key)
        raise
