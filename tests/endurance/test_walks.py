"""Visits that walk at random, pushed by random people at random times: what must hold holds at every step."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import hypothesis
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import credit, settle
from servicelane.billing.models import Invoice, InvoiceState, Payment, Way
from servicelane.billing.payment_services import Paid, refund, take_payment
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import DomainError
from servicelane.kernel.models import Event
from servicelane.kernel.sealing import seal
from servicelane.orders.estimate_services import Answered, authorise, make_estimate
from servicelane.orders.events import OF_STATUS, REOPENED
from servicelane.orders.finding_services import dismiss_finding, price_finding, report_finding
from servicelane.orders.job_services import JobDetails, add_job, drop_job
from servicelane.orders.models import (
    CancelReason,
    ConsentWay,
    DeclineReason,
    DropReason,
    Estimate,
    EstimateLine,
    EstimateState,
    Finding,
    Job,
    PartLine,
    RepairOrder,
    Safety,
    Status,
)
from servicelane.orders.order_services import (
    Arrival,
    CheckIn,
    Signed,
    belongings_back,
    cancel,
    create,
    promise,
    reopen,
)
from servicelane.orders.part_services import issue_parts, return_parts
from servicelane.parts.models import Movement, StockItem
from servicelane.people.models import Employee
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.reception.services import HandOver, check_in, hand_over
from servicelane.schedule.services import assign, unassign
from servicelane.workshop.clock_services import finish, pause, resume, send_to_inspection, start, stop_work
from servicelane.workshop.inspection_services import (
    Inspection,
    inspect,
    skip_wash,
    start_wash,
    wash_done,
)
from servicelane.workshop.models import Clocking, Fault, PauseReason, WashSkip
from tests.visit import STROKES, car, operation

SEED = int(os.environ.get("ENDURANCE_SEED", "20261125"))
ROUNDS = int(os.environ.get("ENDURANCE_ROUNDS", "0"))
CODES = ("M20", "G-WIP", "G-BPF")
PEOPLE = ("chen", "fang", "luo", "tao", "yin", "he", "shen", "gu", "wu", "lin")
PLATES = ("鲁B3210K", "鲁B9988K", "鲁B7Q51M")
STATUS_OF = {kind: str(status) for status, kind in OF_STATUS.items()}

STILL = {"orders_operation", "orders_operationpart", "orders_labourrate", "parts_part", "kernel_seal"}
WALKED = ("kernel", "parts", "orders", "schedule", "reception", "workshop", "billing", "customers")


def tables() -> list[str]:
    """The tables a visit writes to."""
    return [
        model._meta.db_table
        for name in WALKED
        for model in apps.get_app_config(name).get_models()
        if model._meta.db_table not in STILL and "historical" not in model._meta.db_table
    ]


def everything() -> list[list[Any]]:
    """All rows of these tables. Read as they are: at every step the models would take ten times as long."""
    with connection.cursor() as cursor:
        found = []
        for table in tables():
            cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
            found.append(cursor.fetchall())
    return found


small = st.integers(0, 11)
STEPS = st.sampled_from([*["onwards"] * 8, *["anything"] * 3, "arrive", "later", "later", "earlier"])


class Walk(RuleBasedStateMachine):
    """A store with up to three visits. A step is one service call, as a screen makes it, or time passing.

    A call that the house refuses must change nothing; any error that is no refusal fails the walk.
    """

    shop: Any = None
    calls: Counter[str] = Counter()
    refusals: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock: datetime = now()
        self.orders: list[int] = []
        self.facts = 0

    def teardown(self) -> None:
        """Seal what was told, read everything back, and forget it."""
        try:
            with moved(self.clock):
                while seal():
                    pass
                assert check() == []
        finally:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)

    # What is done

    def call(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a service on the walk's clock; None when the house refuses, and then nothing has changed."""
        before = everything()
        name = service.__name__
        self.calls[name] += 1
        hypothesis.note(f"{self.clock:%d %H:%M} {name} {[str(arg) for arg in args[:2]]}")
        try:
            with moved(self.clock):
                return service(*args, **kwargs)
        except DomainError as refusal:
            refused = refusal
        self.refusals[name] += 1
        hypothesis.note(f"refused: {refused.code}")
        assert str(refused)
        assert refused.advice
        assert everything() == before, f"{name} was refused ({refused.code}) and changed something"
        return None

    def order(self, which: int) -> RepairOrder | None:
        """One of the orders as the next request reads it."""
        if not self.orders:
            return None
        return RepairOrder.objects.with_car().get(pk=self.orders[which % len(self.orders)])

    def person(self, which: int) -> Employee:
        """Somebody of the store."""
        return getattr(self.shop, PEOPLE[which % len(PEOPLE)])

    @rule(step=STEPS, which=st.integers(0, 2), what=st.integers(0, 60), who=small, odd=small)
    def something_happens(self, step: str, which: int, what: int, who: int, odd: int) -> None:
        """Most steps take a visit on, some are anybody's; one rule, so that no walk lacks any."""
        order = self.order(which)
        if step == "later":
            self.clock += timedelta(minutes=1 + what * 3)
        elif step == "earlier":
            self.clock -= timedelta(minutes=1 + what)
        elif step == "arrive" or order is None:
            self.arrive(who)
        elif step == "onwards":
            self.onwards(order, odd)
        else:
            self.anything(order, what, who, odd)

    def arrive(self, who: int) -> None:
        if len(self.orders) < len(PLATES):
            plate = PLATES[len(self.orders)]
            customer, vehicle = car(self.shop, plate, f"客户{len(self.orders)}")
            came = Arrival(vehicle, customer, self.shop.chen, words="保养")
            order = self.call(create, self.shop.shinan, came, by=self.person(who))
            self.orders.append(order.pk)

    def anything(self, order: RepairOrder, what: int, who: int, odd: int) -> None:
        """Any step at any moment by anybody."""
        tries = (
            self.receive, self.add, self.ask, self.answer, self.give, self.issue, self.bring_back, self.begin,
            self.stop, self.go_on, self.end, self.find, self.price, self.look, self.wash, self.bill, self.pay,
            self.pay_back, self.take_back, self.let_out, self.hand, self.call_off, self.break_off,
            self.leave_out, self.step_back, self.promise_anew, self.take_off,
        )  # fmt: skip
        tries[what % len(tries)](order, self.person(who), odd)

    def onwards(self, order: RepairOrder, odd: int) -> None:
        shop = self.shop
        match Status(order.status):
            case Status.ARRIVED:
                self.receive(order, shop.chen, odd)
            case Status.OPEN:
                if order.estimates.filter(state=EstimateState.OPEN).exists() and odd != 5:
                    self.answer(order, shop.chen, odd)
                elif order.jobs.filter(consent="new", state="waiting").exists():
                    self.ask(order, shop.chen, odd)
                else:
                    self.add(order, shop.chen, odd)
            case Status.AGREED | Status.IN_WORK:
                self.work(order, odd)
            case Status.QUALITY_CHECK:
                if order.quality_checks.filter(passed=True).exists() and odd % 3:
                    self.wash(order, shop.luo, odd)
                else:
                    self.look(order, shop.yin, odd)
            case Status.READY:
                self.call(belongings_back, order, by=shop.chen)
                self.bill(self.fresh(order), shop.shen, odd)
            case Status.SETTLED:
                if Invoice.objects.filter(order=order, is_owed=True).exists():
                    self.pay(order, shop.shen, odd)
                elif not order.exit_passes.filter(voided_at=None).exists():
                    self.let_out(order, shop.shen, odd)
                else:
                    self.hand(order, shop.chen, odd)

    def work(self, order: RepairOrder, odd: int) -> None:
        shop = self.shop
        if Finding.objects.filter(order=order, state="open").exists():
            self.price(order, shop.chen, odd)
        elif order.estimates.filter(state=EstimateState.OPEN).exists():
            self.answer(order, shop.chen, odd)
        elif order.jobs.filter(consent="new", state="waiting").exists():
            self.ask(order, shop.chen, odd)
        elif order.jobs.filter(state="paused").exists():
            self.go_on(order, shop.tao, odd)
        elif order.jobs.filter(state="running").exists():
            lines = PartLine.objects.filter(job__order=order, job__state="running")
            if odd % 5 and any(line.open_quantity for line in lines):
                self.issue(order, shop.he, odd)
            else:
                self.end(order, shop.luo, odd)
        elif order.jobs.filter(state="waiting", consent="agreed").exists():
            self.begin(order, shop.tao, odd)
        else:
            self.call(send_to_inspection, order, by=shop.luo)

    def fresh(self, order: RepairOrder) -> RepairOrder:
        """The order as the next request reads it."""
        return RepairOrder.objects.with_car().get(pk=order.pk)

    def job(self, order: RepairOrder, odd: int, *states: str) -> Job | None:
        """One of the order's jobs, in these states if there is one."""
        jobs = list(Job.objects.filter(order=order).select_related("order__store"))
        fitting = [job for job in jobs if job.state in states and job.consent == "agreed"] or jobs
        return fitting[odd % len(fitting)] if fitting else None

    def line(self, order: RepairOrder, odd: int, *, issued: bool) -> PartLine | None:
        """One of the order's part lines, of which something is issued or not, if there is one."""
        lines = list(PartLine.objects.filter(job__order=order).select_related("job__order__store", "part"))
        fitting = [line for line in lines if (line.in_car if issued else line.open_quantity)] or lines
        return fitting[odd % len(fitting)] if fitting else None

    def invoice(self, order: RepairOrder, odd: int) -> Invoice | None:
        """One of the order's invoices, those that stand first."""
        invoices = list(
            Invoice.objects.select_related("order__store", "store").filter(order=order, credit_of=None)
        )
        fitting = [one for one in invoices if one.state == InvoiceState.ISSUED] or invoices
        return fitting[odd % len(fitting)] if fitting else None

    def receive(self, order: RepairOrder, by: Employee, odd: int) -> None:
        seen = CheckIn(
            20_000 + odd * 10,
            odd % 9,
            f"K-{odd}",
            wash_wanted=bool(odd % 2),
            belongings=["雨伞"] if odd % 3 else [],
            odometer_reason="" if odd % 4 else "换过仪表",
        )
        self.call(check_in, order, seen, by=by)

    def add(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(add_job, order, JobDetails(operation(CODES[odd % len(CODES)])), by=by)

    def ask(self, order: RepairOrder, by: Employee, odd: int) -> None:
        due = self.clock + timedelta(minutes=30 * odd + 15)
        self.call(make_estimate, order, by=by, promised_at=due if odd % 7 != 1 else None)

    def answer(self, order: RepairOrder, by: Employee, odd: int) -> None:
        estimate = Estimate.objects.select_related("order__store").filter(order=order).last()
        if estimate is None:
            return
        jobs = sorted(set(estimate.lines.values_list("job_id", flat=True)))
        declined = [job for at, job in enumerate(jobs) if at and (odd + at) % 4 == 0]
        if len(jobs) == 1 and order.status == Status.IN_WORK and odd % 2:
            declined = jobs
        answered = Answered(
            ConsentWay.SIGNATURE,
            frozenset(set(jobs) - set(declined)),
            dict.fromkeys(declined, DeclineReason.PRICE),
            signed=Signed("张大全", STROKES),
        )
        self.call(authorise, estimate, answered, by=by)

    def give(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "waiting", "paused", "running"):
            self.call(assign, order, job, self.shop.tao if odd % 3 else self.shop.wu, by=by)

    def take_off(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "waiting", "paused"):
            self.call(unassign, order, job, self.shop.tao, by=by)

    def issue(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if line := self.line(order, odd, issued=False):
            self.call(issue_parts, line, line.open_quantity or Decimal(1 + odd), by=by)

    def bring_back(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if line := self.line(order, odd, issued=True):
            self.call(return_parts, line, Decimal(1 + odd % 3), by=by)

    def begin(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "waiting"):
            self.call(start, job, by if by in (self.shop.tao, self.shop.wu) else self.shop.tao, by=by)

    def stop(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "running"):
            self.call(pause, job, list(PauseReason)[odd % len(PauseReason)], by=by)

    def go_on(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "paused"):
            self.call(resume, job, self.shop.tao if odd % 3 else self.shop.wu, by=by)

    def end(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "running", "paused"):
            self.call(finish, job, by=by)

    def find(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(report_finding, order, "制动片薄", Safety.URGENT, by=by)

    def price(self, order: RepairOrder, by: Employee, odd: int) -> None:
        finding = Finding.objects.select_related("order__store").filter(order=order).last()
        if finding and odd % 3:
            self.call(price_finding, finding, [JobDetails(operation(CODES[odd % len(CODES)]))], by=by)
        elif finding:
            self.call(dismiss_finding, finding, by=by)

    def look(self, order: RepairOrder, by: Employee, odd: int) -> None:
        done = self.job(order, odd, "done")
        failed = Inspection(passed=False, faults=[Fault.LOOSE], rework=[done.pk] if done else [])
        self.call(inspect, order, Inspection(passed=True) if odd % 4 else failed, by=by)

    def wash(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if odd % 3 == 0:
            self.call(start_wash, order, by=by)
        elif odd % 3 == 1:
            self.call(wash_done, order, by=by)
        else:
            self.call(skip_wash, order, WashSkip.WEATHER, by=by)

    def bill(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(settle, order, by=by)

    def pay(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if invoice := self.invoice(order, odd):
            way = Way.ON_ACCOUNT if odd % 6 == 5 else Way.CASH
            amount = invoice.owed if odd % 3 else Decimal(100 * odd)
            self.call(take_payment, invoice, Paid(way, amount, "月结"), by=by)

    def pay_back(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if invoice := self.invoice(order, odd):
            amount = invoice.paid if odd % 2 else Decimal(50)
            self.call(refund, invoice, Paid(Way.CASH, amount, "多收"), by=by)

    def take_back(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if invoice := self.invoice(order, odd):
            self.call(credit, invoice, "价格有误", by=by)

    def let_out(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(issue_exit_pass, order, Collector("张大全"), by=by)

    def hand(self, order: RepairOrder, by: Employee, odd: int) -> None:
        told = HandOver(explained=bool(odd % 5), belongings_seen=True, next_km=30_000)
        self.call(hand_over, order, told, by=by)

    def call_off(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if odd % 3 == 0:
            self.call(cancel, order, CancelReason.NOT_STAYING, by=by)

    def break_off(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if odd % 3 == 0:
            self.call(stop_work, order, by=by)

    def leave_out(self, order: RepairOrder, by: Employee, odd: int) -> None:
        if job := self.job(order, odd, "waiting", "paused"):
            self.call(drop_job, order, job, DropReason.CUSTOMER_STOPS, by=by)

    def step_back(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(reopen, order, list(Status)[odd % len(Status)], by=by, reason="按错了")

    def promise_anew(self, order: RepairOrder, by: Employee, odd: int) -> None:
        self.call(promise, order, self.clock + timedelta(minutes=30 * odd), by=by, reason="等配件")

    # What holds after every step

    @invariant()
    def all_holds(self) -> None:
        """Everything below."""
        self.stock_is_its_movements()
        self.money_in_is_money_owed()
        self.nothing_is_billed_that_was_not_agreed()
        self.nobody_works_on_two_cars_and_a_running_job_has_a_clock()
        self.every_stage_has_its_fact()
        self.facts_only_grow()

    def stock_is_its_movements(self) -> None:
        moved_ = dict(Movement.objects.order_by().values_list("item").annotate(total=Sum("quantity")))
        for item in StockItem.objects.all():
            assert item.on_hand == moved_.get(item.pk, 0)
            assert item.on_hand >= 0
            assert item.reserved >= 0

    def money_in_is_money_owed(self) -> None:
        cash = Counter[int]()
        put_off = Counter[int]()
        for invoice, way, amount in Payment.objects.values_list("invoice", "way", "amount"):
            (put_off if way == Way.ON_ACCOUNT else cash)[invoice] += amount
        for one in Invoice.objects.all():
            assert (one.paid, one.on_account) == (cash[one.pk], put_off[one.pk])
            assert 0 <= one.paid <= max(one.gross, Decimal(0))
            assert one.is_owed == (one.owed > 0)

    def nothing_is_billed_that_was_not_agreed(self) -> None:
        for pk in self.orders:
            agreed = sum(
                EstimateLine.objects.filter(estimate__order=pk, agreed=True)
                .exclude(job__state="dropped")
                .values_list("price", flat=True)
            )
            billed = Invoice.objects.filter(order=pk, state=InvoiceState.ISSUED, credit_of=None)
            assert sum(one.gross for one in billed) <= agreed

    def nobody_works_on_two_cars_and_a_running_job_has_a_clock(self) -> None:
        running = list(Clocking.objects.filter(ended_at=None).values_list("technician", "job"))
        assert len({technician for technician, _job in running}) == len(running)
        assert {job for _technician, job in running} == set(
            Job.objects.filter(state="running").values_list("pk", flat=True)
        )

    def every_stage_has_its_fact(self) -> None:
        for pk, status in RepairOrder.objects.filter(pk__in=self.orders).values_list("pk", "status"):
            last = (
                Event.objects.filter(
                    subject_type="orders.repairorder", subject_id=pk, kind__in=[*STATUS_OF, REOPENED]
                )
                .order_by("-id")
                .first()
            )
            assert last
            assert status == (last.data["to"] if last.kind == REOPENED else STATUS_OF[last.kind])

    def facts_only_grow(self) -> None:
        facts = Event.objects.count()
        assert facts >= self.facts
        self.facts = facts


def test_random_visits_keep_the_books_right(shop: Any) -> None:
    for name in ("wu", "yin"):
        grant_role(getattr(shop, name), Role.TECHNICIAN, shop.shinan, by=shop.admin)
        getattr(shop, name).forget_reach()
    Walk.shop = shop
    Walk.calls, Walk.refusals = Counter(), Counter()
    walks = settings(
        max_examples=40 * ROUNDS or 3,
        stateful_step_count=120 if ROUNDS else 35,
        derandomize=not ROUNDS,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink] if ROUNDS else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    hypothesis.seed(SEED)(run_state_machine_as_test)(Walk, settings=walks)
    print(f"calls {Walk.calls}, refused {Walk.refusals}")
    assert Walk.calls["finish"] - Walk.refusals["finish"] > 0
