"""Reads of people on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

import unicodedata
from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Q

from servicelane.org.managers import InStoreQuerySet, Viewer
from servicelane.org.models import Store
from servicelane.org.queries import region_tree

from .reach import path_up

if TYPE_CHECKING:
    from .models import (  # noqa: F401 - named in quotes below
        ApiToken,
        Certificate,
        Employee,
        EmployeeSkill,
        Membership,
        Shift,
        Terminal,
    )


def regions_above(stores: Collection[int]) -> set[int]:
    """Return the regions that hold any of `stores`, and all above these. Two queries per group."""
    above: set[int] = set()
    holding = Store.objects.filter(pk__in=stores).order_by().values_list("region_id", "region__group_id")
    by_group: dict[int, set[int]] = {}
    for region, group in holding.distinct():
        by_group.setdefault(group, set()).add(region)
    for group, regions in by_group.items():
        parents = region_tree(group)
        above.update(place for region in regions for place in path_up(region, parents))
    return above


def seen_by(viewer: Viewer, perm: str) -> Q:
    """Match memberships that make a person visible: in such a store, or in a region above or below it."""
    stores = viewer.store_ids_where(perm)
    return Q(store__in=stores) | Q(region__in=regions_above(stores) | set(viewer.region_ids_where(perm)))


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to people with a role in a store where `viewer` holds `perm`, or in a region above it."""
        return self._with(seen_by(viewer, perm))

    def in_store(self, store: Store) -> Self:
        """Narrow to people with a role in `store`, or in a region above it."""
        return self._with(Q(store=store) | Q(region__in=regions_above([store.pk])))

    def _with(self, condition: Q) -> Self:
        memberships: Any = self.model._meta.get_field("memberships").related_model
        return self.filter(pk__in=memberships.objects.filter(condition).values("employee"))

    def active(self) -> Self:
        """Narrow to people who work here."""
        return self.filter(is_active=True)

    def by_name(self) -> Self:
        """Sort by the pinyin of the name."""
        return self.order_by("sort_key", "pk")


class EmployeeManager(BaseUserManager.from_queryset(EmployeeQuerySet)):  # type: ignore[misc]
    """The manager Django's sign-in asks; user names are compared in small letters."""

    def get_by_natural_key(self, username: str | None) -> "Employee":
        return self.get(user_name=plain_user_name(username or ""))


def plain_user_name(text: str) -> str:
    """Return a typed user name as it is kept: no spaces around, half-width, small letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to roles held in places for which `viewer` holds `perm`."""
        return self.filter(
            Q(store__in=viewer.store_ids_where(perm)) | Q(region__in=viewer.region_ids_where(perm))
        )


class SkillQuerySet(models.QuerySet["EmployeeSkill"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to skills of people who are visible to `viewer` by `perm`."""
        return self.filter(employee__in=_people(self, viewer, perm))


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to certificates of people who are visible to `viewer` by `perm`."""
        return self.filter(employee__in=_people(self, viewer, perm))

    def expiring(self, last_day: date) -> Self:
        """Narrow to certificates of active people that expire on `last_day` or before, the first first."""
        return self.filter(expires_on__lte=last_day, employee__is_active=True).order_by("expires_on", "pk")


class ShiftQuerySet(InStoreQuerySet["Shift"]):
    def at(self, moment: datetime) -> Self:
        """Narrow to shifts that run at `moment`."""
        return self.filter(starts__lte=moment, ends__gt=moment)

    def overlapping(self, starts: datetime, ends: datetime) -> Self:
        """Narrow to shifts that share time with the span; one that ends when it starts does not."""
        return self.filter(starts__lt=ends, ends__gt=starts)


class TerminalQuerySet(InStoreQuerySet["Terminal"]):
    def live(self) -> Self:
        """Narrow to terminals that are not revoked."""
        return self.filter(revoked_at=None)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self, at: datetime) -> Self:
        """Narrow to tokens of active people that are neither revoked nor expired at a moment."""
        return self.filter(revoked_at=None, expires_at__gt=at, employee__is_active=True)

    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to tokens of people who are visible to `viewer` by `perm`."""
        return self.filter(employee__in=_people(self, viewer, perm))


def _people(rows: models.QuerySet[Any], viewer: Viewer, perm: str) -> Any:
    people: Any = rows.model._meta.get_field("employee").related_model
    return people.objects.visible_to(viewer, perm)
