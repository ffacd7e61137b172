"""What is typed in the workshop: shape only, the rules are the services'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.orders.forms import CAMERA, FindingForm, OrderForm
from servicelane.orders.models import Job, RepairOrder
from servicelane.org.forms import TYPED
from servicelane.people.models import Employee

from .inspection_services import Inspection
from .models import CheckItem, Fault, PauseReason, WashSkip


class PauseForm(OrderForm):
    """Why the clock stops."""

    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason, initial=PauseReason.PARTS)


class PartRequestForm(OrderForm):
    """Which part a technician needs, in words."""

    words = forms.CharField(label=_("Which part"), max_length=200)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1)


class HelpForm(OrderForm):
    """What a technician needs help with."""

    words = forms.CharField(label=_("With what (may stay empty)"), max_length=200, required=False)


class CloseRequestForm(OrderForm):
    """What was answered to a request."""

    answer = forms.CharField(label=_("Answer (may stay empty)"), max_length=200, required=False)


class FoundForm(FindingForm):
    """What a technician found, with photos of it."""

    photo = forms.FileField(
        label=_("Photo (may stay empty)"), required=False, widget=forms.ClearableFileInput(attrs=CAMERA)
    )


class JobPhotoForm(OrderForm):
    """A photo of the work."""

    photo = forms.FileField(label=_("Photo"), widget=forms.ClearableFileInput(attrs=CAMERA))


class ForOthersForm(OrderForm):
    """What the dispatcher does on the clock of somebody else."""

    START, PAUSE, FINISH = "start", "pause", "finish"

    what = forms.ChoiceField(
        choices=[(START, _("start")), (PAUSE, _("pause")), (FINISH, _("finish"))], widget=forms.HiddenInput
    )
    technician = forms.TypedChoiceField(
        label=_("Technician"), required=False, empty_value=None, widget=forms.Select(attrs=TYPED)
    )
    reason = forms.ChoiceField(
        label=_("Reason"), required=False, choices=PauseReason, initial=PauseReason.PARTS
    )

    def __init__(self, *args: Any, people: Sequence[Employee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {str(person.pk): person for person in people}
        field = self.fields["technician"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [("", "–"), *((key, str(person)) for key, person in known.items())]
        field.coerce = known.__getitem__


IN_ORDER, FAILED = "ok", "failed"
POINT = [(IN_ORDER, pgettext_lazy("verdict", "OK")), (FAILED, _("not in order"))]


class InspectionForm(OrderForm):
    """What the inspector found; `passed` stands on the button that was pressed."""

    PASS, BACK = "yes", "no"

    passed = forms.ChoiceField(
        label=_("Result"),
        choices=[(PASS, _("passed")), (BACK, _("back to the bay"))],
        initial=PASS,
        widget=forms.RadioSelect,
    )
    odometer = forms.IntegerField(
        label=_("Odometer after the road test (km)"), required=False, min_value=0, max_value=1_999_999
    )
    faults = forms.MultipleChoiceField(
        label=_("Faults"), required=False, choices=Fault, widget=forms.CheckboxSelectMultiple
    )
    rework = forms.TypedMultipleChoiceField(
        label=_("To be done again"), required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs=TYPED),
    )  # fmt: skip
    words = forms.CharField(
        label=_("In words"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    rest_ok = forms.BooleanField(label=_("All others are in order"), required=False)

    def __init__(
        self, *args: Any, jobs: Sequence[Job], points: Sequence[CheckItem] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points = points
        for item in points:
            self.fields[f"point-{item.pk}"] = forms.ChoiceField(
                label=str(item), required=False, choices=POINT, widget=forms.RadioSelect
            )
            self.fields[f"fault-{item.pk}"] = forms.ChoiceField(
                label=_("Fault"), required=False, choices=Fault, initial=item.fault,
                widget=forms.Select(attrs={"aria-label": str(item)}),
            )  # fmt: skip
        if not points:
            del self.fields["rest_ok"]
        field = self.fields["rework"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(job.pk, str(job)) for job in jobs]
        self.jobs = jobs

    @property
    def asked(self) -> list[tuple[CheckItem, BoundField, BoundField]]:
        """Each point with the fields of its answer and of its fault."""
        return [(item, self[f"point-{item.pk}"], self[f"fault-{item.pk}"]) for item in self.points]

    def _answers(self) -> dict[int, Fault | str]:
        entered, said = self.cleaned_data, {}
        for item in self.points:
            verdict = entered[f"point-{item.pk}"]
            if verdict:
                fault = entered[f"fault-{item.pk}"] or item.fault
                said[item.pk] = Fault(fault) if verdict == FAILED else ""
        return said

    def inspection(self) -> Inspection:
        """What was entered, as the service takes it; one job alone needs no naming."""
        entered = self.cleaned_data
        passed = entered["passed"] == self.PASS
        rework = entered["rework"] or ([self.jobs[0].pk] if len(self.jobs) == 1 else [])
        return Inspection(
            passed=passed,
            faults=() if passed else [Fault(code) for code in entered["faults"]],
            words=entered["words"],
            odometer=entered["odometer"],
            rework=() if passed else rework,
            released=entered.get("released", ""),
            answers=self._answers(),
            rest_ok=entered.get("rest_ok", False),
        )


class OwnInspectionForm(InspectionForm):
    """An inspection by somebody who worked on the car: by right, and with the reason."""

    released = forms.CharField(
        label=_("Why nobody else can inspect it"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ["released"]


class SkipForm(OrderForm):
    """Why the wash is left out."""

    reason = forms.ChoiceField(label=_("Reason"), choices=WashSkip, initial=WashSkip.CUSTOMER)


class StopForm(OrderForm):
    """What the customer said when the work was stopped."""

    note = forms.CharField(
        label=_("What the customer said"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def rework_choices(order: RepairOrder) -> list[Job]:
    """The jobs an inspection may send back: agreed ones, by position. One query."""
    return [job for job in order.jobs.all() if job.consent == "agreed"]
