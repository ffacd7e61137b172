"""What is typed about parts and their stock: shape only, the rules are the services'."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicelane.org.forms import VersionedForm
from servicelane.org.models import Group

from .catalogue_services import MOST_VAT, PartDetails, Place
from .costing import DEAREST, MOST_AT_ONCE, plain
from .models import Part, PartKind, Reason, StockItem, Unit, bin_shape, number_shape
from .services import CORRECTIONS, TAKEN_OUT

VAT_RATES = ("0.1300", "0.0900", "0.0600", "0.0000")
"""The rates of the Chinese VAT law; a part with another one keeps it."""


def number_input(**attrs: str) -> forms.TextInput:
    """A number as a phone offers digits and a point for; a scanner types into it as well."""
    return forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


def quantity_field(label: Any, *, least: str = "0.001", **more: Any) -> forms.DecimalField:
    """A quantity in the part's unit with three decimals."""
    return forms.DecimalField(
        label=label,
        min_value=Decimal(least),
        max_value=MOST_AT_ONCE,
        decimal_places=3,
        widget=number_input(),
        **more,
    )


class StockFilter(forms.Form):
    """What to narrow the stock by."""

    q = forms.CharField(
        label=_("Number, name or bin"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    short = forms.BooleanField(label=_("only what is short"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", gettext("all kinds")), *PartKind.choices]  # type: ignore[attr-defined]


class ReceiveForm(forms.Form):
    quantity = quantity_field(_("Quantity"))
    unit_cost = forms.DecimalField(
        label=_("Cost of one without VAT"),
        min_value=Decimal(0),
        max_value=DEAREST,
        decimal_places=6,
        widget=number_input(),
        help_text=_("In yuan, as the delivery note says."),
    )
    reference = forms.CharField(label=_("Delivery note"), required=False, max_length=80)


class AdjustForm(VersionedForm):
    counted = quantity_field(
        _("Counted"), least="0", help_text=_("What really lies there, reserved parts included.")
    )
    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=200, help_text=_("Who counted, or what was found out.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(one.value, one.label) for one in CORRECTIONS]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, item: StockItem) -> "AdjustForm":
        """The form that knows which stock the count is compared with."""
        return cls(initial={"version": item.version})

    @property
    def why(self) -> Reason:
        """The reason that was chosen."""
        return Reason(self.cleaned_data["reason"])


class TakeOutForm(forms.Form):
    quantity = quantity_field(_("Quantity"))
    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [(one.value, one.label) for one in TAKEN_OUT]  # type: ignore[attr-defined]

    @property
    def why(self) -> Reason:
        """The reason that was chosen."""
        return Reason(self.cleaned_data["reason"])


class PlaceFields(forms.Form):
    """Where a store keeps a part, and how much of it at least."""

    bin = forms.CharField(
        label=_("Bin"),
        required=False,
        max_length=20,
        validators=[bin_shape],
        help_text=_("As the label on the shelf says, for example A-01-3."),
    )
    min_quantity = quantity_field(
        _("Least quantity"),
        least="0",
        required=False,
        help_text=_("Less than this free, and the part counts as short."),
    )

    def place(self) -> Place:
        """What was entered, as the service takes it."""
        return Place(self.cleaned_data["bin"], self.cleaned_data["min_quantity"])


class PlaceForm(VersionedForm, PlaceFields):
    @classmethod
    def of(cls, item: StockItem) -> "PlaceForm":
        """The form filled with what is known."""
        least = "" if item.min_quantity is None else plain(item.min_quantity)
        return cls(initial={"bin": item.bin, "min_quantity": least, "version": item.version})


class KeepForm(PlaceFields):
    """A part of the group's catalogue that a store keeps from now on."""

    number = forms.CharField(
        label=_("Part number"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ["number"]

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean_number(self) -> Part:
        return _known(self.group, self.cleaned_data["number"])


class PartForm(VersionedForm):
    number = forms.CharField(
        label=_("Part number"),
        max_length=40,
        validators=[number_shape],
        help_text=_("As printed on the packaging; kept in capitals."),
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=PartKind.choices)
    unit = forms.ChoiceField(label=_("Unit"), choices=Unit.choices)
    price = forms.DecimalField(
        label=_("Price of one with VAT"),
        min_value=Decimal(0),
        max_value=DEAREST,
        decimal_places=2,
        widget=number_input(),
        help_text=_("In yuan, as the customer pays it."),
    )
    vat_rate = forms.TypedChoiceField(label=_("VAT rate"), coerce=Decimal, initial=VAT_RATES[0])
    superseded_by = forms.CharField(
        label=_("Superseded by"),
        required=False,
        max_length=40,
        help_text=_("The number of the part that is delivered instead."),
    )

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        asked = self.data.get("vat_rate") or self.initial.get("vat_rate")
        rates = [*VAT_RATES, str(asked)] if _is_rate(asked) and str(asked) not in VAT_RATES else VAT_RATES
        self.fields["vat_rate"].choices = [(rate, f"{plain(Decimal(rate) * 100)} %") for rate in rates]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, part: Part) -> "PartForm":
        """The form filled with what is known."""
        names = [*PartDetails.__dataclass_fields__, "version"]
        known = {name: getattr(part, name) for name in names}
        known["superseded_by"] = part.superseded_by.number if part.superseded_by else ""
        return cls(initial=known, group=part.group)

    def clean_superseded_by(self) -> Part | None:
        number = self.cleaned_data["superseded_by"]
        return _known(self.group, number) if number else None

    def details(self) -> PartDetails:
        """What was entered, as the service takes it."""
        entered = {name: self.cleaned_data[name] for name in PartDetails.__dataclass_fields__}
        entered |= {"kind": PartKind(entered["kind"]), "unit": Unit(entered["unit"])}
        return PartDetails(**entered)


class NewPartForm(PartForm, PlaceFields):
    """A part new to the catalogue, and where the store keeps it."""

    field_order = [*PartDetails.__dataclass_fields__, "bin", "min_quantity"]


def _known(group: Group, number: str) -> Part:
    part = Part.objects.filter(group=group, number=" ".join(number.split()).upper()).first()
    if part is None:
        raise forms.ValidationError(gettext("The catalogue has no part with this number."))
    return part


def _is_rate(asked: object) -> bool:
    return isinstance(asked, Decimal) and 0 <= asked <= MOST_VAT
