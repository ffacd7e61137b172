"""The people of the house: list, staff file, and what is changed about one person."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.org.changes import changes_of

from .. import services, sign_in_services
from ..forms import NewPersonForm, NewPinForm, PeopleFilter, PersonalForm
from ..http import StaffRequest
from ..models import Employee
from ..pages import last_warned_day, papers_of, people_list, places_where, roles_of, words_of_facts
from ..permissions import Perm
from ..second_factor import is_on

PAGE = 50
SHOWN_ONCE = "temporary-password"
SHOWN_FOR = 300  # seconds in which the page after a reset may show it


@STAFF(Perm.SEE_PEOPLE, scope=ANYWHERE)
@require_GET
def people(request: StaffRequest) -> HttpResponse:
    """The people of all stores the reader sees, narrowed by name, role, state or expiring certificates."""
    form = PeopleFilter(request.GET)
    form.is_valid()
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    rows = people_list(request.employee, store=request.store, **wanted)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "is_filtered": bool(wanted),
        "warned": last_warned_day(request.store),
        "may_hire": request.employee.may_anywhere(Perm.MANAGE_PEOPLE)
        and request.employee.may_anywhere(Perm.GRANT_ROLES),
    }
    return render(request, "people/people.html", context)


@STAFF(Perm.MANAGE_PEOPLE, scope=ANYWHERE)
@require_http_methods(["GET", "POST"])
def new_person(request: StaffRequest) -> HttpResponse:
    """Add a person with a first role; the next page shows the temporary password, once."""
    places = places_where(request.employee, Perm.MANAGE_PEOPLE)
    form = NewPersonForm(request.POST or None, places=places, initial={"language": "zh-hans"})
    if form.is_bound and form.is_valid():
        new = form.new_person()
        employee, password = services.hire(request.employee.group, new, by=request.employee)
        return _show_once(redirect("people:person", employee.pk), employee, password)
    context = {"form": form, "places": places}
    return render(request, "people/person_new.html", context, status=422 if form.is_bound else 200)


@STAFF(Perm.SEE_PEOPLE, scope=Employee)
@never_cache
@require_GET
def person(request: StaffRequest, pk: int) -> HttpResponse:
    """One person: identity, roles, skills, certificates, sign-in, changes."""
    shown = visible(request, pk, Perm.SEE_PEOPLE)
    manages = Employee.objects.visible_to(request.employee, Perm.MANAGE_PEOPLE).filter(pk=shown.pk).exists()
    password = request.get_signed_cookie(SHOWN_ONCE, default="", salt=str(shown.pk), max_age=SHOWN_FOR)
    context = {
        "person": shown,
        "roles": roles_of(shown, request.employee),
        "skills": shown.skills.select_related("skill"),
        "papers": papers_of(shown, request.store),
        "has_second_factor": is_on(shown),
        "changes": changes_of(shown, words_of_facts()),
        "password": password,
        "may_manage": manages,
        "may_grant": request.employee.may_anywhere(Perm.GRANT_ROLES),
        "is_self": shown.pk == request.employee.pk,
    }
    response = render(request, "people/person.html", context)
    if SHOWN_ONCE in request.COOKIES:
        response.delete_cookie(SHOWN_ONCE, path=request.path, samesite="Strict")
    return response


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def change_person(request: StaffRequest, pk: int) -> HttpResponse:
    """Change names, e-mail or language of a person."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    form = PersonalForm(request.POST) if request.method == "POST" else PersonalForm.of(shown)
    if form.is_bound and form.is_valid():
        services.change_person(shown, form.personal(), by=request.employee, version=form.seen)
        return redirect("people:person", shown.pk)
    return answer(request, "people/person_change.html", shown, form)


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def set_pin(request: StaffRequest, pk: int) -> HttpResponse:
    """Set the PIN of a person for shared terminals."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    return _set_pin(request, shown, back=lambda: reverse("people:person", args=[shown.pk]))


@STAFF(Perm.USE_TERMINAL, scope=ANYWHERE)
@require_http_methods(["GET", "POST"])
def own_pin(request: StaffRequest) -> HttpResponse:
    """Set the own PIN; somebody signed in by PIN changes it under a full sign-in."""
    if request.employee.signed_in_by_pin:
        return redirect("people:terminal")
    return _set_pin(request, request.employee, back=lambda: reverse("today"))


def _set_pin(request: StaffRequest, shown: Employee, back: Callable[[], str]) -> HttpResponse:
    form = NewPinForm(request.POST or None)
    if form.is_bound and form.is_valid():
        sign_in_services.set_pin(shown, form.cleaned_data["pin"], by=request.employee)
        messages.success(request, _("The PIN is set; it works on every terminal of the person's stores."))
        return redirect(back())
    return answer(request, "people/pin_set.html", shown, form, back=back())


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def reset_password(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a temporary password after a question back; the person's sessions end."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    if request.method == "POST":
        password = sign_in_services.reset_password(shown, by=request.employee)
        return _show_once(redirect("people:person", shown.pk), shown, password)
    return answer(request, "people/password_reset.html", shown)


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def deactivate(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a person leave, after saying what that ends."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    if request.method == "POST":
        services.deactivate(shown, by=request.employee)
        return redirect("people:person", shown.pk)
    return answer(request, "people/person_leave.html", shown)


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_POST
def reactivate(request: StaffRequest, pk: int) -> HttpResponse:
    """Bring a person back in the roles they had; the next page shows a temporary password, once."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    password = services.reactivate(shown, by=request.employee)
    return _show_once(redirect("people:person", shown.pk), shown, password)


def visible(request: StaffRequest, pk: int, perm: Perm) -> Employee:
    """Return the person of a path, or answer 404 to a reader without `perm` over them."""
    return get_object_or_404(Employee.objects.visible_to(request.employee, perm), pk=pk)


def answer(
    request: HttpRequest, template: str, shown: Employee, form: object = None, **context: object
) -> HttpResponse:
    """Draw a page about one person; 422 when its form was sent and refused."""
    status = 422 if getattr(form, "is_bound", False) else 200
    return render(request, template, {"person": shown, "form": form, **context}, status=status)


def _show_once(response: HttpResponse, employee: Employee, password: str) -> HttpResponse:
    # In the browser only, for that page only: nothing on the server keeps a password in words.
    response.set_signed_cookie(
        SHOWN_ONCE,
        password,
        salt=str(employee.pk),
        max_age=SHOWN_FOR,
        path=reverse("people:person", args=[employee.pk]),
        httponly=True,
        samesite="Strict",
    )
    return response
