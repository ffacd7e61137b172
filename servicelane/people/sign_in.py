"""Signing somebody in by PIN on a shared terminal; the own password and code asked once more (PLT-1)."""

from datetime import timedelta

from django.contrib.auth import authenticate, login
from django.http import HttpRequest

from servicelane.kernel.clock import now
from servicelane.org.queries import rule

from .access import STORE_KEY, TERMINAL_KEY
from .models import Employee, Terminal
from .rules import PIN_SESSION_MINUTES


def switch_by_pin(request: HttpRequest, terminal: Terminal, user_name: str, pin: str) -> Employee | None:
    """Sign a person in on `terminal`, in its store, for as long as the store's rule allows.

    Returns None for a wrong PIN, a person without a role in the store, or too many wrong tries.
    Wrong tries are counted in the database: the caller must not undo its transaction over them.
    """
    employee = authenticate(request, username=user_name, pin=pin, terminal=terminal)
    if not isinstance(employee, Employee):
        return None
    # Whoever sat here before leaves nothing in the session.
    request.session.flush()
    login(request, employee)
    request.session[TERMINAL_KEY] = terminal.pk
    request.session[STORE_KEY] = terminal.store_id
    request.session.set_expiry(now() + timedelta(minutes=rule(terminal.store, PIN_SESSION_MINUTES)))
    return employee


def knows_code(request: HttpRequest, person: Employee, code: str) -> bool:
    """Whether `code` is right for a person whose password was; a wrong one counts to the lock-out."""
    found = authenticate(request, username=person.user_name, code=code, after_password=person)
    return isinstance(found, Employee)


def knows_password(request: HttpRequest, person: Employee, password: str) -> bool:
    """Whether a signed-in person knows their password; a wrong one counts to the lock-out."""
    return authenticate(request, username=person.user_name, password=password) == person
