"""What is typed about the catalogue and the labour rates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import PayType


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
