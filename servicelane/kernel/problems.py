"""Refusals as RFC 9457 problem+json, and as the calm three-part page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .errors import DomainError

API = "/api/"


def is_for_program(request: HttpRequest) -> bool:
    """Say whether the answer goes to a program (problem+json) or to a person (a page)."""
    return request.path.startswith(API)


def answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal: problem+json for a program, a page or a panel for a person."""
    if is_for_program(request):
        return problem(error.status, error.code, str(error.title), str(error), error.advice)
    htmx = request.headers.get("HX-Request") == "true"
    template = "kernel/_problem.html" if htmx else "kernel/problem.html"
    response = render(request, template, {"problem": error}, status=error.status)
    if htmx:
        response["HX-Retarget"] = "#problem"
        response["HX-Reswap"] = "outerHTML"
    return response


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    hint: str = "",
    errors: Mapping[str, list[str]] | None = None,
) -> HttpResponse:
    """Return problem+json; `code` is stable, the words are in the caller's language."""
    body: dict[str, Any] = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "hint": hint,
    }
    if errors:
        body["errors"] = errors
    return JsonResponse(
        body,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def wrong_fields(errors: Mapping[str, list[str]]) -> HttpResponse:
    """Return 422 for a body or query of the wrong shape, with what is wrong by field."""
    return problem(
        422,
        "http.wrong_fields",
        _("Not done"),
        _("Nothing was done: some fields are wrong or missing."),
        _("Mend the fields named in `errors` and send it again."),
        errors,
    )


def plain_problem(status: int) -> HttpResponse:
    """Return problem+json for an answer that HTTP itself names."""
    words = {
        400: ("request", _("The request was not understood."), _("Check it against the API page.")),
        401: ("signed_out", _("No valid token was sent."), _("Get a token with POST /auth/token.")),
        403: ("no_right", _("You have no right to do this here."), _("Ask a manager of the store.")),
        404: ("unknown", _("There is nothing here that you may see."), _("Check the address and the ids.")),
        405: ("method", _("This address does not take that method."), _("See the API page.")),
        413: ("body_too_large", _("The request is too large."), _("Send less at once.")),
        429: ("too_many", _("Too many tries."), _("Wait some minutes, then try again.")),
        500: (
            "broken",
            _("Something broke; nothing was changed."),
            _("Try again, then tell the administrator."),
        ),
    }
    name, detail, hint = words.get(status) or words[400 if status < 500 else 500]
    return problem(status, f"http.{name}", _("Not done"), detail, hint)
