"""The customer's pages by a signed link: making one, withdrawing it, answering by it (RCP-10, RO-3)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicelane.channels.models import Link
from servicelane.channels.outbox_services import Words, queue_message
from servicelane.channels.services import count_try, live_links, make_link, revoke_link

from . import errors, events
from .estimate_services import Answered, LinkEvidence, authorise
from .models import Authorisation, ConsentWay, DeclineReason, Estimate, EstimateState, RepairOrder
from .order_services import Signed
from .writing import By, take, tell

ANSWER = "orders.answer"
PROGRESS = "orders.progress"
ROUTES = {ANSWER: "orders:customer_answer", PROGRESS: "orders:customer_progress"}
ANSWER_LASTS = timedelta(hours=24)
PROGRESS_LASTS = timedelta(days=14)
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Given:
    """What a customer sent by a link: agreed job ids, the signature's strokes, the digits, and from where.

    `shown` is what the page said, without the answers.
    """

    agreed: frozenset[int]
    strokes: list[list[int]]
    digits: str
    shown: Mapping[str, Any]
    address: str
    browser: str


@transaction.atomic
def make_answer_link(estimate: Estimate, *, by: By, site: str = "", version: int | None = None) -> Link:
    """Make the link by which the customer answers an estimate, for a day; an earlier one is withdrawn.

    The message to the customer is put in the outbox with it; `site` is where the telephone finds us.
    Raises EstimateOutdated, NoNumberToCheck.
    """
    order = estimate.order
    take(order, version)
    if not Estimate.objects.filter(pk=estimate.pk, state=EstimateState.OPEN).exists():
        raise errors.EstimateOutdated(estimate=estimate)
    if len(order.visitor.mobile) < DIGITS:
        raise errors.NoNumberToCheck(order=order, who=order.visitor)
    return _make(order, ANSWER, ANSWER_LASTS, by=by, site=site, number=estimate.number)


@transaction.atomic
def make_progress_link(order: RepairOrder, *, by: By, site: str = "", version: int | None = None) -> Link:
    """Make the link by which the customer follows the car, for 14 days; an earlier one is withdrawn."""
    take(order, version)
    return _make(order, PROGRESS, PROGRESS_LASTS, by=by, site=site)


def _make(order: RepairOrder, purpose: str, lasts: timedelta, *, by: By, site: str, number: int = 0) -> Link:
    link = make_link(
        purpose, order, store_id=order.store_id, lasts=lasts, language=order.visitor.language, version=number
    )
    tell(events.LINK_MADE, order, by=by, link=link.pk, purpose=purpose, estimate=number)
    if order.visitor.mobile:
        queue_message(order.visitor.mobile, _words(order, link, site), store_id=order.store_id, link=link)
    return link


def _words(order: RepairOrder, link: Link, site: str) -> Words:
    """What the message with a link says, in the customer's language; the secret stays out of it."""
    path = reverse(ROUTES[link.purpose], args=["TOKEN"]).replace("TOKEN", "{token}")
    with override(link.language):
        facts = {"store": order.store.name, "car": order.vehicle.plate or order.vehicle.title}
        if link.purpose == ANSWER:
            title = _("{store}: your answer, please").format(**facts)
            said = _("{store}: for {car} we ask for your answer, item by item, on this page:").format(**facts)
        else:
            title = _("{store}: how far your car is").format(**facts)
            said = _("{store}: how far {car} is, you see on this page:").format(**facts)
    return Words(link.purpose, link.language, title, f"{said} {settings.PUBLIC_URL or site}{path}")


@transaction.atomic
def withdraw_link(order: RepairOrder, link: Link, *, by: By, version: int | None = None) -> None:
    """Withdraw a link of an order. Raises LinkGone."""
    take(order, version)
    revoke_link(link)
    tell(events.LINK_REVOKED, order, by=by, link=link.pk, purpose=link.purpose)


def links_of(order: RepairOrder) -> models.QuerySet[Link]:
    """The links of an order that still open something, the newest first. One query when read."""
    return (live_links(ANSWER, order) | live_links(PROGRESS, order)).order_by("-pk")


def path_of(link: Link) -> str:
    """The path of a link's page, empty when the installation's key was changed since."""
    token = link.token
    return reverse(ROUTES[link.purpose], args=[token]) if token else ""


def order_of_link(link: Link) -> RepairOrder:
    """The order a link is bound to, with car, people and store. One query."""
    rows = RepairOrder.objects.select_related(
        "vehicle", "customer", "driver", "advisor", "store__region__group"
    )
    found: RepairOrder = rows.get(pk=link.subject_id)
    return found


def estimate_of_link(link: Link, order: RepairOrder) -> Estimate:
    """The one estimate version a link is bound to. One query."""
    estimate: Estimate = order.estimates.get(number=link.version)
    estimate.order = order
    return estimate


@transaction.atomic
def answer_by_link(link: Link, estimate: Estimate, given: Given) -> Authorisation | None:
    """Take the customer's answer by link; None for wrong digits, which the caller must let commit.

    Declined jobs are kept as being thought about. Raises EstimateOutdated when the version was replaced or
    answered meanwhile, TooManyTries, LinkRevoked, NotSigned, AnswerIncomplete.
    """
    right = hmac.compare_digest(given.digits, estimate.order.visitor.mobile[-DIGITS:])
    count_try(link, right)
    if not right:
        return None
    jobs = set(estimate.lines.values_list("job_id", flat=True))
    shown = {**given.shown, "agreed": sorted(given.agreed), "declined": sorted(jobs - given.agreed)}
    answered = Answered(
        way=ConsentWay.LINK,
        agreed=given.agreed,
        declined=dict.fromkeys(sorted(jobs - given.agreed), DeclineReason.THINKS),
        signed=Signed(estimate.order.visitor.name, given.strokes) if given.agreed else None,
        phone_tail=given.digits,
        by_link=LinkEvidence(link, shown, given.address, given.browser),
    )
    return authorise(estimate, answered, by=link)
