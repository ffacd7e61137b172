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
    """Who does it, and in which bay; a bay with another running car in it and a person away say so.

    A reason is asked for only while somebody is away.
    """

    technician = forms.TypedChoiceField(label=_("Technician"), widget=forms.Select(attrs=TYPED))
    reason = forms.CharField(
        label=_("Reason for giving work to somebody who is away"), max_length=200, required=False
    )
    bay = forms.TypedChoiceField(
        label=_("Bay"), required=False, empty_value=None, widget=forms.Select(attrs=TYPED)
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[Employee],
        bays: Sequence[Bay],
        taken: Mapping[int, RepairOrder],
        away: Mapping[int, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        technician, bay = self.fields["technician"], self.fields["bay"]
        assert isinstance(technician, forms.TypedChoiceField)
        assert isinstance(bay, forms.TypedChoiceField)
        persons = {str(person.pk): person for person in people}
        places = {str(place.pk): place for place in bays}
        technician.choices = [(key, _person(person, away)) for key, person in persons.items()]
        technician.coerce = persons.__getitem__
        bay.choices = [("", "–"), *((key, _words(place, taken)) for key, place in places.items())]
        bay.coerce = places.__getitem__
        if not any(person.pk in away for person in people):
            del self.fields["reason"]

    def place(self) -> Place:
        """Where it is to be done."""
        return Place(self.cleaned_data["bay"])

    @property
    def given_reason(self) -> str:
        """Why somebody who is away is given work; empty where nobody is."""
        return str(self.cleaned_data.get("reason", "")).strip()


def _person(person: Employee, away: Mapping[int, str]) -> str:
    return f"{person} ({away[person.pk]})" if person.pk in away else str(person)


def _words(bay: Bay, taken: Mapping[int, RepairOrder]) -> str:
    words = " ".join(filter(None, (bay.code, bay.name or str(bay.get_kind_display()))))
    holding = taken.get(bay.pk)
    return f"{words} ({holding.vehicle.plate or holding.number})" if holding else words
