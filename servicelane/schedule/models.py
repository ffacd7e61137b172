"""Who does what, where and when: the dispatcher's word before the technician's clock (glossary: dispatch)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicelane.orders.models import Job
from servicelane.org.models import Bay
from servicelane.people.models import Employee

from .managers import AssignmentQuerySet


class Assignment(models.Model):
    """One technician put on one job, in a bay and at a planned time where these are known (WSH-1).

    A job may have several technicians, each once; what was taken back or moved elsewhere keeps its row
    with `ended_at`.
    """

    job = models.ForeignKey(Job, models.PROTECT, related_name="assignments")
    technician = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    bay = models.ForeignKey(Bay, models.PROTECT, null=True, related_name="+")
    planned_start = models.DateTimeField(null=True)
    planned_end = models.DateTimeField(null=True)
    assigned_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        ordering = ["assigned_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "technician"], condition=Q(ended_at=None), name="schedule_assignment_once"
            ),
            models.CheckConstraint(
                condition=Q(planned_start=None, planned_end=None)
                | Q(planned_start__isnull=False, planned_end__gt=F("planned_start")),
                name="schedule_assignment_planned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["technician"], condition=Q(ended_at=None), name="schedule_assignment_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician} · {self.job}"
