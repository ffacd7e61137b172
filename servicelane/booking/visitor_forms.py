"""Who comes with which car, as booking and walk-in ask for it; a known car needs its plate only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.customers.forms import DoubtField, DoubtForm
from servicelane.customers.models import Vehicle
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.plates import normal_plate
from servicelane.org.models import Store


class InStoreForm(DoubtForm):
    """A form that is filled in for one store."""

    def __init__(self, *args: Any, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store = store


class AskedField(forms.CharField):
    """A text that only a known car may leave out, so it is not drawn as optional."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.template_name = "booking/_asked_field.html"


class VisitorForm(InStoreForm):
    """Plate, name and mobile; the car and the person behind them are found or added."""

    plate = DoubtField(
        label=_("Plate"),
        max_length=30,
        reason="plate_reason",
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "autocapitalize": "characters"}
        ),
        help_text=_("A car that is known needs its plate only."),
    )
    name = AskedField(
        label=_("Customer"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mobile = DoubtField(
        label=_("Mobile"),
        max_length=30,
        reason="mobile_reason",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    model_name = forms.CharField(
        label=_("Model"), max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        plate = normal_plate(entered.get("plate") or "")
        if not plate:
            if "plate" not in self.errors:
                self.add_error("plate", _("Give the plate."))
        elif not self._is_known(plate):
            for name, words in (
                ("name", _("This car is new here: who brings it?")),
                ("mobile", _("This car is new here: give a number.")),
            ):
                if not entered.get(name) and name not in self.errors:
                    self.add_error(name, words)
        return entered

    def _is_known(self, plate: str) -> bool:
        group = self.store.region.group_id
        return Vehicle.objects.filter(group=group, plate=plate, parties__until=None).exists()

    def visitor(self) -> Visitor:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        reasons = {name: entered.get(f"{name}_reason") for name in ("plate", "mobile")}
        return Visitor(
            name=entered["name"],
            mobile=entered["mobile"],
            plate=entered["plate"],
            model_name=entered["model_name"],
            confirmed={name: reason for name, reason in reasons.items() if reason},
        )
