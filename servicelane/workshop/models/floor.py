"""What happens to a car between agreement and settlement: clocked work, inspection, wash."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import HoldReason, Job, RepairOrder
from servicelane.org.models import Bay
from servicelane.people.models import Employee

from ..managers import ClockingQuerySet


class PauseReason(models.TextChoices):
    """Why a technician's clock stops before the job is done (WSH-4)."""

    PARTS = "parts", _("waits for parts")
    APPROVAL = "approval", _("waits for the customer's answer")
    TOOL = "tool", _("waits for a tool")
    HELP = "help", _("needs help")
    BREAK = "break", _("break")
    OTHER = "other", _("other work")


FINISH = "finish"
"""The end reason of a clock that stopped because the job was done."""

WAITS: dict[str, HoldReason] = {
    PauseReason.PARTS: HoldReason.PARTS,
    PauseReason.APPROVAL: HoldReason.APPROVAL,
    PauseReason.TOOL: HoldReason.TOOL,
    PauseReason.HELP: HoldReason.TOOL,
}
"""What the order waits for after a pause; a break or other work is no wait of the order."""


class Clocking(models.Model):
    """One stretch of work of one technician on one job, by the clock (glossary: clocked hours).

    It runs while `ended_at` is empty. `alone` says that the store allowed one running clock a person
    when it started (WSH-14); the database keeps it so.
    """

    job = models.ForeignKey(Job, models.PROTECT, related_name="clockings")
    technician = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    bay = models.ForeignKey(Bay, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(
        max_length=8, choices=[*PauseReason.choices, (FINISH, _("finished"))], blank=True
    )
    alone = models.BooleanField(default=True)

    objects = ClockingQuerySet.as_manager()

    class Meta:
        verbose_name = _("clocked work")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["technician"],
                condition=Q(ended_at=None, alone=True),
                name="workshop_clocking_one_runs",
            ),
            models.UniqueConstraint(
                fields=["job", "technician"],
                condition=Q(ended_at=None),
                name="workshop_clocking_once_on_job",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end_reason="")
                | Q(ended_at__gte=F("started_at")) & ~Q(end_reason=""),
                name="workshop_clocking_end",
            ),
        ]
        indexes = [
            # What a technician is on now, among years of what they were on.
            models.Index(
                fields=["technician", "-started_at"],
                condition=Q(ended_at=None),
                name="workshop_clocking_runs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.technician} · {self.job}"

    def worked(self, at: datetime) -> timedelta:
        """How long the stretch is, up to `at` while it runs."""
        return (self.ended_at or at) - self.started_at


class RequestKind(models.TextChoices):
    """What a technician asks others for (WSH-4)."""

    PART = "part", _("needs a part")
    HELP = "help", _("needs help")


class FloorRequest(models.Model):
    """What a technician asks for from the car: a part, answered by the parts desk, or help (WSH-4).

    `words` are the technician's and `answer` those of who closed it. A part has its `quantity` in whole
    pieces. It is open while `closed_at` is empty; help is asked for once at a time by a person on a job.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="requests")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=RequestKind)
    words = models.CharField(max_length=200, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    asked_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)

    objects = InOrderQuerySet["FloorRequest"].as_manager()

    class Meta:
        verbose_name = _("request")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "asked_by"],
                condition=Q(kind="help", closed_at=None),
                name="workshop_request_help_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="workshop_request_closed_by",
            ),
        ]
        indexes = [
            # What is open now, among years of what was answered.
            models.Index(fields=["order"], condition=Q(closed_at=None), name="workshop_request_open"),
        ]

    def __str__(self) -> str:
        if self.kind == RequestKind.PART:
            return f"{self.quantity} \u00d7 {self.words}"
        return self.words or str(self.get_kind_display())


class Fault(models.TextChoices):
    """What an inspection finds wrong with the work (WSH-7)."""

    NOT_MENDED = "not_mended", _("fault still there")
    NOT_DONE = "not_done", _("agreed work left out")
    LOOSE = "loose", _("not tightened or not seated")
    LEAK = "leak", _("leak")
    NOISE = "noise", _("noise or vibration")
    LEVEL = "level", _("fluid level wrong")
    WARNING_LIGHT = "warning_light", _("warning light on")
    DAMAGE = "damage", _("new damage")
    DIRTY = "dirty", _("not clean")
    RECORD = "record", _("sheet incomplete")


class QualityCheck(models.Model):
    """One inspection of a car by somebody who did not work on it (glossary: QC).

    `faults` are codes of `Fault` and `words` the inspector's; a failed one has either. `odometer` is
    in km after the road test. `released_reason` is set where the inspector had worked on the car and a
    manager's right released it.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="quality_checks")
    inspector = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    passed = models.BooleanField()
    inspected_at = models.DateTimeField()
    faults = models.JSONField(default=list)
    words = models.CharField(max_length=500, blank=True)
    odometer = models.PositiveIntegerField(null=True)
    released_reason = models.CharField(max_length=300, blank=True)

    objects = InOrderQuerySet["QualityCheck"].as_manager()

    class Meta:
        verbose_name = _("quality check")
        ordering = ["inspected_at", "pk"]

    def __str__(self) -> str:
        return str(_("passed") if self.passed else _("sent back"))

    @property
    def fault_labels(self) -> list[str]:
        """The faults in the reader's words."""
        return [str(Fault(code).label) for code in self.faults if code in Fault.values]


class WashSkip(models.TextChoices):
    """Why a wanted wash is left out (WSH-10)."""

    CUSTOMER = "customer", _("the customer does not want it")
    WEATHER = "weather", _("weather")
    NO_TIME = "no_time", _("no time left")
    OUT_OF_ORDER = "out_of_order", _("wash out of order")


class Wash(models.Model):
    """The wash of one visit: a task with start and end beside the order's status (WSH-10)."""

    order = models.OneToOneField(RepairOrder, models.PROTECT, related_name="wash")
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    skip_reason = models.CharField(max_length=12, choices=WashSkip, blank=True)
    washed_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")

    objects = InOrderQuerySet["Wash"].as_manager()

    class Meta:
        verbose_name = _("wash")
        constraints = [
            models.CheckConstraint(
                condition=Q(skip_reason="") | Q(done_at=None), name="workshop_wash_done_or_skipped"
            ),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(done_at=None) | Q(done_at__gte=F("started_at")),
                name="workshop_wash_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return str(self.order)

    @property
    def is_over(self) -> bool:
        """Whether nobody has to wash the car any more."""
        return self.done_at is not None or bool(self.skip_reason)

    @property
    def is_running(self) -> bool:
        """Whether the car is being washed now."""
        return self.started_at is not None and not self.is_over
