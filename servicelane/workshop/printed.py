"""The form of the workshop: the record of an inspection, or the rework it orders (F21)."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicelane.channels.printing.forms import Column, Facts, Notice, Row, Sign, Signs, Table, Text
from servicelane.orders.documents import (
    NONE,
    WITH_PEOPLE,
    Link,
    Paper,
    group_row,
    km,
    moment,
    offers_documents,
    visit_facts,
)
from servicelane.orders.models import Consent, RepairOrder
from servicelane.orders.permissions import Perm
from servicelane.orders.queries import jobs_of
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import Clocking, Fault, QualityCheck, plain
from .sheets import Point, sheet_of


def inspection(check: QualityCheck) -> Paper:
    """Return one inspection: every point with its verdict, the work and who did it (F21). Nine queries.

    `check.order` is read with store, vehicle and people.
    """
    order, store = check.order, check.order.store
    done_by: dict[int, dict[str, None]] = {}
    for stretch in Clocking.objects.filter(job__order=order).select_related("technician"):
        done_by.setdefault(stretch.job_id, {})[stretch.technician.display_name] = None
    jobs = [job for job in jobs_of(order) if job.consent == Consent.AGREED]
    work = [
        Row(
            [
                f"{job.position}. {job.name}",
                capfirst(str(job.get_state_display())),
                _(", ").join(done_by.get(job.pk, {})) or NONE,
                moment(job.finished_at, store),
            ]
        )
        for job in jobs
    ]
    answers = list(check.answers.select_related("item"))
    points = [
        Row([str(one.item), capfirst(str(one.get_fault_display())) if one.fault else _("in order")])
        for one in answers
    ] or [
        Row([capfirst(str(fault.label)), _("found") if fault.value in check.faults else _("in order")])
        for fault in Fault
    ]
    sheet = sheet_of(order)
    of_sheet = []
    if sheet.points:
        said = _("{done} of {all} answered, {bad} of them not in order").format(
            done=sheet.done, all=len(sheet.points), bad=len(sheet.bad)
        )
        of_sheet = [(_("Maintenance sheet"), f"{order.number}-MS: {said}")]
    blocks: list[object] = [
        Notice(_("Passed: the car may be handed over.") if check.passed else _("Sent back for rework.")),
        visit_facts(
            order,
            (_("Inspector"), check.inspector.display_name),
            (_("Inspected at"), moment(check.inspected_at, store)),
            (_("Odometer after road test"), km(check.odometer)),
            *of_sheet,
        ),
        Table([Column(_("Checked for"), "1fr"), Column(_("Result"), "50mm")], points, _("Points checked")),
        Table(
            [
                Column(pgettext("form", "Job"), "1fr"),
                Column(_("State"), "25mm"),
                Column(_("Technician"), "40mm"),
                Column(_("Finished"), "34mm"),
            ],
            work,
            _("Work inspected"),
            NONE,
        ),
    ]
    if check.words:
        blocks.append(Text(_("The inspector's words"), check.words, quote=True))
    if check.released_reason:
        blocks.append(Facts([(_("Released because"), check.released_reason)]))
    blocks.append(
        Signs(
            [
                Sign(_("Inspector"), check.inspector.display_name),
                Sign(_("Technician")),
                Sign(_("Re-checked by")),
            ]
        )
    )
    opens = reverse("orders:order", args=[order.pk])
    title = _("Quality check record") if check.passed else _("Rework order")
    return Paper(store, title, f"{order.number}-QC{check.pk}", opens, blocks)


def maintenance_sheet(order: RepairOrder) -> Paper:
    """Return every point of an order's sheet with limit, result, value and who looked (F20). Four queries.

    `order` is read with store, vehicle and people.
    """
    store, sheet = order.store, sheet_of(order)
    rows: list[Row] = []
    for section in sheet.sections:
        rows.append(group_row(section.name))
        rows += [_point(point, store) for point in section.points]
    people = list(dict.fromkeys(entry.entered_by.display_name for entry in sheet.entries))
    last = max((entry.entered_at for entry in sheet.entries), default=None)
    said = _("{done} of {all} answered, {bad} of them not in order").format(
        done=sheet.done, all=len(sheet.points), bad=len(sheet.bad)
    )
    blocks: list[object] = [
        Notice(said),
        visit_facts(
            order,
            (_("Technician"), _(", ").join(people) or NONE),
            (_("Filled at"), moment(last, store)),
        ),
        Table(
            [
                Column(_("Point"), "1fr"),
                Column(_("Limit"), "26mm"),
                Column(_("Measured"), "22mm", end=True),
                Column(_("Result"), "24mm"),
                Column(_("Looked at by"), "34mm"),
            ],
            rows,
            "",
            NONE,
        ),
        Signs([Sign(_("Technician"), people[0] if len(people) == 1 else ""), Sign(_("Inspector"))]),
    ]
    opens = reverse("workshop:sheet", args=[order.pk])
    return Paper(store, _("Maintenance sheet"), f"{order.number}-MS", opens, blocks)


def _point(point: Point, store: Store) -> Row:
    entry = point.entry
    if entry is None:
        return Row([str(point.item), point.item.limit or NONE, NONE, _("not answered"), NONE])
    value = f"{plain(entry.value)} {point.item.unit}" if entry.value is not None else NONE
    verdict = str(entry.get_verdict_display())
    return Row([str(point.item), point.item.limit or NONE, value, verdict, entry.entered_by.display_name])


def check_of(viewer: Employee, pk: int) -> QualityCheck:
    """Return an inspection with all that its form names, or answer 404 to whoever may not. One query."""
    rows = QualityCheck.objects.visible_to(viewer, Perm.SEE_ORDERS)
    return get_object_or_404(rows.select_related("inspector", *WITH_PEOPLE), pk=pk)


@offers_documents(rank=30)
def own(order: RepairOrder, viewer: Employee) -> list[Link]:
    """The maintenance sheet and every inspection. Two queries once the work has begun."""
    if not order.started_at:
        return []
    sheets = []
    if order.sheet_entries.exists():
        sheets = [Link(_("Maintenance sheet"), reverse("workshop:sheet_pdf", args=[order.pk]))]
    return sheets + [
        Link(
            _("Quality check record") if check.passed else _("Rework order"),
            reverse("workshop:inspection_pdf", args=[check.pk]),
            moment(check.inspected_at, order.store),
        )
        for check in order.quality_checks.all()
    ]
