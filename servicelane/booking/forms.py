"""What is typed about bookings: shape only, the rules are the services'."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from servicelane.orders.models import WorkType
from servicelane.org.forms import TYPED, VersionedForm, day_input, time_input
from servicelane.org.models import Store
from servicelane.org.queries import local_moment, today_in, zone_of
from servicelane.people.models import Employee

from .models import Booking, BookingCancelReason, BookingSource
from .services import NewBooking, Times
from .visitor_forms import InStoreForm, VisitorForm

YEARS = range(2000, 2200)


class DayForm(forms.Form):
    """The day of the day table."""

    day = forms.DateField(label=_("Day"), required=False, widget=day_input())

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and day.year not in YEARS:
            raise forms.ValidationError(_("Check the year."))
        return day


class TimesForm(InStoreForm):
    """When the car comes, what for, how long it takes, who receives it."""

    comes_on = forms.DateField(label=_("Day"), widget=day_input())
    comes_at = forms.TimeField(label=_("Time"), widget=time_input())
    work = forms.CharField(
        label=_("Requested work"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("In the customer's words, for example 20,000 km service."),
    )
    work_type = forms.ChoiceField(label=_("Kind of work"), choices=WorkType, initial=WorkType.MAINTENANCE)
    hours = forms.DecimalField(
        label=_("Expected hours"), min_value=0, max_value=200, decimal_places=2, initial=Decimal(1)
    )
    delivery = forms.TimeField(label=_("Expected delivery"), required=False, widget=time_input())
    delivery_day = forms.DateField(
        label=_("on another day"),
        required=False,
        widget=day_input(),
        help_text=_("Empty: the same day."),
    )
    advisor = forms.ModelChoiceField(
        Employee.objects.none(), label=_("Advisor"), empty_label=None, widget=forms.Select(attrs=TYPED)
    )

    def __init__(self, *args: Any, advisors: QuerySet[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["advisor"].queryset = advisors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        super().clean()
        self._check_days()
        return self.cleaned_data

    def _check_days(self) -> None:
        for name in ("comes_on", "delivery_day"):
            day = self.cleaned_data.get(name)
            if day and day.year not in YEARS:
                self.add_error(name, _("Check the year."))
        has_day, has_time = (bool(self.cleaned_data.get(name)) for name in ("delivery_day", "delivery"))
        if has_day and not has_time and "delivery" not in self.errors:
            self.add_error("delivery", _("Give the time as well."))

    def times(self) -> Times:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        day, clock = entered["comes_on"], entered["delivery"]
        return Times(
            starts_at=local_moment(self.store, day, entered["comes_at"]),
            advisor=entered["advisor"],
            minutes=timedelta(minutes=round(entered["hours"] * 60)),
            expected_delivery_at=local_moment(self.store, entered["delivery_day"] or day, clock)
            if clock
            else None,
            work=entered["work"],
            work_type=WorkType(entered["work_type"]),
        )


class SourceField(forms.ChoiceField):
    """How a booking that a person writes came in."""

    def __init__(self) -> None:
        super().__init__(
            label=_("How it came"),
            choices=[(way.value, way.label) for way in (BookingSource.PHONE, BookingSource.DESK)],
            initial=BookingSource.PHONE,
            widget=forms.RadioSelect,
        )


class BookingForm(TimesForm, VisitorForm):
    """One booking on one page, in the order in which it is said on the telephone (BKG-1)."""

    source = SourceField()

    @classmethod
    def blank(cls, day: str, *, viewer: Employee, store: Store, advisors: QuerySet[Employee]) -> BookingForm:
        """The empty form: today or the asked day, with the viewer as advisor."""
        known = {"comes_on": _day(day) or today_in(store), "advisor": viewer.pk}
        return cls(initial=known, store=store, advisors=advisors)

    def booking(self) -> NewBooking:
        """What was entered, as the service takes it."""
        return NewBooking(
            times=self.times(), visitor=self.visitor(), source=BookingSource(self.cleaned_data["source"])
        )


class AgainForm(TimesForm):
    """One more booking of a car that was booked before: only when, what for and who receives it (BKG-6)."""

    source = SourceField()

    def __init__(self, *args: Any, like: Booking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.like = like

    @classmethod
    def of(cls, like: Booking, *, store: Store, advisors: QuerySet[Employee]) -> AgainForm:
        """The form filled with the work of the earlier booking."""
        known = {
            "work": like.work,
            "work_type": like.work_type,
            "hours": like.hours,
            "advisor": like.advisor_id,
        }
        return cls(initial=known, like=like, store=store, advisors=advisors)

    def booking(self) -> NewBooking:
        """What was entered, as the service takes it."""
        return NewBooking(
            times=self.times(),
            vehicle=self.like.vehicle,
            customer=self.like.customer,
            source=BookingSource(self.cleaned_data["source"]),
        )


class ChangeForm(TimesForm):
    """Another time, length, work or advisor for a booking."""

    @classmethod
    def of(cls, booking: Booking, *, store: Store, advisors: QuerySet[Employee]) -> ChangeForm:
        """The form filled with what is booked."""
        starts = _local(store, booking.starts_at)
        due = _local(store, booking.expected_delivery_at)
        known = {
            "comes_on": starts.date() if starts else None,
            "comes_at": _minute(starts),
            "work": booking.work,
            "work_type": booking.work_type,
            "hours": booking.hours,
            "delivery": _minute(due),
            "delivery_day": due.date() if due and starts and due.date() != starts.date() else None,
            "advisor": booking.advisor_id,
            "version": booking.version,
        }
        return cls(initial=known, store=store, advisors=advisors)


class CancelForm(VersionedForm):
    """Why a booking is called off."""

    reason = forms.ChoiceField(label=_("Reason"), choices=BookingCancelReason)
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)

    @classmethod
    def of(cls, booking: Booking) -> CancelForm:
        """The empty form that knows which version it was drawn from."""
        return cls(initial={"version": booking.version})


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _local(store: Store, at: datetime | None) -> datetime | None:
    return at.astimezone(zone_of(store.pk)) if at else None


def _minute(at: datetime | None) -> str:
    return f"{at:%H:%M}" if at else ""
