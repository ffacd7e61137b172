"""The demo's days: people come, are served by the real services in time order, and are called afterwards.

Everything is decided from the rows that stand and from dice with a seed, so a dealership that was stopped,
or started again after days, simply goes on.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random

from servicelane.booking.models import COMING, Booking, BookingCancelReason, BookingSource
from servicelane.booking.services import NewBooking, Times, arrive, book, cancel, confirm, no_show
from servicelane.care.complaint_services import (
    Answer,
    Closing,
    ComplaintDetails,
    answer_complaint,
    close_complaint,
    open_complaint,
)
from servicelane.care.follow_up_services import CallDetails, record_call
from servicelane.care.models import (
    Cause,
    Complaint,
    ComplaintSource,
    ComplaintState,
    FollowUp,
    FollowUpState,
    Outcome,
    Resolution,
    Severity,
)
from servicelane.customers.models import Customer
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import DomainError
from servicelane.kernel.sealing import seal
from servicelane.kernel.working_off import work_off
from servicelane.orders.models import IN_HOUSE, ComebackCause, RepairOrder, Status, WorkType
from servicelane.orders.order_services import link_comeback
from servicelane.org.models import Store
from servicelane.org.queries import local_moment
from servicelane.people.models import Employee
from servicelane.reception.services import WalkIn, walk_in
from servicelane.workshop.models import Clocking

from .crews import crews_of, plan_week
from .fleet import NUMBER as FLEET
from .fleet import keep_account, next_car
from .house import House, minutes
from .tills import till
from .visitors import Need, need_of, visitor
from .visits import fresh, walk

Way = Iterator[datetime]
CARS = {"SN": 19, "LS": 8}
"""Cars a usual day brings to a store; to the further ones `USUAL`."""
USUAL = 12
OF_WEEKDAY = (1.1, 1.0, 0.95, 0.95, 1.0, 1.25, 0.9)
BOOKED = 0.42
"""Share of the cars that are booked."""
PEAKS = ((0, 0.16), (30, 0.2), (60, 0.16), (120, 0.18), (240, 0.08), (330, 0.12), (420, 0.1))
"""Minutes after opening and the share of the walk-ins in the stretch that begins then: the morning peak."""
STRETCH = {0: 30, 30: 30, 60: 60, 120: 120, 240: 90, 330: 90, 420: 105}
MOST_TRIES = 4
BY_NIGHT = ("夜间救援拖车送来，无法启动", "高速救援送来，水温报警", "下班后投钥匙，明早保养")
CALLED_OFF = (BookingCancelReason.CUSTOMER, BookingCancelReason.CUSTOMER, BookingCancelReason.ELSEWHERE)
UNHAPPY = (
    ("等了太久，说好的时间没交车", Cause.WAITING, "给个说法"),
    ("刹车还有异响", Cause.WORKMANSHIP, "请再检查一次"),
    ("费用比估价高，没人提前说", Cause.COMMUNICATION, "解释清楚"),
    ("车里没洗干净，座椅上有油手印", Cause.FACILITY, "免费再洗一次"),
)


@dataclass(slots=True)
class Tally:
    """What a run made: cars that came, services that refused, and whether it was stopped."""

    cars: int = 0
    refused: list[str] = field(default_factory=list)
    stopped: bool = False


@dataclass(order=True, slots=True)
class _Turn:
    at: datetime
    number: int
    way: Way = field(compare=False)
    order: int | None = field(compare=False, default=None)
    tries: int = field(compare=False, default=0)


class Dealership:
    """The stores of the demo between two moments. `live` does the work."""

    def __init__(self, stores: Sequence[Store], seed: int) -> None:
        self.houses = [House(crew, seed) for crew in crews_of(stores)]
        self.seed = seed
        self.tally = Tally()
        self._turns: list[_Turn] = []
        self._count = 0
        numbers = Customer.objects.filter(mobile__startswith="1540000").values_list("mobile", flat=True)
        self._taken = {int(number[-4:]) for number in numbers} | {FLEET}

    def live(self, since: datetime, until: datetime, told: Callable[[float], bool]) -> Tally:
        """Let all that happens between the two moments happen, each step on its own clock.

        `told` is given how far it is, 0 to 1, and answers whether to go on. No transaction is open
        between two steps. A step that a service refuses is tried again later, four times.
        """
        with moved(since):
            for house in self.houses:
                self._go_on(house)
                self._put(since, self._days(house, until))
        self._put(since + timedelta(hours=1), self._hours(until))
        while self._turns:
            turn = heappop(self._turns)
            if turn.at > until:
                break
            if not told((turn.at - since) / (until - since)):
                self.tally.stopped = True
                until = turn.at
                break
            self._take(turn)
        with moved(until):
            _react_and_seal()
        return self.tally

    def _take(self, turn: _Turn) -> None:
        with moved(turn.at):
            try:
                at = next(turn.way)
            except StopIteration:
                return
            except DomainError as refusal:
                self.tally.refused.append(f"{turn.at:%m-%d %H:%M} {refusal}")
                self._again(turn)
                return
        turn.at = max(at, turn.at)
        heappush(self._turns, turn)

    def _again(self, turn: _Turn) -> None:
        if turn.order is None or turn.tries >= MOST_TRIES:
            return
        house = self._house_of(turn.order)
        way = walk(house, turn.order, tries=turn.tries + 1)
        self._put(turn.at + minutes(25), way, turn.order, turn.tries + 1)

    def _house_of(self, order_id: int) -> House:
        store_id = RepairOrder.objects.values_list("store_id", flat=True).get(pk=order_id)
        return next(house for house in self.houses if house.crew.store.pk == store_id)

    def _put(self, at: datetime, way: Way, order: int | None = None, tries: int = 0) -> None:
        self._count += 1
        heappush(self._turns, _Turn(at, self._count, way, order, tries))

    def _go_on(self, house: House) -> None:
        """Take up what stands from before: cars in the house, bookings, complaints."""
        at, store = now(), house.crew.store
        running = Clocking.objects.running().filter(job__order__store=store)
        house.crew.busy.update(running.values_list("technician_id", flat=True))
        waiting = RepairOrder.objects.filter(store=store, status__in=IN_HOUSE).order_by("pk")
        for nth, order_id in enumerate(waiting.values_list("pk", flat=True)):
            self._put(at + minutes(nth * 2), walk(house, order_id), order_id)
        for pk in Booking.objects.filter(store=store, status__in=COMING).values_list("pk", flat=True):
            self._put(at, self._booked(house, pk))
        for pk in (
            Complaint.objects.filter(store=store)
            .exclude(state=ComplaintState.CLOSED)
            .values_list("pk", flat=True)
        ):
            self._put(at, _complaint(house, pk))

    def _hours(self, until: datetime) -> Way:
        while now() < until:
            _react_and_seal()
            yield now() + timedelta(hours=1)

    def _days(self, house: House, until: datetime) -> Way:
        """The days of a store: shifts, telephone, walk-ins, calls, and the order of parts in the evening."""
        store, first = house.crew.store, True
        while True:
            day = house.day(now())
            if first or day.weekday() == 0:
                plan_week(house.crew, day - timedelta(days=day.weekday()))
            hours = house.hours(day)
            if hours:
                self._plan_day(house, day, first=first)
            if until - now() < timedelta(days=1):
                last = until - minutes(house.draw("last", day).randint(2, 4))
                self._put(max(last, now()), self._somebody_waits(house))
            first = False
            if hours:
                yield max(now(), local_moment(store, day, hours.closes) - minutes(20))
                house.restock()
            yield local_moment(store, day + timedelta(days=1), time(6, 30))

    def _plan_day(self, house: House, day: date, *, first: bool) -> None:
        store, draw = house.crew.store, house.draw("day", day)
        cars = CARS.get(store.code, USUAL) * OF_WEEKDAY[day.weekday()] * draw.triangular(0.85, 1.15)
        opens = house.opening_after(local_moment(store, day, time(0)))
        walk_ins = round(cars * (1 - BOOKED))
        for nth in range(walk_ins):
            begin = draw.choices([peak[0] for peak in PEAKS], [peak[1] for peak in PEAKS])[0]
            at = opens + minutes(begin + draw.random() * STRETCH[begin])
            self._at(at, self._walks_in(house, f"{day}:{nth}"))
        calls = round(cars * BOOKED)
        for nth in range(calls):
            ahead = draw.choice((1, 1, 1, 2, 2, 3, 4))
            at = opens + minutes(20 + draw.random() * 540)
            self._at(at, self._telephones(house, f"{day}:{nth}", day + timedelta(days=ahead)))
        if first and not Booking.objects.filter(store=store).exists():
            for ahead, share in ((0, 1.0), (1, 0.5), (2, 0.25), (3, 0.12)):
                for nth in range(round(cars * BOOKED * share)):
                    way = self._telephones(house, f"{day}:first:{ahead}:{nth}", day + timedelta(days=ahead))
                    self._put(now(), way)
        self._put(max(now(), opens - minutes(5)), till(house, house.closing(opens)))
        self._at(opens + minutes(15), self._comebacks(house, day))
        if house is self.houses[0]:
            self._at(opens + minutes(10), self._fleet(house, day))
        self._put(max(now(), opens + minutes(10)), self._who_came(house, day))
        if now() < house.closing(now()):
            self._put(max(now(), opens + minutes(80)), self._calls(house, day))
        if draw.random() < 0.25:
            self._at(opens + minutes(200 + draw.random() * 200), self._complains(house))

    def _at(self, at: datetime, way: Way) -> None:
        if at >= now():
            self._put(at, way)

    def _came(self, house: House, order: RepairOrder) -> None:
        self.tally.cars += 1
        self._put(now(), walk(house, order.pk), order.pk)

    def _walks_in(self, house: House, key: str) -> Way:
        draw = house.draw("walk-in", key)
        order = walk_in(house.crew.store, self._walk_in(house, draw), by=_advisor(house, draw))
        self._came(house, order)
        yield from ()

    def _fleet(self, house: House, day: date) -> Way:
        """A car of the firm that pays by the month."""
        who, draw = next_car(house), house.draw("fleet", day)
        if who is None:
            return
        came = WalkIn(_advisor(house, draw), who, words=need_of(self.seed, who.plate).words)
        order = walk_in(house.crew.store, came, by=came.advisor)
        keep_account(house, order.customer)
        self._came(house, order)
        yield from ()

    def _walk_in(self, house: House, draw: Random, words: str = "") -> WalkIn:
        who = visitor(draw, self._taken)
        return WalkIn(_advisor(house, draw), who, words=words or need_of(self.seed, who.plate).words)

    def _somebody_waits(self, house: House) -> Way:
        """Whatever the hour, one car has just come: by night a breakdown truck brings it."""
        store, draw = house.crew.store, house.draw("waits", now().date(), now().hour)
        if house.is_open(now()) and house.clock(now()) < time(17, 30):
            words = ""
        else:
            words = draw.choice(
                ("夜间救援拖车送来，无法启动", "高速救援送来，水温报警", "下班后投钥匙，明早保养")
            )
        if not RepairOrder.objects.filter(store=store, status=Status.ARRIVED).exists():
            walk_in(store, self._walk_in(house, draw, words), by=_advisor(house, draw))
            self.tally.cars += 1
        yield from ()

    def _telephones(self, house: House, key: str, day: date) -> Way:
        """Somebody books for `day`, or for the next one the store is open."""
        draw = house.draw("books", key)
        hours, ahead = house.hours(day), 0
        while hours is None and ahead < 7:
            day, ahead = day + timedelta(days=1), ahead + 1
            hours = house.hours(day)
        if hours is None:
            return
        opens = local_moment(house.crew.store, day, hours.opens)
        half_hours = draw.choices(range(16), (9, 9, 8, 8, 6, 6, 4, 2, 1, 2, 3, 4, 3, 2, 1, 1))[0]
        starts_at = opens + minutes(30 * half_hours)
        if starts_at <= now():
            return
        who = visitor(draw, self._taken)
        need = need_of(self.seed, who.plate)
        times = Times(starts_at, _advisor(house, draw), _length(need), None, need.words, need.work_type)
        source = draw.choice((BookingSource.PHONE, BookingSource.PHONE, BookingSource.DESK))
        by = house.on_duty(house.crew.relations)[0]
        booking = book(house.crew.store, NewBooking(times, who, source=source), by=by)
        self._put(now(), self._booked(house, booking.pk))
        yield from ()

    def _booked(self, house: House, booking_id: int) -> Way:
        """What becomes of a booking: confirmed, called off, kept or not kept."""
        booking = _booking(booking_id)
        draw = house.draw("booking", booking.vehicle.plate, booking.starts_at)
        by = house.on_duty(house.crew.relations)[0]
        eve = local_moment(house.crew.store, house.day(booking.starts_at) - timedelta(days=1), time(16, 30))
        if booking.status == "booked" and eve > now():
            yield eve + minutes(draw.random() * 60)
            if draw.random() < 0.05:
                reasons = (
                    BookingCancelReason.CUSTOMER,
                    BookingCancelReason.CUSTOMER,
                    BookingCancelReason.ELSEWHERE,
                )
                cancel(_booking(booking_id), draw.choice(reasons), by=by)
                return
            confirm(_booking(booking_id), by=by)
        if booking.starts_at < now() or draw.random() < 0.08:
            yield max(now(), booking.starts_at + minutes(draw.randint(70, 120)))
            no_show(_booking(booking_id), by=by)
            return
        yield max(now(), booking.starts_at + minutes(draw.triangular(-14, 22, -2)))
        booking = _booking(booking_id)
        self._came(house, arrive(booking, by=booking.advisor))

    def _who_came(self, house: House, day: date) -> Way:
        house.note_attendance(day)
        yield from ()

    def _comebacks(self, house: House, day: date) -> Way:
        """Cars whose last visit did not mend them, two to five days ago."""
        store = house.crew.store
        begin = local_moment(store, day - timedelta(days=6), time(0))
        left = RepairOrder.objects.filter(
            store=store, status=Status.DELIVERED, delivered_at__gte=begin, comeback_of=None
        )
        for order in left.order_by("pk"):
            draw = house.draw("comeback", order.number)
            if (
                draw.random() < 0.035
                and house.day(order.delivered_at or now()) + timedelta(days=draw.choice((2, 3, 4, 5))) == day
            ):
                self._put(now() + minutes(draw.random() * 180), self._comes_back(house, order.pk))
        yield from ()

    def _comes_back(self, house: House, first_id: int) -> Way:
        first = fresh(first_id)
        if RepairOrder.objects.filter(vehicle=first.vehicle, status__in=IN_HOUSE).exists():
            return
        came = WalkIn(
            first.advisor, vehicle=first.vehicle, customer=first.visitor, words="上次修的地方又有异响"
        )
        order = walk_in(house.crew.store, came, by=first.advisor)
        yield now() + minutes(1)
        cause = house.draw("cause", first.number).choice((ComebackCause.WORKMANSHIP, ComebackCause.DIAGNOSIS))
        link_comeback(fresh(order.pk), first, cause, by=first.advisor)
        self._came(house, order)

    def _calls(self, house: House, day: date) -> Way:
        """Ring those whose call is due, one after the other; a few stay for tomorrow."""
        due = FollowUp.objects.filter(store=house.crew.store, state=FollowUpState.DUE, next_on__lte=day)
        caller = house.on_duty(house.crew.relations)[0]
        for pk in due.order_by("pk").values_list("pk", flat=True):
            follow_up = FollowUp.objects.select_related("order__store", "store", "customer").get(pk=pk)
            draw = house.draw("call", follow_up.order.number, day)
            if draw.random() < 0.06:
                continue
            call = record_call(follow_up, _told(house, follow_up, draw), by=caller)
            complaint = Complaint.objects.filter(call=call).first()
            if complaint:
                self._put(now(), _complaint(house, complaint.pk))
            yield now() + minutes(draw.triangular(3, 16, 7))

    def _complains(self, house: House) -> Way:
        """Somebody complains at the desk about a visit of the last days."""
        left = RepairOrder.objects.filter(store=house.crew.store, status=Status.DELIVERED)
        order = left.select_related("customer", "vehicle", "driver").order_by("-delivered_at").first()
        if order is None:
            return
        words, _cause, wish = house.draw("complains", order.number).choice(UNHAPPY)
        details = ComplaintDetails(
            order.visitor,
            words,
            ComplaintSource.DESK,
            Severity.MINOR,
            wish,
            order=order,
            vehicle=order.vehicle,
        )
        complaint = open_complaint(house.crew.store, details, by=order.advisor)
        self._put(now(), _complaint(house, complaint.pk))
        yield from ()


def _react_and_seal() -> None:
    work_off()
    while seal():
        pass


def _advisor(house: House, draw: Random) -> Employee:
    return draw.choice(house.on_duty(house.crew.advisors))


def _length(need: Need) -> timedelta:
    return minutes(240 if need.work_type == WorkType.BODY_PAINT else 60 + 30 * (len(need.codes) - 1))


def _booking(booking_id: int) -> Booking:
    return Booking.objects.select_related("store", "vehicle", "customer", "advisor").get(pk=booking_id)


def _told(house: House, follow_up: FollowUp, draw: Random) -> CallDetails:
    """What a customer says; who waited in vain or whose car came back says it twice as often."""
    came_back = follow_up.order.comebacks.exists()
    chance = draw.random()
    if chance < 0.14:
        return CallDetails(Outcome.NO_ANSWER)
    if chance < (0.5 if came_back else 0.19):
        words, _cause, wish = draw.choice(UNHAPPY)
        severity = Severity.MAJOR if draw.random() < 0.2 else Severity.MINOR
        return CallDetails(Outcome.DISSATISFIED, car_ok=False, said=words, wish=wish, severity=severity)
    said = draw.choice(("", "", "很满意，顾问讲得清楚", "车况很好", "洗得干净，谢谢"))
    return CallDetails(
        Outcome.SATISFIED, car_ok=True, work_ok=True, price_ok=draw.random() < 0.9, time_ok=True, said=said
    )


def _complaint(house: House, complaint_id: int) -> Way:
    """Answer a complaint the same day or the next, and close it when the customer has been told."""
    complaint = _fresh_complaint(complaint_id)
    draw = house.draw("complaint", complaint.opened_at)
    by = house.crew.relations[0]
    if complaint.state == ComplaintState.OPEN:
        yield house.working(now() + minutes(draw.triangular(30, 600, 150)), draw)
        text = draw.choice(("已向客户致歉并约好复检", "已说明费用明细，客户理解", "已安排免费精洗一次"))
        answer_complaint(_fresh_complaint(complaint_id), Answer(text, told=True), by=by)
    yield house.working(now() + timedelta(days=1) + minutes(draw.random() * 300), draw)
    cause = next((row[1] for row in UNHAPPY if row[0] == complaint.words), Cause.OTHER)
    outcome = draw.choice((Resolution.APOLOGY, Resolution.REDO, Resolution.EXPLANATION))
    closing = Closing(draw.random() < 0.85, cause, outcome, told=True)
    close_complaint(_fresh_complaint(complaint_id), closing, by=by)


def _fresh_complaint(complaint_id: int) -> Complaint:
    return Complaint.objects.select_related("store", "customer").get(pk=complaint_id)
