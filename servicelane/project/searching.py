"""The search of the top bar: cars, customers, orders, people, parts and places that the reader may see."""

import re
from dataclasses import dataclass, field

from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from servicelane.customers import queries as customers
from servicelane.orders.models import RepairOrder
from servicelane.orders.pages import called
from servicelane.orders.permissions import Perm as OrdersPerm
from servicelane.org.models import Bay, Store
from servicelane.org.permissions import Perm as OrgPerm
from servicelane.parts.models import StockItem
from servicelane.parts.permissions import Perm as PartsPerm
from servicelane.people.models import Employee
from servicelane.people.permissions import Perm as PeoplePerm

from .navigation import BESIDES, PLACES, SETTINGS, SETTINGS_HOME, links

HITS = 6
"""Finds of one kind; who needs more types more."""
LONGEST = 80
FEWEST_DIGITS = 3
"""Digits from which on a word may be a part of an order's number."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One find: a `thing` with a name typed by people, or a `label` of ours; `facts` tell it apart."""

    url: str
    icon: str
    thing: object = None
    label: str = ""
    facts: list[object] = field(default_factory=list)
    is_person: bool = False
    vehicle: object = None


@dataclass(frozen=True, slots=True)
class Found:
    """The finds of one kind."""

    label: str
    hits: list[Hit]


def search(viewer: Employee, store: Store | None, asked: str) -> list[Found]:
    """Return what `viewer` may see of what was asked for, by kind, six of each. Ten queries at most.

    People are found by name in either language, user name, pinyin or the initials of their pinyin.
    """
    words = " ".join(asked[:LONGEST].split())
    if not words:
        return []
    kinds = [
        Found(_("Cars and customers"), _files(viewer, store, words)),
        Found(_("Orders"), _orders(viewer, words)),
        Found(_("People"), _people(viewer, words)),
        Found(_("Parts"), _parts(viewer, store, words)),
        Found(_("Bays"), _bays(viewer, words)),
        Found(_("Stores"), _stores(viewer, words)),
        Found(_("Places"), _places(viewer, store, words)),
    ]
    return [kind for kind in kinds if kind.hits]


def _files(viewer: Employee, store: Store | None, words: str) -> list[Hit]:
    hits = customers.search(viewer, store, words, limit=HITS)
    return [_elsewhere(hit, words) if hit.elsewhere else _file(hit) for hit in hits]


def _file(hit: customers.Hit) -> Hit:
    if hit.vehicle:
        url, title = reverse("customers:vehicle", args=[hit.vehicle.pk]), hit.vehicle.title
        return Hit(url, "car", hit.name, facts=[title] if title else [], vehicle=hit.vehicle)
    assert hit.customer
    cars = [str(car) for car in hit.vehicles[:2]]
    facts = [word for word in (hit.customer.masked_mobile, *cars) if word]
    return Hit(
        reverse("customers:customer", args=[hit.customer.pk]), "user-circle", hit.name, facts=list(facts)
    )


def _elsewhere(hit: customers.Hit, words: str) -> Hit:
    url = f"{reverse('customers:list')}?{urlencode({'q': words})}"
    return Hit(url, "arrows-exchange", hit.name, facts=[_("in another store")], vehicle=hit.vehicle)


def _orders(viewer: Employee, words: str) -> list[Hit]:
    number = "".join(words.split()).upper()
    if sum(letter.isdigit() for letter in number) < FEWEST_DIGITS or not number.isascii():
        return []
    # The newest of the numbers first, so that the index they are found by is also their order.
    rows = RepairOrder.objects.visible_to(viewer, OrdersPerm.SEE_ORDERS).filter(called(number))
    return [
        Hit(
            reverse("orders:order", args=[order.pk]),
            "clipboard-list",
            label=order.number,
            facts=[order.get_status_display(), order.customer.name],
            vehicle=order.vehicle,
        )
        for order in rows.with_car().order_by("-number", "-pk")[:HITS]
    ]


def _people(viewer: Employee, words: str) -> list[Hit]:
    small = words.lower()
    wanted = (
        Q(name__icontains=words)
        | Q(name_en__icontains=words)
        | Q(user_name__startswith=small)
        | Q(letters__startswith="".join(small.split()))
        | Q(sort_key__regex=_initials(small))
    )
    seen = Employee.objects.visible_to(viewer, PeoplePerm.SEE_PEOPLE).active()
    people = seen.annotate(letters=Replace("sort_key", Value(" "), Value(""))).filter(wanted)
    return [
        Hit(reverse("people:person", args=[who.pk]), "user", who, facts=[who.user_name], is_person=True)
        for who in people.by_name()[:HITS]
    ]


def _initials(small: str) -> str:
    letters = [re.escape(letter) for letter in small if not letter.isspace()]
    return "^" + r"[^ ]* ".join(letters)


def _parts(viewer: Employee, store: Store | None, words: str) -> list[Hit]:
    kept = StockItem.objects.visible_to(viewer, PartsPerm.SEE_STOCK).filter(store=store).found_by(words)
    return [
        Hit(reverse("parts:item", args=[item.pk]), "packages", item.part, facts=[item.part.number, item.bin])
        for item in kept.select_related("part").order_by("part__number")[:HITS]
    ]


def _bays(viewer: Employee, words: str) -> list[Hit]:
    bays = Bay.objects.visible_to(viewer, OrgPerm.SEE_SETTINGS).filter(
        Q(code__icontains=words) | Q(name__icontains=words)
    )
    return [
        Hit(
            reverse("org:bay", args=[bay.pk]),
            "car-garage",
            bay.code,
            facts=[word for word in (bay.name, bay.get_kind_display(), bay.store) if word],
        )
        for bay in bays.select_related("store")[:HITS]
    ]


def _stores(viewer: Employee, words: str) -> list[Hit]:
    wanted = Q(name_zh__icontains=words) | Q(name_en__icontains=words) | Q(code__iexact=words)
    stores = Store.objects.visible_to(viewer, OrgPerm.SEE_SETTINGS).filter(wanted)
    return [
        Hit(reverse("org:store", args=[store.pk]), "building-store", store, facts=[store.code])
        for store in stores[:HITS]
    ]


def _places(viewer: Employee, store: Store | None, words: str) -> list[Hit]:
    small = words.lower()
    return [
        Hit(link.url, link.icon, label=link.label, facts=[link.about])
        for link in links([*PLACES, *BESIDES, SETTINGS_HOME, *SETTINGS], viewer, store, "")
        if small in link.label.lower() or small in link.about.lower()
    ][:HITS]
