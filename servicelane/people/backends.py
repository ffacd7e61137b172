"""How people sign in: by password, or by PIN on a shared terminal (PLT-1).

Lock-out after wrong tries is django-axes' part, by person and address together; it counts both
ways of signing in under one name (`counted_name`).
"""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import check_password, make_password
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from .credentials import plain_pin
from .managers import plain_user_name
from .models import Employee, Terminal

_FORWARDING = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


class EmployeeBackend(BaseBackend):
    """What both ways have in common; rights never come from Django's own permissions."""

    def get_user(self, user_id: int) -> Employee | None:
        """Return the person of a session, None once they left."""
        return Employee.objects.active().filter(pk=user_id).first()


class PasswordBackend(EmployeeBackend):
    """Sign-in by user name and password."""

    @sensitive_variables("password")
    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Employee | None:
        """Return the person, or None; takes equally long for names that do not exist."""
        if username is None or password is None:
            return None
        employee = Employee.objects.active().filter(user_name=plain_user_name(username)).first()
        if employee is None:
            Employee().set_password(password)
            return None
        known = employee.check_password(password)
        return employee if known and may_come_from(employee, request) else None


class PinBackend(EmployeeBackend):
    """Quick switch by PIN, on a terminal of a store in which the person has a role."""

    @sensitive_variables("pin")
    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        pin: str | None = None,
        terminal: Terminal | None = None,
    ) -> Employee | None:
        """Return the person, or None; takes equally long for people without a PIN."""
        if username is None or pin is None or terminal is None or terminal.revoked_at:
            return None
        employee = Employee.objects.active().filter(user_name=plain_user_name(username)).first()
        # Without a hash to compare with, Django computes one all the same.
        kept = employee.pin if employee and employee.pin else make_password(None)
        known = check_password(plain_pin(pin), kept)
        if employee is None or not known or terminal.store_id not in employee.reach.stores:
            return None
        return employee if may_come_from(employee, request) else None

    def get_user(self, user_id: int) -> Employee | None:
        """Return the person of a session, None once they left or have no PIN any more."""
        return Employee.objects.active().filter(pk=user_id).exclude(pin="").first()


def may_come_from(employee: Employee, request: HttpRequest | None) -> bool:
    """Whether this person may be signed in by this request.

    The passwords of the demo's people are printed in the manual, so they count on this machine
    only, unless the operator allowed more in words. Behind a proxy every request seems to come
    from this machine; a forwarding header gives it away.
    """
    if not employee.is_demo or settings.DEMO_SIGN_INS_ANYWHERE:
        return True
    if request is None or any(name.startswith(_FORWARDING) for name in request.META):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def counted_name(_request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """Return the name under which wrong tries are counted: one per person, however it was typed."""
    given = credentials or {}
    name = given.get("username") or given.get(settings.AXES_USERNAME_FORM_FIELD) or ""
    return plain_user_name(str(name))[:255]
