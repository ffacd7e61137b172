"""What is typed on the maintenance sheet: shape only, the rules are the service's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from .models import Verdict, plain
from .sheet_services import Seen
from .sheets import Point, Sheet

DECIMAL = {"inputmode": "decimal", "step": "any"}


class SheetForm(forms.Form):
    """One answer for each point: a verdict or a value, and the entry that stood there when it was drawn."""

    REST = "rest"

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        for point in sheet.points:
            self._add(point)

    def _add(self, point: Point) -> None:
        item, entry = point.item, point.entry
        made: forms.Field
        if item.is_measured:
            made = forms.DecimalField(
                required=False,
                max_digits=8,
                decimal_places=3,
                min_value=Decimal(0),
                max_value=item.most,
                initial=plain(entry.value if entry else None),
                widget=forms.NumberInput(attrs=DECIMAL | {"aria-label": str(item)}),
            )
        else:
            made = forms.ChoiceField(
                required=False, choices=Verdict, initial=entry.verdict if entry else "",
                widget=forms.RadioSelect,
            )  # fmt: skip
        made.label = str(item)
        self.fields[f"point-{item.pk}"] = made
        self.fields[f"before-{item.pk}"] = forms.IntegerField(
            required=False, min_value=0, initial=entry.pk if entry else 0, widget=forms.HiddenInput
        )

    def field_of(self, point: Point) -> tuple[BoundField, BoundField]:
        """The answer's field of a point, and the one of what stood there."""
        return self[f"point-{point.item.pk}"], self[f"before-{point.item.pk}"]

    def seen(self) -> list[Seen]:
        """What was entered, as the service takes it."""
        found = []
        for point in self.sheet.points:
            entered = self.cleaned_data[f"point-{point.item.pk}"]
            before = self.cleaned_data[f"before-{point.item.pk}"]
            if entered in (None, ""):
                continue
            if point.item.is_measured:
                found.append(Seen(point.item.pk, value=entered, before=before))
            else:
                found.append(Seen(point.item.pk, Verdict(entered), before=before))
        return found
