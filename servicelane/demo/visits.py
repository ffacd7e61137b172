"""One car's way through the demo dealership: the steps people take with it, each by the real service.

A way is a generator: it does a step, then yields the moment of the next one. It begins wherever the order
stands, so a dealership that was stopped goes on from its rows alone.
"""

from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from random import Random

from servicelane.billing.exit_services import Collector, exit_pass_of, issue_exit_pass
from servicelane.billing.invoice_services import Settlement, settle
from servicelane.billing.models import Invoice, PayerKind
from servicelane.kernel.clock import now
from servicelane.kernel.errors import DomainError
from servicelane.orders.estimate_services import make_estimate
from servicelane.orders.finding_services import end_hold, price_finding, report_finding, start_hold
from servicelane.orders.job_services import JobDetails, add_job
from servicelane.orders.models import (
    CollectorRelation,
    Consent,
    FindingState,
    HoldReason,
    Job,
    JobState,
    Operation,
    Paper,
    PayType,
    RepairOrder,
    Safety,
    Status,
    WorkType,
)
from servicelane.orders.order_services import CheckIn, Signed, belongings_back, promise
from servicelane.orders.part_services import issue_parts
from servicelane.parts.errors import NotEnoughStock
from servicelane.people.models import Employee
from servicelane.reception.services import HandOver, check_in, hand_over, next_due
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import finish, pause, send_to_inspection, start
from servicelane.workshop.inspection_services import Inspection, inspect, skip_wash, start_wash, wash_done
from servicelane.workshop.models import Fault, PauseReason, WashSkip
from servicelane.workshop.queries import wash_of

from .answers import STROKES, may_ask_by_link, may_follow, take_answer
from .crews import bay_for
from .house import House, minutes, open_lines
from .outlook import says_how_it_goes
from .paying import payments
from .sheets import failed, fill
from .visitors import OF_ENGINES, need_of

Steps = Iterator[datetime]
Whose = Generator[datetime, None, Employee]
BELONGINGS = ("雨伞", "儿童座椅", "太阳镜", "行车记录仪", "停车卡", "充电线", "后备箱工具包", "车载香水")
FOUND = (
    ("左前制动片剩 2.8 mm", Safety.URGENT, ("G-BPF",)),
    ("后制动片剩 3.1 mm", Safety.SOON, ("G-BPR",)),
    ("雨刮片老化，刮不净", Safety.WATCH, ("G-WIP",)),
    ("蓄电池健康度 48 %", Safety.SOON, ("G-BAT",)),
    ("空调滤芯发霉", Safety.WATCH, ("M-CAB",)),
    ("左前轮胎花纹 1.6 mm，鼓包", Safety.URGENT, ("G-TYRE", "G-BAL")),
    ("制动液含水量 4 %", Safety.SOON, ("M-BRFL",)),
    ("节气门积碳较多", Safety.WATCH, ("G-THROT",)),
    ("右前下摆臂球头松旷", Safety.URGENT, ("G-BALLJ", "G-ALIGN")),
    ("稳定杆连杆胶套开裂", Safety.SOON, ("G-LINK",)),
    ("左前半轴防尘套破裂甩油", Safety.SOON, ("G-BOOT",)),
    ("后减振器渗油", Safety.WATCH, ("G-SHOCKR",)),
    ("喇叭声音沙哑", Safety.WATCH, ("G-HORN",)),
    ("右后轮胎扎钉，慢漏", Safety.SOON, ("G-PUNCT",)),
)
FAILED = (
    ((Fault.LOOSE,), "左前轮螺母力矩不足"),
    ((Fault.LEVEL,), "机油液位偏高"),
    ((Fault.WARNING_LIGHT,), "保养提示灯未复位"),
    ((Fault.NOISE,), "试车仍有轻微异响"),
    ((Fault.DIRTY,), "脚垫和方向盘有油手印"),
)
LATE_REASONS = ("等配件", "增加了维修项目", "前一辆车拖了时间", "试车后要复检")
OVERTIME = timedelta(minutes=35)


def walk(house: House, order_id: int, *, tries: int = 0) -> Steps:
    """Take one order from where it stands to its end; late in the day it may stay overnight.

    Raises what the services refuse; the dealership then lets it go on later.
    """
    order = fresh(order_id)
    draw = house.draw("visit", order.number, order.status if tries else "", tries)
    steps = {
        Status.ARRIVED: _reception,
        Status.OPEN: _estimate,
        Status.AGREED: _begin,
        Status.IN_WORK: _workshop,
        Status.QUALITY_CHECK: _inspection,
        Status.READY: _settlement,
        Status.SETTLED: _hand_over,
    }
    while (status := Status(order.status)) in steps:
        house.there[status] += 1
        try:
            if not house.is_open(now()):
                yield house.working(now(), draw)
            yield from steps[status](house, order, draw)
        finally:
            house.there[status] -= 1
        if order.status == status:
            # Nothing moved it: somebody else has to. It is looked at again now and then.
            yield now() + minutes(40)


def _lingers(house: House, status: Status, draw: Random) -> Steps:
    """The last car in a stage leaves it only when another one has reached it: none stands empty."""
    while house.there[status] == 1:
        yield house.working(now() + minutes(draw.randint(4, 9)), draw)


def fresh(order_id: int) -> RepairOrder:
    """The order as one more person reads it. One query."""
    return RepairOrder.objects.select_related("store", "vehicle", "customer", "driver", "advisor").get(
        pk=order_id
    )


def _taken(house: House, people: list[Employee], draw: Random) -> Whose:
    """Wait until one of `people` is free, and take them; the way's value is that person."""
    while (person := house.free(people)) is None:
        yield house.working(now() + minutes(draw.randint(3, 9)), draw)
    house.crew.busy.add(person.pk)
    return person


def _reception(house: House, order: RepairOrder, draw: Random) -> Steps:
    waited = draw.choice((1, 2, 2, 3, 3, 4, 5, 7, 11))
    yield max(now(), order.arrived_at + minutes(waited) + minutes(draw.randrange(60) / 60))
    need = need_of(house.seed, order.vehicle.plate)
    odometer = max(need.odometer, (order.vehicle.odometer or 0) + draw.randint(4, 60))
    things = draw.sample(BELONGINGS, draw.choice((0, 0, 0, 1, 1, 2)))
    name = order.visitor.name[:10]
    seen = CheckIn(
        odometer=odometer,
        fuel=draw.randint(1, 8),
        key_tag=f"K-{draw.randint(1, 60):02}",
        papers=[Paper.VEHICLE_LICENCE] if draw.random() < 0.3 else [],
        place=draw.choice(("A", "B", "C")) + str(draw.randint(1, 24)),
        waits_here=draw.random() < 0.55,
        wash_wanted=draw.random() < 0.85,
        belongings=things,
        signed=Signed(name, STROKES) if draw.random() < 0.8 else None,
    )
    check_in(order, seen, by=order.advisor)
    may_follow(house, order)


def _estimate(house: House, order: RepairOrder, draw: Random) -> Steps:
    need = need_of(house.seed, order.vehicle.plate)
    if not order.jobs.exists():
        yield now() + minutes(draw.randint(3, 8))
        again = order.comeback_of_id is not None
        codes = ("G-NOISE",) if again else need.codes
        for operation in _operations(order, codes):
            details = JobDetails(
                operation,
                work_type=WorkType.COMEBACK if again else None,
                pay_type=PayType.GOODWILL if again else need.pay_type,
            )
            add_job(order, details, by=order.advisor)
        yield now() + minutes(draw.randint(1, 3))
    estimate = order.estimates.filter(state="open").first()
    if estimate is None:
        estimate = make_estimate(order, by=order.advisor, promised_at=_promised(house, order, draw))
    yield now() + minutes(draw.randint(2, 9))
    yield from _lingers(house, Status.OPEN, draw)
    yield from take_answer(house, order, estimate, draw)


def _operations(order: RepairOrder, codes: tuple[str, ...]) -> list[Operation]:
    known = {
        row.code: row for row in Operation.objects.filter(group=order.store.region.group_id, code__in=codes)
    }
    return [known[code] for code in codes if code in known]


def _promised(house: House, order: RepairOrder, draw: Random) -> datetime:
    """When an advisor promises the car: half as much again as the standard times, an hour for the rest."""
    standard = sum((job.minutes for job in order.jobs.exclude(state=JobState.DONE)), timedelta())
    queue = house.there[Status.AGREED] / max(len(house.crew.technicians), 1)
    ready = now() + standard * 1.5 + minutes(110 + 55 * queue)
    closes = house.closing(now())
    if ready > closes - minutes(15):
        ready = (
            house.opening_after(closes) + max(ready - closes, minutes(0)) % timedelta(hours=5) + minutes(120)
        )
    quarter = minutes(15)
    start = house.closing(ready) - timedelta(hours=18)
    return start + quarter * ceil((ready - start) / quarter) + quarter * draw.choice((0, 0, 1))


def _begin(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Put a technician and a bay on the car, issue its parts, and start the first job."""
    yield house.working(now() + minutes(draw.randint(2, 8)), draw)
    job = _next_job(order)
    if job is None:
        return
    technician = yield from _taken(house, house.able(order.jobs.all()), draw)
    try:
        bay = bay_for(house.crew, job.operation.code if job.operation else "")
        if bay:
            house.crew.busy.add(-bay.pk)
            house.bays[order.pk] = bay
        if not job.assignments.exists():
            assign(order, job, technician, bay, by=house.on_duty(house.crew.dispatchers)[0])
        yield from _parts(house, order, draw)
        yield from _lingers(house, Status.AGREED, draw)
        start(job, technician, by=technician)
    except DomainError:
        house.leaves(order.pk, technician)
        raise


def _workshop(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Do every agreed job, the one that runs first; something may be found on the way."""
    technician = None
    try:
        yield from _left_open(house, order, draw)
        while job := _next_job(order):
            technician = yield from _whose(house, job, technician, draw)
            if job.state == JobState.WAITING and not job.assignments.exists():
                by = house.on_duty(house.crew.dispatchers)[0]
                assign(order, job, technician, house.bays.get(order.pk), by=by)
            yield from _parts(house, order, draw)
            yield from _one_job(house, job, technician, draw)
            if order.status != Status.IN_WORK:
                # At once: while it waited here, it would count as a car that is still in work.
                break
            yield now() + minutes(draw.randint(1, 4))
    finally:
        house.leaves(order.pk, technician)
    if order.status == Status.IN_WORK:
        send_to_inspection(order, by=house.on_duty(house.crew.dispatchers)[0])


def _left_open(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Answer what was found, priced or asked before the dealership stopped."""
    for finding in order.findings.filter(state=FindingState.REPORTED):
        finding.order = order
        codes = next((row[2] for row in FOUND if row[0] == finding.words), FOUND[2][2])
        yield now() + minutes(draw.randint(2, 9))
        price_finding(finding, [JobDetails(one) for one in _operations(order, codes)], by=order.advisor)
    estimate = order.estimates.filter(state="open").first()
    if estimate is None and order.jobs.filter(consent=Consent.NEW, state=JobState.WAITING).exists():
        later = max(order.promised_at or now(), now() + minutes(20)) + minutes(30)
        estimate = make_estimate(order, by=order.advisor, promised_at=later)
    if estimate:
        yield now() + minutes(draw.randint(3, 12))
        yield from take_answer(house, order, estimate, draw)


def _next_job(order: RepairOrder) -> Job | None:
    todo = order.jobs.filter(
        consent=Consent.AGREED, state__in=(JobState.RUNNING, JobState.PAUSED, JobState.WAITING)
    )
    # In the alphabet paused and running stand before waiting: what was begun is finished first.
    job = todo.select_related("operation").order_by("state", "pk").first()
    if job:
        job.order = order
    return job


def _whose(house: House, job: Job, before: Employee | None, draw: Random) -> Whose:
    """Who does a job: whose clock runs on it, else who did the one before and may, else who is free."""
    if job.state == JobState.RUNNING:
        clock = job.clockings.filter(ended_at=None).select_related("technician__group").last()
        if clock:
            house.crew.busy.add(clock.technician_id)
            return clock.technician
    able = house.able([job])
    if before in able:
        return before
    if before:
        house.crew.busy.discard(before.pk)
    return (yield from _taken(house, able, draw))


def _parts(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Issue what the agreed jobs want; what the shelf lacks comes by an urgent order."""
    clerk = (house.on_duty(house.crew.clerks) or house.crew.managers)[0]
    for line in open_lines(order.pk):
        line.job.order = order
        with suppress(NotEnoughStock):
            issue_parts(line, line.open_quantity, by=clerk)
            continue
        # The refused issue was undone in the database; here the order still counts it.
        order.refresh_from_db(fields=["version"])
        start_hold(order, HoldReason.PARTS, by=clerk)
        yield house.working(now() + minutes(draw.randint(45, 160)), draw)
        house.restock(line.part, line.quantity)
        end_hold(order, HoldReason.PARTS, by=clerk)
        yield now() + minutes(2)
        issue_parts(line, line.open_quantity, by=clerk)
    yield now() + minutes(draw.randint(1, 4))


def _one_job(house: House, job: Job, technician: Employee, draw: Random) -> Steps:
    is_rework = job.rework_of_id is not None
    length = job.minutes * draw.triangular(0.7, 1.45, 0.95) if job.minutes else minutes(draw.randint(6, 14))
    if job.state != JobState.RUNNING:
        start(job, technician, by=technician)
    if not is_rework and not job.order.findings.exists() and draw.random() < 0.3:
        yield now() + length * 0.4
        length *= 0.6
        yield from _finding(house, job, technician, draw)
    yield from _until_done(house, job, technician, length, draw)
    while house.there[Status.IN_WORK] == 1 and _is_last(job):
        if house.is_open(now()):
            yield now() + minutes(draw.randint(4, 9))
        else:
            yield from _until_morning(house, job, technician, PauseReason.PARTS, "等配件，明早到货", draw)
    fill(house, job.order, technician)
    finish(job, by=technician)


def _is_last(job: Job) -> bool:
    """Whether the car leaves the workshop when this job is done."""
    others = job.order.jobs.exclude(pk=job.pk).exclude(consent=Consent.DECLINED)
    return not others.exclude(state__in=(JobState.DONE, JobState.DROPPED)).exists()


def _until_morning(
    house: House, job: Job, technician: Employee, reason: PauseReason, note: str, draw: Random
) -> Steps:
    pause(job, reason, by=technician, note=note)
    yield house.opening_after(now()) + minutes(draw.randint(4, 25))
    start(job, technician, by=technician)


def _until_done(house: House, job: Job, technician: Employee, length: timedelta, draw: Random) -> Steps:
    """Work for `length`; whoever cannot finish today stops the clock and goes on in the morning."""
    closes = house.closing(now())
    if now() >= closes or now() + length <= closes + OVERTIME:
        yield now() + length * 0.8
        says_how_it_goes(job, technician, now() + length * 0.2, draw)
        yield now() + length * 0.2
        return
    worked = closes - now()
    yield closes
    yield from _until_morning(house, job, technician, PauseReason.OTHER, "下班，明早继续", draw)
    yield now() + max(length - worked, minutes(4))


def _finding(house: House, job: Job, technician: Employee, draw: Random) -> Steps:
    """Report something, price it, ask the customer: a car that waits for the answer stands."""
    order = job.order
    there = set(order.jobs.values_list("operation__code", flat=True))
    found = [entry for entry in FOUND if not there & set(entry[2])]
    if len(order.vehicle.plate) == 8:
        found = [entry for entry in found if not OF_ENGINES & set(entry[2])]
    words, safety, codes = draw.choice(found)
    finding = report_finding(order, words, safety, by=technician)
    stands = safety is not Safety.WATCH and draw.random() < 0.6
    if stands:
        yield now() + minutes(1)
        pause(job, PauseReason.APPROVAL, by=technician)
    yield now() + minutes(draw.randint(4, 16))
    priced = [JobDetails(operation) for operation in _operations(order, codes)]
    price_finding(finding, priced, by=order.advisor)
    yield now() + minutes(draw.randint(1, 4))
    later = max(order.promised_at or now(), now() + minutes(20)) + minutes(30)
    estimate = make_estimate(order, by=order.advisor, promised_at=later)
    may_ask_by_link(house, order, estimate)
    yield house.working(now() + minutes(draw.choice((3, 5, 8, 12, 20, 45))), draw)
    yield from take_answer(house, order, estimate, draw)
    if stands:
        yield now() + minutes(draw.randint(1, 6))
        start(job, technician, by=technician)


def _inspection(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Inspect with other eyes, wash, and tell the customer before a promise is broken."""
    yield house.working(now() + minutes(draw.randint(3, 14)), draw)
    if not order.quality_checks.filter(passed=True).exists():
        worked = set(order.jobs.values_list("clockings__technician", flat=True))
        eyes = [person for person in house.on_duty(house.crew.inspectors) if person.pk not in worked]
        inspector = eyes[0] if eyes else house.crew.managers[0]
        fails = order.quality_checks.count() == 0 and draw.random() < 0.07
        if fails:
            faults, words = draw.choice(FAILED)
            job = order.jobs.filter(state=JobState.DONE, rework_of=None).order_by("pk").first()
            rework = [job.pk] if job else []
            inspect(order, failed(order, faults, words, rework), by=inspector)
            return
        yield from _lingers(house, Status.QUALITY_CHECK, draw)
        inspect(order, Inspection(True, rest_ok=True), by=inspector)
    if order.status != Status.QUALITY_CHECK:
        return
    yield from _wash(house, order, draw)


def _wash(house: House, order: RepairOrder, draw: Random) -> Steps:
    yield house.working(now() + minutes(draw.randint(2, 9)), draw)
    washer = house.on_duty(house.crew.washers)[0]
    if draw.random() < 0.05:
        yield from _lingers(house, Status.QUALITY_CHECK, draw)
        skip_wash(order, WashSkip.NO_TIME, by=washer)
        return
    washer = yield from _taken(house, house.crew.washers, draw)
    # Who washes does not wait: the car counts as gone, so that another one stays.
    yield from _lingers(house, Status.QUALITY_CHECK, draw)
    house.there[Status.QUALITY_CHECK] -= 1
    try:
        wash = wash_of(order)
        if wash is None or not wash.started_at:
            start_wash(order, by=washer)
        yield now() + minutes(draw.randint(12, 26))
        wash_done(order, by=washer)
    finally:
        house.there[Status.QUALITY_CHECK] += 1
        house.crew.busy.discard(washer.pk)
    due = order.promised_at
    if due and now() > due and draw.random() < 0.5:
        later = now() + minutes(30)
        promise(order, later, by=order.advisor, reason=draw.choice(LATE_REASONS))


def _settlement(house: House, order: RepairOrder, draw: Random) -> Steps:
    yield house.working(now() + minutes(draw.choice((4, 8, 15, 25, 50))), draw)
    if order.belongings.filter(returned_at=None).exists():
        belongings_back(order, by=order.advisor)
        yield now() + minutes(1)
    yield from _lingers(house, Status.READY, draw)
    if draw.random() < 0.12:
        wanted = Settlement(Decimal(draw.choice((2, 3, 5))), draw.choice(("老客户", "会员日", "等候补偿")))
        settle(order, wanted, by=order.advisor)
    else:
        settle(order, by=(house.on_duty(house.crew.cashiers) or house.crew.managers)[0])


def _hand_over(house: House, order: RepairOrder, draw: Random) -> Steps:
    """Take the money, let the car out, explain the work."""
    cashier = (house.on_duty(house.crew.cashiers) or house.crew.managers)[0]
    yield house.working(now() + minutes(draw.randint(1, 7)), draw)
    if draw.random() < 0.5:
        yield from _lingers(house, Status.SETTLED, draw)
    for invoice in Invoice.objects.filter(order=order, payer_kind=PayerKind.CUSTOMER, is_owed=True):
        invoice.order = order
        yield from payments(invoice, cashier, house.crew.managers[0], draw)
    if exit_pass_of(order) is None:
        who = draw.choice((CollectorRelation.OWNER, CollectorRelation.OWNER, CollectorRelation.FAMILY))
        issue_exit_pass(order, Collector(order.visitor.name, who), by=cashier)
    yield house.working(now() + minutes(draw.choice((3, 5, 8, 12, 30))), draw)
    yield from _lingers(house, Status.SETTLED, draw)
    due_on, due_km = next_due(order, now())
    told = HandOver(
        explained=True,
        belongings_seen=True,
        old_parts_shown=draw.random() < 0.7,
        covers_removed=True,
        next_on=due_on,
        next_km=due_km,
        signed=Signed(order.visitor.name[:10], STROKES) if draw.random() < 0.8 else None,
    )
    hand_over(order, told, by=order.advisor)
