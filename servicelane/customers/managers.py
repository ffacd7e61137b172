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
        return self.filter(_is_served(store__in=viewer.store_ids_where(perm)))

    def served_in(self, store: Store) -> Self:
        """Narrow to customers that `store` has served."""
        # The group is named so that the index by name also gives the order of a list.
        return self.filter(_is_served(store=store), group=store.region.group_id)

    def by_name(self) -> Self:
        """Sort by the pinyin of the name."""
        return self.order_by("sort_key", "pk")


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to vehicles of which an owner, driver or payer of today is served by a store of `perm`."""
        return self._of(_is_served("customer", store__in=viewer.store_ids_where(perm)))

    def served_in(self, store: Store) -> Self:
        """Narrow to vehicles of which an owner, driver or payer of today is served by `store`."""
        return self._of(_is_served("customer", store=store))

    def _of(self, is_served: models.Exists) -> Self:
        parties = _rows("VehicleParty").filter(is_served, vehicle=models.OuterRef("pk"), until=None)
        return self.filter(models.Exists(parties))


class PartyQuerySet(models.QuerySet["VehicleParty"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to parties of vehicles that are visible to `viewer` by `perm`."""
        return self.filter(vehicle__in=_rows("Vehicle").visible_to(viewer, perm).values("pk"))

    def current(self) -> Self:
        """Narrow to those of today."""
        return self.filter(until=None)


def _is_served(customer: str = "pk", **where: Any) -> models.Exists:
    """Ask of each customer alone: else a list of all that a store serves is made first."""
    return models.Exists(_rows("CustomerStore").filter(customer=models.OuterRef(customer), **where))
