"""Reads about people: who works here and when, whose certificates end, who is at a terminal."""

from datetime import date, datetime, timedelta

from servicelane.kernel.clock import now
from servicelane.org.models import Store
from servicelane.org.queries import rule, today_in

from .credentials import hash_token
from .models import ApiToken, Certificate, Employee, Shift, Terminal
from .rules import CERTIFICATE_WARNING_DAYS


def on_shift(store: Store, at: datetime) -> list[Shift]:
    """Return the shifts that run in `store` at a moment, by start and name. One query."""
    shifts = Shift.objects.filter(store=store, employee__is_active=True).at(at)
    return list(shifts.select_related("employee").order_by("starts", "employee__sort_key"))


def shifts_between(store: Store, first: date, last: date) -> list[Shift]:
    """Return the shifts of `store` that start on the days `first` to `last`, in order. One query."""
    shifts = Shift.objects.filter(store=store, day__range=(first, last))
    return list(shifts.select_related("employee").order_by("day", "starts", "employee__sort_key"))


def expiring_certificates(store: Store, day: date | None = None) -> list[Certificate]:
    """Return certificates of the store's people that are over or end within the store's warning time.

    `day` is the day of asking, today in the store if None. Four queries.
    """
    last = (day or today_in(store)) + timedelta(days=rule(store, CERTIFICATE_WARNING_DAYS))
    people = Employee.objects.in_store(store)
    rows = Certificate.objects.filter(employee__in=people).expiring(last)
    return list(rows.select_related("employee"))


def people_with_pin(store: Store) -> list[Employee]:
    """Return the people who may switch at a terminal of `store`, by name. Three queries."""
    return list(Employee.objects.in_store(store).active().exclude(pin="").by_name())


def terminal_of(token: str | None) -> Terminal | None:
    """Return the terminal whose token a browser holds, None if it is unknown or revoked. One query."""
    if not token:
        return None
    live = Terminal.objects.live().filter(token_hash=hash_token(token))
    return live.select_related("store").first()


def token_of(token: str, at: datetime | None = None) -> ApiToken | None:
    """Return the live API token of that text with its person, None if there is none. One query."""
    live = ApiToken.objects.live(at or now()).filter(token_hash=hash_token(token))
    return live.select_related("employee").first()
