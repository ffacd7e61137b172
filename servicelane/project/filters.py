"""What one may narrow a list by."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicelane.kernel.events import kinds
from servicelane.people.models import Employee
from servicelane.people.permissions import Perm as PeoplePerm

from .ledger import Wanted


class FactsFilter(forms.Form):
    """Which facts to show; an empty field narrows nothing."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    person = forms.ModelChoiceField(
        label=gettext_lazy("Who"),
        required=False,
        queryset=Employee.objects.none(),
        empty_label=gettext_lazy("everybody"),
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, asked: QueryDict, *, viewer: Employee) -> None:
        super().__init__(asked)
        declared = sorted(
            ((code, str(kind.label)) for code, kind in kinds().items()), key=lambda pair: pair[1]
        )
        self.fields["kind"].choices = [("", _("everything")), *declared]  # type: ignore[attr-defined]
        people = Employee.objects.visible_to(viewer, PeoplePerm.SEE_PEOPLE)
        self.fields["person"].queryset = people.by_name()  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what was asked for; a field that makes no sense narrows nothing."""
        self.is_valid()
        asked = self.cleaned_data
        person = asked.get("person")
        return Wanted(
            kind=asked.get("kind") or "",
            day=asked.get("day"),
            person=person.pk if person else None,
            before=asked.get("before"),
        )
