"""What a person sees when HTTP itself says no: the same calm three parts as every refusal.

A program gets problem+json instead, and htmx gets the panel alone.
"""

import sys
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.kernel.errors import DomainError
from servicelane.kernel.problems import answer, is_for_program, plain_problem
from servicelane.kernel.transactions import refusal_of

from .context import shell_of
from .templatetags.ui import halves


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: the request cannot be read.

    Django says so too where the session could not be kept because the database is full or away.
    """
    if refusal := _refusal_behind(exception):
        return _without_shell(request, refusal.status, refusal)
    return _answer(
        request,
        HTTPStatus.BAD_REQUEST,
        _("Nothing was done"),
        _("The request could not be read, so nothing was done."),
        _("The address or the form came in incomplete."),
        _("Open the page again from Today and repeat the step."),
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: signed in, but without the right."""
    person = getattr(request, "employee", None) or request.user
    if getattr(person, "signed_in_by_pin", False):
        why = _(
            "You are signed in by PIN; this needs a sign-in with password, or a role you do not hold here."
        )
        advice = _("Sign in with your password, or ask a manager of the store.")
    else:
        why = _("None of your roles in the current store allows it.")
        advice = _(
            "Switch to a store where you hold the role, or ask a manager of this store to give it to you."
        )
    return _answer(
        request,
        HTTPStatus.FORBIDDEN,
        _("Not for your roles"),
        _("The page was not opened and nothing was changed."),
        why,
        advice,
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: nothing there, or nothing this person may see."""
    return _answer(
        request,
        HTTPStatus.NOT_FOUND,
        _("Nothing here"),
        _("There is nothing at this address that you may see."),
        _("The address is mistyped or old, or what it names belongs to another store."),
        _("Look for it by the search field, or switch the store first."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without its secret: too old, or sent from another site."""
    return _answer(
        request,
        HTTPStatus.FORBIDDEN,
        _("Form too old"),
        _("The form was not accepted and nothing was changed."),
        _("You signed in or out since the page was opened, or the browser does not keep cookies."),
        _("Go back, load the page again and send the form once more."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without the database and without the shell: either may be what broke.

    A database that is full, busy or away is no fault of the program: it answers 507 or 503 and says so,
    wherever in the request it was met.
    """
    if refusal := _refusal_behind(sys.exc_info()[1]):
        return _without_shell(request, refusal.status, refusal)
    return _without_shell(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _refusal_behind(error: BaseException | None) -> DomainError | None:
    """What the database refused, where that is the cause of an error."""
    while error:
        if refusal := refusal_of(error):
            return refusal
        error = error.__cause__ or error.__context__
    return None


def _without_shell(request: HttpRequest, status: int, refusal: DomainError | None = None) -> HttpResponse:
    if is_for_program(request):
        return answer(request, refusal) if refusal else plain_problem(status)
    words: dict[str, Any] = {"home": "/", "home_label": _("Go to Today")}
    if refusal:
        what, why = halves(refusal)
        words |= {"title": refusal.title, "what": what, "why": why, "advice": refusal.advice}
    else:
        words |= {
            "title": _("Something broke"),
            "what": _("The step was not finished; nothing was changed."),
            "why": _("There is a fault in the program or on the server, not in what you did."),
            "advice": _(
                "Try again in a minute. If it happens again, tell the system administrator the time and the"
                " page."
            ),
        }
    if _is_panel(request):
        return _panel(render_to_string("shell/_problem.html", words), status)
    return HttpResponse(render_to_string("shell/broken.html", words), status=status)


def _answer(
    request: HttpRequest, status: HTTPStatus, title: str, what: str, why: str, advice: str
) -> HttpResponse:
    if is_for_program(request):
        return plain_problem(status)
    words = {
        "title": title,
        "what": what,
        "why": why,
        "advice": advice,
        "calm": status == HTTPStatus.NOT_FOUND,
    }
    if _is_panel(request):
        return _panel(render_to_string("shell/_problem.html", words), status)
    words |= {
        "home": reverse("today"),
        "home_label": _("Go to Today"),
        "may_go_back": True,
        "layout": shell_of(request).layout,
    }
    return render(request, "shell/problem.html", words, status=status)


def _is_panel(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _panel(content: str, status: int) -> HttpResponse:
    response = HttpResponse(content, status=status)
    response["HX-Retarget"] = "#problem"
    response["HX-Reswap"] = "outerHTML"
    return response
