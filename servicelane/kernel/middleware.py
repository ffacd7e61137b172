"""What holds for every request: sizes, characters, refusals, and one answer for each."""

import re
from collections.abc import Callable, Iterable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from . import problems
from .errors import BodyTooLarge, DomainError, NulCharacter

MEGABYTE = 1024 * 1024
TEXTS = ("text/", "application/json", "application/problem+json", "image/svg")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Compression(GZipMiddleware):
    """Text leaves compressed where the browser takes it: a page of 60 KB is 15 KB on the way.

    Photos and papers are compressed already. Random bytes are added by the base class, and the token of
    forms is masked anew each time, so that lengths tell nothing of a secret (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress what is text."""
        if not str(response.get("Content-Type", "")).startswith(TEXTS):
            return response
        return super().process_response(request, response)


class Refusals:
    """Turns refusals into answers, and refuses what no view should ever see.

    Innermost middleware but for the view: a body that is too large (413) or text with a NUL
    character (422) does not reach a view; a DomainError of a view becomes one calm answer, so no
    view has a `try`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            refuse_unreadable(request)
        except DomainError as error:
            return problems.answer(request, error)
        except RequestDataTooBig:
            return problems.answer(request, BodyTooLarge(megabytes=_limit() // MEGABYTE))
        response = self.get_response(request)
        if _is_bare(request, response):
            bare, response = response, problems.plain_problem(response.status_code)
            if "Allow" in bare:
                response["Allow"] = bare["Allow"]
        patch_vary_headers(response, ["HX-Request"])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            return problems.answer(request, error)
        if isinstance(error, RequestDataTooBig):
            return problems.answer(request, BodyTooLarge(megabytes=_limit() // MEGABYTE))
        return None


def _is_bare(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Say whether a program would get a refusal that is not problem+json, such as HTTP's own 405."""
    kind = response.get("Content-Type", "")
    return response.status_code >= 400 and problems.is_for_program(request) and "problem+json" not in kind


def refuse_unreadable(request: HttpRequest) -> None:
    """Raise BodyTooLarge or NulCharacter for a request that could not be stored whole."""
    is_form = request.content_type == "multipart/form-data"
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    if size > (settings.UPLOAD_MAX_SIZE if is_form else _limit()):
        raise BodyTooLarge(megabytes=(settings.UPLOAD_MAX_SIZE if is_form else _limit()) // MEGABYTE)
    if "\0" in request.path or _has_nul(request.GET.lists()):
        raise NulCharacter
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        if _has_nul(request.POST.lists()):
            raise NulCharacter
    elif b"\0" in request.body or _ESCAPED_NUL.search(request.body):
        raise NulCharacter


def _has_nul(lists: Iterable[tuple[str, list[str]]]) -> bool:
    return any("\0" in name or any("\0" in value for value in values) for name, values in lists)


def _limit() -> int:
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
