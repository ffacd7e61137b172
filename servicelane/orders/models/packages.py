"""Packages: operations with their parts for one price, such as a family's maintenance menu (RCP-5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.fields import QuantityField
from servicelane.kernel.money import MoneyField
from servicelane.org.models import Group, in_language
from servicelane.parts.models import Part

from .catalogue import Operation


class ModelFamily(models.Model):
    """Cars that are serviced alike; a car belongs to it when `code` is a word of its model's name."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    code = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    is_demo = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("model family")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["group", "code"], name="orders_modelfamily_code"),
        ]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)


class Package(models.Model):
    """Several operations sold as one; for every family where `family` is empty.

    `price` is yuan including VAT for all labour and parts of it; empty: the sum of what they cost alone.
    With `every_km` it is an entry of the maintenance menu, due at each multiple of these km, and after
    `every_months` where a car is driven less.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    family = models.ForeignKey(ModelFamily, models.PROTECT, null=True, related_name="packages")
    code = models.CharField(max_length=16)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    every_km = models.PositiveIntegerField(null=True)
    every_months = models.PositiveSmallIntegerField(null=True)
    price = MoneyField(null=True)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("package")
        ordering = ["every_km", "code"]
        constraints = [
            models.UniqueConstraint(fields=["group", "code"], name="orders_package_code"),
            models.CheckConstraint(
                condition=Q(every_km=None) | Q(every_km__gt=0), name="orders_package_every_km"
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return in_language(self.name_zh, self.name_en)


class PackageLine(models.Model):
    """One operation of a package; its parts are those of the line, not the operation's usual ones."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["package", "position"], name="orders_packageline_position"),
        ]

    def __str__(self) -> str:
        return str(self.operation)


class PackagePart(models.Model):
    """A part that an operation of a package takes, with its quantity in the part's unit."""

    line = models.ForeignKey(PackageLine, models.CASCADE, related_name="parts")
    part = models.ForeignKey(Part, models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["line", "part"], name="orders_packagepart_once")]

    def __str__(self) -> str:
        return f"{self.part} × {self.quantity}"
