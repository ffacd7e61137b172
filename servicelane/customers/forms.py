"""What is typed about customers and vehicles: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.doubts import Doubt, DoubtReason
from servicelane.kernel.phones import masked_phone
from servicelane.kernel.plates import PlateKind
from servicelane.org.forms import TYPED, VersionedForm, day_input
from servicelane.people.models import Employee

from .customer_services import CustomerDetails
from .errors import Doubtful
from .models import (
    MOST_KM,
    ConsentWay,
    ContactWay,
    Customer,
    CustomerKind,
    PartyRole,
    Salutation,
    Transmission,
    Vehicle,
)
from .vehicle_services import VehicleDetails

T = TypeVar("T")
REASONS = [("", _("choose a reason")), *DoubtReason.choices[:-1]]
REMOVE = "-"
TEL = {"type": "tel", "autocomplete": "off"}
NUMBER = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class DoubtField(forms.CharField):
    """A number that may look wrong and be right: its warning and reason stand beside it when asked."""

    def __init__(self, *, reason: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.template_name = "customers/doubt_field.html"
        self.reason = reason
        self.doubts: list[Doubt] = []
        self.reason_bound: forms.BoundField | None = None


class ReasonField(forms.ChoiceField):
    """Why a doubtful number stands; it is drawn by the field of the number, and only when asked."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = "customers/no_field.html"


class DoubtForm(VersionedForm):
    """A form that asks back about doubtful numbers, and keeps all that was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in list(self.fields.values()):
            if isinstance(one, DoubtField):
                self.fields[one.reason] = ReasonField(
                    label=_("Why it stands as it is"), choices=REASONS, required=False
                )
                one.reason_bound = self[one.reason]

    def attempt(self, save: Callable[[], T]) -> T | None:
        """Return what `save` returns; None when it asks back, and the fields then show their doubts."""
        try:
            return save()
        except Doubtful as asked:
            for name, doubts in asked.doubts.items():
                field = self.fields[name]
                assert isinstance(field, DoubtField)
                field.doubts = doubts
        return None


class CustomerForm(DoubtForm):
    name = forms.CharField(label=_("Name"), max_length=80, strip=True)
    kind = forms.ChoiceField(label=_("Kind"), choices=CustomerKind.choices, widget=forms.RadioSelect)
    salutation = forms.ChoiceField(
        label=_("Salutation"), choices=Salutation.choices, widget=forms.RadioSelect
    )
    mobile = DoubtField(
        label=_("Mobile"), max_length=30, reason="mobile_reason", widget=forms.TextInput(attrs=TEL)
    )
    phone_home = forms.CharField(
        label=_("Phone at home"), max_length=30, required=False, widget=forms.TextInput(attrs=TEL)
    )
    phone_office = forms.CharField(
        label=_("Phone at work"), max_length=30, required=False, widget=forms.TextInput(attrs=TEL)
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    contact_way = forms.ChoiceField(label=_("Preferred way"), choices=ContactWay.choices)
    contact_hours = forms.CharField(label=_("Preferred hours"), max_length=60, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    advisor = forms.ModelChoiceField(
        Employee.objects.none(),
        label=_("Own advisor"),
        required=False,
        empty_label=_("nobody yet"),
        widget=forms.Select(attrs=TYPED),
    )
    birthday = forms.DateField(label=_("Birthday"), required=False, widget=day_input())
    family = forms.CharField(label=_("Family"), max_length=200, required=False)
    services_wished = forms.CharField(label=_("Services wished"), max_length=200, required=False)
    notes = forms.CharField(
        label=_("Notes"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, advisors: Any, known: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        self.fields["advisor"].queryset = advisors  # type: ignore[attr-defined]
        if known:
            for name in PHONES:
                self._keep_hidden(name, getattr(known, name))

    def _keep_hidden(self, name: str, number: str) -> None:
        if number:
            self.fields[name].help_text = gettext("Left empty, {masked} stays; a hyphen removes it.").format(
                masked=masked_phone(number)
            )

    @classmethod
    def of(cls, customer: Customer, advisors: Any) -> CustomerForm:
        """The form filled with what is known; full numbers are not shown."""
        names = (
            field.name for field in fields(CustomerDetails) if field.name not in (*PHONES, "mobile_reason")
        )
        known = {name: getattr(customer, name) for name in names}
        return cls(initial={**known, "version": customer.version}, advisors=advisors, known=customer)

    def details(self) -> CustomerDetails:
        """What was entered, as the service takes it."""
        entered = dict(self.cleaned_data)
        entered.pop("version", None)
        for name in PHONES:
            if self.known and not entered[name].strip():
                entered[name] = getattr(self.known, name)
            elif entered[name].strip() == REMOVE:
                entered[name] = ""
        entered["kind"] = CustomerKind(entered["kind"])
        entered["salutation"] = Salutation(entered["salutation"])
        entered["contact_way"] = ContactWay(entered["contact_way"])
        return CustomerDetails(**entered)


PHONES = ("mobile", "phone_home", "phone_office")


class VehicleForm(DoubtForm):
    plate = DoubtField(
        label=_("Plate"), max_length=16, reason="plate_reason", widget=forms.TextInput(attrs=NUMBER)
    )
    vin = DoubtField(label=_("VIN"), max_length=30, reason="vin_reason", widget=forms.TextInput(attrs=NUMBER))
    plate_kind = forms.ChoiceField(
        label=_("Kind of plate"),
        required=False,
        choices=[("", _("as the plate says")), *PlateKind.choices],
    )
    maker = forms.CharField(
        label=_("Brand"), max_length=40, required=False, help_text=_("Left empty, the VIN says it.")
    )
    model_name = forms.CharField(label=_("Model"), max_length=60, required=False)
    model_year = forms.IntegerField(label=_("Model year"), min_value=1950, max_value=2100, required=False)
    colour = forms.CharField(label=_("Colour"), max_length=30, required=False)
    transmission = forms.ChoiceField(
        label=_("Transmission"), required=False, choices=[("", "–"), *Transmission.choices]
    )
    engine_no = forms.CharField(label=_("Engine number"), max_length=30, required=False)
    key_code = forms.CharField(label=_("Key code"), max_length=30, required=False)
    accessories = forms.CharField(label=_("Accessories"), max_length=300, required=False)
    purchased_on = forms.DateField(label=_("Purchased on"), required=False, widget=day_input())
    purchase_place = forms.CharField(label=_("Purchased at"), max_length=80, required=False)
    salesperson = forms.CharField(label=_("Salesperson"), max_length=60, required=False)
    first_registered_on = forms.DateField(label=_("First registered on"), required=False, widget=day_input())
    warranty_start_on = forms.DateField(label=_("Warranty starts on"), required=False, widget=day_input())
    insurance_expires_on = forms.DateField(
        label=_("Insurance expires on"), required=False, widget=day_input()
    )
    inspection_due_on = forms.DateField(
        label=_("Annual inspection due on"), required=False, widget=day_input()
    )
    interval_months = forms.IntegerField(
        label=_("Maintenance every … months"), min_value=1, max_value=120, required=False
    )
    interval_km = forms.IntegerField(
        label=_("Maintenance every … km"), min_value=500, max_value=200_000, required=False
    )

    @classmethod
    def of(cls, vehicle: Vehicle) -> VehicleForm:
        """The form filled with what is known."""
        known = {
            field.name: getattr(VehicleDetails.of(vehicle), field.name) for field in fields(VehicleDetails)
        }
        return cls(initial={**known, "version": vehicle.version})

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("plate", "").strip() and not self.cleaned_data.get("vin", "").strip():
            self.add_error("plate", _("Give the plate; for a car without one yet, give the VIN."))
        return self.cleaned_data

    def details(self, known: Vehicle | None = None) -> VehicleDetails:
        """What was entered, as the service takes it; the kind of an unchanged plate is as chosen."""
        entered = dict(self.cleaned_data)
        entered.pop("version", None)
        details = VehicleDetails(**entered)
        if known and details.plate_kind == known.plate_kind and details.plate != known.plate:
            return replace(details, plate_kind="")
        return details


class OdometerForm(forms.Form):
    km = forms.IntegerField(label=_("Odometer in km"), min_value=0, max_value=MOST_KM)


class PartyForm(DoubtForm):
    """Somebody new at a car: found by mobile in the group, else added."""

    party = forms.ChoiceField(
        label=_("Who is it?"), choices=PartyRole.choices, widget=forms.RadioSelect, initial="driver"
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    mobile = DoubtField(
        label=_("Mobile"), max_length=30, reason="mobile_reason", widget=forms.TextInput(attrs=TEL)
    )


class ConsentForm(forms.Form):
    given = forms.TypedChoiceField(
        choices=[("yes", _("yes")), ("no", _("no"))], coerce=lambda answer: answer == "yes"
    )
    way = forms.ChoiceField(label=_("How was it said?"), choices=ConsentWay.choices)


class TakeOverForm(forms.Form):
    q = forms.CharField(max_length=40, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("It is kept with your name, and the other store can read it."),
    )


class FileFilter(forms.Form):
    """Which files to show; an empty field narrows nothing."""

    q = forms.CharField(
        label=_("Plate, VIN, phone, name or pinyin"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
