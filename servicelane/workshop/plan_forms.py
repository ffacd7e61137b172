"""What is chosen on the page of a plan: shape only, the rules are the services'."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import ShopPlan


class LinesForm(forms.Form):
    """Some lines of a plan, by their ids."""

    lines = forms.TypedMultipleChoiceField(label=_("Proposals"), coerce=int)

    def __init__(self, *args: object, plan: ShopPlan, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["lines"].choices = [(pk, pk) for pk in plan.lines.values_list("pk", flat=True)]  # type: ignore[attr-defined]


class DayForm(forms.Form):
    """A day of which the free hours are shown."""

    day = forms.DateField(required=False)
