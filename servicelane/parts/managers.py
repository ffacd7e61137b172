"""Reads of parts and stock on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from servicelane.org.managers import InStoreQuerySet, Viewer
from servicelane.org.models import Region

if TYPE_CHECKING:
    from .models import Movement, Part, Reservation, StockItem  # noqa: F401 - named in quotes below


class PartQuerySet(models.QuerySet["Part"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to the catalogues of the groups in one of whose stores `viewer` holds `perm`."""
        stores = viewer.store_ids_where(perm)
        return self.filter(group__in=Region.objects.filter(stores__in=stores).values("group"))

    def found_by(self, text: str) -> Self:
        """Narrow to parts whose number begins with `text`, or whose name holds it."""
        return self.filter(_found_by("", text))


class StockItemQuerySet(InStoreQuerySet["StockItem"]):
    def found_by(self, text: str) -> Self:
        """Narrow to parts whose number begins with `text`, whose name holds it, or that lie in that bin."""
        return self.filter(_found_by("part__", text) | Q(bin__iexact=text))


class MovementQuerySet(InStoreQuerySet["Movement"]):
    def serving(self, for_type: str, for_id: int) -> Self:
        """Narrow to what was moved for one purpose, the first first."""
        return self.filter(for_type=for_type, for_id=for_id).order_by("pk")


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to reservations in stores where `viewer` holds `perm`."""
        return self.filter(item__store__in=viewer.store_ids_where(perm))

    def held(self) -> Self:
        """Narrow to what is reserved now."""
        return self.filter(state="held")


def _found_by(path: str, text: str) -> Q:
    return (
        Q(**{f"{path}number__startswith": text.upper()})
        | Q(**{f"{path}name_zh__icontains": text})
        | Q(**{f"{path}name_en__icontains": text})
    )
