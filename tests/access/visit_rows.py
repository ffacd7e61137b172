"""One visit of one store, with one row of everything on an order; every text begins with the mark."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import models

from servicelane.customers.visitor_services import Visitor, find_or_add
from servicelane.kernel.clock import now
from servicelane.orders.catalogue_services import add_operation, set_rate
from servicelane.orders.estimate_services import Answered, authorise, make_estimate
from servicelane.orders.finding_services import report_finding, start_hold
from servicelane.orders.job_services import JobDetails, Wanted, add_job
from servicelane.orders.link_services import make_answer_link, make_progress_link
from servicelane.orders.models import (
    ConsentWay,
    HoldReason,
    Job,
    Operation,
    Package,
    PackageLine,
    PayType,
    RepairOrder,
    Safety,
    Shows,
    WorkType,
)
from servicelane.orders.order_services import Arrival, CheckIn, Signed, check_in, create
from servicelane.orders.photo_services import add_photo
from servicelane.org.models import Store
from servicelane.parts.models import Part
from servicelane.people.models import Employee
from servicelane.workshop.models import (
    CheckItem,
    Checklist,
    PlanLine,
    PlanState,
    RequestKind,
    SheetEntry,
    ShopPlan,
    Use,
    Verdict,
)
from servicelane.workshop.request_services import ask
from servicelane.workshop.sheet_services import Seen, fill_sheet
from tests.pictures import jpeg

from .care_rows import care_rows

STROKES = [[100, 300, 180, 120]]


def visit_rows(store: Store, mark: str, short: str, boss: Employee, part: Part) -> list[models.Model]:
    """An agreed order of the store with a finding, a wait and an open estimate: one row of each kind."""
    for pay_type in PayType:
        set_rate(store, pay_type, Decimal(100), by=boss)
    operation = Operation.objects.filter(group=store.region.group, code=f"{part.number}-O").first()
    if operation is None:
        names = (f"{part.name_zh} work", f"{part.name_en} work")
        operation = add_operation(
            store.region.group, f"{part.number}-O", names, WorkType.MAINTENANCE, timedelta(hours=1), by=boss
        )
    add_package_of_all(operation)
    order = _agreed(store, mark, short, boss, part)
    finding = report_finding(order, f"{mark} finding", Safety.SOON, by=boss)
    photo = add_photo(order, jpeg(), Shows.FINDING, by=boss, finding=finding)
    start_hold(order, HoldReason.PARTS, by=boss)
    job = order.jobs.first()
    job.order = order
    asked = ask(job, RequestKind.PART, by=boss, words=f"{mark} clip")
    entry = _sheet_entry(order, boss)
    extra = add_job(order, JobDetails(name_zh=f"{mark} extra", minutes=timedelta(minutes=30)), by=boss)
    # What is asked is what was found, so that its photo is shown by the link; the finding stays to be priced.
    Job.objects.filter(pk=extra.pk).update(finding=finding)
    estimate = make_estimate(order, by=boss, promised_at=now() + timedelta(hours=5))
    make_progress_link(order, by=boss)
    link = make_answer_link(estimate, by=boss)
    rows = [
        link,
        link.messages.get(),
        order.vehicle,
        order.customer,
        order,
        job,
        job.part_lines.first(),
        estimate,
        finding,
        photo,
    ]
    return [*rows, asked, entry, *_plan(order, mark, job, boss), *care_rows(order, mark, boss)]


def _plan(order: RepairOrder, mark: str, job: Job, boss: Employee) -> list[models.Model]:
    """A plan of the store with one proposal that waits for an answer, and one that is left out."""
    at = now()
    plan = ShopPlan.objects.create(
        store=order.store, state=PlanState.READY, asked_by=boss, asked_at=at, beat_at=at, made_at=at, cars=1,
        left=[{"order": order.pk, "why": "no_room", "hold": ""}],
    )  # fmt: skip
    line = PlanLine.objects.create(
        plan=plan, order=order, job=job, technician=boss, starts=at, ends=at + timedelta(hours=1), origin=at,
        reasons=[["only", {"technician": str(boss.pk)}]], why=f"{mark} why",
    )  # fmt: skip
    return [plan, line]


def _sheet_entry(order: RepairOrder, boss: Employee) -> SheetEntry:
    """A point of the order's sheet that is red: the group has one checklist with one point."""
    asked, is_new = Checklist.objects.get_or_create(
        group=order.store.region.group, code="S-1", use=Use.SHEET, work_types=[WorkType.GENERAL_REPAIR]
    )
    if is_new:
        CheckItem.objects.create(checklist=asked, position=1, code="P1", section_en="-", name_en="point")
    fill_sheet(order, [Seen(asked.items.get().pk, Verdict.REPLACE)], by=boss)
    return SheetEntry.objects.get(order=order)


def add_package_of_all(operation: Operation) -> None:
    """A package for every car of the group, there once."""
    package, is_new = Package.objects.get_or_create(
        group=operation.group, code="ALL", defaults={"name_zh": "package", "name_en": "package"}
    )
    if is_new:
        PackageLine.objects.create(package=package, position=1, operation=operation)


def _agreed(store: Store, mark: str, short: str, boss: Employee, part: Part) -> RepairOrder:
    visitor = Visitor(
        f"{mark} Customer", f"1540000{9000 + store.pk % 999}", f"鲁B{short}"[:7], model_name=f"{mark} Model",
        confirmed={"plate": "other"},
    )  # fmt: skip
    customer, vehicle = find_or_add(store, visitor, by=boss)
    order = create(store, Arrival(vehicle, customer, boss, words=f"{mark} words"), by=boss)
    seen = CheckIn(1000, 4, f"{short}-K", place=f"{mark} yard", belongings=[f"{mark} umbrella"])
    check_in(order, seen, by=boss)
    details = JobDetails(
        name_zh=f"{mark} job", name_en=f"{mark} job", minutes=timedelta(hours=1), parts=[Wanted(part)]
    )
    job = add_job(order, details, by=boss)
    estimate = make_estimate(order, by=boss, promised_at=now() + timedelta(hours=4))
    answered = Answered(
        ConsentWay.SIGNATURE, frozenset({job.pk}), {}, signed=Signed(f"{mark} Customer", STROKES)
    )
    authorise(estimate, answered, by=boss)
    return order
