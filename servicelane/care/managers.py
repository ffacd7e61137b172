"""Reads of care on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Case, IntegerField, Value, When

from servicelane.org.managers import InStoreQuerySet

if TYPE_CHECKING:
    from .models import Complaint, FollowUp  # noqa: F401 - named in quotes below


class FollowUpQuerySet(InStoreQuerySet["FollowUp"]):
    """Follow-ups; `visible_to` narrows to the stores where the viewer holds the right."""

    def callable_on(self, day: date) -> Self:
        """Narrow to those who may be called on `day`: open, begun, and no later try agreed on."""
        return self.filter(state="due", from_on__lte=day, next_on__lte=day)

    def due_on_or_before(self, day: date) -> Self:
        """Narrow to those who must be called on `day` or should have been before."""
        return self.callable_on(day).filter(due_on__lte=day)

    def with_visit(self) -> Self:
        """Read the order with its car, customer and advisor along."""
        return self.select_related("customer", "order__vehicle", "order__advisor", "store")


class ComplaintQuerySet(InStoreQuerySet["Complaint"]):
    """Complaints; `visible_to` narrows to the stores where the viewer holds the right."""

    def unsolved(self) -> Self:
        """Narrow to those that are not closed."""
        return self.exclude(state="closed")

    def overdue(self, at: datetime) -> Self:
        """Narrow to those that are unsolved after the time they were to be solved by."""
        return self.unsolved().filter(due_at__lt=at)

    def urgent_first(self) -> Self:
        """Order the unsolved before the closed, these by their clock, those by their day of closing."""
        rank = Case(When(state="closed", then=Value(1)), default=Value(0), output_field=IntegerField())
        return self.order_by(rank, "due_at", "pk")

    def with_names(self) -> Self:
        """Read customer, car, order and owner along."""
        return self.select_related("customer", "vehicle", "order", "owner", "store")
