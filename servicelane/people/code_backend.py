"""The second step of a sign-in by password: a code of the second factor (PLT-1)."""

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from . import second_factor
from .backends import EmployeeBackend, may_come_from
from .models import Employee


class CodeBackend(EmployeeBackend):
    """A code of the second factor, after the password; wrong ones are counted as wrong passwords are."""

    @sensitive_variables("code")
    def authenticate(  # type: ignore[override]
        self,
        request: HttpRequest | None,
        username: str | None = None,
        code: str | None = None,
        after_password: Employee | None = None,
    ) -> Employee | None:
        """Return the person whose password was right already, or None; a code that was right is used up."""
        if username is None or code is None or after_password is None:
            return None
        employee = Employee.objects.active().filter(pk=after_password.pk, user_name=username).first()
        if employee is None or not may_come_from(employee, request):
            return None
        return employee if second_factor.accept(employee, code) else None
