"""Asking the customer, taking the answer: frozen versions, answered line by line (RCP-5, RCP-10, RO-2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max

from servicelane.channels.models import Link
from servicelane.kernel.clock import now
from servicelane.parts.order_reservation_services import Demand, reserve_all
from servicelane.people.models import Employee

from . import errors, events
from .finding_services import settle_findings
from .job_services import PRICING, supersede
from .models import (
    Authorisation,
    Consent,
    ConsentWay,
    DeclineReason,
    Estimate,
    EstimateKind,
    EstimateLine,
    EstimateState,
    Job,
    JobState,
    PartLine,
    PayType,
    RepairOrder,
    SignedFor,
    Status,
)
from .order_services import PURPOSE, Signed, advance, check_promise, set_promise, sign
from .promising import Weighed, is_overruled
from .questions import jobs_asked
from .writing import By, fen, take, tell

RELEASED = frozenset({PayType.WARRANTY, PayType.INTERNAL, PayType.GOODWILL})
"""Pay types whose work a manager may release instead of the customer (architecture, "The order's life")."""


@dataclass(frozen=True, slots=True)
class LinkEvidence:
    """What proves an answer by a link: the link, what its page showed, and from where it was sent."""

    link: Link
    shown: Mapping[str, Any]
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the customer said: agreed job ids, declined ones with their reason, and the evidence.

    A signature, or a call: who was spoken to, the last four digits of the number, and what was said. By a
    link both a signature, unless nothing is agreed to, and what the page showed.
    """

    way: ConsentWay
    agreed: frozenset[int]
    declined: Mapping[int, DeclineReason]
    signed: Signed | None = None
    spoken_to: str = ""
    phone_tail: str = ""
    said: str = ""
    by_link: LinkEvidence | None = field(default=None)


@transaction.atomic
def make_estimate(
    order: RepairOrder,
    *,
    by: Employee,
    promised_at: datetime | None = None,
    weighed: Weighed | None = None,
    version: int | None = None,
) -> Estimate:
    """Freeze what the customer is to be asked: every job without an answer, as the next version.

    `promised_at` is the promise that goes with it; the first estimate of a visit needs one unless a
    time is promised already. `weighed` is the proposal that its maker saw; an earlier promise than that
    needs a reason, unless it is the one in force (RCP-7).
    Raises NothingToAsk, PromiseInPast, PromiseTooFar, PromiseNeedsReason, WrongMoment.
    """
    if promised_at:
        check_promise(order, promised_at)
    overruled = is_overruled(order, promised_at, weighed)
    why = weighed.reason.strip()[:200] if weighed and overruled else ""
    if weighed and overruled and not why:
        raise errors.PromiseNeedsReason(order=order, proposed_at=weighed.proposed_at)
    take(order, version, during=PRICING)
    jobs = [
        job
        for job in order.jobs.prefetch_related("part_lines")
        if job.consent == Consent.NEW and job.state == JobState.WAITING
    ]
    if not jobs:
        raise errors.NothingToAsk(order=order)
    supersede(order)
    last = order.estimates.aggregate(last=Max("number"))["last"] or 0
    estimate = Estimate.objects.create(
        order=order,
        number=last + 1,
        kind=EstimateKind.VISIT if order.status in (Status.ARRIVED, Status.OPEN) else EstimateKind.EXTRA,
        total=sum((job.asked_total for job in jobs), Decimal(0)),
        promised_at=promised_at or order.promised_at,
        proposed_at=weighed.proposed_at if weighed else None,
        proposed_chance=weighed.chance if weighed else None,
        overruled_why=why,
        made_by=by,
        made_at=now(),
    )
    EstimateLine.objects.bulk_create(line for job in jobs for line in _lines(estimate, job))
    tell(
        events.ESTIMATED,
        order,
        by=by,
        estimate=estimate.number,
        note=why,
        total=fen(estimate.total),
        jobs=len(jobs),
        proposed_at=weighed.proposed_at.isoformat() if weighed else "",
        chance=weighed.chance if weighed else 0,
    )
    return estimate


def _lines(estimate: Estimate, job: Job) -> list[EstimateLine]:
    names = {"estimate": estimate, "job": job, "pay_type": job.pay_type}
    return [
        EstimateLine(
            **names, name_zh=job.name_zh, name_en=job.name_en, quantity=job.hours, price=job.net_price
        ),
        *(
            EstimateLine(
                **names,
                part_line=line,
                name_zh=line.name_zh,
                name_en=line.name_en,
                quantity=line.quantity,
                price=line.net_price,
            )
            for line in job.part_lines.all()
        ),
    ]


@transaction.atomic
def authorise(
    estimate: Estimate,
    answered: Answered,
    *,
    by: By,
    at: datetime | None = None,
    version: int | None = None,
) -> Authorisation:
    """Take the customer's answer to the open version, line by line; agreed parts are reserved (RCP-10).

    The first agreement of a visit moves the order to agreed. Declined jobs stay with reason and price
    (ARC-9). Raises EstimateOutdated, AnswerIncomplete, EvidenceMissing, NotSigned, NotToBeReleased,
    StillOpen when no time is promised.
    """
    order = estimate.order
    take(order, version, during=PRICING)
    if not Estimate.objects.filter(pk=estimate.pk, state=EstimateState.OPEN).update(
        state=EstimateState.ANSWERED
    ):
        raise errors.EstimateOutdated(estimate=estimate)
    estimate.state = EstimateState.ANSWERED
    jobs = jobs_asked(estimate)
    if set(jobs) != answered.agreed | set(answered.declined) or answered.agreed & set(answered.declined):
        raise errors.AnswerIncomplete(estimate=estimate)
    authorisation = _evidence(estimate, jobs, answered, by=by, at=at)
    _write_answers(estimate, jobs, answered, at or now())
    demanded, filled = _reserve(order, [jobs[pk] for pk in sorted(answered.agreed)], by=by)
    if estimate.promised_at and answered.agreed:
        set_promise(order, estimate.promised_at, by=by)
    tell(
        events.AUTHORISED, order, by=by, at=at,
        estimate=estimate.number, way=str(answered.way), total=fen(authorisation.agreed_total),
        agreed=len(answered.agreed), declined=len(answered.declined), part_lines=demanded, filled=filled,
        evidence=authorisation.digest,
    )  # fmt: skip
    settle_findings(order, list(jobs.values()), by=by)
    if answered.agreed and order.status == Status.OPEN:
        advance(order, Status.AGREED, by=by, at=at)
    return authorisation


def _evidence(
    estimate: Estimate, jobs: Mapping[int, Job], answered: Answered, *, by: By, at: datetime | None
) -> Authorisation:
    signature, proof = None, answered.by_link
    if answered.way is ConsentWay.SIGNATURE or (answered.way is ConsentWay.LINK and answered.agreed):
        if answered.signed is None:
            raise errors.NotSigned(order=estimate.order)
        signature = sign(estimate.order, SignedFor.ESTIMATE, answered.signed, at=at)
    if answered.way is ConsentWay.LINK:
        if proof is None:
            raise errors.EvidenceMissing()
    elif answered.way is ConsentWay.CALL:
        if not answered.spoken_to.strip():
            raise errors.EvidenceMissing()
    elif answered.way is ConsentWay.RELEASE:
        for job in jobs.values():
            if job.pay_type not in RELEASED:
                raise errors.NotToBeReleased(estimate=estimate, job=job)
    return Authorisation.objects.create(
        estimate=estimate,
        way=answered.way,
        signature=signature,
        spoken_to=answered.spoken_to.strip()[:60],
        phone_tail=answered.phone_tail[:4],
        said=answered.said[:500],
        agreed_total=sum((jobs[pk].asked_total for pk in answered.agreed), Decimal(0)),
        answered_at=at or now(),
        taken_by=by if isinstance(by, Employee) and proof is None else None,
        link=proof.link if proof else None,
        shown=dict(proof.shown) if proof else {},
        digest=evidence_digest(proof.shown) if proof else "",
        remote_address=proof.address[:45] if proof else "",
        browser=proof.browser[:200] if proof else "",
    )


def evidence_digest(shown: Mapping[str, Any]) -> str:
    """Return SHA-256 over what a link's page showed, as canonical JSON: the same on every database."""
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _write_answers(estimate: Estimate, jobs: Mapping[int, Job], answered: Answered, moment: datetime) -> None:
    estimate.lines.filter(job__in=answered.agreed).update(agreed=True)
    estimate.lines.filter(job__in=answered.declined).update(agreed=False)
    Job.objects.filter(pk__in=answered.agreed).update(consent=Consent.AGREED)
    for pk, reason in answered.declined.items():
        Job.objects.filter(pk=pk).update(consent=Consent.DECLINED, decline_reason=reason, declined_at=moment)
    for pk, job in jobs.items():
        job.consent = Consent.AGREED if pk in answered.agreed else Consent.DECLINED


def _reserve(order: RepairOrder, jobs: list[Job], *, by: By) -> tuple[int, int]:
    """Reserve the parts of agreed jobs; what is short stays `missing` on its line. Returns lines, filled."""
    lines = {line.pk: line for job in jobs for line in job.part_lines.all()}
    if not lines:
        return 0, 0
    demands = [Demand(line.part, line.quantity, line.pk) for line in lines.values()]
    missing = reserve_all(order.store, demands, for_type=PURPOSE, by=by)
    short = [lines[pk] for pk, amount in missing.items() if amount]
    for line in short:
        line.missing = missing[line.pk]
    PartLine.objects.bulk_update(short, ["missing"])
    return len(lines), len(lines) - len(short)
