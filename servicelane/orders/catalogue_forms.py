"""What is typed about the catalogue and the labour rates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.people.models import CertificateKind, Skill

from .catalogue_services import Needs
from .models import Operation, PayType


class OperationFilter(forms.Form):
    """Which operations to show."""

    q = forms.CharField(
        label=_("Code or name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class RateForm(forms.Form):
    """What an hour of labour costs for one who pays."""

    pay_type = forms.ChoiceField(label=_("Who pays"), choices=PayType)
    per_hour = forms.DecimalField(
        label=_("Yuan per hour"), min_value=0, max_digits=7, decimal_places=2, help_text=_("Including VAT.")
    )


class NeedsForm(forms.Form):
    """Who may be given an operation, and whether the quick-service lane takes it."""

    skill = forms.ModelChoiceField(
        label=_("Skill"),
        queryset=Skill.objects.none(),
        required=False,
        empty_label=_("anybody"),
        help_text=_("Given only to who does it alone or guides others."),
    )
    certificate = forms.ChoiceField(
        label=_("Certificate"), choices=[("", _("none")), *CertificateKind.choices], required=False
    )
    is_quick = forms.BooleanField(label=_("Quick-service lane"), required=False)

    def __init__(self, data: Any = None, *, operation: Operation) -> None:
        known = {
            "skill": operation.skill_id,
            "certificate": operation.certificate,
            "is_quick": operation.is_quick,
        }
        super().__init__(data, initial=known)
        skill = self.fields["skill"]
        assert isinstance(skill, forms.ModelChoiceField)
        skill.queryset = Skill.objects.all()

    def needs(self) -> Needs:
        """What was chosen."""
        return Needs(**self.cleaned_data)
