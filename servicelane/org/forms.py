"""What is typed about stores, bays, hours and rules: shape only, the rules are the services'."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import SHANGHAI, Bay, BayKind, DayReason, Region, Store, code_shape
from .queries import Hours
from .rules import AnyRule, ChoiceRule, NumberRule, SwitchRule
from .services import BayDetails, StoreDetails

WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]
TYPED = {"data-user-text": ""}


def day_input() -> forms.DateInput:
    """A date as the browser's own calendar enters it."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def time_input(**attrs: str) -> forms.TimeInput:
    """A time of day as the browser's own clock enters it."""
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", **attrs})


class VersionedForm(forms.Form):
    """A form that knows which version of its record was read when the form was drawn."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def seen(self) -> int | None:
        """The version the form was made from, None if the browser did not send it."""
        return self.cleaned_data.get("version")


class StoreForm(VersionedForm):
    name_zh = forms.CharField(label=_("Chinese name"), max_length=80)
    name_en = forms.CharField(label=_("English name"), max_length=80)
    short_zh = forms.CharField(label=_("Short Chinese name"), max_length=20, required=False)
    short_en = forms.CharField(label=_("Short English name"), max_length=20, required=False)
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        validators=[code_shape],
        help_text=_("Short and unique, for example SN; it begins the numbers of orders."),
    )
    brand = forms.CharField(label=_("Brand"), max_length=40, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    address_zh = forms.CharField(label=_("Chinese address"), max_length=200, required=False)
    address_en = forms.CharField(label=_("English address"), max_length=200, required=False)
    zone = forms.CharField(
        label=_("Time zone"),
        max_length=40,
        initial=SHANGHAI,
        help_text=_("Its calendar day is the day of every fact of the store, for example Asia/Shanghai."),
    )

    def details(self, closed_on: date | None = None) -> StoreDetails:
        """What was entered, as the service takes it."""
        names = (name for name in StoreDetails.__dataclass_fields__ if name != "closed_on")
        return StoreDetails(**{name: self.cleaned_data[name] for name in names}, closed_on=closed_on)


class NewStoreForm(StoreForm):
    region = forms.ModelChoiceField(
        Region.objects.none(), label=_("Region"), empty_label=None, widget=forms.Select(attrs=TYPED)
    )
    field_order = ["region"]

    def __init__(self, *args: Any, regions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


class StoreChangeForm(StoreForm):
    closed_on = forms.DateField(
        label=_("Closed on"),
        required=False,
        widget=day_input(),
        help_text=_("Only when the store closes for good: its last day."),
    )

    @classmethod
    def of(cls, store: Store) -> "StoreChangeForm":
        """The form filled with what is known."""
        known = [*StoreDetails.__dataclass_fields__, "version"]
        return cls(initial={name: getattr(store, name) for name in known})


class BayForm(VersionedForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        validators=[code_shape],
        help_text=_("As painted on the floor, for example L1."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=BayKind.choices)
    name = forms.CharField(label=_("Name of the bay"), max_length=40, required=False)

    @classmethod
    def of(cls, bay: Bay) -> "BayForm":
        """The form filled with what is known."""
        return cls(initial={"code": bay.code, "kind": bay.kind, "name": bay.name, "version": bay.version})

    def details(self) -> BayDetails:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return BayDetails(entered["code"], BayKind(entered["kind"]), entered["name"])


class OutOfServiceForm(forms.Form):
    note = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("What is broken or blocked, and when it should be back."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


class HoursForm(VersionedForm):
    """The usual hours of one week: two times a day, both empty for a day on which it is closed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(WEEKDAYS):
            for part, label in (("opens", _("opens")), ("closes", _("closes"))):
                self.fields[f"{part}_{weekday}"] = forms.TimeField(
                    label=label,
                    required=False,
                    widget=time_input(**{"aria-label": _Joined(name, label)}),  # type: ignore[arg-type]
                )

    @classmethod
    def of(cls, store: Store, week: list[Hours | None]) -> "HoursForm":
        """The form filled with the hours in force."""
        known: dict[str, time | int] = {"version": store.version}
        for weekday, hours in enumerate(week):
            if hours:
                known |= {f"opens_{weekday}": hours.opens, f"closes_{weekday}": hours.closes}
        return cls(initial=known)

    def rows(self) -> Iterator[tuple[Promise, BoundField, BoundField]]:
        """The seven weekdays with their two fields."""
        for weekday, name in enumerate(WEEKDAYS):
            yield name, self[f"opens_{weekday}"], self[f"closes_{weekday}"]

    def clean(self) -> dict[str, Any]:
        for weekday in range(7):
            _check_pair(self, f"opens_{weekday}", f"closes_{weekday}")
        return self.cleaned_data

    def week(self) -> dict[int, Hours | None]:
        """What was entered, as the service takes it."""
        return {weekday: _hours(self, f"opens_{weekday}", f"closes_{weekday}") for weekday in range(7)}


class _Joined:
    """Two words as one label, put together in the language of the reader."""

    def __init__(self, *words: object) -> None:
        self.words = words

    def __str__(self) -> str:
        return " ".join(str(word) for word in self.words)


class StoreDayForm(forms.Form):
    day = forms.DateField(label=_("Day"), widget=day_input())
    reason = forms.ChoiceField(label=_("Reason"), choices=DayReason.choices)
    opens = forms.TimeField(
        label=_("Opens"),
        required=False,
        widget=time_input(),
        help_text=_("Leave both times empty: closed all day."),
    )
    closes = forms.TimeField(label=_("Closes"), required=False, widget=time_input())

    def clean(self) -> dict[str, Any]:
        _check_pair(self, "opens", "closes")
        return self.cleaned_data

    def hours(self) -> Hours | None:
        """The hours entered, None for closed."""
        return _hours(self, "opens", "closes")


class DayChoice(forms.Form):
    """The day whose exceptional hours are cleared."""

    day = forms.DateField()


def _check_pair(form: forms.Form, opens: str, closes: str) -> None:
    begin, end = form.cleaned_data.get(opens), form.cleaned_data.get(closes)
    if bool(begin) != bool(end) and not ({opens, closes} & set(form.errors)):
        form.add_error(closes if begin else opens, _("Give both times, or neither for closed."))
    elif begin and end and begin >= end:
        form.add_error(closes, _("It closes later than it opens, on the same day."))


def _hours(form: forms.Form, opens: str, closes: str) -> Hours | None:
    begin, end = form.cleaned_data.get(opens), form.cleaned_data.get(closes)
    return Hours(begin, end) if begin and end else None


class YearForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=1, max_value=9999)


class RuleForm(forms.Form):
    """One rule's value as its own kind is entered; whether it is allowed is the service's to say."""

    value = forms.CharField(label=_("Value"), max_length=100)

    def __init__(self, rule: AnyRule, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"].label = str(rule.label)
        if isinstance(rule, NumberRule):
            attrs = {"type": "number", "inputmode": "numeric", "min": str(rule.least), "max": str(rule.most)}
            self.fields["value"].widget = forms.NumberInput(attrs=attrs)
            self.fields["value"].help_text = _now("Allowed is: {allowed}.").format(allowed=rule.allowed)
        elif isinstance(rule, SwitchRule):
            self.fields["value"] = forms.ChoiceField(
                label=str(rule.label), choices=[("yes", _("yes")), ("no", _("no"))], widget=forms.RadioSelect
            )
        elif isinstance(rule, ChoiceRule):
            self.fields["value"] = forms.ChoiceField(
                label=str(rule.label), choices=list(rule.choices.items())
            )
