"""Money: yuan as Decimal, 分 in the database; taxes rounded half up (architecture, "Money")."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import ScaledField

FEN = Decimal("0.01")


def not_above(field: str, other: str) -> models.Q:
    """A condition that one exact column is at most another: both are whole numbers of one unit."""
    return models.Q(**{f"{field}__lte": models.F(other)})


class MoneyField(ScaledField):
    """An amount in yuan with two decimals, kept as whole 分 in a BIGINT.

    In SQL only Sum (through `total_of`), comparison and order are used on it.
    """

    places = 2
    description = _("money")


class Taxed(NamedTuple):
    """A gross amount taken apart; net + tax == gross to the 分."""

    gross: Decimal
    rate: Decimal
    net: Decimal
    tax: Decimal


def to_fen(amount: Decimal) -> Decimal:
    """Round an amount in yuan half up to whole 分."""
    return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def take_tax_apart(gross: Decimal, rate: Decimal) -> Taxed:
    """Split a price that includes VAT: net = round half up of gross / (1 + rate), tax = gross − net."""
    net = to_fen(gross / (1 + rate))
    return Taxed(gross, rate, net, gross - net)


def total_of(rows: models.QuerySet[Any], field: str) -> Decimal:
    """Return the sum of a money column over `rows` in yuan, 0.00 for none. One query."""
    answer = rows.aggregate(total=models.Sum(field, default=Decimal(0)))
    return Decimal(answer["total"])
