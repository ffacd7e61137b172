"""A browser, or a program, that tests may send anywhere: each request is a transaction of its own."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from django.db import transaction
from django.test import Client

from servicelane.people.access import PIN_BACKEND, STORE_KEY, TERMINAL_KEY
from servicelane.people.models import Employee, Terminal
from servicelane.people.sign_in_services import issue_token

KEEPER = "django.test.client.store_rendered_templates"
PASSWORD_BACKEND = "servicelane.people.backends.PasswordBackend"


class Visitor(Client):
    """A client whose requests roll back as they do in the product, inside a test's own transaction.

    `trying` undoes every request, so that many may be tried on the same rows.
    """

    keeps_templates = False
    """Whether an answer has its templates and their contexts: to copy these takes a while."""

    def __init__(self, *args: Any, trying: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, raise_request_exception=True, **kwargs)
        self.trying = trying

    def request(self, **request: Any) -> Any:
        kept = nullcontext() if self.keeps_templates else patch(KEEPER, _keep_nothing)
        with transaction.atomic(), kept:
            response = super().request(**request)
            if self.trying:
                transaction.set_rollback(True)
        return response

    def send(self, method: str, path: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
        """Send one request as a page would: a form carries its one-time key."""
        method = method.lower()
        if method in ("get", "head", "options"):
            return getattr(self, method)(path, data or {}, **extra)
        return self.post(path, {"once": uuid4().hex, **(data or {})}, **extra)


def _keep_nothing(*_arguments: Any, **_named: Any) -> None:
    """In the place of what keeps the templates of an answer and a copy of each one's context."""


def visitor(
    employee: Employee | None = None,
    *,
    store: Any = None,
    terminal: Terminal | None = None,
    trying: bool = False,
    **extra: Any,
) -> Visitor:
    """Return the browser of a person: signed in by password, or by PIN at `terminal`.

    `store` is what the session says is the current store, whether or not it is one of theirs.
    """
    client = Visitor(trying=trying, **extra)
    if employee is not None:
        client.force_login(employee, backend=PIN_BACKEND if terminal else PASSWORD_BACKEND)
        session = client.session
        if terminal:
            session[TERMINAL_KEY] = terminal.pk
        if store is not None:
            session[STORE_KEY] = store.pk
        session.save()
    return client


def program(
    employee: Employee | None = None, *, token: str = "", trying: bool = False, **extra: Any
) -> Visitor:
    """Return a program with a token of its own for a person, or with the given one."""
    if employee is not None:
        _row, token = issue_token(employee, "test", by=None)
    if token:
        extra["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return Visitor(trying=trying, **extra)
