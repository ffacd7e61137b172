"""What is typed about people, sign-ins and shifts: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from servicelane.org.forms import TYPED, VersionedForm, day_input, time_input
from servicelane.org.models import Region, Store
from servicelane.org.queries import local_moment

from .models import Attendance, CertificateKind, Employee, Shift, Skill, SkillLevel
from .roles import Role
from .services import NewPerson, Personal
from .shift_services import Times
from .skill_services import Paper

Place = Store | Region
PIN_INPUT = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "20"}
LONGEST_BREAK = 240
YEARS = range(2000, 2100)


class PlaceField(forms.ChoiceField):
    """A store, or a region with all stores below it, out of those on offer; cleans to the record."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Where"), widget=forms.Select(attrs=TYPED), **kwargs)
        self.places: dict[str, Place] = {}

    def offer(self, places: Iterable[Place]) -> None:
        """Let the reader choose among `places` only; any other id is refused."""
        self.places = {f"{type(place).__name__.lower()}-{place.pk}": place for place in places}
        self.choices = [(code, str(place)) for code, place in self.places.items()]

    def clean(self, value: Any) -> Place:
        return self.places[super().clean(value)]


class PersonalForm(VersionedForm):
    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(
        label=_("English name"),
        max_length=80,
        required=False,
        help_text=_("Left empty, it is the name in pinyin, as in a passport."),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)

    @classmethod
    def of(cls, employee: Employee) -> PersonalForm:
        """The form filled with what is known."""
        known = ("name", "name_en", "email", "language", "version")
        return cls(initial={name: getattr(employee, name) for name in known})

    def personal(self) -> Personal:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Personal(entered["name"], entered["name_en"], entered["email"], entered["language"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    place = PlaceField()

    def __init__(self, *args: Any, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(places)  # type: ignore[attr-defined]


class NewPersonForm(PersonalForm):
    user_name = forms.CharField(
        label=_("User name"),
        max_length=30,
        help_text=_(
            "For signing in: small Latin letters, digits, dots and hyphens; it cannot be changed later."
        ),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    place = PlaceField()
    joined_on = forms.DateField(label=_("First day"), required=False, widget=day_input())
    field_order = ["name", "name_en", "user_name", "role", "place", "email", "language", "joined_on"]

    def __init__(self, *args: Any, places: Iterable[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(places)  # type: ignore[attr-defined]

    def new_person(self) -> NewPerson:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return NewPerson(
            self.personal(),
            entered["user_name"],
            Role(entered["role"]),
            entered["place"],
            entered["joined_on"],
        )


class SkillForm(forms.Form):
    skill = forms.ModelChoiceField(
        Skill.objects.all(), label=_("Skill"), empty_label=None, widget=forms.Select(attrs=TYPED)
    )
    level = forms.TypedChoiceField(
        label=_("Level"),
        choices=SkillLevel.choices,
        coerce=int,
        initial=SkillLevel.ABLE,
        widget=forms.RadioSelect,
    )


class CertificateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=CertificateKind.choices)
    number = forms.CharField(label=_("Number"), max_length=40)
    issued_on = forms.DateField(label=_("Issued on"), widget=day_input())
    expires_on = forms.DateField(
        label=_("Valid until"), widget=day_input(), help_text=_("Its last valid day.")
    )

    def paper(self) -> Paper:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Paper(
            CertificateKind(entered["kind"]), entered["number"], entered["issued_on"], entered["expires_on"]
        )


class NewPinForm(forms.Form):
    pin = forms.CharField(
        label=_("New PIN"),
        max_length=20,
        help_text=_("6 to 12 digits, not easy to guess; the person types them."),
        widget=forms.PasswordInput(attrs=PIN_INPUT),
    )
    again = forms.CharField(
        label=_("New PIN again"), max_length=20, widget=forms.PasswordInput(attrs=PIN_INPUT)
    )

    def clean_again(self) -> str:
        if self.cleaned_data["again"] != self.cleaned_data.get("pin"):
            raise forms.ValidationError(_("The two PINs differ."))
        return str(self.cleaned_data["again"])


class PinForm(forms.Form):
    """The PIN a person types on a shared terminal."""

    pin = forms.CharField(
        label=_("PIN"), max_length=20, widget=forms.PasswordInput(attrs={**PIN_INPUT, "autofocus": True})
    )


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Verification code"),
        max_length=20,
        widget=forms.TextInput(attrs={**PIN_INPUT, "autocomplete": "one-time-code"}),
    )


class AppForm(CodeForm):
    """The key an authenticator app was given, and the code it shows for it."""

    key = forms.RegexField(r"^[A-Z2-7]{32}$", widget=forms.HiddenInput)
    field_order = ["key", "code"]


class PasswordForm(forms.Form):
    """The own password, asked once more."""

    password = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class TerminalForm(forms.Form):
    name = forms.CharField(
        label=_("Name of this device"),
        max_length=40,
        help_text=_("Where it stands, for example bay 3 or front desk."),
    )


class StoreChoice(forms.Form):
    """The switch of the current store; only stores in which the person has a role are taken."""

    store = forms.ModelChoiceField(Store.objects.none())

    def __init__(self, *args: Any, stores: QuerySet[Store], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]


class PeopleFilter(forms.Form):
    """Which people to show; an empty field narrows nothing."""

    q = forms.CharField(
        label=_("Name or pinyin"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("every role")), *Role.choices])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("works here")), ("left", _("has left")), ("all", _("everybody"))],
    )
    expiring = forms.BooleanField(label=_("Certificate expiring"), required=False)


class AttendanceForm(VersionedForm):
    """Whether the person of a shift came."""

    attendance = forms.ChoiceField(choices=Attendance)
    note = forms.CharField(max_length=200, required=False)


class ShiftForm(VersionedForm):
    """One shift by the store's wall clock; an end at or before the start is on the next day."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    starts = forms.TimeField(label=_("Starts"), initial=time(8, 30), widget=time_input())
    ends = forms.TimeField(
        label=_("Ends"),
        initial=time(17, 30),
        widget=time_input(),
        help_text=_("A time at or before the start is on the next day."),
    )
    break_minutes = forms.IntegerField(
        label=_("Break in minutes"), min_value=0, max_value=LONGEST_BREAK, initial=60
    )

    @classmethod
    def of(cls, shift: Shift, begin: datetime, end: datetime) -> ShiftForm:
        """The form filled with a planned shift; `begin` and `end` by the store's clock."""
        known = {"day": shift.day, "starts": begin.time(), "ends": end.time()}
        return cls(initial={**known, "break_minutes": shift.break_minutes, "version": shift.version})

    def times(self, store: Store) -> Times:
        """What was entered as moments, as the service takes it."""
        day: date = self.cleaned_data["day"]
        starts, ends = self.cleaned_data["starts"], self.cleaned_data["ends"]
        last = day + timedelta(days=1) if ends <= starts else day
        return Times(
            local_moment(store, day, starts),
            local_moment(store, last, ends),
            self.cleaned_data["break_minutes"],
        )


class NewShiftForm(ShiftForm):
    employee = forms.ModelChoiceField(
        Employee.objects.none(), label=_("Person"), empty_label=None, widget=forms.Select(attrs=TYPED)
    )
    field_order = ["employee", "day", "starts", "ends", "break_minutes"]

    def __init__(self, *args: Any, people: QuerySet[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]


class WeekForm(forms.Form):
    """`?week=2026-W48`, as the browser's week field writes it; cleans to its Monday."""

    week = forms.RegexField(r"^\d{4}-W\d{2}$", required=False)

    def clean_week(self) -> date | None:
        text = self.cleaned_data["week"]
        if not text:
            return None
        try:
            monday = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        except ValueError:
            raise forms.ValidationError(_("There is no such week.")) from None
        if monday.year not in YEARS:
            raise forms.ValidationError(_("There is no such week."))
        return monday
