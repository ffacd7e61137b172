"""The language of a request, and what a browser may keep of its answer."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from servicelane.kernel.problems import is_for_program

from .models import Employee

TERMINAL_COOKIE = "terminal"
"""The cookie by which a browser is known as a shared terminal."""


class Language:
    """Speak the language a signed-in person chose, else the one of the cookie or the browser."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, Employee):
            language = user.language
        else:
            language = translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


class Discretion:
    """Say what a browser may keep of an answer, and keep cookies off plain connections.

    On a shared terminal, where the next person presses Back, nothing is kept, and neither is what a
    program gets, a token included. Elsewhere Back finds the form as it was typed, but no cache between
    keeps a page. A cookie that was set over HTTPS is never sent without it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_shared = TERMINAL_COOKIE in request.COOKIES or TERMINAL_COOKIE in response.cookies
        kept = "no-store, private" if is_shared or is_for_program(request) else "no-cache, private"
        response.headers.setdefault("Cache-Control", kept)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response
