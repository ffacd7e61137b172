"""What is done on an order: jobs with their price, and the parts they take."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.fields import MinutesField, QuantityField, RateField
from servicelane.kernel.money import MoneyField, not_above
from servicelane.org.models import in_language
from servicelane.parts.models import Part
from servicelane.people.models import Employee

from ..managers import InOrderQuerySet
from .catalogue import Operation, PayType, WorkType
from .findings import Finding
from .orders import RepairOrder
from .packages import Package


class JobState(models.TextChoices):
    """How far the work on one job is."""

    WAITING = "waiting", _("not begun")
    RUNNING = "running", _("running")
    PAUSED = "paused", _("paused")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")


JOB_FLOW: dict[JobState, set[JobState]] = {
    JobState.WAITING: {JobState.RUNNING, JobState.DROPPED},
    JobState.RUNNING: {JobState.PAUSED, JobState.DONE},
    JobState.PAUSED: {JobState.RUNNING, JobState.DONE, JobState.DROPPED},
    JobState.DONE: set(),
    JobState.DROPPED: set(),
}

# Steps back of a press that is taken back at once; `move_job_back` is the only caller.
JOB_BACK: dict[JobState, set[JobState]] = {
    JobState.RUNNING: {JobState.WAITING, JobState.PAUSED},
    JobState.PAUSED: {JobState.RUNNING},
    JobState.DONE: {JobState.RUNNING, JobState.PAUSED},
}


class Consent(models.TextChoices):
    """What the customer said to one job (RO-2): only an agreed one is started, issued for and billed."""

    NEW = "new", _("to be agreed")
    AGREED = "agreed", _("agreed")
    DECLINED = "declined", _("declined")


class DeclineReason(models.TextChoices):
    """Why a customer declined a line (ARC-9)."""

    PRICE = "price", _("price")
    TIME = "time", _("no time now")
    THINKS = "thinks", _("thinks about it")
    ELSEWHERE = "elsewhere", _("does it elsewhere")
    NOT_NEEDED = "not_needed", _("sees no need")
    OTHER = "other", _("other reason")


class DropReason(models.TextChoices):
    """Why an agreed job is not done after all (RO-8)."""

    CUSTOMER_STOPS = "customer_stops", _("the customer stops here")
    NO_PARTS = "no_parts", _("parts not available")
    NOT_NEEDED = "not_needed", _("turned out not to be needed")
    NOT_POSSIBLE = "not_possible", _("cannot be done here")


class Job(models.Model):
    """One operation on an order: labour at a fixed price, with its parts (glossary: job).

    Names, minutes and rate are copied from the catalogue when it is put on the order. `rate` is yuan
    per hour, `price` = minutes / 60 × rate and `discount` are yuan, all including VAT. `finding` is
    set for extra work, `rework_of` for a job that an inspection sent back. `minutes` are the standard
    time, which is also what is sold. A job that came with a `package` keeps its share of the package's
    price, whatever its rate.
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="jobs")
    position = models.PositiveSmallIntegerField()
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, related_name="+")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    work_type = models.CharField(max_length=16, choices=WorkType)
    pay_type = models.CharField(max_length=10, choices=PayType, default=PayType.CUSTOMER)
    minutes = MinutesField()
    rate = MoneyField()
    price = MoneyField()
    discount = MoneyField(default=Decimal(0))
    vat_rate = RateField()
    consent = models.CharField(max_length=8, choices=Consent, default=Consent.NEW, editable=False)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.WAITING, editable=False)
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, related_name="jobs")
    # Packages are taken out of sale, never deleted: nobody looks for the jobs of one by this column alone.
    package = models.ForeignKey(Package, models.PROTECT, null=True, related_name="+", db_index=False)
    rework_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="reworks")
    decline_reason = models.CharField(max_length=12, choices=DeclineReason, blank=True)
    declined_at = models.DateTimeField(null=True, editable=False)
    drop_reason = models.CharField(max_length=16, choices=DropReason, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    added_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")

    objects = InOrderQuerySet["Job"].as_manager()

    class Meta:
        verbose_name = _("job")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_job_position"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="orders_job_state"),
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="orders_job_consent"),
            models.CheckConstraint(
                condition=Q(price__gte=0, discount__gte=0) & not_above("discount", "price"),
                name="orders_job_prices",
            ),
            models.CheckConstraint(
                condition=Q(consent=Consent.AGREED) | Q(state__in=[JobState.WAITING, JobState.DROPPED]),
                name="orders_job_only_agreed_is_begun",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def is_open(self) -> bool:
        """Whether it still has to be done."""
        return self.consent != Consent.DECLINED and self.state not in (JobState.DONE, JobState.DROPPED)

    @property
    def standard_minutes(self) -> int:
        """The standard time in whole minutes."""
        return self.minutes // timedelta(minutes=1)

    @property
    def hours(self) -> Decimal:
        """The standard time in hours, with one decimal where that is exact, else with two."""
        hours = Decimal(self.minutes // timedelta(minutes=1)) / 60
        return hours.quantize(Decimal("0.1")) if hours * 10 % 1 == 0 else hours.quantize(Decimal("0.01"))

    @property
    def asked_total(self) -> Decimal:
        """What it costs with its parts after discounts, in yuan including VAT; parts must be loaded."""
        return self.net_price + sum((line.net_price for line in self.part_lines.all()), Decimal(0))

    @property
    def net_price(self) -> Decimal:
        """What its labour costs after the discount, in yuan including VAT."""
        return self.price - self.discount


class PartLine(models.Model):
    """A part that a job takes: `quantity` in the part's unit; `price` = quantity × unit price in yuan.

    `issued` and `returned` say what left the stock for it and came back; `missing` is what could not
    be reserved when the customer agreed.
    """

    job = models.ForeignKey(Job, models.PROTECT, related_name="part_lines")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    quantity = QuantityField()
    unit_price = MoneyField()
    price = MoneyField()
    discount = MoneyField(default=Decimal(0))
    vat_rate = RateField()
    issued = QuantityField(default=Decimal(0))
    returned = QuantityField(default=Decimal(0))
    missing = QuantityField(default=Decimal(0))

    class Meta:
        verbose_name = _("part line")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, price__gte=0, discount__gte=0) & not_above("discount", "price"),
                name="orders_partline_prices",
            ),
            models.CheckConstraint(
                condition=Q(returned__gte=0) & not_above("returned", "issued"), name="orders_partline_issued"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the part is called in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def in_car(self) -> Decimal:
        """What was issued and not brought back."""
        return self.issued - self.returned

    @property
    def open_quantity(self) -> Decimal:
        """What still has to be issued."""
        return max(self.quantity - self.in_car, Decimal(0))

    @property
    def net_price(self) -> Decimal:
        """What it costs after the discount, in yuan including VAT."""
        return self.price - self.discount
