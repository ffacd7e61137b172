"""The places of the product, and which of them a person may open.

A place is offered exactly when the guard would let the person in: its view's own declaration says
which right it needs and where, so the navigation repeats no rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.routes import HERE, Route, route_of
from servicelane.org.models import Store
from servicelane.people.models import Employee


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the product: the name of its route, its words, its icon.

    `about` says in half a sentence what one finds there; `also` begins the address of pages that belong to it
    without lying below it.
    """

    route: str
    label: Promise
    icon: str
    about: Promise
    also: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A place as one page shows it: `is_here` when the page belongs to it."""

    url: str
    label: str
    icon: str
    about: str
    is_here: bool


PLACES = [
    Place("today", _("Today"), "layout-dashboard", _("what needs you now")),
    Place("booking:list", _("Bookings"), "calendar-plus", _("who comes when, and what for")),
    Place("reception:queue", _("Reception"), "car", _("cars that wait, walk-ins")),
    Place("orders:list", _("Orders"), "clipboard-list", _("every car in the house and what was done")),
    Place("workshop:shop", _("Workshop"), "car-garage", _("the queue, who is free, every car's technician")),
    Place("workshop:my_jobs", _("My jobs"), "tool", _("your work, with its clock")),
    Place("workshop:inspections", _("Inspection"), "checklist", _("cars that wait for their inspection")),
    Place("workshop:washes", _("Wash"), "wash", _("cars that wait for their wash")),
    Place("parts:stock", _("Parts"), "packages", _("stock by bin, receipts, movements")),
    Place("billing:cashier", _("Cashier"), "cash", _("what is to be settled, paid and handed over")),
    Place(
        "billing:receivables",
        _("Receivables"),
        "clock-exclamation",
        _("who pays later, and since when"),
    ),
    Place("care:list", _("Care"), "phone-call", _("calls after delivery and complaints")),
    Place("customers:list", _("Customers"), "user-circle", _("files of customers and their cars")),
    Place("people:list", _("People"), "users", _("staff files, roles, skills and certificates")),
    Place("people:shifts", _("Shifts"), "calendar-time", _("who works when"), also="/people/attendance/"),
]
BESIDES = [
    Place("search", _("Search"), "search", _("cars, customers, people, bays, stores and places")),
    Place("alerts", _("Alerts"), "bell", _("what is due or late")),
]
SETTINGS_HOME = Place("org:settings", _("Settings"), "settings", _("everything that is set once"))
SETTINGS = [
    Place("org:stores", _("Stores"), "building-store", _("names, brand, opening hours")),
    Place("org:bays", _("Bays"), "car-garage", _("lifts, paint booths, wash bays")),
    Place("org:calendar", _("Calendar"), "calendar-event", _("holidays and make-up workdays")),
    Place("org:rules", _("Store rules"), "adjustments", _("limits and times each store decides")),
    Place("orders:operations", _("Operations"), "list-search", _("what the workshop can do")),
    Place("orders:rates", _("Labour rates"), "clock", _("what an hour costs")),
    Place("people:roles", _("Roles"), "shield-check", _("which role may do what")),
    Place("people:terminals", _("Terminals"), "device-tablet", _("shared screens with quick switch")),
    Place("messages", _("Messages"), "message-circle", _("what was sent to customers")),
    Place("facts", _("Facts"), "list-search", _("everything that was recorded, and by whom")),
    Place("system", _("System"), "server-2", _("ledger, failed tasks, schedule")),
]


@cache
def _declared(name: str, *path: int) -> tuple[str, Route] | None:
    try:
        url = reverse(name, args=path)
        route = route_of(resolve(url).func)
    except (NoReverseMatch, Resolver404):
        return None
    return (url, route) if route else None


def may_open(employee: Employee, store: Store | None, name: str, *path: int) -> bool:
    """Say whether the guard lets `employee`, working in `store`, open the route `name`."""
    declared = _declared(name, *path)
    if declared is None:
        return False
    route = declared[1]
    if route.kind != "staff":
        return True
    if route.scope is HERE:
        return store is not None and employee.may(route.perm, store)
    return employee.may_anywhere(route.perm)


def links(places: Iterable[Place], employee: Employee, store: Store | None, path: str) -> list[Link]:
    """Return the places among `places` that `employee` may open, for a page at `path`."""
    shown = []
    for place in places:
        declared = _declared(place.route)
        if declared is None or not may_open(employee, store, place.route):
            continue
        url = declared[0]
        is_here = path == url if url == "/" else path.startswith((url, place.also or url))
        shown.append(Link(url, str(place.label), place.icon, str(place.about), is_here))
    return _one_here(shown)


def _one_here(shown: list[Link]) -> list[Link]:
    """Of nested places (people and its shifts) only the deepest one is where we are."""
    here = [link.url for link in shown if link.is_here]
    deepest = max(here, key=len, default="")
    return [Link(link.url, link.label, link.icon, link.about, link.url == deepest) for link in shown]
