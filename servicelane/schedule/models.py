"""Who does what, where and when: the dispatcher's word before the technician's clock (glossary: dispatch)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicelane.orders.models import Job, Operation
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Bay, Store
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


class PaceKind(models.TextChoices):
    """What a pace tells of."""

    WORK = "work", _("work against its standard time")
    READY = "ready", _("from the last work to ready")


class Pace(models.Model):
    """How long something took in a store, counted anew from its facts time and again (RCP-7).

    `spread` are eleven whole numbers, smallest first: the least, the nine deciles and the most of `count`
    cases; of work in thousandths of the standard time, of the way from the last work to ready in minutes.
    A row of work is for one operation, one technician, both, or (neither) the whole store.
    """

    store = models.ForeignKey(Store, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=PaceKind)
    operation = models.ForeignKey(Operation, models.CASCADE, null=True, related_name="+")
    technician = models.ForeignKey(Employee, models.CASCADE, null=True, related_name="+")
    count = models.PositiveIntegerField()
    spread = models.JSONField()
    counted_at = models.DateTimeField()

    objects = InStoreQuerySet["Pace"].as_manager()

    class Meta:
        verbose_name = _("pace")
        ordering = ["kind", "pk"]
        indexes = [models.Index(fields=["store", "kind"], name="schedule_pace_of_store")]

    def __str__(self) -> str:
        return f"{self.kind} · {self.operation or self.technician or self.store}"
