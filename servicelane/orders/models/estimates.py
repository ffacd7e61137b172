"""What the customer was asked and what they answered: frozen versions, line by line (RCP-5, RCP-10)."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.channels.models import Link
from servicelane.kernel.fields import QuantityField
from servicelane.kernel.money import MoneyField
from servicelane.org.models import in_language
from servicelane.people.models import Employee

from ..managers import InOrderQuerySet
from .catalogue import PayType
from .jobs import Job, PartLine
from .orders import RepairOrder, Signature


class EstimateKind(models.TextChoices):
    """Whether an estimate is for the visit or for work found later."""

    VISIT = "visit", _("estimate")
    EXTRA = "extra", _("extra work")


class EstimateState(models.TextChoices):
    """Whether a version still waits for its answer."""

    OPEN = "open", _("waits for the answer")
    ANSWERED = "answered", _("answered")
    SUPERSEDED = "superseded", _("replaced by a newer version")


class Estimate(models.Model):
    """One version of what the customer is asked: exactly these lines at these prices (frozen).

    `number` counts the versions of an order. `promised_at` is the promise that goes with it, `proposed_at`
    the time that the load of the workshop allowed with `proposed_chance` in a hundred, as its maker saw it,
    and `overruled_why` why an earlier one was promised (RCP-7).
    `estimate only, final amount by settlement` stands on its print (RCP-5).
    """

    order = models.ForeignKey(RepairOrder, models.PROTECT, related_name="estimates")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=EstimateKind, default=EstimateKind.VISIT)
    state = models.CharField(max_length=10, choices=EstimateState, default=EstimateState.OPEN, editable=False)
    total = MoneyField()
    promised_at = models.DateTimeField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_chance = models.PositiveSmallIntegerField(null=True)
    overruled_why = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(Employee, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects = InOrderQuerySet["Estimate"].as_manager()

    class Meta:
        verbose_name = _("estimate")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="orders_estimate_number"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(state=EstimateState.OPEN), name="orders_estimate_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class EstimateLine(models.Model):
    """One frozen line: the labour of a job, or one of its parts; `agreed` is empty until answered.

    `quantity` is hours for labour and the part's unit for parts; `price` is yuan after discount,
    including VAT.
    """

    estimate = models.ForeignKey(Estimate, models.PROTECT, related_name="lines")
    job = models.ForeignKey(Job, models.PROTECT, related_name="+")
    part_line = models.ForeignKey(PartLine, models.PROTECT, null=True, related_name="+")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    pay_type = models.CharField(max_length=10, choices=PayType)
    quantity = QuantityField()
    price = MoneyField()
    agreed = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("estimate line")
        ordering = ["pk"]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)


class ConsentWay(models.TextChoices):
    """How the customer's consent was given (RCP-10)."""

    SIGNATURE = "signature", _("signed on the screen")
    CALL = "call", _("said in a call")
    RELEASE = "release", _("released by a manager")
    LINK = "link", _("answered by a link")


class Authorisation(models.Model):
    """The customer's answer to one estimate version, with its evidence (glossary: authorisation).

    A signature, or a recorded call: who was spoken to, on which number's last four digits, when, and
    what was said. Internal, goodwill and pure warranty work is released by a manager instead. By a link
    the customer answers alone, so nobody took it down: `shown` is what the page said (language, wording,
    lines with prices in fen, answers), `digest` the SHA-256 over it, beside address and browser.
    `agreed_total` is yuan including VAT.
    """

    estimate = models.OneToOneField(Estimate, models.PROTECT, related_name="authorisation")
    way = models.CharField(max_length=10, choices=ConsentWay)
    signature = models.ForeignKey(Signature, models.PROTECT, null=True, related_name="+")
    spoken_to = models.CharField(max_length=60, blank=True)
    phone_tail = models.CharField(max_length=4, blank=True)
    said = models.CharField(max_length=500, blank=True)
    agreed_total = MoneyField(default=Decimal(0))
    answered_at = models.DateTimeField()
    taken_by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")
    link = models.ForeignKey(Link, models.PROTECT, null=True, related_name="+")
    shown = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)
    remote_address = models.CharField(max_length=45, blank=True)
    browser = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("authorisation")
        constraints = [
            models.CheckConstraint(
                condition=Q(way=ConsentWay.SIGNATURE, signature__isnull=False)
                | Q(way=ConsentWay.CALL, signature=None) & ~Q(spoken_to="")
                | Q(way=ConsentWay.RELEASE, signature=None)
                | Q(way=ConsentWay.LINK, link__isnull=False) & ~Q(digest=""),
                name="orders_authorisation_evidence",
            ),
            models.CheckConstraint(
                condition=Q(way=ConsentWay.LINK, taken_by=None)
                | ~Q(way=ConsentWay.LINK) & Q(taken_by__isnull=False),
                name="orders_authorisation_taken",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.estimate} {self.get_way_display()}"
