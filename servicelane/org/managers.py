"""Reads of the organisation on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Bay, Region, Store, StoreRule  # noqa: F401 - named in quotes below

M = TypeVar("M", bound=models.Model)


class Viewer(Protocol):
    """A person whose rights are known by store and by region, such as an employee."""

    def store_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the stores in which the person holds `perm`."""

    def region_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the regions for the whole of which the person holds `perm`."""


class InStoreQuerySet(models.QuerySet[M]):
    """Rows that belong to one store by a foreign key `store`."""

    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to the rows of stores in which `viewer` holds `perm`."""
        return self.filter(store__in=viewer.store_ids_where(perm))


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to the regions for the whole of which `viewer` holds `perm`."""
        return self.filter(pk__in=viewer.region_ids_where(perm))


class StoreQuerySet(models.QuerySet["Store"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to the stores in which `viewer` holds `perm`."""
        return self.filter(pk__in=viewer.store_ids_where(perm))


class BayQuerySet(InStoreQuerySet["Bay"]):
    def usable(self) -> Self:
        """Narrow to bays in service."""
        return self.filter(in_service=True)


class StoreRuleQuerySet(InStoreQuerySet["StoreRule"]):
    def in_force(self, at: datetime) -> Self:
        """Narrow to rows valid since before `at`, the latest first; the first of a rule holds."""
        return self.filter(Q(valid_from__lte=at)).order_by("-valid_from", "-pk")
