"""The steps that orders themselves offer: estimate, answer, extra work, and the rarer ones below."""

from __future__ import annotations

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.people.models import Employee

from .estimate_services import RELEASED
from .forms import (
    AnswerForm,
    CancelForm,
    ComebackForm,
    EstimateForm,
    FindingForm,
    HoldForm,
    JobForm,
    PackageForm,
    PhotoForm,
    PromiseForm,
    ReopenForm,
    default_promise,
)
from .models import BACK, Consent, FindingState, JobState, RepairOrder, Status
from .package_services import due_package, packages_for
from .permissions import Perm
from .queries import jobs_of, open_estimate
from .questions import jobs_asked
from .steps import Step, step

Form = BaseForm | None
PRICED = (Status.ARRIVED, Status.OPEN, Status.AGREED, Status.IN_WORK)
ASKED = (Status.OPEN, Status.AGREED, Status.IN_WORK)


@step(*ASKED, code="orders.answer", rank=2)
def take_answer(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Take the customer's answer to the open version. Four queries."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    estimate = open_estimate(order)
    if estimate is None:
        return None
    estimate.order = order
    jobs = jobs_asked(estimate)
    form = bound or AnswerForm(
        estimate=estimate,
        jobs=jobs,
        initial={"signed_name": order.visitor.name, "spoken_to": order.visitor.name},
    )
    may_release = viewer.may(Perm.RELEASE_WORK, order.store) and all(
        job.pay_type in RELEASED for job in jobs.values()
    )
    return Step(
        code="orders.answer",
        title=_("Take the customer's answer"),
        template="orders/_answer.html",
        url=reverse("orders:take_answer", args=[order.pk, estimate.pk]),
        label=_("Record the answer"),
        context={"form": form, "estimate": estimate, "may_release": may_release},
        after=_("Agreed parts are reserved, the workshop sees the jobs; declined lines are kept."),
    )


@step(*ASKED, code="orders.estimate", rank=4)
def make_estimate(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Freeze what the customer is to be asked, once there are jobs without an answer. Three queries."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    waiting = [job for job in jobs_of(order) if job.consent == Consent.NEW and job.state == JobState.WAITING]
    if not waiting or open_estimate(order):
        return None
    form = bound or EstimateForm(order=order, initial={"promised_at": default_promise(order, now())})
    return Step(
        code="orders.estimate",
        title=_("Make the estimate"),
        template="orders/_estimate.html",
        url=reverse("orders:make_estimate", args=[order.pk]),
        label=_("Fix the estimate"),
        context={"form": form, "jobs": waiting},
        after=_("Lines and prices are frozen as a version; then the customer is asked."),
    )


@step(Status.AGREED, Status.IN_WORK, code="orders.price", rank=3)
def price_finding(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Price the oldest finding that has no price yet. One query."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    finding = order.findings.filter(state=FindingState.REPORTED).select_related("found_by").first()
    if finding is None:
        return None
    return Step(
        code="orders.price",
        title=_("Price what was found"),
        template="orders/_price.html",
        url=reverse("orders:price_finding", args=[order.pk, finding.pk]),
        label=_("Put it on the order"),
        context={"form": bound or JobForm(order=order), "finding": finding},
        after=_("It is not started before the customer agrees."),
    )


@step(*PRICED, code="orders.add_job", rank=40)
def add_job(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Put a job on the order. No query."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    return Step(
        code="orders.add_job",
        title=_("Add a job"),
        template="orders/_job.html",
        url=reverse("orders:add_job", args=[order.pk]),
        label=_("Add the job"),
        context={"form": bound or JobForm(order=order)},
        after=_("The usual parts of the operation come with it."),
    )


@step(*PRICED, code="orders.add_package", rank=41)
def add_package(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Put a package on the order, the due maintenance first. One query."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    packages = packages_for(order)
    if not packages:
        return None
    due = due_package(order, packages)
    return Step(
        code="orders.add_package",
        title=_("Add a package"),
        template="orders/_fields.html",
        url=reverse("orders:add_package", args=[order.pk]),
        label=_("Add the package"),
        context={"form": bound or PackageForm(order=order, packages=packages, due=due)},
        after=_("Its jobs and parts come together, at the price of the package."),
    )


@step(Status.AGREED, Status.IN_WORK, code="orders.finding", rank=60)
def report_finding(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Report something found. No query."""
    if not viewer.may(Perm.REPORT_FINDINGS, order.store):
        return None
    return Step(
        code="orders.finding",
        title=_("Report something found"),
        template="orders/_fields.html",
        url=reverse("orders:report_finding", args=[order.pk]),
        label=_("Report it"),
        context={"form": bound or FindingForm(order=order)},
        after=_("The advisor prices it and asks the customer."),
    )


@step(Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK, code="orders.photo", rank=65)
def add_photo(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Keep a photo. No query."""
    if not viewer.may(Perm.REPORT_FINDINGS, order.store):
        return None
    return Step(
        code="orders.photo",
        title=_("Add a photo"),
        template="orders/_fields.html",
        url=reverse("orders:add_photo", args=[order.pk]),
        label=_("Keep the photo"),
        context={"form": bound or PhotoForm(order=order)},
        after=_("Kept without the place where it was taken, for colleagues who may see this order."),
    )


@step(*ASKED, Status.QUALITY_CHECK, code="orders.promise", rank=70)
def promise(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Promise another time. No query."""
    if order.promised_at is None or not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    form = bound or PromiseForm(order=order, initial={"promised_at": order.promised_at})
    return Step(
        code="orders.promise",
        title=_("Promise another time"),
        template="orders/_promise.html",
        url=reverse("orders:promise", args=[order.pk]),
        label=_("Change the promise"),
        context={"form": form},
        after=_("The figure for on-time delivery keeps the promise the customer first agreed to."),
    )


@step(*ASKED, code="orders.hold", rank=75)
def hold(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Say what the order waits for. No query."""
    if not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    return Step(
        code="orders.hold",
        title=_("Let it wait"),
        template="orders/_fields.html",
        url=reverse("orders:hold", args=[order.pk]),
        label=_("Start the wait"),
        context={"form": bound or HoldForm(order=order)},
        after=_("The wait has its own clock until somebody ends it."),
    )


@step(Status.ARRIVED, Status.OPEN, code="orders.comeback", rank=80)
def comeback(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Link the order to an earlier visit whose fault came back. One query."""
    if order.comeback_of_id or not viewer.may(Perm.WRITE_ORDERS, order.store):
        return None
    form = bound or ComebackForm(order=order)
    if not form.fields["first"].queryset.exists():  # type: ignore[attr-defined]
        return None
    return Step(
        code="orders.comeback",
        title=_("Link it as a comeback"),
        template="orders/_fields.html",
        url=reverse("orders:comeback", args=[order.pk]),
        label=_("Link it"),
        context={"form": form},
        after=_("It counts against the first-time-fix rate of the earlier visit."),
    )


@step(Status.ARRIVED, Status.OPEN, Status.AGREED, code="orders.cancel", rank=90)
def cancel(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """End the order before the work began. No query."""
    if not viewer.may(Perm.CANCEL_ORDERS, order.store):
        return None
    return Step(
        code="orders.cancel",
        title=_("Cancel the order"),
        template="orders/_fields.html",
        url=reverse("orders:cancel", args=[order.pk]),
        label=_("Cancel the order"),
        context={"form": bound or CancelForm(order=order)},
        after=_("Reserved parts go back to the shelf; the number stays."),
    )


@step(Status.AGREED, Status.IN_WORK, Status.QUALITY_CHECK, Status.READY, code="orders.reopen", rank=95)
def reopen(order: RepairOrder, viewer: Employee, bound: Form) -> Step | None:
    """Take the order one step back. No query."""
    if not viewer.may(Perm.REOPEN_ORDERS, order.store):
        return None
    back = next(iter(BACK[Status(order.status)]))
    return Step(
        code="orders.reopen",
        title=_("Take it back to “{status}”").format(status=back.label),
        template="orders/_fields.html",
        url=reverse("orders:reopen", args=[order.pk]),
        label=_("Take it back"),
        context={"form": bound or ReopenForm(order=order)},
        after=_("The timeline keeps both: the step and its way back."),
    )
