from datetime import timedelta
from decimal import Decimal

from django.db import models

from servicelane.kernel.fields import MinutesField, QuantityField, RateField, UnitCostField
from servicelane.kernel.money import MoneyField


class Thing(models.Model):
    """A row with one of each exact number; facts are recorded about it."""

    store_id = models.BigIntegerField(null=True)
    price = MoneyField(default=Decimal(0))
    quantity = QuantityField(default=Decimal(1))
    cost = UnitCostField(default=Decimal(0))
    rate = RateField(default=Decimal("0.13"))
    length = MinutesField(default=timedelta(0))


class Echo(models.Model):
    """What a reaction wrote down about one fact: two rows for one fact would be a doubled effect."""

    event_id = models.BigIntegerField()
