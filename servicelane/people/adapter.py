"""What the sign-in library asks the product."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import sign_in_services
from .models import Employee


class Adapter(DefaultAccountAdapter):
    """Nobody signs up by themselves, and a new password goes through the service like every write."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy(
            "You were not signed in: the user name or the password is wrong."
        ),
        "enter_current_password": gettext_lazy("This is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["servicelane.people.stages.CodeStage"]

    def set_password(self, user: Any, password: str) -> None:
        sign_in_services.change_own_password(Employee.objects.get(pk=user.pk), password)
        # The library goes on with its own copy and makes the new session key from it.
        user.refresh_from_db()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.must_change_password:  # type: ignore[union-attr]
            return reverse("account_change_password")
        return str(super().get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("today")

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """Say only what is news: that one is signed in or out, one sees."""
        if message_template == "account/messages/password_changed.txt":
            messages.success(
                request, _("Your password is changed; other devices and programs have to sign in again.")
            )
