"""How the demo's customers answer: on the screen, in a call, or by a link on their own telephone."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from servicelane.channels.models import Link
from servicelane.channels.outbox_services import send_due
from servicelane.kernel.clock import now
from servicelane.orders.customer_pages import AnswerPage
from servicelane.orders.estimate_services import Answered, authorise
from servicelane.orders.link_services import (
    ANSWER,
    DIGITS,
    Given,
    answer_by_link,
    links_of,
    make_answer_link,
    make_progress_link,
)
from servicelane.orders.models import (
    CancelReason,
    ConsentWay,
    DeclineReason,
    Estimate,
    RepairOrder,
    Status,
)
from servicelane.orders.order_services import Signed, cancel

from .house import House, minutes

STROKES = [[90, 310, 170, 130, 250, 300], [300, 190, 430, 200, 360, 320]]
"""A signature as it is written on the screen."""
BY_LINK = 0.45
"""Share of the answers to extra work, of customers who do not wait, that are given on a telephone."""
FOLLOWS = 0.4
BROWSER = "Mozilla/5.0 (Linux; Android 14) Mobile"


def may_follow(house: House, order: RepairOrder) -> None:
    """Send a link to follow the car to some of those who do not wait in the lounge."""
    draw = house.draw("follows", order.number)
    if not order.waits_here and order.visitor.mobile and draw.random() < FOLLOWS:
        make_progress_link(order, by=order.advisor)
        send_due()


def may_ask_by_link(house: House, order: RepairOrder, estimate: Estimate) -> None:
    """Send the extra work to the telephone of some of those who left the car with us."""
    draw = house.draw("by link", order.number)
    if not order.waits_here and len(order.visitor.mobile) >= DIGITS and draw.random() < BY_LINK:
        estimate.order = order
        make_answer_link(estimate, by=order.advisor)
        send_due()


def _given(link: Link, agreed: frozenset[int], order: RepairOrder) -> Given:
    digits, strokes = order.visitor.mobile[-DIGITS:], STROKES if agreed else []
    return Given(agreed, strokes, digits, AnswerPage(link).shown(), "192.0.2.17", BROWSER)


def take_answer(house: House, order: RepairOrder, estimate: Estimate, draw: Random) -> Iterator[datetime]:
    estimate.order = order
    asked = list(dict.fromkeys(estimate.lines.order_by("pk").values_list("job_id", flat=True)))
    is_extra = order.status != Status.OPEN
    declined: dict[int, DeclineReason] = {}
    reasons = (DeclineReason.PRICE, DeclineReason.TIME, DeclineReason.THINKS, DeclineReason.NOT_NEEDED)
    if is_extra:
        declined = {job: draw.choice(reasons) for job in asked if draw.random() < 0.36}
    elif len(asked) > 1 and draw.random() < 0.22:
        declined = {asked[-1]: draw.choice(reasons)}
    agreed = frozenset(asked) - set(declined)
    goodwill = {job for job in order.jobs.all() if job.pk in agreed and job.pay_type == "goodwill"}
    name = order.visitor.name[:10]
    if goodwill:
        answer = Answered(ConsentWay.RELEASE, agreed, declined)
        authorise(estimate, answer, by=house.crew.managers[0])
    elif link := links_of(order).filter(purpose=ANSWER).first() if is_extra else None:
        answer_by_link(link, estimate, _given(link, agreed, order))
    elif is_extra or draw.random() < 0.12:
        tail = (order.visitor.mobile or "0000")[-4:]
        said = "同意" if not declined else "这次先不做" if not agreed else "做急的，其余下次"
        answer = Answered(ConsentWay.CALL, agreed, declined, spoken_to=name, phone_tail=tail, said=said)
        authorise(estimate, answer, by=order.advisor)
    else:
        answer = Answered(ConsentWay.SIGNATURE, agreed, declined, signed=Signed(name, STROKES))
        authorise(estimate, answer, by=order.advisor)
    if not is_extra and not goodwill and draw.random() < 0.015:
        yield now() + minutes(4)
        cancel(order, CancelReason.TOO_DEAR, by=order.advisor)
