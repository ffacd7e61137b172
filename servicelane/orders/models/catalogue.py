"""What a workshop can do and what an hour of it costs."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.fields import MinutesField, QuantityField
from servicelane.kernel.money import MoneyField
from servicelane.org.history import History
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Group, Store, in_language
from servicelane.parts.models import Part
from servicelane.people.models import CertificateKind, Skill


class WorkType(models.TextChoices):
    """Kind of work (glossary: work type)."""

    MAINTENANCE = "maintenance", _("maintenance")
    GENERAL_REPAIR = "general_repair", _("general repair")
    BODY_PAINT = "body_paint", _("body & paint")
    ACCIDENT = "accident", _("accident")
    WARRANTY = "warranty", _("warranty")
    FIRST_SERVICE = "first_service", _("first free service")
    CAMPAIGN = "campaign", _("campaign")
    ACCESSORY = "accessory", _("accessory")
    COMEBACK = "comeback", _("comeback")
    PDI = "pdi", _("PDI")


class PayType(models.TextChoices):
    """Who bears the price (glossary: pay type)."""

    CUSTOMER = "customer", _("customer-pay")
    WARRANTY = "warranty", _("warranty")
    INSURANCE = "insurance", _("insurance")
    INTERNAL = "internal", _("internal")
    GOODWILL = "goodwill", _("goodwill")


class Operation(models.Model):
    """A catalogue entry: one operation with its standard time (glossary: labour operation).

    `skill` and `certificate` are what a technician needs to be given it, nothing where anybody may do it;
    `is_quick` says that the quick-service lane takes it (WSH-18).
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    work_type = models.CharField(max_length=16, choices=WorkType)
    minutes = MinutesField()
    skill = models.ForeignKey(
        Skill, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("skill")
    )
    certificate = models.CharField(_("certificate"), max_length=24, choices=CertificateKind, blank=True)
    is_quick = models.BooleanField(_("quick-service lane"), default=False)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    history = History()

    class Meta:
        verbose_name = _("labour operation")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["group", "code"], name="orders_operation_code")]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def standard_minutes(self) -> int:
        """The standard time in whole minutes."""
        return self.minutes // timedelta(minutes=1)

    @property
    def store_id(self) -> None:
        """The catalogue belongs to the group."""


class OperationPart(models.Model):
    """A part that an operation usually takes, with its quantity in the part's unit."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="usual_parts")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operation", "part"], name="orders_operationpart_once")
        ]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"


class LabourRate(models.Model):
    """What an hour of labour costs in a store for one pay type, in yuan including VAT, from a moment on.

    Rows are only added; the latest that has begun holds.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="+")
    pay_type = models.CharField(max_length=10, choices=PayType)
    per_hour = MoneyField()
    valid_from = models.DateTimeField()

    objects = InStoreQuerySet["LabourRate"].as_manager()

    class Meta:
        verbose_name = _("labour rate")
        indexes = [
            models.Index(fields=["store", "pay_type", "-valid_from"], name="orders_labourrate_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.get_pay_type_display()} {self.per_hour}"
