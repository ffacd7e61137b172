"""Reads of orders on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

from servicelane.org.managers import InStoreQuerySet, Viewer

if TYPE_CHECKING:
    from .models import RepairOrder  # noqa: F401 - named in quotes below

M = TypeVar("M", bound=models.Model)


class RepairOrderQuerySet(InStoreQuerySet["RepairOrder"]):
    """Repair orders; `visible_to` narrows to the stores where the viewer holds the right."""

    def with_car(self) -> Self:
        """Read the car, the customer and the advisor along."""
        return self.select_related("vehicle", "customer", "driver", "advisor", "store")


class InOrderQuerySet(models.QuerySet[M]):
    """Rows that belong to one order by a foreign key `order`."""

    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to the rows of orders in stores where `viewer` holds `perm`."""
        return self.filter(order__store__in=viewer.store_ids_where(perm))
