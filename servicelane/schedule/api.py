"""Dispatch for programs: the same services as the order page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from servicelane.kernel.routes import STAFF
from servicelane.orders.models import Job
from servicelane.org.models import Bay
from servicelane.people.http import ApiRequest
from servicelane.people.models import Employee

from . import services
from .permissions import Perm
from .queries import team_of
from .services import Place

router = Router(tags=["workshop"])


class AssignmentIn(Schema):
    technicians: list[int] = Field(min_length=1, max_length=10)
    bay: int | None = None
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    reason: str = Field("", max_length=200)
    version: int | None = None


class AssignedOut(Schema):
    technician: int = Field(validation_alias="technician_id")
    bay: int | None = Field(validation_alias="bay_id")
    planned_start: datetime | None
    planned_end: datetime | None


class TeamOut(Schema):
    job: int
    state: str
    version: int
    team: list[AssignedOut]


@router.put("/jobs/{int:job}/assignment", response=TeamOut)
@STAFF(Perm.ASSIGN_WORK, scope=Job)
def assign(request: ApiRequest, job: int, wanted: AssignmentIn) -> dict[str, Any]:
    """Say who does a job, where and when; who is not named is taken off it."""
    jobs = Job.objects.visible_to(request.employee, Perm.ASSIGN_WORK)
    shown = get_object_or_404(jobs.select_related("order__store"), pk=job)
    store = shown.order.store
    technicians = list(Employee.objects.in_store(store).filter(pk__in=wanted.technicians))
    if len(technicians) != len(set(wanted.technicians)):
        get_object_or_404(Employee.objects.none())
    bay = get_object_or_404(Bay, pk=wanted.bay, store=store) if wanted.bay else None
    place = Place(bay, wanted.planned_start, wanted.planned_end)
    services.dispatch(
        shown.order,
        [shown],
        technicians,
        place,
        by=request.employee,
        version=wanted.version,
        reason=wanted.reason,
    )
    return {
        "job": shown.pk,
        "state": shown.state,
        "version": shown.order.version,
        "team": team_of(shown),
    }
