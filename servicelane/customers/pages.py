"""Reads for single pages of customers and vehicles, each with its number of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.kernel.doubts import DoubtReason
from servicelane.org.changes import day_in_words
from servicelane.org.models import Store
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role

from .models import (
    ConsentWay,
    Customer,
    CustomerKind,
    CustomerStore,
    PartyRole,
    ServedHow,
    Vehicle,
    VehicleParty,
)
from .permissions import Perm
from .queries import search

FOUND = 100


def file_list(viewer: Employee, store: Store, q: str = "") -> QuerySet[Customer]:
    """The customers that `store` serves, by pinyin, each with `cars` of today. Two queries when read.

    `q` narrows as the search does: three queries more, and a hundred files at most.
    """
    cars = VehicleParty.objects.current().select_related("vehicle").order_by("pk")
    rows = Customer.objects.served_in(store).prefetch_related(Prefetch("parties", cars, to_attr="held"))
    if q:
        hits = search(viewer, store, q, limit=FOUND)
        rows = rows.filter(pk__in={hit.customer.pk for hit in hits if hit.customer and not hit.elsewhere})
    return rows.by_name()


@dataclass(frozen=True, slots=True)
class Seat:
    """One customer at one vehicle; `may_open` where the reader sees the customer's file."""

    party: VehicleParty
    may_open: bool

    @property
    def name(self) -> str:
        """The name as the reader may see it."""
        customer = self.party.customer
        return customer.name if self.may_open else customer.masked_name


def cars_of(customer: Customer) -> list[VehicleParty]:
    """The vehicles of a customer, those of today first. One query."""
    rows = customer.parties.select_related("vehicle").order_by("-pk")
    return sorted(rows, key=lambda row: row.until is not None)


def people_of(vehicle: Vehicle, viewer: Employee) -> list[Seat]:
    """The people of a vehicle, those of today first, the owner at the top. Two queries."""
    rows = list(vehicle.parties.select_related("customer").order_by("-pk"))
    seen = set(
        Customer.objects.visible_to(viewer, Perm.SEE_CUSTOMERS)
        .filter(pk__in=[row.customer_id for row in rows])
        .values_list("pk", flat=True)
    )
    rows.sort(key=lambda row: (row.until is not None, list(PartyRole).index(PartyRole(row.role))))
    return [Seat(row, row.customer_id in seen) for row in rows]


def stores_of(customer: Customer) -> list[CustomerStore]:
    """The stores that see the file, the first one first. One query."""
    return list(customer.stores.select_related("store").order_by("since", "pk"))


def advisors_in(store: Store | None, known: int | None = None) -> QuerySet[Employee]:
    """The people who may be somebody's own advisor in `store`, and the one who is."""
    if store is None:
        return Employee.objects.filter(pk=known or 0)
    roles = (Role.SERVICE_ADVISOR, Role.RECEPTION_SUPERVISOR, Role.SERVICE_MANAGER)
    holders = Membership.objects.filter(role__in=roles).values("employee")
    here = Employee.objects.in_store(store).active().filter(pk__in=holders).values("pk")
    return Employee.objects.filter(Q(pk__in=here) | Q(pk=known or 0)).by_name()


def words_of_facts() -> Mapping[str, Callable[[Any], str]]:
    """How the data of facts about customers and vehicles are written for a reader. One query."""
    stores = Store.objects.in_bulk()
    return {
        "store": lambda pk: str(stores.get(pk, pk)),
        "how": lambda code: _label(ServedHow, code),
        "customer_kind": lambda code: _label(CustomerKind, code),
        "party": lambda code: _label(PartyRole, code),
        "way": lambda code: _label(ConsentWay, code),
        "doubts": lambda found: "" if not found else _reasons(found),
        "km": lambda km: "" if km < 0 else f"{km:,} km",
        "limit": lambda fen: _("up to {amount}").format(amount=f"\u00a5{fen / 100:,.2f}"),
        "days": lambda count: ngettext("{n} day to pay", "{n} days to pay", count).format(n=count),
        "on": lambda day: day_in_words(day) if day else "",
    }


def _reasons(found: Mapping[str, str]) -> str:
    return _(", ").join(dict.fromkeys(_label(DoubtReason, reason) for reason in found.values()))


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code
