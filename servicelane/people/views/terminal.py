"""Quick switch of person by PIN on a shared terminal, and the registration of terminals (PLT-1)."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import HERE, PUBLIC, STAFF
from servicelane.org.counts import counted
from servicelane.org.http import Person
from servicelane.org.models import Store
from servicelane.org.queries import rule

from .. import sign_in_services
from ..forms import PinForm, TerminalForm
from ..http import StoreRequest
from ..middleware import TERMINAL_COOKIE
from ..models import Employee, Terminal
from ..permissions import Perm
from ..queries import people_with_pin, terminal_of
from ..rules import PIN_SESSION_MINUTES
from ..sign_in import switch_by_pin

KEPT = timedelta(days=400)  # browsers keep no cookie longer


@PUBLIC
@never_cache
@require_GET
def terminal(request: HttpRequest) -> HttpResponse:
    """The people who can switch to themselves on this terminal; on another device, what is missing."""
    here = _here(request)
    people = people_with_pin(here.store) if here else []
    return render(request, "people/terminal.html", {"terminal": here, "people": people})


@PUBLIC
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask one person's PIN and sign them in, for as long as the store's rule says.

    Wrong tries count towards the same lock-out as on the sign-in page.
    """
    here = _here(request)
    if here is None:
        return redirect("people:terminal")
    person = get_object_or_404(Employee.objects.in_store(here.store).active().exclude(pin=""), pk=pk)
    form = PinForm(request.POST or None)
    if form.is_bound and form.is_valid():
        if switch_by_pin(request, here, person.user_name, form.cleaned_data["pin"]):
            return redirect("today")
        # No refusal is raised: the wrong try has to stay counted.
        form.add_error("pin", _("This is not the PIN of {who}.").format(who=person))
    context = {"terminal": here, "person": person, "form": form}
    return render(request, "people/terminal_pin.html", context, status=422 if form.is_bound else 200)


def _here(request: HttpRequest) -> Terminal | None:
    return terminal_of(request.COOKIES.get(TERMINAL_COOKIE))


@STAFF(Perm.REGISTER_TERMINALS, scope=HERE)
@require_GET
def terminals(request: StoreRequest) -> HttpResponse:
    """The terminals of the current store, live ones first."""
    rows = Terminal.objects.filter(store=request.store).select_related("registered_by")
    context = {
        "terminals": rows.order_by("-registered_at"),
        "this": _here(request),
        "minutes": rule(request.store, PIN_SESSION_MINUTES),
    }
    return render(request, "people/terminals.html", context)


@STAFF(Perm.REGISTER_TERMINALS, scope=HERE)
@require_http_methods(["GET", "POST"])
def register_terminal(request: StoreRequest) -> HttpResponse:
    """Make this browser a shared terminal of the current store; its token stays in a cookie here."""
    form = TerminalForm(request.POST or None)
    if form.is_bound and form.is_valid():
        name = form.cleaned_data["name"]
        _made, token = sign_in_services.register_terminal(request.store, name, by=request.employee)
        response = redirect("people:terminals")
        response.set_cookie(
            TERMINAL_COOKIE,
            token,
            max_age=KEPT,
            path="/",
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response
    return render(request, "people/terminal_new.html", {"form": form}, status=422 if form.is_bound else 200)


@STAFF(Perm.REGISTER_TERMINALS, scope=Terminal)
@require_POST
def revoke_terminal(request: StoreRequest, pk: int) -> HttpResponse:
    """End a terminal: nobody can switch by PIN there any more, and PIN sessions on it end."""
    rows = Terminal.objects.visible_to(request.employee, Perm.REGISTER_TERMINALS)
    sign_in_services.revoke_terminal(get_object_or_404(rows, pk=pk), by=request.employee)
    return redirect("people:terminals")


@counted("people:terminals")
def live_terminals(person: Person, store: Store | None) -> int:
    """Live terminals of the current store."""
    rows = Terminal.objects.visible_to(person, Perm.REGISTER_TERMINALS)
    return rows.live().filter(store=store).count()
