"""What is typed about calls and complaints: shape only, the rules are the services'."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.org.forms import TYPED, VersionedForm, day_input
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .complaint_services import Answer, Closing, ComplaintDetails
from .follow_up_services import CallDetails
from .models import Cause, Complaint, ComplaintSource, FollowUp, Outcome, Resolution, Severity
from .pages import About, found_by
from .queries import handlers_in

LONGEST = 2000
ANSWERS = [("yes", _("yes")), ("no", _("no")), ("", pgettext_lazy("question", "not asked"))]
YES_OR_NO = {"yes": True, "no": False}


class QuestionField(forms.TypedChoiceField):
    """One question of the script: yes, no, or not asked (None)."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            choices=ANSWERS,
            coerce=YES_OR_NO.get,
            empty_value=None,
            required=False,
            initial="",
            widget=forms.RadioSelect,
        )


def words_field(label: Any, *, required: bool = False, rows: int = 3, **options: Any) -> forms.CharField:
    """A field for words in any language, several lines of them."""
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class CallForm(VersionedForm):
    """One call: the questions in the order of the script, then how it ended."""

    car_ok = QuestionField(_("Does the car run as it should?"))
    work_ok = QuestionField(_("Was everything done as agreed?"))
    price_ok = QuestionField(_("Was the price as explained?"))
    time_ok = QuestionField(_("Was the car ready at the promised time?"))
    said = words_field(_("What should we do better? The customer's own words"))
    outcome = forms.ChoiceField(
        label=_("How the call ended"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    next_try_on = forms.DateField(
        label=_("Call again on"),
        required=False,
        widget=day_input(),
        help_text=_("When the customer asks to be called later; without a day it is tomorrow."),
    )
    wish = words_field(_("What the customer wishes, if dissatisfied"), rows=2)
    severity = forms.ChoiceField(
        label=_("How grave, if dissatisfied"),
        choices=Severity.choices,
        widget=forms.RadioSelect,
        initial=Severity.MINOR,
        required=False,
    )

    @classmethod
    def of(cls, follow_up: FollowUp) -> CallForm:
        """The empty form about one follow-up."""
        return cls(initial={"version": follow_up.version})

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        if entered.get("outcome") == Outcome.DISSATISFIED and not entered.get("said", "").strip():
            self.add_error("said", _("Write down what the customer is dissatisfied with."))
        return entered

    def details(self) -> CallDetails:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return CallDetails(
            outcome=Outcome(entered["outcome"]),
            car_ok=entered["car_ok"],
            work_ok=entered["work_ok"],
            price_ok=entered["price_ok"],
            time_ok=entered["time_ok"],
            said=entered["said"],
            next_try_on=entered["next_try_on"],
            wish=entered["wish"],
            severity=Severity(entered["severity"] or Severity.MINOR),
        )


class ComplaintForm(forms.Form):
    about = forms.CharField(
        label=_("Order number, plate or mobile"),
        max_length=40,
        widget=forms.TextInput(attrs={**TYPED, "autofocus": True, "autocomplete": "off"}),
        help_text=_("The last visit of the car goes with the complaint."),
    )
    words = words_field(_("What the customer complains about, in their words"), required=True, rows=4)
    wish = words_field(_("What the customer wishes"), rows=2)
    source = forms.ChoiceField(
        label=_("How it reached us"),
        choices=[(code, label) for code, label in ComplaintSource.choices if code != ComplaintSource.CALL],
        initial=ComplaintSource.DESK,
        widget=forms.RadioSelect,
    )
    severity = forms.ChoiceField(
        label=_("How grave"), choices=Severity.choices, initial=Severity.MINOR, widget=forms.RadioSelect
    )
    owner = forms.ModelChoiceField(
        Employee.objects.none(),
        label=_("Who sees to it"),
        required=False,
        empty_label=_("the reception supervisor"),
        widget=forms.Select(attrs=TYPED),
    )

    def __init__(self, *args: Any, viewer: Employee, store: Store, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.store = viewer, store
        self.fields["owner"].queryset = handlers_in(store)  # type: ignore[attr-defined]

    def clean_about(self) -> About:
        found = found_by(self.viewer, self.store, self.cleaned_data["about"])
        if not found:
            raise forms.ValidationError(_("No order, car or customer of this store matches."))
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several customers have this number: give the order number or plate.")
            )
        return found[0]

    def details(self) -> ComplaintDetails:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        about: About = entered["about"]
        return ComplaintDetails(
            customer=about.customer,
            vehicle=about.vehicle,
            order=about.order,
            words=entered["words"],
            wish=entered["wish"],
            source=ComplaintSource(entered["source"]),
            severity=Severity(entered["severity"]),
            owner=entered["owner"],
        )


class AnswerForm(VersionedForm):
    answer = words_field(_("Answer to the customer"), required=True, rows=4)
    told = forms.BooleanField(label=_("The customer has been told"), required=False)

    @classmethod
    def of(cls, complaint: Complaint) -> AnswerForm:
        """The form filled with the answer so far."""
        return cls(
            initial={
                "answer": complaint.answer,
                "told": bool(complaint.told_at),
                "version": complaint.version,
            }
        )

    def details(self) -> Answer:
        """What was entered, as the service takes it."""
        return Answer(self.cleaned_data["answer"], self.cleaned_data["told"])


class CloseForm(VersionedForm):
    told = forms.BooleanField(label=_("The customer has been told the answer"), required=False)
    satisfied = forms.TypedChoiceField(
        label=_("Is the customer satisfied?"),
        choices=ANSWERS[:2],
        coerce=YES_OR_NO.get,
        widget=forms.RadioSelect,
    )
    outcome = forms.ChoiceField(label=_("What the customer got"), choices=[("", "–"), *Resolution.choices])
    cause = forms.ChoiceField(label=_("What it came from"), choices=[("", "–"), *Cause.choices])
    cost = forms.DecimalField(
        label=_("What it cost the house, in yuan"),
        max_digits=12,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    note = words_field(_("Note"), rows=2)

    @classmethod
    def of(cls, complaint: Complaint) -> CloseForm:
        """The form about one answered complaint."""
        return cls(initial={"told": bool(complaint.told_at), "version": complaint.version})

    def details(self) -> Closing:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return Closing(
            satisfied=entered["satisfied"],
            cause=Cause(entered["cause"]),
            outcome=Resolution(entered["outcome"]),
            told=entered["told"],
            cost=entered["cost"] or Decimal(0),
            note=entered["note"],
        )


class StateForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("unsolved")),
            ("closed", pgettext_lazy("complaint", "closed")),
            ("all", pgettext_lazy("complaints", "all")),
        ],
        required=False,
    )
