"""Reads of care that services and pages share: who may see to a complaint, and what waits."""

from __future__ import annotations

from datetime import date, datetime

from servicelane.org.models import Store
from servicelane.people.managers import EmployeeQuerySet
from servicelane.people.models import Employee
from servicelane.people.roles import Role, table

from .models import Complaint, FollowUp
from .permissions import Perm


def handlers_in(store: Store) -> EmployeeQuerySet:
    """The people of a store who may answer complaints, by name. One query."""
    roles = [role for role in Role if Perm.HANDLE_COMPLAINTS in table().get(role, frozenset())]
    people: EmployeeQuerySet = Employee.objects.in_store(store).active()
    return people.filter(memberships__role__in=roles).distinct().by_name()


def first_owner(store: Store) -> Employee | None:
    """Who receives a complaint when nobody is named: the store's reception supervisor. One query."""
    people: EmployeeQuerySet = Employee.objects.in_store(store).active()
    return people.filter(memberships__role=Role.RECEPTION_SUPERVISOR, memberships__store=store).first()


def calls_due(viewer: Employee, store: Store, day: date) -> int:
    """How many calls of a store are due on `day` or overdue. One query."""
    rows = FollowUp.objects.visible_to(viewer, Perm.CALL).filter(store=store)
    return rows.due_on_or_before(day).count()


def complaints_overdue(viewer: Employee, store: Store, at: datetime) -> list[Complaint]:
    """The complaints of a store that are unsolved after their time, the oldest first. One query."""
    rows = Complaint.objects.visible_to(viewer, Perm.CLOSE_COMPLAINTS).filter(store=store)
    return list(rows.overdue(at).select_related("customer", "vehicle").order_by("due_at")[:100])
