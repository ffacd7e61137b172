"""The project's own pages: Today, search, alerts, System and Facts, and whether the site is well."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicelane.billing.permissions import Perm as BillingPerm
from servicelane.demo.filling import stop_filling
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.kernel.routes import ANYWHERE, HERE, PUBLIC, STAFF
from servicelane.kernel.tasks import try_again
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.people.http import StaffRequest, StoreRequest
from servicelane.people.permissions import Perm as PeoplePerm

from . import cars, ledger, queries, searching
from .context import shell_of
from .day_sheet import day_sheet
from .filters import FactsFilter
from .permissions import Perm


@STAFF(PeoplePerm.SEE_TODAY, scope=ANYWHERE)
@require_GET
def today(request: StaffRequest) -> HttpResponse:
    """Today of the person in the current store: figures, first steps, what needs them, who is here."""
    asked = request.GET.get("cars", "")
    shown = queries.today(request.employee, request.store, shell_of(request).alerts, at=now(), asked=asked)
    writes = request.store is not None and request.employee.may(OrdersPerm.WRITE_ORDERS, request.store)
    closes = request.store is not None and request.employee.may(BillingPerm.CREDIT, request.store)
    return render(request, "today/today.html", {"today": shown, "writes": writes, "closes": closes})


@STAFF(PeoplePerm.SEE_TODAY, scope=HERE)
@require_GET
def today_shift(request: StoreRequest) -> HttpResponse:
    """The live fragment of Today: who is on shift; 204 while nothing changed."""
    at = now()
    version = queries.shift_version(request.store, at=at)
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    shift = queries.on_shift(request.employee, request.store, at=at)
    return render(request, "today/_shift.html", {"shift": shift, "version": shift.version})


@STAFF(BillingPerm.SEE_MONEY, scope=HERE)
@require_GET
def end_of_day(request: StoreRequest) -> HttpResponse:
    """What a manager prints in the evening: cars still here, promises broken, money, the ledger's head."""
    sheet = day_sheet(request.employee, request.store, now())
    return render(request, "today/day_sheet.html", {"sheet": sheet})


@STAFF(OrdersPerm.SEE_ORDERS, scope=HERE)
@require_GET
def today_cars(request: StoreRequest) -> HttpResponse:
    """The live fragment of Today: the cars by stage; 204 while nothing changed."""
    at = now()
    writes = request.employee.may(OrdersPerm.WRITE_ORDERS, request.store)
    is_mine = cars.shows_mine(request.employee, request.store, request.GET.get("cars", ""))
    version = cars.cars_version(request.employee, request.store, is_mine=is_mine, at=at)
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    board = cars.cars_of(request.employee, request.store, is_mine=is_mine, at=at)
    return render(request, "today/_cars.html", {"board": board, "writes": writes})


@STAFF(PeoplePerm.SEE_TODAY, scope=ANYWHERE)
@require_GET
def search(request: StaffRequest) -> HttpResponse:
    """Find `?q=` among what the person may see: the drop-down of the top bar, or a page."""
    asked = " ".join(request.GET.get("q", "")[: searching.LONGEST].split())
    found = searching.search(request.employee, request.store, asked)
    is_drop = request.htmx and not request.htmx.boosted
    if is_drop and not asked:
        return HttpResponse()
    template = "search/_found.html" if is_drop else "search/search.html"
    return render(request, template, {"asked": asked, "found": found})


@STAFF(PeoplePerm.SEE_TODAY, scope=ANYWHERE)
@never_cache
@require_GET
def demo_progress(request: StaffRequest) -> HttpResponse:
    """The line that says how far the demo is; the last one says that it has reached the present."""
    return render(request, "shell/_demo.html")


@STAFF(Perm.SEE_SYSTEM, scope=ANYWHERE)
@require_POST
def stop_demo(request: StaffRequest) -> HttpResponse:
    """Stop the filling of the demo after its present step; the next start goes on."""
    if stop_filling():
        messages.success(request, _("The demo stays as it is now. The next start of ServiceLane goes on."))
    else:
        messages.info(request, _("The demo is not being filled."))
    return redirect("today")


@STAFF(PeoplePerm.SEE_TODAY, scope=ANYWHERE)
@require_GET
def alerts(request: StaffRequest) -> HttpResponse:
    """Everything that is open for the person, the most urgent first."""
    return render(request, "alerts/alerts.html", {"alerts": shell_of(request).alerts})


@PUBLIC
@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers; for a watchdog or load balancer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"status": "ok"})


@STAFF(Perm.SEE_SYSTEM, scope=ANYWHERE)
@require_GET
def system(request: StaffRequest) -> HttpResponse:
    """The ledger's head, failed tasks and the schedule."""
    return render(request, "system/system.html", {"system": ledger.system()})


@STAFF(Perm.SEE_SYSTEM, scope=ANYWHERE)
@require_POST
def retry_task(request: StaffRequest, task_id: str) -> HttpResponse:
    """Put one failed task back into the queue."""
    if try_again(task_id, now()):
        messages.success(request, _("The task is in the queue again."))
    else:
        messages.info(request, _("The task had been tried again already."))
    return redirect("system")


@STAFF(Perm.SEE_FACTS, scope=ANYWHERE)
@require_GET
def facts(request: StaffRequest) -> HttpResponse:
    """What was recorded in the stores where the person may see facts, fifty a page."""
    form = FactsFilter(request.GET, viewer=request.employee)
    wanted = form.wanted()
    found = ledger.facts(request.employee, wanted)
    asked = {
        name: value for name, value in request.GET.items() if value and name in ("kind", "day", "person")
    }
    page = {
        "rows": found.rows,
        "is_first": wanted.before is None,
        "is_filtered": bool(wanted.kind or wanted.day or wanted.person),
        "first_url": _address("facts", asked),
        "next_url": _address("facts", {**asked, "before": found.next_before}) if found.next_before else "",
    }
    return render(request, "facts/facts.html", {"form": form, "page": page})


@STAFF(Perm.SEE_FACTS, scope=Event)
@require_GET
def fact(request: StaffRequest, pk: int) -> HttpResponse:
    """One fact with its data, its words and its seal."""
    try:
        shown = ledger.fact(request.employee, pk)
    except Event.DoesNotExist as error:
        raise Http404 from error
    return render(request, "facts/fact.html", {"fact": shown})


def _address(route: str, asked: Mapping[str, object]) -> str:
    return f"{reverse(route)}?{urlencode(asked)}" if asked else reverse(route)
