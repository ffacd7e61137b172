"""The calendar of working days: holidays and make-up workdays of one year."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from servicelane.kernel.routes import ANYWHERE, STAFF

from .. import calendar_services
from ..calendar_services import FIRST_YEAR, LAST_YEAR
from ..forms import YearForm
from ..http import StaffRequest
from ..pages import year_page
from ..permissions import Perm
from ..queries import today_in


@STAFF(Perm.SEE_SETTINGS, scope=ANYWHERE)
@require_GET
def calendar(request: StaffRequest) -> HttpResponse:
    """One year by months; `?year=` or the present one."""
    present = today_in(request.store).year
    form = YearForm(request.GET)
    year = form.cleaned_data["year"] if form.is_valid() else present
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    context = {
        "page": year_page(year, today_in(request.store)),
        "may_load": bool(request.employee.store_ids_where(Perm.MANAGE_CALENDAR)),
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < LAST_YEAR else None,
        "present": present,
    }
    return render(request, "org/calendar.html", context)


@STAFF(Perm.MANAGE_CALENDAR, scope=ANYWHERE)
@require_POST
def load_year(request: StaffRequest) -> HttpResponse:
    """Load what has been announced for a year; a year that is not announced yet says so."""
    form = YearForm(request.POST)
    if not form.is_valid():
        return redirect("org:calendar")
    row = calendar_services.load_calendar_year(form.cleaned_data["year"], by=request.employee)
    if row.announced:
        messages.success(request, _("The working days of {year} are loaded.").format(year=row.year))
    else:
        messages.warning(
            request, _("{year} has not been announced yet; plain weekends hold.").format(year=row.year)
        )
    return redirect(f"{reverse('org:calendar')}?year={row.year}")
