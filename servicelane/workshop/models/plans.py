"""A plan that was made for a store's workshop, and what became of each of its proposals (WSH-3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import Job, RepairOrder
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Bay, Store
from servicelane.people.models import Employee
from servicelane.schedule.planner.improving import Effort
from servicelane.schedule.planner.windows import is_installed

SILENT_AFTER = timedelta(seconds=60)
"""Whoever plans says so each second; after this long without a word it has died."""


class PlanState(models.TextChoices):
    """How far the making of a plan is."""

    WAITING = "waiting", pgettext_lazy("plan", "waits to be made")
    RUNNING = "running", pgettext_lazy("plan", "is being made")
    READY = "ready", pgettext_lazy("plan", "ready")
    CANCELLED = "cancelled", pgettext_lazy("plan", "cancelled")
    BROKEN = "broken", pgettext_lazy("plan", "broken off")


class PlanEffort(models.TextChoices):
    """What a plan was made with, and how good it is known to be."""

    BEST = "best", _("no plan loses less time")
    SOLVER = "solver", _("made better by the solver until the time was over")
    SEARCH = "search", _("made better by the search until the time was over")
    ALONE = "alone", _("made by the search alone: the solver is not installed")

    @classmethod
    def of(cls, effort: Effort, lateness: int) -> PlanEffort:
        """What to say about a plan that is late by so much and took this effort."""
        if effort.is_proven or not lateness:
            return cls.BEST
        if effort.windows:
            return cls.SOLVER
        return cls.SEARCH if is_installed() else cls.ALONE


IN_THE_MAKING = (PlanState.WAITING, PlanState.RUNNING)


class ShopPlan(models.Model):
    """One plan of a store's workshop: asked for, made in the background, answered line by line.

    `share` is how much of its time has passed, in per cent, as of `beat_at`. `lateness` is Σ weight × minutes
    after the promise over the planned cars, `lateness_first_come` the same for the plan of a shop that takes
    cars as they come; `late` and `late_first_come` count the late cars of both. `left` says which cars it
    could not plan and why: [{"order": id, "why": code}].
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.WAITING, editable=False)
    asked_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)
    effort = models.CharField(max_length=8, choices=PlanEffort, blank=True, editable=False)
    share = models.PositiveSmallIntegerField(default=0)
    cars = models.PositiveSmallIntegerField(default=0)
    lateness = models.PositiveIntegerField(default=0)
    lateness_first_come = models.PositiveIntegerField(default=0)
    late = models.PositiveSmallIntegerField(default=0)
    late_first_come = models.PositiveSmallIntegerField(default=0)
    left = models.JSONField(default=list)

    objects = InStoreQuerySet["ShopPlan"].as_manager()

    class Meta:
        verbose_name = _("plan of the workshop")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["store"], condition=Q(state__in=IN_THE_MAKING), name="workshop_shopplan_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(share__lte=100), name="workshop_shopplan_share"),
        ]

    def __str__(self) -> str:
        return f"{self.store} {self.asked_at:%Y-%m-%d %H:%M}"

    def is_silent(self, at: datetime) -> bool:
        """Whether it is in the making and nobody has said so for too long: its process died."""
        return self.state in IN_THE_MAKING and at - self.beat_at > SILENT_AFTER


class LineState(models.TextChoices):
    """What became of one proposal of a plan."""

    OPEN = "open", pgettext_lazy("proposal", "open")
    SAME = "same", pgettext_lazy("proposal", "as it is")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "accepted")
    REFUSED = "refused", pgettext_lazy("proposal", "refused")
    STALE = "stale", pgettext_lazy("proposal", "out of date")


class PlanLine(models.Model):
    """One job of a plan: who is to do it, where and when, with the reasons, and how it was when planned.

    `was_technician`, `was_bay` and `was_start` are what the job had then; where it has something else by now,
    the line is out of date. `reasons` are codes with what they speak of: [["on_arrival", {"at": 600}], …],
    moments in minutes after `origin`. `why` are the words of the refusal that made it stale.
    """

    plan = models.ForeignKey(ShopPlan, models.CASCADE, related_name="lines")
    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    technician = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    bay = models.ForeignKey(Bay, models.PROTECT, null=True, related_name="+")
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    was_technician = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    was_bay = models.ForeignKey(Bay, models.PROTECT, null=True, related_name="+")
    was_start = models.DateTimeField(null=True)
    origin = models.DateTimeField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=LineState, default=LineState.OPEN, editable=False)
    why = models.CharField(max_length=400, blank=True)
    answered_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = InOrderQuerySet["PlanLine"].as_manager()

    class Meta:
        verbose_name = _("proposal")
        ordering = ["starts", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "job"], name="workshop_planline_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="workshop_planline_forwards"),
        ]

    def __str__(self) -> str:
        return f"{self.job} · {self.technician}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == LineState.OPEN
