"""What is typed on the order page: shape only, the rules are the services'."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.org.forms import TYPED, VersionedForm
from servicelane.parts.models import Part

from .estimate_services import Answered
from .job_services import JobDetails, Wanted
from .models import (
    CancelReason,
    ComebackCause,
    ConsentWay,
    DeclineReason,
    DropReason,
    Estimate,
    HoldReason,
    Job,
    Operation,
    Package,
    PartLine,
    PayType,
    RepairOrder,
    Safety,
    Shows,
    Status,
    WorkType,
)
from .order_services import Signed
from .promising import is_overruled, unsealed
from .timeline import yuan
from .writing import fen

LONGEST_STROKES = 60_000
MOMENT = "%Y-%m-%dT%H:%M"
AGREED = "agreed"
CAMERA = {"accept": "image/*", "capture": "environment"}
"""A field for a picture opens the camera of a phone."""


def moment_input() -> forms.DateTimeInput:
    """A day and time as the browser's own calendar enters them."""
    return forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"})


class MomentField(forms.DateTimeField):
    """A day and time by the store's wall clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=moment_input(), input_formats=[MOMENT, "%Y-%m-%d %H:%M"], **kwargs)


class SignatureWidget(forms.Widget):
    """The field one signs in with a finger; its value is the strokes as JSON."""

    template_name = "orders/_signature_field.html"

    def use_required_attribute(self, initial: Any) -> bool:
        return False


class SignatureField(forms.CharField):
    """Strokes of a signature as the screen sends them; cleans to lists of whole numbers, empty for none."""

    widget = SignatureWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_STROKES, **kwargs)

    def clean(self, value: Any) -> list[list[int]]:
        text = super().clean(value)
        if not text:
            return []
        try:
            strokes = json.loads(text)
        except (ValueError, RecursionError):
            strokes = None
        if not isinstance(strokes, list) or not all(_is_stroke(stroke) for stroke in strokes):
            raise forms.ValidationError(_("The signature cannot be read: clear the field and sign again."))
        return strokes


def _is_stroke(stroke: object) -> bool:
    return isinstance(stroke, list) and all(type(value) is int for value in stroke)


class OrderForm(VersionedForm):
    """A form about one order: it knows the version it was drawn from."""

    def __init__(self, *args: Any, order: RepairOrder, **kwargs: Any) -> None:
        kwargs["initial"] = {"version": order.version, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.order = order


class OperationField(forms.CharField):
    """An operation of the catalogue by its code or name; cleans to the record, None for an empty field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.group_id = 0

    def clean(self, value: Any) -> Operation | None:
        text = super().clean(value)
        if not text:
            return None
        known = Operation.objects.filter(group_id=self.group_id, is_active=True)
        code = text.split()[0]
        found = known.filter(code__iexact=code).first()
        found = found or known.filter(name_zh=text).first() or known.filter(name_en__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("This is not in the catalogue: choose from the list."))
        return found


class PartField(forms.CharField):
    """A part of the catalogue by its number or name; cleans to the record, None for an empty field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.group_id = 0

    def clean(self, value: Any) -> Part | None:
        text = super().clean(value)
        if not text:
            return None
        known = Part.objects.filter(group_id=self.group_id)
        found = known.filter(number__iexact=text.split("  ")[0]).first()
        found = found or known.filter(name_zh=text).first() or known.filter(name_en__iexact=text).first()
        if found is None:
            raise forms.ValidationError(_("This is not in the catalogue: choose from the list."))
        return found


def listed(name: str) -> forms.TextInput:
    """A text field that offers the entries of the datalist `name`."""
    return forms.TextInput(attrs={"list": name, "autocomplete": "off", **TYPED})


class JobForm(OrderForm):
    """One job to be put on the order: from the catalogue, or in own words with hours."""

    operation = OperationField(
        label=_("Operation"), required=False, widget=listed("operations"), help_text=_("Code or name.")
    )
    name = forms.CharField(label=_("Or in own words"), max_length=80, required=False)
    pay_type = forms.ChoiceField(label=_("Who pays"), choices=PayType, initial=PayType.CUSTOMER)
    work_type = forms.ChoiceField(
        label=_("Kind of work"), required=False, choices=[("", _("as in the catalogue")), *WorkType.choices]
    )
    hours = forms.DecimalField(
        label=pgettext_lazy("labour", "Hours"), required=False, min_value=0, max_value=100, decimal_places=2,
        help_text=_("Empty: the catalogue's standard time."),
    )  # fmt: skip
    part = PartField(label=_("Part"), required=False, widget=listed("parts"))
    quantity = forms.DecimalField(
        label=_("Quantity"), required=False, min_value=Decimal("0.001"), max_value=10_000, decimal_places=3
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.order.store.region.group_id
        self.fields["operation"].group_id = group  # type: ignore[attr-defined]
        self.fields["part"].group_id = group  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or self.cleaned_data
        if "operation" in entered and not entered["operation"]:
            if not entered.get("name"):
                self.add_error("operation", _("Choose an operation, or say in own words what is done."))
            elif entered.get("hours") is None:
                self.add_error("hours", _("Work that is not in the catalogue needs its hours."))
        return entered

    def job(self) -> JobDetails:
        """What was entered, as the service takes it; a part is added to the usual ones."""
        entered = self.cleaned_data
        operation: Operation | None = entered["operation"]
        parts = None
        if entered["part"]:
            usual = operation.usual_parts.select_related("part") if operation else ()
            parts = [Wanted(row.part, row.quantity) for row in usual]
            parts.append(Wanted(entered["part"], entered["quantity"] or Decimal(1)))
        return JobDetails(
            operation=operation,
            name_zh=entered["name"],
            name_en=entered["name"],
            work_type=WorkType(entered["work_type"]) if entered["work_type"] else None,
            pay_type=PayType(entered["pay_type"]),
            minutes=_minutes(entered["hours"]),
            parts=parts,
        )


def _minutes(hours: Decimal | None) -> timedelta | None:
    return None if hours is None else timedelta(minutes=round(hours * 60))


class PackageForm(OrderForm):
    """One package that fits the car; what its odometer asks for is chosen already."""

    package = forms.TypedChoiceField(label=_("Package"), widget=forms.Select(attrs=TYPED))

    def __init__(
        self, *args: Any, packages: Sequence[Package], due: Package | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        known = {one.code: one for one in packages}
        field = self.fields["package"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(one.code, _named(one)) for one in packages]
        field.coerce = known.__getitem__
        if due:
            field.initial = due.code
            field.help_text = format_lazy(_("Due by the odometer: {package}"), package=due.name)


def _named(package: Package) -> str:
    return package.name if package.price is None else f"{package.name} · {yuan(fen(package.price))}"


class JobChangeForm(OrderForm):
    """Hours, price and payer of a job that the customer has not answered yet."""

    hours = forms.DecimalField(
        label=pgettext_lazy("labour", "Hours"), min_value=0, max_value=100, decimal_places=2
    )
    price = forms.DecimalField(
        label=_("Labour price"), required=False, min_value=0, max_digits=9, decimal_places=2,
        help_text=_("Empty: hours times the store's rate."),
    )  # fmt: skip
    pay_type = forms.ChoiceField(label=_("Who pays"), choices=PayType)

    def details(self) -> JobDetails:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        return JobDetails(
            pay_type=PayType(entered["pay_type"]), minutes=_minutes(entered["hours"]), price=entered["price"]
        )


class PartForm(OrderForm):
    """One more part for a job."""

    part = PartField(label=_("Part"), widget=listed("parts"))
    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.001"), max_value=10_000, decimal_places=3, initial=1
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].group_id = self.order.store.region.group_id  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """What was entered, as the service takes it."""
        return Wanted(self.cleaned_data["part"], self.cleaned_data["quantity"])


class QuantityForm(OrderForm):
    """How much of a part line is issued or brought back."""

    quantity = forms.DecimalField(
        label=_("Quantity"), min_value=Decimal("0.001"), max_value=10_000, decimal_places=3
    )

    @classmethod
    def of(cls, order: RepairOrder, line: PartLine) -> QuantityForm:
        """The form filled with what is still open."""
        return cls(order=order, initial={"quantity": line.open_quantity})


class DropForm(OrderForm):
    """Why a job is taken off the order."""

    reason = forms.ChoiceField(label=_("Reason"), choices=DropReason, initial=DropReason.NOT_NEEDED)
    note = forms.CharField(label=_("In words"), max_length=300, required=False)


class EstimateForm(OrderForm):
    """The promise that goes with what the customer is asked."""

    promised_at = MomentField(label=_("Promised for"))
    why = forms.CharField(label=_("Why earlier than proposed"), max_length=200, required=False)
    proposed = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        entered = super().clean() or {}
        seen, promised_at = unsealed(self.order, entered.get("proposed", "")), entered.get("promised_at")
        entered["weighed"] = seen and replace(seen, reason=entered.get("why", ""))
        if is_overruled(self.order, promised_at, seen) and not entered.get("why", "").strip():
            self.add_error("why", _("The workshop can keep the proposed time: say why you promise earlier."))
        return entered


class AnswerForm(OrderForm):
    """The customer's answer: each job agreed, or declined for a reason; then a signature or a call."""

    way = forms.ChoiceField(
        label=_("How the customer answers"),
        choices=[(way, way.label) for way in (ConsentWay.SIGNATURE, ConsentWay.CALL)],
        initial=ConsentWay.SIGNATURE,
        widget=forms.RadioSelect,
    )
    signed_name = forms.CharField(label=_("Name of who signs"), max_length=60, required=False)
    signed = SignatureField(label=_("Signature"), required=False)
    spoken_to = forms.CharField(label=_("Spoken to"), max_length=60, required=False)
    phone_tail = forms.RegexField(
        r"^\d{4}$", label=_("Last four digits called"), required=False, max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    said = forms.CharField(
        label=_("What was said"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, estimate: Estimate, jobs: Mapping[int, Job], **kwargs: Any) -> None:
        super().__init__(*args, order=estimate.order, **kwargs)
        self.jobs = jobs
        for pk, job in jobs.items():
            self.fields[f"job_{pk}"] = forms.ChoiceField(
                label=format_html("<span data-user-text>{}</span>", job.name),
                choices=[(AGREED, _("agrees")), *((code, label) for code, label in DeclineReason.choices)],
                initial=AGREED,
            )

    @property
    def answers(self) -> list[tuple[Job, Any]]:
        """The jobs that are asked, each with the field for its answer."""
        return [(job, self[f"job_{pk}"]) for pk, job in self.jobs.items()]

    def answered(self) -> Answered:
        """What was entered, as the service takes it."""
        entered = self.cleaned_data
        said = {pk: entered[f"job_{pk}"] for pk in self.jobs}
        way = ConsentWay(entered["way"])
        return Answered(
            way=way,
            agreed=frozenset(pk for pk, answer in said.items() if answer == AGREED),
            declined={pk: DeclineReason(answer) for pk, answer in said.items() if answer != AGREED},
            signed=Signed(entered["signed_name"], entered["signed"]) if way is ConsentWay.SIGNATURE else None,
            spoken_to=entered["spoken_to"],
            phone_tail=entered["phone_tail"],
            said=entered["said"],
        )


class FindingForm(OrderForm):
    """What a technician found."""

    words = forms.CharField(
        label=_("What was found"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    safety = forms.ChoiceField(
        label=_("How soon"), choices=Safety, initial=Safety.SOON, widget=forms.RadioSelect
    )


class PictureForm(OrderForm):
    """A photo."""

    photo = forms.FileField(
        label=_("Photo"),
        widget=forms.ClearableFileInput(attrs=CAMERA),
    )


class PhotoForm(PictureForm):
    """A photo, and what it shows."""

    shows = forms.ChoiceField(label=_("It shows"), choices=Shows, initial=Shows.OTHER)


class DismissForm(OrderForm):
    """Why nothing is done about a finding."""

    note = forms.CharField(label=_("In words"), max_length=300, required=False)


class PromiseForm(OrderForm):
    """A new promised time, and why."""

    promised_at = MomentField(label=_("New promised time"))
    reason = forms.CharField(label=_("Why, and what the customer said"), max_length=300)


class CancelForm(OrderForm):
    """Why an order ends before the work began."""

    reason = forms.ChoiceField(label=_("Reason"), choices=CancelReason)
    note = forms.CharField(label=_("In words"), max_length=300, required=False)


class ReopenForm(OrderForm):
    """One step back, and why."""

    reason = forms.CharField(label=_("Why"), max_length=300)


class HoldForm(OrderForm):
    """What the order waits for."""

    reason = forms.ChoiceField(
        label=_("Waits for"),
        choices=[choice for choice in HoldReason.choices if choice[0] != HoldReason.APPROVAL],
    )


class ComebackForm(OrderForm):
    """Which earlier visit this one repeats, and why it came back."""

    first = forms.ModelChoiceField(RepairOrder.objects.none(), label=_("Earlier visit"), empty_label=None)
    cause = forms.ChoiceField(label=_("Cause"), choices=ComebackCause)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        earlier = RepairOrder.objects.filter(
            store_id=self.order.store_id, vehicle_id=self.order.vehicle_id, status=Status.DELIVERED
        )
        self.fields["first"].queryset = earlier.exclude(pk=self.order.pk).order_by("-delivered_at")  # type: ignore[attr-defined]


class OrderFilter(forms.Form):
    """Which orders to show; an empty field narrows nothing."""

    q = forms.CharField(
        label=_("Plate, number or name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("in the house")), *Status.choices, ("all", _("all"))],
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    late = forms.BooleanField(label=_("Past the promise"), required=False)
    left = forms.DateField(
        label=_("Delivered on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    day = forms.DateField(
        label=_("Arrived on"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def default_promise(order: RepairOrder, at: datetime) -> datetime:
    """Return the promise to begin with: the one in force if it lies ahead, else two hours from now."""
    if order.promised_at and order.promised_at > at:
        return order.promised_at
    later = at + timedelta(hours=2)
    return later.replace(minute=later.minute // 10 * 10, second=0, microsecond=0)
