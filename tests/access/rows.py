"""All rows that belong to one side, as one digest: whatever changes there is seen."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import models

from servicelane.customers.models import Customer, Vehicle
from servicelane.org.models import Group, Region, Store
from servicelane.people.models import Employee

from .stores import Side


def digest(side: Side) -> str:
    """SHA-256 over every row of the side's store, its region and group, and the people who work there."""
    people = list(Employee.objects.filter(memberships__store=side.store).values_list("pk", flat=True))
    whole = sha256()
    for model in apps.get_models():
        rows = _rows(model, side, people)
        if rows is not None:
            for row in rows.order_by("pk").values_list():
                whole.update(repr((model._meta.label, row)).encode())
    return whole.hexdigest()


def _rows(model: type[models.Model], side: Side, people: list[int]) -> Any:
    own = {Store: side.store.pk, Region: side.region.pk, Group: side.region.group_id}
    rows = model._base_manager
    if model in own:
        return rows.filter(pk=own[model])
    if model is Employee:
        return rows.filter(pk__in=people)
    if model is Customer:
        return rows.filter(stores__store=side.store)
    if model is Vehicle:
        return rows.filter(parties__customer__stores__store=side.store)
    columns = {field.attname for field in model._meta.concrete_fields}
    if "store_id" in columns:
        return rows.filter(store_id=side.store.pk)
    if "employee_id" in columns:
        return rows.filter(employee_id__in=people)
    return None
