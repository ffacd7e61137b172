"""What is typed about dispatch: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.orders.forms import OrderForm
from servicelane.orders.models import RepairOrder
from servicelane.org.forms import TYPED
from servicelane.org.models import Bay
from servicelane.people.models import Employee

from .services import Place


class DispatchForm(OrderForm):
    """Who does it, and in which bay; a bay with another running car in it says so."""

    technician = forms.TypedChoiceField(label=_("Technician"), widget=forms.Select(attrs=TYPED))
    bay = forms.TypedChoiceField(
        label=_("Bay"), required=False, empty_value=None, widget=forms.Select(attrs=TYPED)
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[Employee],
        bays: Sequence[Bay],
        taken: Mapping[int, RepairOrder],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        technician, bay = self.fields["technician"], self.fields["bay"]
        assert isinstance(technician, forms.TypedChoiceField)
        assert isinstance(bay, forms.TypedChoiceField)
        persons = {str(person.pk): person for person in people}
        places = {str(place.pk): place for place in bays}
        technician.choices = [(key, str(person)) for key, person in persons.items()]
        technician.coerce = persons.__getitem__
        bay.choices = [("", "–"), *((key, _words(place, taken)) for key, place in places.items())]
        bay.coerce = places.__getitem__

    def place(self) -> Place:
        """Where it is to be done."""
        return Place(self.cleaned_data["bay"])


def _words(bay: Bay, taken: Mapping[int, RepairOrder]) -> str:
    words = " ".join(filter(None, (bay.code, bay.name or str(bay.get_kind_display()))))
    holding = taken.get(bay.pk)
    return f"{words} ({holding.vehicle.plate or holding.number})" if holding else words
