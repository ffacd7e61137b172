"""What a customer sends by a link: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .forms import SignatureField

AGREES = "agree"
LATER = "later"
CHOICES = [(LATER, pgettext_lazy("answer", "Not now")), (AGREES, pgettext_lazy("answer", "Agree"))]


class CustomerAnswerForm(forms.Form):
    """Each job agreed or left, the signature, and the last four digits of the telephone number.

    Nothing is chosen beforehand. Who leaves everything needs no signature.
    """

    tail = forms.RegexField(
        r"^[0-9]{4}$",
        label=_("Last 4 digits of your telephone number"),
        max_length=4,
        error_messages={"invalid": _("Four digits, please.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4, "pattern": "[0-9]{4}"}
        ),
    )
    signed = SignatureField(label=_("Please sign"), required=False)

    def __init__(self, *args: Any, jobs: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.jobs = list(jobs)
        self.leaves_all = "none" in self.data
        for pk in self.jobs:
            self.fields[f"job_{pk}"] = forms.ChoiceField(
                choices=CHOICES,
                widget=forms.RadioSelect,
                required=not self.leaves_all,
                error_messages={"required": _("Please choose one of the two.")},
            )

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        if self.agreed and not entered.get("signed") and "signed" not in self.errors:
            self.add_error("signed", _("Please sign in the field before you send."))
        return entered

    @property
    def agreed(self) -> frozenset[int]:
        """The ids of the jobs that were agreed to."""
        entered = getattr(self, "cleaned_data", {})
        if self.leaves_all:
            return frozenset()
        return frozenset(pk for pk in self.jobs if entered.get(f"job_{pk}") == AGREES)
