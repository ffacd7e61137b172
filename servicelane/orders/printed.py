"""The forms of an order itself: repair order (F01), estimate (F03), extra work (F02)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from servicelane.channels.printing.forms import Column, Facts, Notice, Row, Signs, Sums, Table, Terms, Text
from servicelane.people.models import Employee

from .documents import (
    NONE,
    WITH_PEOPLE,
    Link,
    Paper,
    amount,
    documents_of,
    figure,
    moment,
    offers_documents,
    sign,
    ten_minutes,
    visit_facts,
    work_columns,
)
from .models import (
    Consent,
    Estimate,
    EstimateKind,
    EstimateLine,
    Job,
    JobState,
    Package,
    RepairOrder,
    SignedFor,
)
from .models import Paper as HandedPaper
from .panels import Panel, panel
from .permissions import Perm
from .queries import jobs_of, totals_of


def repair_order(order: RepairOrder) -> Paper:
    """Return the repair order as the customer signs and keeps it (F01). Five queries."""
    store = order.store
    jobs = [job for job in jobs_of(order) if job.state != JobState.DROPPED]
    asked_for = [job for job in jobs if job.consent != Consent.DECLINED]
    totals = totals_of(asked_for)
    signed = list(order.signatures.all())
    by = {one.signed_for: one for one in signed}
    known = {str(paper): str(paper.label) for paper in HandedPaper}
    papers = _(", ").join(known.get(code, code) for code in order.papers)
    came = visit_facts(
        order,
        (_("Fuel"), NONE if order.fuel is None else f"{order.fuel} / 8"),
        (_("Key tag"), order.key_tag or NONE),
        (_("Papers"), papers or NONE),
        (_("Arrived"), ten_minutes(order.arrived_at, store)),
        (_("Received"), ten_minutes(order.checked_in_at, store)),
        (_("Promised for"), moment(order.promised_at, store)),
        (_("Work begun"), ten_minutes(order.started_at, store)),
    )
    blocks = [
        came,
        Text(_("Customer's words"), order.words or NONE, quote=True),
        Table(work_columns(), _job_rows(asked_for), _("Jobs and parts"), _("No work is written down yet.")),
        Sums(
            [(_("Labour"), amount(totals.labour)), (pgettext("on an order", "Parts"), amount(totals.parts))],
            (_("Total, including VAT"), amount(totals.labour + totals.parts)),
            [(_("Of this agreed"), amount(totals.agreed))],
        ),
        Terms(
            _("Terms"),
            [
                _("The store does the work listed here; anything further only after the customer agreed."),
                _("The prices are those agreed; the final amount is that of the settlement list."),
                _("The customer allows road tests that the diagnosis or the inspection needs."),
                _("Things left in the car stand on the walk-around sheet; valuables are taken along."),
                _("Replaced parts are shown and belong to the customer, those under warranty excepted."),
                _("The car is handed over against this sheet once it is settled."),
            ],
        ),
        Signs(
            [
                sign(_("Customer"), by.get(SignedFor.ESTIMATE) or by.get(SignedFor.CHECK_IN), store),
                sign(_("Received by the advisor"), None, store),
                sign(_("Received by the workshop, time"), None, store),
            ]
        ),
    ]
    opens = reverse("orders:order", args=[order.pk])
    return Paper(store, pgettext("form", "Repair order"), order.number, opens, blocks)


def _with_package(name: object, job: Job) -> str:
    return f"{name} ({job.package})" if job.package else str(name)


def _sums_of_packages(lines: Sequence[EstimateLine]) -> list[tuple[str, str]]:
    sums: dict[Package, Decimal] = {}
    for line in lines:
        if line.job.package:
            sums[line.job.package] = sums.get(line.job.package, Decimal(0)) + line.price
    return [(_("Of this {package}").format(package=one), amount(total)) for one, total in sums.items()]


def _job_rows(jobs: list[Job]) -> list[Row]:
    rows = []
    for job in jobs:
        kind = _(", ").join((str(job.get_work_type_display()), str(job.get_pay_type_display())))
        hours = _("{hours} h").format(hours=job.hours)
        name = f"{job.position}. {_with_package(job.name, job)}"
        rows.append(Row([name, kind, hours, amount(job.rate), amount(job.net_price)]))
        for line in job.part_lines.all():
            name = f"    {line.name} · {line.part.number}"
            cells = [name, _("part"), figure(line.quantity), amount(line.unit_price), amount(line.net_price)]
            rows.append(Row(cells))
    return rows


def estimate(version: Estimate) -> Paper:
    """Return one version of what the customer is asked (F03), or extra work to agree to (F02). Four queries.

    `version.order` is read with store, vehicle and people.
    """
    order, store = version.order, version.order.store
    is_extra = version.kind == EstimateKind.EXTRA
    lines = list(version.lines.select_related("job__finding", "job__package", "part_line__part"))
    answer = getattr(version, "authorisation", None)
    after = [(_("Of this agreed"), amount(answer.agreed_total))] if answer else []
    columns = work_columns()
    columns[3] = Column(_("Answer"), "25mm")
    said = {None: NONE, True: _("agreed"), False: _("declined")}
    rows, labour, parts = [], Decimal(0), Decimal(0)
    for line in lines:
        is_part = line.part_line_id is not None
        labour, parts = labour + (0 if is_part else line.price), parts + (line.price if is_part else 0)
        number = f" · {line.part_line.part.number}" if line.part_line else ""
        name = f"    {line}{number}" if is_part else f"{line.job.position}. {_with_package(line, line.job)}"
        quantity = figure(line.quantity) if is_part else _("{hours} h").format(hours=figure(line.quantity))
        kind = (
            _("part")
            if is_part
            else _(", ").join((str(line.job.get_work_type_display()), str(line.get_pay_type_display())))
        )
        rows.append(Row([name, kind, quantity, said[line.agreed], amount(line.price)]))
    blocks: list[object] = [
        visit_facts(
            order,
            (_("Version"), str(version.number)),
            (_("Made by"), version.made_by.display_name),
            (_("Made at"), moment(version.made_at, store)),
            (_("New promised time") if is_extra else _("Promised for"), moment(version.promised_at, store)),
        )
    ]
    if is_extra:
        findings = {line.job.finding_id: line.job.finding for line in lines if line.job.finding}
        blocks += [
            Text(capfirst(str(one.get_safety_display())), one.words, quote=True)
            for one in findings.values()
            if one
        ]
    elif order.words:
        blocks.append(Text(_("Customer's words"), order.words, quote=True))
    blocks += [
        Table(columns, rows, _("Jobs and parts"), _("No work is written down yet.")),
        Sums(
            [(_("Labour"), amount(labour)), (pgettext("on an order", "Parts"), amount(parts))],
            (_("Total, including VAT"), amount(version.total)),
            [*_sums_of_packages(lines), *after],
        ),
        Notice(_("Estimate only, final amount by settlement.")),
    ]
    if answer:
        facts = [
            (_("How it was answered"), capfirst(str(answer.get_way_display()))),
            (_("Answered at"), moment(answer.answered_at, store)),
            (_("Taken by"), answer.taken_by.display_name),
        ]
        if answer.spoken_to:
            tail = f" · ****{answer.phone_tail}" if answer.phone_tail else ""
            facts.append((_("Spoken to"), answer.spoken_to + tail))
        if answer.said:
            facts.append((_("What was said"), answer.said))
        blocks.append(Facts(facts, _("Answer of the customer")))
    signature = answer.signature if answer else None
    blocks.append(Signs([sign(_("Customer"), signature, store), sign(_("Store"), None, store)]))
    opens = reverse("orders:order", args=[order.pk])
    return Paper(store, _called(version), f"{order.number}-v{version.number}", opens, blocks)


def _called(version: Estimate) -> str:
    if version.kind == EstimateKind.EXTRA:
        return pgettext("form", "Extra work")
    return pgettext("form", "Estimate")


def estimate_of(viewer: Employee, pk: int) -> Estimate:
    """Return a version with all that its form names, or answer 404 to whoever may not see it. One query."""
    rows = Estimate.objects.visible_to(viewer, Perm.SEE_ORDERS)
    along = ("made_by", "authorisation__signature", "authorisation__taken_by", *WITH_PEOPLE)
    return get_object_or_404(rows.select_related(*along), pk=pk)


@offers_documents(rank=10)
def own(order: RepairOrder, viewer: Employee) -> list[Link]:
    """The repair order and the versions of the estimate. One query."""
    links = [Link(pgettext("form", "Repair order"), reverse("orders:repair_order_pdf", args=[order.pk]))]
    for version in order.estimates.order_by("number"):
        title = (
            pgettext("form", "Extra work")
            if version.kind == EstimateKind.EXTRA
            else pgettext("form", "Estimate")
        )
        links.append(Link(title, reverse("orders:estimate_pdf", args=[version.pk]), str(version)))
    return links


@panel(rank=60, side=True)
def documents(order: RepairOrder, viewer: Employee) -> Panel | None:
    """What can be printed of the visit. About four queries."""
    return Panel(
        code="orders.documents",
        title=_("Documents"),
        template="orders/_documents.html",
        context={"links": documents_of(order, viewer)},
        sub=_("to print"),
    )
