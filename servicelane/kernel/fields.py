"""Exact numbers: Decimal in Python, a whole number of the smallest unit in the database.

SQLite keeps decimals as floats, and 0.10 + 0.20 is then not found by = 0.30; whole numbers are
exact on every database (decision 0003).
"""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from django import forms
from django.core import checks, exceptions
from django.db import models
from django.utils.translation import gettext_lazy as _

BIGINT = 2**63 - 1


class ScaledField(models.Field):
    """A Decimal of at most `places` decimals, kept as a BIGINT of its smallest unit.

    More decimals than `places` are refused, never rounded: rounding is a decision of the caller.
    Derived from Field and not from BigIntegerField, so that SQL expressions convert their
    parameters through this field instead of treating them as bare units.
    """

    places: ClassVar[int]
    empty_strings_allowed = False
    description = _("exact number")
    default_error_messages = {
        "invalid": _("“%(value)s” is not a number."),
        "places": _("“%(value)s” has more than %(places)s decimals."),
        "range": _("“%(value)s” is too large."),
    }
    _pyi_private_set_type: Decimal | int | str
    _pyi_private_get_type: Decimal
    _pyi_lookup_exact_type: Decimal | int

    def db_type(self, connection: Any) -> str:
        # Not by get_internal_type: of an "IntegerField" Django cuts off what an aggregate has after the
        # point, before from_db_value could refuse it.
        return str(connection.data_types["BigIntegerField"])

    def to_python(self, value: Any) -> Decimal | None:
        if value is None:
            return None
        return self.from_units(self.to_units(value))

    def to_units(self, value: Any) -> int:
        """Return the whole number of smallest units; raises ValidationError for what is not exact."""
        number = self._decimal(value)
        units = number.scaleb(self.places)
        if units != units.to_integral_value():
            raise self._invalid("places", value)
        if abs(units) > BIGINT:
            raise self._invalid("range", value)
        return int(units)

    @classmethod
    def from_units(cls, units: int) -> Decimal:
        """Return the Decimal of a whole number of smallest units."""
        return Decimal(units).scaleb(-cls.places)

    def _decimal(self, value: Any) -> Decimal:
        if isinstance(value, (bool, float)):
            raise self._invalid("invalid", value)
        try:
            number = Decimal(value)
        except (InvalidOperation, TypeError, ValueError):
            raise self._invalid("invalid", value) from None
        if not number.is_finite():
            raise self._invalid("invalid", value)
        if number.adjusted() > 20:
            raise self._invalid("range", value)
        return number

    def _invalid(self, code: str, value: object) -> exceptions.ValidationError:
        return exceptions.ValidationError(
            self.error_messages[code], code=code, params={"value": str(value)[:40], "places": self.places}
        )

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return self.to_units(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        if value is None:
            return None
        units = Decimal(value)
        if units != units.to_integral_value():
            raise TypeError(
                f"{type(expression).__name__} of {type(self).__name__} is no whole number of units: "
                "only Sum, Min, Max, comparison and order are exact in SQL"
            )
        return self.from_units(int(units))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": forms.DecimalField, "decimal_places": self.places, "max_digits": 17, **kwargs}
        )

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if isinstance(self.default, float):
            found.append(
                checks.Error("A default must be exact: a Decimal or a string.", obj=self, id="kernel.E001")
            )
        return found


class QuantityField(ScaledField):
    """A quantity in the part's own unit with three decimals (1.250 litres), as whole thousandths."""

    places = 3
    description = _("quantity")


class UnitCostField(ScaledField):
    """Cost of one unit in yuan with six decimals, as whole 1/10 000 分: a moving average needs them."""

    places = 6
    description = _("unit cost")


class RateField(ScaledField):
    """A share such as a tax rate or discount (0.1300 = 13 %), as whole basis points."""

    places = 4
    description = _("rate")


class MinutesField(models.Field):
    """A length of time in whole minutes: timedelta in Python, integer minutes in the database."""

    empty_strings_allowed = False
    description = _("minutes")
    default_error_messages = {
        "invalid": _("“%(value)s” is not a whole number of minutes."),
    }
    _pyi_private_set_type: timedelta
    _pyi_private_get_type: timedelta
    _pyi_lookup_exact_type: timedelta

    def get_internal_type(self) -> str:
        return "IntegerField"

    def to_python(self, value: Any) -> timedelta | None:
        if value is None or isinstance(value, timedelta):
            return value
        try:
            return timedelta(minutes=int(str(value)))
        except (ValueError, OverflowError):
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": str(value)[:40]}
            ) from None

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None or hasattr(value, "resolve_expression"):
            return value
        length = self.to_python(value)
        assert length is not None
        minutes, rest = divmod(length, timedelta(minutes=1))
        if rest or abs(minutes) > 2**31 - 1:
            raise exceptions.ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": str(value)}
            )
        return minutes

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> timedelta | None:
        return None if value is None else timedelta(minutes=value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return str(value // timedelta(minutes=1)) if isinstance(value, timedelta) else ""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": MinutesFormField, **kwargs})


class MinutesFormField(forms.IntegerField):
    """Whole minutes as a person types them; cleans to a timedelta."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, timedelta):
            return value
        minutes = super().to_python(value)
        return None if minutes is None else timedelta(minutes=minutes)

    def prepare_value(self, value: Any) -> Any:
        return value // timedelta(minutes=1) if isinstance(value, timedelta) else value

    def run_validators(self, value: Any) -> None:
        super().run_validators(None if value is None else value // timedelta(minutes=1))


class KeyField(models.CharField):
    """A text that is sorted and compared by its bytes on every database, so that ranges find beginnings.

    SQLite compares so anyway; PostgreSQL would use the language of the database, in which the texts that
    begin alike need not stand together.
    """

    def db_parameters(self, connection: Any) -> Any:
        found = super().db_parameters(connection)
        return {**found, "collation": "C"} if connection.vendor == "postgresql" else found
