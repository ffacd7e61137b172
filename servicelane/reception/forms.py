"""What is typed at the desk and at the car: shape only, the rules are the services'."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from servicelane.booking.visitor_forms import VisitorForm
from servicelane.kernel.clock import now
from servicelane.orders.forms import OrderForm, SignatureField
from servicelane.orders.models import Paper, RepairOrder
from servicelane.orders.order_services import FARTHEST, CheckIn, Signed
from servicelane.org.forms import TYPED, day_input
from servicelane.people.models import Employee

from .models import DamageKind, OdometerReason
from .services import HandOver, Mark, WalkIn, known_marks, next_due
from .zones import Zone

EIGHTHS = range(9)
MOST_BELONGINGS = 30


class KilometresField(forms.IntegerField):
    """Whole kilometres as they are read off: full-width digits, commas and a trailing km are understood."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=FARTHEST, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            plain = re.sub(r"[\s,']", "", unicodedata.normalize("NFKC", value)).lower().removesuffix("km")
            value = plain if len(plain) <= 20 else "?"
        number: int | None = super().to_python(value)
        return number


class WalkInForm(VisitorForm):
    """A car that came without a booking, in six fields on one screen; `effort` is what they cost (RCP-12)."""

    words = forms.CharField(
        label=_("Customer's words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As they are said, repeated back to the customer."),
    )
    advisor = forms.ModelChoiceField(
        Employee.objects.none(), label=_("Advisor"), empty_label=None, widget=forms.Select(attrs=TYPED)
    )

    # Whatever it holds, an order is not held up by it.
    effort = forms.Field(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, advisors: QuerySet[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = advisors  # type: ignore[attr-defined]

    def walk_in(self) -> WalkIn:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return WalkIn(advisor=entered["advisor"], visitor=self.visitor(), words=entered["words"])


class CheckInForm(OrderForm):
    """What is seen and handed over at the car (RCP-2, RCP-3)."""

    odometer = KilometresField(label=_("Odometer, km"))
    odometer_reason = forms.ChoiceField(
        label=_("Why it is less than at the last visit"),
        choices=[("", _("choose a reason")), *OdometerReason.choices],
        required=False,
    )
    fuel = forms.TypedChoiceField(
        label=_("Fuel, eighths"),
        coerce=int,
        choices=[(eighth, str(eighth)) for eighth in EIGHTHS],
        widget=forms.RadioSelect,
    )
    key_tag = forms.CharField(
        label=_("Key tag"), max_length=12, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    place = forms.CharField(
        label=_("Where the car stands"), max_length=40, required=False, help_text=_("For example P3 or L2.")
    )
    words = forms.CharField(
        label=_("Customer's words"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    papers = forms.MultipleChoiceField(
        label=_("Papers received"), choices=Paper, required=False, widget=forms.CheckboxSelectMultiple
    )
    belongings = forms.CharField(
        label=_("Belongings left in the car"),
        max_length=2500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line; they are counted back before the bill."),
    )
    covers_fitted = forms.BooleanField(label=_("Covers are fitted"), required=False, initial=True)
    waits_here = forms.BooleanField(label=_("The customer waits here"), required=False, initial=True)
    wash_wanted = forms.BooleanField(label=_("A wash is wanted"), required=False, initial=True)
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=60, required=False)
    signed = SignatureField(label=_("Signature"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="check_in_%s", **kwargs)
        self.asks_reason = False

    @classmethod
    def of(cls, order: RepairOrder) -> CheckInForm:
        """The form filled with what is known of the order."""
        return cls(order=order, initial={"words": order.words, "signed_name": order.visitor.name})

    def clean_belongings(self) -> list[str]:
        things = [line.strip() for line in self.cleaned_data["belongings"].splitlines() if line.strip()]
        if len(things) > MOST_BELONGINGS or any(len(thing) > 80 for thing in things):
            raise forms.ValidationError(_("At most 30 things of 80 characters each."))
        return things

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        odometer, last = entered.get("odometer"), self.order.vehicle.odometer
        if odometer is not None and last is not None and odometer < last:
            self.asks_reason = True
            if not entered.get("odometer_reason"):
                self.add_error("odometer_reason", _("Correct the odometer, or say why it is right."))
        return entered

    def seen_at_the_car(self) -> CheckIn:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return CheckIn(
            odometer=entered["odometer"],
            fuel=entered["fuel"],
            key_tag=entered["key_tag"],
            words=entered["words"],
            papers=entered["papers"],
            covers_fitted=entered["covers_fitted"],
            place=entered["place"],
            waits_here=entered["waits_here"],
            wash_wanted=entered["wash_wanted"],
            belongings=entered["belongings"],
            odometer_reason=entered["odometer_reason"] if self.asks_reason else "",
            signed=_signed(entered),
        )


class MarksField(forms.CharField):
    """Damage marks as the drawing sends them, a JSON list of objects; cleans to a list of `Mark`."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> list[Mark]:
        text = super().clean(value)
        try:
            entries = json.loads(text or "[]")
            if not isinstance(entries, list):
                raise TypeError(entries)
            return [_mark(entry) for entry in entries]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise forms.ValidationError(
                _("The damage marks cannot be read: take them off and mark again.")
            ) from None

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return json.dumps([_written(mark) for mark in value], ensure_ascii=False)


def _mark(entry: dict[str, Any]) -> Mark:
    """Read one mark; raises ValueError, KeyError or TypeError for what is none."""
    x, y = entry["x"], entry["y"]
    if type(x) is not int or type(y) is not int or not (0 <= x <= 1000 and 0 <= y <= 1000):
        raise ValueError(x, y)
    note = entry.get("note", "")
    if not isinstance(note, str) or "\x00" in note:
        raise ValueError(note)
    kind, zone = DamageKind(entry["kind"]), Zone(entry["zone"])
    return Mark(str(kind), str(zone), x, y, note[:60], is_old=entry.get("old") is True)


def _written(mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "zone": mark.zone,
        "x": mark.x,
        "y": mark.y,
        "note": mark.note,
        "old": mark.is_old,
    }


class WalkAroundForm(CheckInForm):
    """The check-in in steps at the car: the same fields, and the damage marks on its drawing (RCP-2)."""

    marks = MarksField(required=False, max_length=20_000)

    @classmethod
    def of(cls, order: RepairOrder) -> WalkAroundForm:
        """The form filled with what is known: the words, and the marks of the last visit as old ones."""
        known = {"words": order.words, "signed_name": order.visitor.name, "marks": known_marks(order)}
        return cls(order=order, initial=known)


class HandOverForm(OrderForm):
    """What the customer was told and shown when the car was given back (BIL-6)."""

    explained = forms.BooleanField(label=_("Work, findings and invoice are explained"))
    old_parts_shown = forms.BooleanField(label=_("Old parts are shown"), required=False)
    covers_removed = forms.BooleanField(label=_("Covers are taken off before the customer"), required=False)
    belongings_seen = forms.BooleanField(label=_("The customer has seen the belongings in the car"))
    next_on = forms.DateField(label=_("Next maintenance on"), required=False, widget=day_input())
    next_km = KilometresField(label=_("or at, km"), required=False)
    extras = forms.CharField(
        label=_("Done for free"),
        max_length=300,
        required=False,
        help_text=_("Topped up, cleaned, checked."),
    )
    note = forms.CharField(label=_("Said at collection"), max_length=300, required=False)
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=60, required=False)
    signed = SignatureField(label=_("Signature"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="hand_over_%s", **kwargs)
        if not self.order.belongings.exists():
            del self.fields["belongings_seen"]

    @classmethod
    def of(cls, order: RepairOrder) -> HandOverForm:
        """The form filled with the proposal for the next maintenance."""
        due_on, due_km = next_due(order, now())
        known = {"next_on": due_on, "next_km": due_km, "signed_name": order.visitor.name}
        return cls(order=order, initial=known)

    def told(self) -> HandOver:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return HandOver(
            explained=entered["explained"],
            belongings_seen=entered.get("belongings_seen", False),
            old_parts_shown=entered["old_parts_shown"],
            covers_removed=entered["covers_removed"],
            extras=entered["extras"],
            note=entered["note"],
            next_on=entered["next_on"],
            next_km=entered["next_km"],
            signed=_signed(entered),
        )


def _signed(entered: dict[str, Any]) -> Signed | None:
    return Signed(entered["signed_name"], entered["signed"]) if entered["signed"] else None
