"""Customers' files: list, one file, new, change, numbers, consent, taking over."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.org.changes import changes_of
from servicelane.people.http import StaffRequest, StoreRequest

from .. import customer_services as services
from ..forms import ConsentForm, CustomerForm, FileFilter, TakeOverForm
from ..models import ConsentWay, Customer
from ..pages import advisors_in, cars_of, file_list, stores_of, words_of_facts
from ..panels import panels_of_customer
from ..permissions import Perm
from ..queries import elsewhere

PAGE = 50
LOOKED_UP = "numbers-looked-up"
SHOWN_FOR = 60  # seconds in which the file shows numbers after a look-up


@STAFF(Perm.SEE_CUSTOMERS, scope=HERE)
@require_GET
def files(request: StoreRequest) -> HttpResponse:
    """The customers of the store by pinyin, narrowed as one types."""
    form = FileFilter(request.GET)
    q = form.cleaned_data.get("q", "") if form.is_valid() else ""
    page = Pages(file_list(request.employee, request.store, q), PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "q": q,
        "elsewhere": elsewhere(request.employee, q) if q else [],
        "may_change": request.employee.may(Perm.CHANGE_CUSTOMERS, request.store),
        "may_take_over": request.employee.may(Perm.TAKE_OVER, request.store),
    }
    return render(request, "customers/customers.html", context)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=HERE)
@require_http_methods(["GET", "POST"])
def new_customer(request: StoreRequest) -> HttpResponse:
    """Open the file of a customer in the store."""
    initial = {"kind": "person", "salutation": "none", "contact_way": "any", "language": "zh-hans"}
    form = CustomerForm(request.POST or None, advisors=advisors_in(request.store), initial=initial)
    if form.is_bound and form.is_valid():
        details = form.details()
        added = form.attempt(lambda: services.add_customer(request.store, details, by=request.employee))
        if added:
            return redirect("customers:customer", added.pk)
    return _drawn(request, "customers/customer_new.html", form)


@STAFF(Perm.SEE_CUSTOMERS, scope=Customer)
@never_cache
@require_GET
def customer(request: StaffRequest, pk: int) -> HttpResponse:
    """One file: contact with masked numbers, vehicles, stores, changes, and panels of higher apps."""
    shown = visible(request, pk, Perm.SEE_CUSTOMERS)
    may_show = _may(request, shown, Perm.SHOW_PHONE)
    consents = list(shown.consents.select_related("by").order_by("-at", "-pk")[:5])
    context = {
        "customer": shown,
        "cars": cars_of(shown),
        "stores": stores_of(shown),
        "consents": consents,
        "consent_ways": ConsentWay.choices,
        "panels": panels_of_customer(request.employee, shown, request.store),
        "changes": changes_of(shown, words_of_facts()),
        "may_change": _may(request, shown, Perm.CHANGE_CUSTOMERS),
        "may_show": may_show,
        "numbers": _numbers(request, shown) if may_show else None,
    }
    return render(request, "customers/customer.html", context)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Customer)
@require_http_methods(["GET", "POST"])
def change_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """Change what is known about a customer; numbers are typed anew or stay."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    advisors = advisors_in(request.store, shown.advisor_id)
    if request.method == "POST":
        form = CustomerForm(request.POST, advisors=advisors, known=shown)
        if form.is_valid():
            details = form.details()
            saved = form.attempt(
                lambda: services.change_customer(shown, details, by=request.employee, version=form.seen)
            )
            if saved:
                return redirect("customers:customer", shown.pk)
    else:
        form = CustomerForm.of(shown, advisors)
    return _drawn(request, "customers/customer_change.html", form, customer=shown)


@STAFF(Perm.SHOW_PHONE, scope=Customer)
@require_POST
def show_phone(request: StaffRequest, pk: int) -> HttpResponse:
    """Record a look-up of the full numbers; the file then shows them in their place for a minute."""
    shown = visible(request, pk, Perm.SHOW_PHONE)
    services.show_phone(shown, by=request.employee)
    response = redirect("customers:customer", shown.pk)
    # The kept answer of the one-time key holds no number, and neither does the cookie.
    response.set_signed_cookie(
        LOOKED_UP,
        str(request.employee.pk),
        salt=f"{LOOKED_UP}-{shown.pk}",
        max_age=SHOWN_FOR,
        path=reverse("customers:customer", args=[shown.pk]),
        httponly=True,
        samesite="Strict",
    )
    return response


def _numbers(request: StaffRequest, shown: Customer) -> services.Numbers | None:
    """Return the full numbers where this person has looked them up just now."""
    salt = f"{LOOKED_UP}-{shown.pk}"
    who = request.get_signed_cookie(LOOKED_UP, default="", salt=salt, max_age=SHOWN_FOR)
    return services.Numbers.of(shown) if who == str(request.employee.pk) else None


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Customer)
@require_POST
def confirm_contact(request: StaffRequest, pk: int) -> HttpResponse:
    """Note by one tap that address and phone were confirmed."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    services.confirm_contact(shown, by=request.employee)
    return redirect("customers:customer", shown.pk)


@STAFF(Perm.CHANGE_CUSTOMERS, scope=Customer)
@require_POST
def set_consent(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a yes or no to being contacted."""
    shown = visible(request, pk, Perm.CHANGE_CUSTOMERS)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    said = form.cleaned_data
    services.set_consent(shown, said["given"], way=ConsentWay(said["way"]), by=request.employee)
    return redirect("customers:customer", shown.pk)


@STAFF(Perm.TAKE_OVER, scope=HERE)
@require_http_methods(["GET", "POST"])
def take_over(request: StoreRequest) -> HttpResponse:
    """Take over the file that a whole plate, VIN or number names, with a reason."""
    asked = request.POST if request.method == "POST" else request.GET
    found = elsewhere(request.employee, asked.get("q", ""))
    form = TakeOverForm(request.POST or None, initial={"q": asked.get("q", "")})
    if form.is_bound and form.is_valid() and found:
        owner = found[0].customer
        assert owner is not None
        services.take_over(owner, request.store, form.cleaned_data["reason"], by=request.employee)
        messages.success(request, _("The file is taken over."))
        return redirect("customers:customer", owner.pk)
    context = {"form": form, "hits": found, "asked": asked.get("q", "")}
    return render(request, "customers/take_over.html", context, status=422 if form.is_bound else 200)


def visible(request: StaffRequest, pk: int, perm: Perm) -> Customer:
    """Return the customer of a path, or answer 404 to a reader without `perm` over the file."""
    rows = Customer.objects.visible_to(request.employee, perm).select_related("advisor")
    return get_object_or_404(rows, pk=pk)


def _may(request: StaffRequest, shown: Customer, perm: Perm) -> bool:
    return Customer.objects.visible_to(request.employee, perm).filter(pk=shown.pk).exists()


def _drawn(request: HttpRequest, template: str, form: CustomerForm, **context: object) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
