"""What is typed about the end of a job and about a delay: shape only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from servicelane.orders.forms import MomentField, OrderForm

from .models import Outlook, TellWay
from .progress_services import Answer, Told


class ProgressForm(OrderForm):
    """How a job goes: on time, or later until when and why."""

    outlook = forms.ChoiceField(choices=Outlook, widget=forms.HiddenInput)
    until = MomentField(label=_("Later until"), required=False)
    words = forms.CharField(label=_("Why"), max_length=200, required=False)

    def answer(self) -> Answer:
        """What was said."""
        said = self.cleaned_data
        return Answer(Outlook(said["outlook"]), said["until"], said["words"])


class DelayForm(OrderForm):
    """How the customer was told of a delay, and the promise they were given."""

    way = forms.ChoiceField(label=_("How the customer was told"), choices=TellWay)
    promised_at = MomentField(label=_("New promised time"))
    reason = forms.CharField(label=_("Why it takes longer"), max_length=200)

    def told(self) -> Told:
        """What was told."""
        said = self.cleaned_data
        return Told(TellWay(said["way"]), said["promised_at"], said["reason"])
