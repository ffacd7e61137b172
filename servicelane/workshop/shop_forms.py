"""What the dispatcher chooses on the Workshop page: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.orders.forms import OrderForm
from servicelane.orders.models import Job
from servicelane.org.models import Bay
from servicelane.people.models import Employee


class GiveForm(OrderForm):
    """Which jobs of a car go to which technician, in which bay."""

    jobs = forms.TypedMultipleChoiceField(label=_("Jobs"))
    technician = forms.TypedChoiceField(label=_("Technician"))
    reason = forms.CharField(
        label=_("Reason for giving work to somebody who is away"), max_length=200, required=False
    )
    bay = forms.TypedChoiceField(label=_("Bay"), required=False, empty_value=None)

    def __init__(
        self, *args: Any, jobs: Sequence[Job], people: Sequence[Employee], bays: Sequence[Bay], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("jobs", {str(job.pk): job for job in jobs})
        self._offer("technician", {str(person.pk): person for person in people})
        self._offer("bay", {str(bay.pk): bay for bay in bays}, ("", "\u2013"))

    def _offer(self, name: str, rows: dict[str, Any], *more: tuple[str, str]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField | forms.TypedMultipleChoiceField)
        field.choices = [*more, *((key, str(row)) for key, row in rows.items())]
        field.coerce = rows.__getitem__
