"""One car from its booking to the closed call, with extra work, a failed inspection and a comeback.

The row is that of an appointment form; name and number are changed. The clock moves with the day, each step
is recorded, and ten figures counted from the facts alone agree with what was done here by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import settle
from servicelane.billing.models import Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.booking.models import Booking
from servicelane.booking.services import NewBooking, Times, arrive, book, confirm, no_show
from servicelane.care.complaint_services import Answer, Closing, answer_complaint, close_complaint
from servicelane.care.follow_up_services import CallDetails, record_call
from servicelane.care.models import Cause, Complaint, FollowUp, Outcome, Resolution
from servicelane.customers.visitor_services import Visitor
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved
from servicelane.kernel.models import Event
from servicelane.kernel.sealing import seal
from servicelane.orders.estimate_services import Answered, authorise, make_estimate
from servicelane.orders.finding_services import price_finding, report_finding
from servicelane.orders.job_services import JobDetails, Wanted, add_job
from servicelane.orders.models import (
    ConsentWay,
    DeclineReason,
    Estimate,
    Job,
    PartLine,
    RepairOrder,
    Safety,
    Status,
    WorkType,
)
from servicelane.orders.order_services import CheckIn, Signed, belongings_back, link_comeback
from servicelane.orders.part_services import issue_parts
from servicelane.orders.timeline import timeline
from servicelane.org.queries import local_moment
from servicelane.parts.models import Part
from servicelane.reception.services import HandOver, WalkIn, check_in, hand_over, walk_in
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import finish, pause, resume, start
from servicelane.workshop.inspection_services import Inspection, inspect, start_wash, wash_done
from servicelane.workshop.models import Fault, PauseReason
from tests.kernel.test_reactions import work_off
from tests.stories.recount import Period, recount
from tests.visit import STROKES, operation

DAY = date(2027, 3, 1)
NAME, MOBILE, PLATE = "张大全", "15400003456", "鲁B-3210"

OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")

pytestmark = pytest.mark.django_db(transaction=True)


class Story:
    """Steps on a day's clock, each through a real service; it counts the statements of every call."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast
        self.statements: dict[str, int] = {}
        self.day = DAY

    def at(self, clock: str) -> datetime:
        """The moment at which the store's clock shows this on the story's day."""
        return local_moment(self.cast.shinan, self.day, time.fromisoformat(clock))

    def step(self, clock: str, call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a service at a time of the day."""
        with moved(self.at(clock)), CaptureQueriesContext(connection) as seen:
            result = call(*args, **kwargs)
        told = [
            entry
            for entry in seen
            if not entry["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
        ]
        self.statements[f"{self.day.day} {clock} {call.__name__}"] = len(told)
        return result

    def fresh(self, row: Any) -> Any:
        """The row as the next request reads it."""
        return type(row).objects.get(pk=row.pk)

    def reactions(self) -> None:
        """Let the worker do what the facts announced, on the story's clock."""
        with moved(self.at("23:00")):
            work_off()


def everything_agreed(estimate: Estimate, *, but: tuple[int, ...] = ()) -> Answered:
    """A signed answer that declines these jobs only."""
    jobs = set(estimate.lines.values_list("job_id", flat=True))
    declined = dict.fromkeys(but, DeclineReason.PRICE)
    return Answered(ConsentWay.SIGNATURE, frozenset(jobs - set(but)), declined, signed=Signed(NAME, STROKES))


def issue_all(story: Story, order: RepairOrder, clock: str) -> None:
    lines = PartLine.objects.filter(
        job__order=order, job__consent="agreed", job__state__in=["waiting", "running"]
    )
    for line in lines.select_related("job__order__store", "part"):
        if line.open_quantity:
            line.job.order = story.fresh(order)
            story.step(clock, issue_parts, line, line.open_quantity, by=story.cast.he)


def job(order: RepairOrder, code: str) -> Job:
    return Job.objects.select_related("order__store").get(order=order, operation__code=code, rework_of=None)


def the_first_visit(story: Story) -> RepairOrder:
    cast = story.cast
    visitor = Visitor(NAME, MOBILE, PLATE, model_name="EQ7200-IID", confirmed={"plate": "on_paper"})
    times = Times(
        story.at("09:30"), cast.chen, timedelta(minutes=90), story.at("11:30"), "20000公里定期保养",
        WorkType.MAINTENANCE,
    )  # fmt: skip
    story.day = DAY - timedelta(days=1)
    booking = story.step("16:00", book, cast.shinan, NewBooking(times, visitor), by=cast.lin)
    story.step("17:00", confirm, story.fresh(booking), by=cast.lin)
    story.day = DAY
    order = story.step("09:28", arrive, story.fresh(booking), by=cast.chen)
    assert (order.words, order.promised_at) == ("20000公里定期保养", story.at("11:30"))

    seen = CheckIn(20_150, 4, "K-17", belongings=["雨伞"], signed=Signed(NAME, STROKES))
    story.step("09:32", check_in, story.fresh(order), seen, by=cast.chen)
    story.step("09:36", add_job, story.fresh(order), JobDetails(operation("M20")), by=cast.chen)
    estimate = story.step(
        "09:38", make_estimate, story.fresh(order), by=cast.chen, promised_at=story.at("11:30")
    )
    story.step("09:40", authorise, story.fresh(estimate), everything_agreed(estimate), by=cast.chen)

    service = job(order, "M20")
    lift = cast.shinan.bays.get(code="L1")
    story.step("09:42", assign, story.fresh(order), service, cast.tao, lift, by=cast.luo)
    issue_all(story, order, "09:44")
    story.step("09:45", start, job(order, "M20"), cast.tao, by=cast.tao)
    finding = story.step(
        "10:05", report_finding, story.fresh(order), "左前制动片剩 2.8 mm", Safety.URGENT, by=cast.tao
    )
    story.step("10:06", pause, job(order, "M20"), PauseReason.APPROVAL, by=cast.tao)
    price = [JobDetails(operation("G-BPF")), JobDetails(operation("G-WIP"))]
    story.step("10:10", price_finding, story.fresh(finding), price, by=cast.chen)
    extra = story.step(
        "10:12", make_estimate, story.fresh(order), by=cast.chen, promised_at=story.at("12:10")
    )
    wipers = job(order, "G-WIP")
    call = everything_agreed(extra, but=(wipers.pk,))
    spoken = Answered(
        ConsentWay.CALL,
        call.agreed,
        call.declined,
        spoken_to=NAME,
        phone_tail="3456",
        said="换刹车片，雨刮下次",
    )
    story.step("10:20", authorise, story.fresh(extra), spoken, by=cast.chen)
    story.step("10:21", resume, job(order, "M20"), cast.tao, by=cast.tao)
    issue_all(story, order, "10:22")
    story.step("10:50", finish, job(order, "M20"), by=cast.tao)
    story.step("10:51", start, job(order, "G-BPF"), cast.tao, by=cast.tao)
    story.step("11:20", finish, job(order, "G-BPF"), by=cast.tao)
    assert story.fresh(order).status == Status.QUALITY_CHECK

    failed = Inspection(
        passed=False, faults=[Fault.LOOSE], words="左前轮螺母力矩不足", rework=[job(order, "G-BPF").pk]
    )
    story.step("11:25", inspect, story.fresh(order), failed, by=cast.yin)
    again = Job.objects.select_related("order__store").get(order=order, rework_of__isnull=False)
    story.step("11:28", start, again, cast.tao, by=cast.tao)
    story.step("11:34", finish, Job.objects.select_related("order__store").get(pk=again.pk), by=cast.tao)
    story.step("11:38", inspect, story.fresh(order), Inspection(passed=True), by=cast.yin)
    story.step("11:40", start_wash, story.fresh(order), by=cast.luo)
    story.step("11:52", wash_done, story.fresh(order), by=cast.luo)
    assert story.fresh(order).status == Status.READY

    story.step("11:55", belongings_back, story.fresh(order), by=cast.chen)
    (invoice,) = story.step("11:56", settle, story.fresh(order), by=cast.shen)
    half = Decimal("500.00")
    story.step("11:57", take_payment, story.fresh(invoice), Paid(Way.WECHAT, half), by=cast.shen)
    rest = invoice.gross - half
    story.step("11:58", take_payment, story.fresh(invoice), Paid(Way.CASH, rest), by=cast.shen)
    story.step("11:59", issue_exit_pass, story.fresh(order), Collector(NAME), by=cast.shen)
    told = HandOver(
        explained=True, belongings_seen=True, old_parts_shown=True, next_on=date(2027, 9, 1), next_km=30_000,
        signed=Signed(NAME, STROKES),
    )  # fmt: skip
    story.step("12:05", hand_over, story.fresh(order), told, by=cast.chen)
    return story.fresh(order)


def the_follow_up(story: Story, order: RepairOrder) -> Complaint:
    story.reactions()
    follow_up = FollowUp.objects.get(order=order)
    story.day = DAY + timedelta(days=3)
    unhappy = CallDetails(Outcome.DISSATISFIED, car_ok=False, said="刹车还有异响", wish="请再检查")
    story.step("10:00", record_call, follow_up, unhappy, by=story.cast.lin)
    return Complaint.objects.get(order=order)


def the_comeback(story: Story, first: RepairOrder) -> RepairOrder:
    cast = story.cast
    story.day = DAY + timedelta(days=4)
    came = WalkIn(cast.chen, vehicle=first.vehicle, customer=first.customer, words="刹车异响")
    order = story.step("09:00", walk_in, cast.shinan, came, by=cast.chen)
    story.step("09:03", link_comeback, story.fresh(order), first, "workmanship", by=cast.chen)
    story.step(
        "09:05", check_in, story.fresh(order), CheckIn(20_300, 4, "K-18", wash_wanted=False), by=cast.chen
    )
    grease = [Wanted(Part.objects.get(number="HY-BF-DOT4"), Decimal("0.5"))]
    details = JobDetails(operation("G-NOISE"), work_type=WorkType.COMEBACK, pay_type="goodwill", parts=grease)
    story.step("09:08", add_job, story.fresh(order), details, by=cast.chen)
    estimate = story.step(
        "09:10", make_estimate, story.fresh(order), by=cast.chen, promised_at=story.at("10:00")
    )
    released = Answered(ConsentWay.RELEASE, frozenset(estimate.lines.values_list("job_id", flat=True)), {})
    story.step("09:12", authorise, story.fresh(estimate), released, by=cast.gu)
    issue_all(story, order, "09:14")
    story.step("09:15", start, job(order, "G-NOISE"), cast.tao, by=cast.tao)
    story.step("10:10", finish, job(order, "G-NOISE"), by=cast.tao)
    story.step("10:15", inspect, story.fresh(order), Inspection(passed=True), by=cast.yin)
    story.step("10:20", settle, story.fresh(order), by=cast.shen)
    story.step("10:21", issue_exit_pass, story.fresh(order), Collector(NAME), by=cast.shen)
    told = HandOver(explained=True, belongings_seen=True, next_on=date(2027, 9, 1), next_km=30_000)
    story.step("10:25", hand_over, story.fresh(order), told, by=cast.chen)
    return story.fresh(order)


def the_end_of_the_complaint(story: Story, complaint: Complaint, second: RepairOrder) -> None:
    lin = story.cast.lin
    story.step("10:30", answer_complaint, story.fresh(complaint), Answer("已免费处理", told=True), by=lin)
    closing = Closing(True, Cause.WORKMANSHIP, Resolution.REDO, told=True)
    story.step("10:40", close_complaint, story.fresh(complaint), closing, by=lin)
    story.reactions()
    story.day = DAY + timedelta(days=7)
    happy = CallDetails(Outcome.SATISFIED, car_ok=True, work_ok=True, price_ok=True, time_ok=True)
    story.step("10:00", record_call, FollowUp.objects.get(order=second), happy, by=lin)


def a_customer_who_did_not_come(story: Story) -> None:
    story.day = DAY
    times = Times(story.at("14:00"), story.cast.chen, timedelta(hours=1), None, "保养", WorkType.MAINTENANCE)
    other = Visitor("李女士", "15400007788", "鲁B6F82K")
    booking = story.step("08:30", book, story.cast.shinan, NewBooking(times, other), by=story.cast.lin)
    story.step("17:30", no_show, story.fresh(booking), by=story.cast.lin)


def test_one_car_walks_the_whole_loop_and_the_facts_say_so(shop: Any) -> None:
    story = Story(shop)
    first = the_first_visit(story)
    a_customer_who_did_not_come(story)
    complaint = the_follow_up(story, first)
    second = the_comeback(story, first)
    the_end_of_the_complaint(story, complaint, second)

    assert (first.status, second.status, second.comeback_of_id) == ("delivered", "delivered", first.pk)
    assert FollowUp.objects.get(order=second).state == "done"
    assert Complaint.objects.get().state == "closed"
    first.vehicle.refresh_from_db()
    assert (first.vehicle.odometer, first.vehicle.next_due_km) == (20_300, 30_000)
    assert Booking.objects.get(order=first).status == "arrived"
    assert job(first, "G-WIP").consent == "declined"

    with_names = [
        moment for moment in timeline(first) if moment.by is None and moment.kind != "orders.promised"
    ]
    assert with_names == []
    steps = [moment.kind for moment in reversed(timeline(first))]
    wanted = {
        "orders.arrived",
        "orders.open",
        "orders.estimated",
        "orders.authorised",
        "orders.agreed",
        "orders.in_work",
        "workshop.started",
        "orders.found",
        "orders.held",
        "workshop.paused",
        "orders.priced",
        "orders.released",
        "workshop.resumed",
        "workshop.finished",
        "orders.quality_check",
        "workshop.inspected",
        "workshop.washed",
        "orders.ready",
        "orders.belongings_back",
        "orders.settled",
        "billing.invoiced",
        "billing.paid",
        "billing.exit_pass",
        "orders.delivered",
        "care.called",
        "care.complained",
        "care.answered",
        "care.closed",
    }
    assert wanted <= set(steps)
    assert steps.count("workshop.inspected") == steps.count("orders.quality_check") == 2

    while seal():
        pass
    assert check() == []

    facts = list(Event.objects.filter(store_id=shop.shinan.pk))
    said = " ".join(str(fact.data) for fact in facts)
    assert not any(word in said for word in ("张", "3456", "异响", "刹车", "雨伞"))
    figures = recount(facts, Period(DAY, DAY + timedelta(days=10)))
    assert figures.throughput == 2
    assert figures.ftfr.value == Fraction(1, 2)
    assert figures.on_time.value == Fraction(0, 2)
    assert figures.no_show.value == Fraction(1, 2)
    assert figures.follow_up.value == Fraction(2, 2)
    assert figures.fill.value == Fraction(7, 7)
    assert figures.clocked == timedelta(minutes=21 + 29 + 29 + 6 + 55)
    assert figures.sold_minutes == 90 + 60  # goodwill stands apart
    assert figures.stage_times["greet_wait"] == timedelta(minutes=4, seconds=30)
    assert figures.revenue["work.maintenance"] == 21_239 + 29_027 + 4_071 + 708 + 7_611 + 11_327

    average = sum(story.statements.values()) / len(story.statements)
    worst = max(story.statements.items(), key=lambda entry: entry[1])
    print(f"\n{len(story.statements)} calls, {average:.1f} statements on average, at worst {worst}")
    assert average <= 12
    assert worst[1] <= 40
