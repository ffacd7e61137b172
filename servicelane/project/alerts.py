"""What needs a person: expiring certificates, failed background work, a calendar that is missing.

A source looks at one kind of matter and yields an alert for each; it yields nothing for those who
may not mend it. Sources of later apps register here through `alerted`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from servicelane.billing.bills import said
from servicelane.billing.permissions import Perm as BillingPerm
from servicelane.billing.receivables import overdue_in
from servicelane.care.permissions import Perm as CarePerm
from servicelane.care.queries import calls_due, complaints_overdue
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.org.models import CalendarYear, Store
from servicelane.org.permissions import Perm as OrgPerm
from servicelane.org.queries import rule, today_in, zone_of
from servicelane.people.models import Certificate, Employee
from servicelane.people.permissions import Perm as PeoplePerm
from servicelane.people.rules import CERTIFICATE_WARNING_DAYS
from servicelane.reception.pages import calls_for
from servicelane.workshop.models import RequestKind
from servicelane.workshop.queries import open_requests
from servicelane.workshop.request_services import ANSWERED_BY

from .permissions import Perm

MOST = 100
"""Rows of one source that are listed; nobody works through more in a day."""
LATE, RISK, NEWS = "late", "risk", "news"
URGENCY = {LATE: 0, RISK: 1, NEWS: 2}
ANNOUNCED_BY_MONTH = 12
ANSWERED_WITHIN = 15
"""Minutes after which a request of a technician is late: a car stands on the lift meanwhile."""
CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Alert:
    """One matter and its one next step.

    `code` names the source. `mark` is the short figure in front (days left, a count), `mark_note`
    says what it counts; `who` is a person or text typed by somebody, shown before the headline.
    `due` sorts alerts of the same level; `is_primary` makes its button the page's coloured one.
    """

    code: str
    level: str
    due: date
    mark: str
    mark_note: str
    headline: str
    detail: str
    url: str
    action: str
    who: object = None
    is_primary: bool = False


Source = Callable[[Employee, Store | None, datetime], Iterable[Alert]]
_sources: list[Source] = []
COUNTED_FOR = timedelta(seconds=10)
"""How long a count on the bell may stand in for looking; a new fact ends it at once."""
COUNTS_KEPT = 2000
_counts: dict[tuple[object, ...], tuple[datetime, object, int]] = {}


def alerted(source: Source) -> Source:
    """Declare a source of alerts: (employee, current store, moment) to alerts, few queries."""
    _sources.append(source)
    return source


def alerts_for(employee: Employee, store: Store | None) -> list[Alert]:
    """Return all that is open for a person, the most urgent first. At most eleven queries."""
    at = now()
    found = [alert for source in _sources for alert in source(employee, store, at)]
    return sorted(found, key=lambda alert: (URGENCY[alert.level], alert.due))


def alert_count(employee: Employee, store: Store | None) -> int:
    """How many are open for a person, for the bell on every page. One query while nothing happened.

    To look costs a third of a page. The count is kept by the last fact, since what calls for somebody is
    recorded as one; what only the clock or a failed task brings is seen `COUNTED_FOR` later.
    """
    at = now()
    reader = (employee.pk, getattr(employee, "signed_in_by_pin", False), store and store.pk)
    last = Event.objects.order_by("-id").values_list("id", "kind", "subject_id", "recorded_at").first()
    seen_at, seen, count = _counts.get(reader, (at, None, 0))
    if not (seen == last and timedelta() <= at - seen_at < COUNTED_FOR):
        count = len(alerts_for(employee, store))
        if len(_counts) >= COUNTS_KEPT:
            _counts.clear()
        _counts[reader] = at, last, count
    return count


def forget_counts() -> None:
    """Look anew at the next page, as after a restart."""
    _counts.clear()


@alerted
def certificates(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield certificates of the current store's people that end within the warning time. Four queries."""
    if store is None or not employee.may(PeoplePerm.SEE_PEOPLE, store):
        return
    today = today_in(store)
    for row in expiring(store, today):
        days = (row.expires_on - today).days
        yield Alert(
            code=CERTIFICATE,
            level=LATE if days < 0 else RISK,
            due=row.expires_on,
            mark=ngettext("%(n)s day", "%(n)s days", abs(days)) % {"n": abs(days)},
            mark_note=_("since it ended") if days < 0 else _("until it ends"),
            headline=_("%(certificate)s expired") % {"certificate": row.get_kind_display()}
            if days < 0
            else _("%(certificate)s expires soon") % {"certificate": row.get_kind_display()},
            detail=_("Without it the work it allows may not be given to this person."),
            url=reverse("people:person", args=[row.employee_id]),
            action=_("Open the file"),
            who=row.employee,
        )


@alerted
def failed_tasks(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield one alert when background work failed for the last time. One query."""
    if not employee.may_anywhere(Perm.SEE_SYSTEM):
        return
    failed = DBTaskResult.objects.failed().count()
    if failed:
        yield Alert(
            code="failed_tasks",
            level=LATE,
            due=at.date(),
            mark=str(failed),
            mark_note=ngettext("failed task", "failed tasks", failed),
            headline=_("Background work failed ten times"),
            detail=_("What it was to do is not done. Look at the error, then try it again."),
            url=reverse("system") + "#failed",
            action=_("Look at it"),
        )


@alerted
def missing_calendar(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield an alert for a year without announced holidays: this, from December the next. One query."""
    if not employee.may_anywhere(OrgPerm.MANAGE_CALENDAR):
        return
    today = today_in(store)
    years = [today.year, today.year + 1] if today.month >= ANNOUNCED_BY_MONTH else [today.year]
    announced = CalendarYear.objects.filter(year__in=years, announced=True).values_list("year", flat=True)
    for year in sorted({*years} - {*announced}):
        yield Alert(
            code="calendar",
            level=RISK,
            due=date(year, 1, 1),
            mark=str(year),
            mark_note=_("calendar"),
            headline=_("The holidays of %(year)s are not loaded") % {"year": year},
            detail=_("Until then every weekend counts as free and every other day as a workday."),
            url=f"{reverse('org:calendar')}?year={year}",
            action=_("Open the calendar"),
        )


@alerted
def complaints(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield each complaint that is unsolved after its time, for those who may close it (CAR-6). One query."""
    if store is None or not employee.may(CarePerm.CLOSE_COMPLAINTS, store):
        return
    for row in complaints_overdue(employee, store, at):
        days = max((at - row.due_at).days, 1)
        yield Alert(
            code="complaint",
            level=LATE,
            due=row.due_at.astimezone(zone_of(store.pk)).date(),
            mark=ngettext("%(n)s day", "%(n)s days", days) % {"n": days},
            mark_note=_("since it was due"),
            headline=_("The complaint has no answer yet")
            if row.state == "open"
            else _("The complaint is answered but not closed"),
            detail=_("Answer the customer, ask whether they are satisfied, and close the complaint."),
            url=reverse("care:complaint", args=[row.pk]),
            action=_("Open the complaint"),
            who=row.vehicle or row.customer,
        )


@alerted
def follow_up_calls(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield one alert while follow-up calls are due, for those who make them (CAR-2). One query."""
    if store is None or not employee.may(CarePerm.CALL, store):
        return
    today = today_in(store)
    due = calls_due(employee, store, today)
    if due:
        yield Alert(
            code="follow_up_calls",
            level=RISK,
            due=today,
            mark=str(due),
            mark_note=ngettext("call", "calls", due),
            headline=_("Customers are to be called after their visit"),
            detail=_("Every delivered car brings one call within three days."),
            url=reverse("care:list"),
            action=_("Open the calls"),
        )


@alerted
def floor_requests(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield what technicians ask for, parts for the parts desk and help for the dispatcher. One query."""
    if store is None:
        return
    kinds = [kind for kind, right in ANSWERED_BY.items() if employee.may(right, store)]
    for row in open_requests(store, kinds)[:MOST] if kinds else ():
        minutes = (at - row.asked_at) // timedelta(minutes=1)
        is_part = row.kind == RequestKind.PART
        yield Alert(
            code="floor_request",
            level=LATE if minutes >= ANSWERED_WITHIN else RISK,
            due=row.asked_at.astimezone(zone_of(store.pk)).date(),
            mark=ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes},
            mark_note=_("since it was asked"),
            headline=_("A technician needs a part") if is_part else _("A technician needs help"),
            detail=_("Answer it on the order: where the part is, or when it comes.")
            if is_part
            else _("Go there or send somebody, then close the call on the order."),
            url=f"{reverse('orders:order', args=[row.order_id])}#workshoprequests",
            action=_("Open the order"),
            who=f"{row.order.vehicle.plate} {row}",
        )


@alerted
def stand_ins(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield the open call for stand-ins to those who may come and have not said so. Two queries."""
    call = calls_for(employee, store) if store else None
    if store is None or call is None:
        return
    minutes = (at - call.called_at) // timedelta(minutes=1)
    yield Alert(
        code="stand_ins",
        level=LATE,
        due=call.called_at.astimezone(zone_of(store.pk)).date(),
        mark=ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes},
        mark_note=_("since the call"),
        headline=_("calls you to the desk: customers wait to be greeted"),
        detail=_("Go there, greet who waits longest, and say on the queue that you come."),
        url=reverse("reception:queue"),
        action=_("Open the queue"),
        who=call.called_by,
    )


@alerted
def overdue_receivables(employee: Employee, store: Store | None, at: datetime) -> Iterator[Alert]:
    """Yield one alert while customers are overdue, for those who see the store's money (BIL-3). One query."""
    if store is None or not employee.may(BillingPerm.SEE_MONEY, store):
        return
    late = overdue_in(employee, store)
    if late:
        yield Alert(
            code="overdue_receivables",
            level=LATE,
            due=late.since,
            mark=str(late.invoices),
            mark_note=ngettext("invoice", "invoices", late.invoices),
            headline=_("%(amount)s on account is overdue") % {"amount": said(late.amount)},
            detail=ngettext(
                "%(n)s customer has not paid by the agreed day.",
                "%(n)s customers have not paid by the agreed day.",
                late.customers,
            )
            % {"n": late.customers},
            url=reverse("billing:receivables"),
            action=_("Open the receivables"),
        )


def expiring(store: Store, today: date) -> list[Certificate]:
    """Return the certificates of a store's people that end within its warning time. Four queries."""
    last = today + timedelta(days=rule(store, CERTIFICATE_WARNING_DAYS))
    rows = Certificate.objects.expiring(last).filter(employee__in=Employee.objects.in_store(store))
    return list(rows.select_related("employee")[:MOST])
