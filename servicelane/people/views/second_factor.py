"""The second factor: its step at the sign-in, the own page, and its reset by who manages people."""

import base64
from typing import cast

from allauth.account.internal.decorators import login_stage_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import ANYWHERE, STAFF, Route, mark
from servicelane.kernel.transactions import unit

from .. import errors, second_factor
from ..backends import PasswordBackend
from ..forms import AppForm, CodeForm, PasswordForm
from ..http import StaffRequest
from ..models import Employee
from ..permissions import Perm
from ..sign_in import knows_code, knows_password
from ..stages import CodeStage
from .people import SHOWN_FOR, answer, visible

SHOWN_ONCE = "recovery-codes"
PASSWORD_BACKEND = f"{PasswordBackend.__module__}.{PasswordBackend.__qualname__}"
# A wrong password or code is counted although the answer is a refusal, which would undo a common transaction;
# and an answer that is kept for a repeated request would keep recovery codes in words.
OWN = Route("staff", str(Perm.USE_TERMINAL), ANYWHERE, own_transactions=True)


@mark(Route("public", own_transactions=True))
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_stage_required(stage=CodeStage.key, redirect_urlname="account_login")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code after the right password, and sign in."""
    stage = request._login_stage  # type: ignore[attr-defined]
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        person = cast("Employee", stage.login.user)
        if knows_code(request, person, form.cleaned_data["code"]):
            person.backend = PASSWORD_BACKEND
            return cast("HttpResponse", stage.exit())
        form.add_error("code", _("This code does not count: it is wrong, too old, or was used before."))
    form.fields["code"].widget.attrs["autofocus"] = True
    return render(request, "account/code.html", {"form": form}, status=422 if form.is_bound else 200)


@mark(OWN)
@never_cache
@require_GET
def own(request: StaffRequest) -> HttpResponse:
    """Whether the own second factor is on, and what to do about it; new recovery codes once."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    shown = request.get_signed_cookie(
        SHOWN_ONCE, default="", salt=str(request.employee.pk), max_age=SHOWN_FOR
    )
    response = _page(request, codes=(shown or "").split())
    if SHOWN_ONCE in request.COOKIES:
        response.delete_cookie(SHOWN_ONCE, path=request.path, samesite="Strict")
    return response


@mark(OWN)
@sensitive_post_parameters("code", "key")
@never_cache
@require_POST
def switch_on(request: StaffRequest) -> HttpResponse:
    """Switch on with a code of the app; the next page shows the recovery codes, once."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    form = AppForm(request.POST)
    if not form.is_valid():
        return _page(request, app_form=form)
    key, code = form.cleaned_data["key"], form.cleaned_data["code"]
    here = request.session.session_key
    try:
        codes = unit(lambda: second_factor.switch_on(request.employee, key, code, here=here))
    except errors.CodeRefused as refused:
        form.add_error("code", f"{refused} {refused.advice}")
        return _page(request, app_form=form)
    return _show_once(request, codes)


@mark(OWN)
@sensitive_post_parameters("password")
@never_cache
@require_POST
def new_codes(request: StaffRequest) -> HttpResponse:
    """Replace the recovery codes, with the password; the next page shows them, once."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    form = PasswordForm(request.POST)
    if not _is_confirmed(request, form):
        return _page(request, codes_form=form)
    return _show_once(request, unit(lambda: second_factor.make_recovery_codes(request.employee)))


@mark(OWN)
@sensitive_post_parameters("password")
@never_cache
@require_POST
def switch_off(request: StaffRequest) -> HttpResponse:
    """Switch off, with the password."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    form = PasswordForm(request.POST)
    if not _is_confirmed(request, form):
        return _page(request, off_form=form)
    unit(lambda: second_factor.switch_off(request.employee))
    messages.success(request, _("Your second factor is off; the password is enough now."))
    return redirect("people:second_factor")


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def reset(request: StaffRequest, pk: int) -> HttpResponse:
    """Switch the second factor of somebody else off after a question back; the person's sessions end."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    if request.method == "POST":
        second_factor.reset(shown, by=request.employee)
        return redirect("people:person", shown.pk)
    return answer(request, "people/second_factor_reset.html", shown)


def _is_confirmed(request: StaffRequest, form: PasswordForm) -> bool:
    if not form.is_valid():
        return False
    if knows_password(request, request.employee, form.cleaned_data["password"]):
        return True
    form.add_error("password", _("This is not your present password."))
    return False


def _page(
    request: StaffRequest,
    *,
    codes: list[str] | None = None,
    app_form: AppForm | None = None,
    codes_form: PasswordForm | None = None,
    off_form: PasswordForm | None = None,
) -> HttpResponse:
    """Draw the own page; 422 when a form was sent and refused.

    A key is new each time the page is drawn and kept on the page only, so that looking writes nothing.
    """
    person = request.employee
    state = second_factor.state_of(person)
    context: dict[str, object] = {"state": state}
    if state:
        text = "\n".join([f"ServiceLane · {person.user_name}", *(codes or [])])
        context |= {
            "codes": codes,
            "codes_file": base64.b64encode(text.encode()).decode(),
            "codes_form": codes_form or PasswordForm(auto_id="codes_%s"),
            "off_form": off_form or PasswordForm(auto_id="off_%s"),
        }
    else:
        given = app_form["key"].value() if app_form and not app_form.has_error("key") else None
        key = given or second_factor.new_key()
        context |= {
            "key": [key[first : first + 4] for first in range(0, len(key), 4)],
            "address": second_factor.app_address(person, key),
            "app_form": app_form if given else AppForm(initial={"key": key}),
        }
    refused = app_form or codes_form or off_form
    return render(request, "people/second_factor.html", context, status=422 if refused else 200)


def _show_once(request: StaffRequest, codes: list[str]) -> HttpResponse:
    # As a temporary password: in the browser only, for that page only.
    response = redirect("people:second_factor")
    response.set_signed_cookie(
        SHOWN_ONCE,
        " ".join(codes),
        salt=str(request.employee.pk),
        max_age=SHOWN_FOR,
        path=reverse("people:second_factor"),
        httponly=True,
        samesite="Strict",
    )
    return response
