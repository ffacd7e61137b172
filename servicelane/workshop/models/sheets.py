"""What is looked at on a car, point by point: checklists as data, and what was found (WSH-6)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.kernel.fields import QuantityField
from servicelane.orders.managers import InOrderQuerySet
from servicelane.orders.models import Finding, RepairOrder
from servicelane.org.models import Group, in_language
from servicelane.people.models import Employee

from .floor import Fault, QualityCheck


class Use(models.TextChoices):
    """Who goes through a checklist."""

    SHEET = "sheet", _("maintenance sheet")
    QC = "qc", _("inspection")


class Verdict(models.TextChoices):
    """The state of one point: the green, amber and red of its traffic light."""

    OK = "ok", pgettext_lazy("verdict", "OK")
    ATTENTION = "attention", pgettext_lazy("verdict", "attention")
    REPLACE = "replace", pgettext_lazy("verdict", "replace")


class Checklist(models.Model):
    """A list of points for orders with a job of one of its `work_types`, codes of `WorkType`."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    use = models.CharField(max_length=5, choices=Use)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    work_types = models.JSONField(default=list)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("checklist")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["group", "code"], name="workshop_checklist_code")]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def store_id(self) -> None:
        """A checklist belongs to the group."""

    def fits(self, work_types: set[str]) -> bool:
        """Whether an order with jobs of these work types is gone through with it."""
        return bool(work_types & set(self.work_types))


class CheckItem(models.Model):
    """One point of a checklist: judged by eye, or measured in `unit` where `amber` and `red` are set.

    A measured value is green up to `amber`, red from beyond `red`: below them where `is_floor`, such as a
    brake pad, above them else, such as water in brake fluid. `most` is the largest value that can be true.
    It is looked at from `from_km` on. `fault` is what an inspection calls it. An item is never changed,
    only retired: what was written on it keeps its meaning.
    """

    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=16)
    section_zh = models.CharField(max_length=40)
    section_en = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    unit = models.CharField(max_length=8, blank=True)
    is_floor = models.BooleanField(default=True)
    amber = QuantityField(null=True)
    red = QuantityField(null=True)
    most = QuantityField(null=True)
    from_km = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=16, choices=Fault, default=Fault.NOT_MENDED)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("point of a checklist")
        ordering = ["checklist__code", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["checklist", "code"], condition=Q(is_active=True), name="workshop_checkitem_code"
            ),
            models.CheckConstraint(
                condition=Q(unit="", amber=None, red=None, most=None)
                | ~Q(unit="") & Q(amber__isnull=False, red__isnull=False, most__isnull=False),
                name="workshop_checkitem_measured",
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def section(self) -> str:
        """Where on the car it is, in the reader's language."""
        return in_language(self.section_zh, self.section_en)

    @property
    def is_measured(self) -> bool:
        """Whether a value is written instead of a verdict."""
        return bool(self.unit)

    @property
    def limit(self) -> str:
        """The value from which it is no longer green, such as ≥ 4 mm; empty where it is judged by eye."""
        return f"{'≥' if self.is_floor else '≤'} {plain(self.amber)} {self.unit}" if self.amber else ""

    def verdict_of(self, value: Decimal) -> Verdict:
        """The traffic light of a measured value; a value at a limit is on the better side."""
        assert self.amber is not None
        assert self.red is not None
        sign = 1 if self.is_floor else -1
        if sign * value < sign * self.red:
            return Verdict.REPLACE
        return Verdict.ATTENTION if sign * value < sign * self.amber else Verdict.OK


def plain(value: Decimal | None) -> str:
    """Write a measured value without useless zeros."""
    return "" if value is None else f"{value.normalize():f}"


class SheetEntry(models.Model):
    """What a technician found at one point of a car; a changed one stays, with `replaced_at` (WSH-6).

    `value` is in the item's unit. `finding` is set once it was reported to the advisor.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="sheet_entries")
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=9, choices=Verdict)
    value = QuantityField(null=True)
    entered_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="+")

    objects = InOrderQuerySet["SheetEntry"].as_manager()

    class Meta:
        verbose_name = _("entry of a maintenance sheet")
        ordering = ["entered_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "item"], condition=Q(replaced_at=None), name="workshop_sheetentry_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.result}"

    @property
    def result(self) -> str:
        """What was found, such as 2.8 mm, or attention, in the reader's language."""
        if self.value is None:
            return str(self.get_verdict_display())
        return f"{plain(self.value)} {self.item.unit}"

    @property
    def is_bad(self) -> bool:
        """Whether something is to be done about it, now or soon."""
        return self.verdict != Verdict.OK


class CheckAnswer(models.Model):
    """What an inspector said to one point: `fault` is empty where it is in order (WSH-7)."""

    check_of = models.ForeignKey(QualityCheck, models.PROTECT, related_name="answers")
    item = models.ForeignKey(CheckItem, models.PROTECT, related_name="+")
    fault = models.CharField(max_length=16, choices=Fault, blank=True)

    class Meta:
        verbose_name = _("answer of an inspection")
        ordering = ["item__checklist__code", "item__position", "pk"]
        constraints = [models.UniqueConstraint(fields=["check_of", "item"], name="workshop_checkanswer_once")]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_fault_display() or Verdict.OK.label}"
