"""Reads of customers and vehicles on behalf of a person: the only door is `visible_to`.

The group owns the files; a store sees one once it has served or booked it (architecture, "Owners").
"""

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models

from servicelane.org.managers import Viewer
from servicelane.org.models import Store

if TYPE_CHECKING:
    from .models import Customer, Vehicle, VehicleParty  # noqa: F401 - named in quotes below


def _rows(name: str) -> Any:
    return apps.get_model("customers", name)._default_manager


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to customers that a store in which `viewer` holds `perm` has served."""
        return self.filter(pk__in=_served(store__in=viewer.store_ids_where(perm)))

    def served_in(self, store: Store) -> Self:
        """Narrow to customers that `store` has served."""
        # The group is named so that the index by name also gives the order of a list, and each file is looked
        # up by itself: a list of all that the store serves would be made first, whatever is shown.
        served = _rows("CustomerStore").filter(customer=models.OuterRef("pk"), store=store)
        return self.filter(models.Exists(served), group=store.region.group_id)

    def by_name(self) -> Self:
        """Sort by the pinyin of the name."""
        return self.order_by("sort_key", "pk")


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to vehicles of which an owner, driver or payer of today is served by a store of `perm`."""
        return self._of(_served(store__in=viewer.store_ids_where(perm)))

    def served_in(self, store: Store) -> Self:
        """Narrow to vehicles of which an owner, driver or payer of today is served by `store`."""
        return self._of(_served(store=store))

    def _of(self, customers: Any) -> Self:
        parties = _rows("VehicleParty").filter(until=None, customer__in=customers)
        return self.filter(pk__in=parties.values("vehicle"))


class PartyQuerySet(models.QuerySet["VehicleParty"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to parties of vehicles that are visible to `viewer` by `perm`."""
        return self.filter(vehicle__in=_rows("Vehicle").visible_to(viewer, perm).values("pk"))

    def current(self) -> Self:
        """Narrow to those of today."""
        return self.filter(until=None)


def _served(**where: Any) -> Any:
    return _rows("CustomerStore").filter(**where).values("customer")
