"""What the sign-in library does between the right password and the session (PLT-1)."""

from typing import Any

from allauth.account.stages import LoginStage
from django.shortcuts import redirect

from . import second_factor
from .models import Employee


class CodeStage(LoginStage):
    """Ask for the code of the second factor where it is on.

    The library's own stage would load its passkeys, which nobody uses here, at every first sign-in.
    """

    key = "second_factor"
    urlname = "people:sign_in_code"

    def handle(self) -> tuple[Any, bool]:
        person = self.login.user
        if isinstance(person, Employee) and second_factor.is_on(person):
            return redirect(self.urlname), True
        return None, True
