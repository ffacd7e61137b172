"""Signing in and out, the own password, the language (allauth's views with our words)."""

from datetime import timedelta
from typing import Any

from allauth.account.forms import ChangePasswordForm as LibraryPasswordForm
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView, PasswordChangeView
from axes.helpers import get_cool_off
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from servicelane.kernel.problems import is_for_program, plain_problem
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.kernel.transactions import unit

from .. import own_sessions as sessions
from ..http import StaffRequest
from ..middleware import TERMINAL_COOKIE
from ..models import Employee
from ..permissions import Perm
from ..queries import terminal_of
from ..services import change_language

MINUTE = timedelta(minutes=1)


class SignInForm(LoginForm):
    """User name and password; the name is kept after a refusal, the password is not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("User name"), _("Password")
        password.help_text = ""
        login.widget.attrs |= {"placeholder": "", "autocapitalize": "none", "spellcheck": "false"}
        password.widget.attrs["placeholder"] = ""
        # A touch keyboard that jumps up hides the page; a desk wants to type at once.
        login.widget.attrs["autofocus"] = True


class SignIn(LoginView):
    """Sign in by password; the session gets a new key, so nobody can have prepared it."""

    form_class = SignInForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        here = terminal_of(self.request.COOKIES.get(TERMINAL_COOKIE))
        return super().get_context_data(**context, terminal=here)

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OwnPasswordForm(LibraryPasswordForm):
    """The present password and the new one, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "oldpassword": _("Present password"),
            "password1": _("New password"),
            "password2": _("New password again"),
        }
        for name, label in words.items():
            self.fields[name].label = label
            self.fields[name].widget.attrs["placeholder"] = ""


class OwnPassword(PasswordChangeView):
    """Change the own password; this session goes on, all others of the person end."""

    form_class = OwnPasswordForm

    def form_invalid(self, form: OwnPasswordForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()
own_password = OwnPassword.as_view()


@STAFF(Perm.USE_TERMINAL, scope=ANYWHERE)
@require_GET
def own_sessions(request: StaffRequest) -> HttpResponse:
    """Where one is signed in; somebody signed in by PIN looks under a full sign-in."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    open_ones = sessions.sessions_of(request.employee, request.session.session_key)
    return render(request, "people/sessions.html", {"sessions": open_ones})


@STAFF(Perm.USE_TERMINAL, scope=ANYWHERE)
@require_POST
def end_session(request: StaffRequest) -> HttpResponse:
    """Sign out at one other place."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    sessions.end_session(request.employee, request.POST.get("mark", ""))
    return redirect("people:own_sessions")


@STAFF(Perm.USE_TERMINAL, scope=ANYWHERE)
@require_POST
def end_other_sessions(request: StaffRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    sessions.end_others(request.employee, request.session.session_key)
    return redirect("people:own_sessions")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language: kept in a cookie, and for a signed-in person with the person.

    Goes back to `next` only within this site.
    """
    response = set_language(request)
    if isinstance(request.user, Employee):
        # The middleware's wrapper only looks like the person; what is changed must be the row.
        person, chosen = Employee.objects.get(pk=request.user.pk), request.POST.get("language", "")
        unit(lambda: change_language(person, chosen, by=person))
    return response


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Answer a sign-in that is locked after too many wrong tries of one person from one address."""
    if is_for_program(request):
        return plain_problem(429)
    minutes = -(-(get_cool_off(request) or MINUTE) // MINUTE)
    return render(request, "account/locked_out.html", {"minutes": minutes}, status=429)
