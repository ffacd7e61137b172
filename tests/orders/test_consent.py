"""What the customer is asked, what they answer, and that nothing else is done (RO-2, RCP-5, RCP-10)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.orders import errors, finding_services, job_services
from servicelane.orders.catalogue_services import add_operation, set_rate
from servicelane.orders.estimate_services import authorise, make_estimate
from servicelane.orders.job_services import JobDetails, Wanted, add_job, change_job, drop_job, move_job
from servicelane.orders.models import (
    Consent,
    ConsentWay,
    DropReason,
    EstimateState,
    FindingState,
    HoldReason,
    Job,
    JobState,
    LabourRate,
    Operation,
    PartLine,
    PayType,
    RepairOrder,
    Safety,
    Status,
    WorkType,
)
from servicelane.orders.queries import authorised_total
from servicelane.parts.models import Part, StockItem
from tests.unchanged import refused
from tests.visit import agreed, asked, checked_in, job_of, operation, signed

HOUR = timedelta(hours=1)


def test_a_job_takes_time_price_and_parts_from_the_catalogue(shop):
    order = checked_in(shop)
    job = add_job(order, JobDetails(operation("M20")), by=shop.chen)

    assert (job.minutes, job.rate, job.price) == (timedelta(minutes=90), Decimal("160.00"), Decimal("240.00"))
    lines = {line.part.number: line for line in job.part_lines.select_related("part")}
    assert lines["HY-OF-1001"].price == lines["HY-OF-1001"].part.price
    assert len(lines) == 5
    assert job.vat_rate == Decimal("0.13")


def test_own_words_with_own_hours_are_a_job_too(shop):
    order = checked_in(shop)
    details = JobDetails(
        name_zh="抛光", name_en="polish", minutes=timedelta(minutes=50), pay_type=PayType.INTERNAL
    )
    job = add_job(order, details, by=shop.chen)
    assert (job.price, job.work_type) == (Decimal("66.67"), WorkType.GENERAL_REPAIR)


@pytest.mark.parametrize("minutes", [None, timedelta(minutes=-1), timedelta(hours=101)])
def test_absurd_hours_are_refused(shop, minutes):
    order = checked_in(shop)
    with refused(errors.PriceRefused):
        add_job(order, JobDetails(name_zh="抛光", minutes=minutes), by=shop.chen)


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(-1), Decimal("10000.001")])
def test_absurd_quantities_are_refused(shop, quantity):
    order = checked_in(shop)
    part = Part.objects.first()
    with refused(errors.PriceRefused):
        add_job(order, JobDetails(operation("M-OIL"), parts=[Wanted(part, quantity)]), by=shop.chen)


@pytest.mark.parametrize("price", [Decimal("-0.01"), Decimal("1000000.01")])
def test_absurd_prices_are_refused(shop, price):
    order = checked_in(shop)
    with refused(errors.PriceRefused):
        add_job(order, JobDetails(operation("M-OIL"), price=price), by=shop.chen)
    order.refresh_from_db()
    job = add_job(order, JobDetails(operation("M-OIL")), by=shop.chen)
    with refused(errors.PriceRefused):
        change_job(order, job, JobDetails(price=price), by=shop.chen)


def test_a_store_without_a_rate_prices_nothing(shop):
    order = checked_in(shop)
    LabourRate.objects.all().delete()
    with refused(errors.NoRate):
        add_job(order, JobDetails(operation("M-OIL")), by=shop.chen)


def test_a_rate_is_set_from_now_on_and_orders_keep_theirs(shop):
    order = checked_in(shop)
    job = add_job(order, JobDetails(operation("M-OIL")), by=shop.chen)
    set_rate(shop.shinan, PayType.CUSTOMER, Decimal(180), by=shop.gu)
    job.refresh_from_db()
    assert job.rate == Decimal("160.00")
    assert add_job(order, JobDetails(operation("M-OIL")), by=shop.chen).rate == Decimal("180.00")
    with refused(errors.RateRefused):
        set_rate(shop.shinan, PayType.CUSTOMER, Decimal(-1), by=shop.gu)


def test_an_operation_has_a_code_of_its_own(shop):
    names = ("测试", "test")
    made = add_operation(shop.group, "T-1", names, WorkType.GENERAL_REPAIR, HOUR, by=shop.gu)
    assert (made.standard_minutes, made.is_demo) == (60, False)
    with refused(errors.OperationCodeTaken, code="T-1"):
        add_operation(shop.group, "T-1", names, WorkType.GENERAL_REPAIR, HOUR, by=shop.gu)
    assert Operation.objects.count() == 41


def test_an_estimate_freezes_lines_and_sum_as_a_version(shop):
    estimate = asked(shop)
    total = estimate.total
    assert total == sum(line.price for line in estimate.lines.all()) == Decimal("836.00")
    assert (estimate.number, estimate.lines.count(), estimate.state) == (1, 6, EstimateState.OPEN)

    add_job(estimate.order, JobDetails(operation("G-WIP")), by=shop.chen)
    estimate.refresh_from_db()
    assert (estimate.state, estimate.total) == (EstimateState.SUPERSEDED, total)


def test_an_estimate_needs_something_to_ask_and_a_possible_promise(shop):
    order = checked_in(shop)
    with refused(errors.NothingToAsk):
        make_estimate(order, by=shop.chen, promised_at=now() + HOUR)
    order.refresh_from_db()
    add_job(order, JobDetails(operation("M20")), by=shop.chen)
    with refused(errors.PromiseInPast):
        make_estimate(order, by=shop.chen, promised_at=now() - HOUR)


def test_signing_agrees_reserves_and_promises(shop):
    estimate = asked(shop)
    authorise(estimate, signed(estimate), by=shop.chen)

    order = RepairOrder.objects.get(pk=estimate.order_id)
    assert (order.status, order.promised_first_at) == (Status.AGREED, estimate.promised_at)
    assert authorised_total(order) == estimate.total
    oil = StockItem.objects.get(store=shop.shinan, part__number="HY-OIL-5W30")
    assert oil.reserved == 1
    fact = Event.objects.about(order).get(kind="orders.authorised")
    assert (fact.data["total"], fact.data["part_lines"], fact.data["filled"]) == (83600, 5, 5)
    assert "张" not in str(fact.data)


def test_a_recorded_call_is_consent_too(shop):
    estimate = asked(shop)
    jobs = frozenset(estimate.lines.values_list("job_id", flat=True))
    call = replace(signed(estimate), way=ConsentWay.CALL, signed=None, agreed=jobs)
    with refused(errors.EvidenceMissing):
        authorise(estimate, call, by=shop.chen)
    estimate.refresh_from_db()
    estimate.order.refresh_from_db()
    authorise(estimate, replace(call, spoken_to="张大全", phone_tail="3456", said="同意"), by=shop.chen)
    assert estimate.authorisation.said == "同意"


def test_a_signature_without_strokes_is_no_consent(shop):
    estimate = asked(shop)
    with refused(errors.NotSigned):
        authorise(estimate, replace(signed(estimate), signed=None), by=shop.chen)


def test_every_line_has_its_answer(shop):
    estimate = asked(shop, checked_in(shop), "M20", "G-WIP")
    whole = signed(estimate)
    one = min(whole.agreed)
    with refused(errors.AnswerIncomplete):
        authorise(estimate, replace(whole, agreed=whole.agreed - {one}), by=shop.chen)
    estimate = type(estimate).objects.get(pk=estimate.pk)
    with refused(errors.AnswerIncomplete):
        authorise(estimate, replace(whole, declined={one: "price"}), by=shop.chen)


def test_an_answer_counts_once_and_for_the_open_version_only(shop):
    estimate = asked(shop)
    again = type(estimate).objects.get(pk=estimate.pk)
    authorise(estimate, signed(estimate), by=shop.chen)
    with refused(errors.EstimateOutdated):
        authorise(again, signed(again), by=shop.chen)


def test_a_declined_line_is_kept_with_its_reason_and_price(shop):
    estimate = asked(shop, checked_in(shop), "M20", "G-WIP")
    wipers = Job.objects.get(operation__code="G-WIP")
    authorise(estimate, signed(estimate, declined=(wipers.pk,)), by=shop.chen)

    wipers.refresh_from_db()
    assert (wipers.consent, wipers.decline_reason, wipers.state) == ("declined", "price", "waiting")
    assert wipers.declined_at
    assert StockItem.objects.get(store=shop.shinan, part__number="HY-WB-4301").reserved == 0
    assert authorised_total(estimate.order) == estimate.total - wipers.asked_total


def test_declining_everything_leaves_the_car_in_reception(shop):
    estimate = asked(shop)
    job = job_of(estimate.order)
    authorise(estimate, signed(estimate, declined=(job.pk,)), by=shop.chen)
    assert RepairOrder.objects.get(pk=estimate.order_id).status == Status.OPEN


def test_what_the_customer_agreed_to_keeps_its_price(shop):
    order = agreed(shop)
    job = job_of(order)
    line = PartLine.objects.select_related("job__order").filter(job=job).first()
    with refused(errors.AlreadyAgreed):
        change_job(order, job, JobDetails(price=Decimal(1)), by=shop.chen)
    order.refresh_from_db()
    with refused(errors.AlreadyAgreed):
        job_services.add_part(order, job, Wanted(line.part), by=shop.chen)
    order.refresh_from_db()
    with refused(errors.AlreadyAgreed):
        job_services.remove_part(order, line, by=shop.chen)


def test_a_part_comes_and_goes_before_the_answer(shop):
    order = checked_in(shop)
    job = add_job(order, JobDetails(operation("M-OIL")), by=shop.chen)
    mats = Part.objects.get(number="HY-FM-9001")
    job_services.add_part(order, job, Wanted(mats, Decimal(1)), by=shop.chen)
    line = PartLine.objects.get(part=mats)
    job_services.remove_part(order, line, by=shop.chen)
    assert not PartLine.objects.filter(part=mats).exists()


def test_missing_parts_do_not_stop_the_customer_from_agreeing(shop):
    StockItem.objects.filter(store=shop.shinan, part__number="HY-OIL-5W30").update(on_hand=0)
    order = agreed(shop)
    line = PartLine.objects.get(job__order=order, part__number="HY-OIL-5W30")
    assert line.missing == 1
    assert Event.objects.about(order).get(kind="orders.authorised").data["filled"] == 4


def test_internal_work_is_released_by_a_manager_and_customer_work_is_not(shop):
    order = checked_in(shop)
    add_job(order, JobDetails(operation("W-CTRL"), pay_type=PayType.WARRANTY), by=shop.chen)
    estimate = make_estimate(order, by=shop.chen, promised_at=now() + HOUR)
    released = replace(signed(estimate), way=ConsentWay.RELEASE, signed=None)
    authorise(estimate, released, by=shop.gu)
    assert RepairOrder.objects.get(pk=order.pk).status == Status.AGREED

    mixed = asked(shop)
    with refused(errors.NotToBeReleased):
        authorise(mixed, replace(signed(mixed), way=ConsentWay.RELEASE, signed=None), by=shop.gu)


def test_only_agreed_jobs_move_and_only_along_their_flow(shop):
    order = checked_in(shop)
    job = add_job(order, JobDetails(operation("M20")), by=shop.chen)
    with refused(errors.NotAgreed):
        move_job(job, JobState.RUNNING)
    job = job_of(agreed(shop))
    with refused(errors.WrongJobStep):
        move_job(job, JobState.DONE)
    twin = Job.objects.get(pk=job.pk)
    move_job(job, JobState.RUNNING)
    with refused(ChangedMeanwhile):
        move_job(twin, JobState.RUNNING)
    move_job(job, JobState.DONE)
    assert Job.objects.get(pk=job.pk).finished_at


def test_a_dropped_job_gives_its_parts_back(shop):
    order = agreed(shop)
    drop_job(order, job_of(order), DropReason.NO_PARTS, by=shop.chen, note="缺件")
    assert StockItem.objects.get(store=shop.shinan, part__number="HY-OIL-5W30").reserved == 0
    order.refresh_from_db()
    with refused(errors.WrongJobStep):
        drop_job(order, job_of(order), DropReason.NO_PARTS, by=shop.chen)


def test_a_finding_waits_for_price_and_answer_and_its_clock_stops_with_it(shop):
    order = agreed(shop)
    finding = finding_services.report_finding(order, "前制动片磨损", Safety.URGENT, by=shop.tao)
    assert order.holds.get(ended_at=None).reason == HoldReason.APPROVAL
    finding_services.price_finding(
        finding, [JobDetails(operation("G-BPF")), JobDetails(operation("G-WIP"))], by=shop.chen
    )
    estimate = make_estimate(order, by=shop.chen, promised_at=now() + 3 * HOUR)
    assert estimate.kind == "extra"
    wipers = Job.objects.get(operation__code="G-WIP")
    authorise(estimate, signed(estimate, declined=(wipers.pk,)), by=shop.chen)

    finding.refresh_from_db()
    order.refresh_from_db()
    assert (finding.state, order.status) == (FindingState.ANSWERED, Status.AGREED)
    assert not order.holds.filter(ended_at=None).exists()
    assert order.promised_at == estimate.promised_at
    assert order.promised_first_at < order.promised_at
    assert "制动" not in str(list(Event.objects.about(order).values_list("data", flat=True)))
    with refused(errors.FindingAnswered):
        finding_services.price_finding(finding, [], by=shop.chen)
    order.refresh_from_db()
    finding = type(finding).objects.get(pk=finding.pk)
    with refused(errors.FindingAnswered):
        finding_services.dismiss_finding(finding, by=shop.chen)


def test_a_dismissed_finding_ends_the_wait(shop):
    order = agreed(shop)
    finding = finding_services.report_finding(order, "划痕", Safety.WATCH, by=shop.tao)
    finding_services.dismiss_finding(finding, by=shop.chen, note="旧伤")
    assert not order.holds.filter(ended_at=None).exists()


def test_findings_are_reported_while_the_car_is_worked_on(shop):
    order = checked_in(shop)
    with refused(errors.WrongMoment):
        finding_services.report_finding(order, "x", Safety.SOON, by=shop.tao)


def test_a_wait_begins_and_ends_once(shop):
    order = agreed(shop)
    finding_services.start_hold(order, HoldReason.PARTS, by=shop.chen)
    finding_services.start_hold(order, HoldReason.PARTS, by=shop.chen)
    assert order.holds.count() == 1
    finding_services.end_hold(order, HoldReason.PARTS, by=shop.chen)
    with refused(errors.NotWaiting):
        finding_services.end_hold(order, HoldReason.PARTS, by=shop.chen)
    kinds = Event.objects.about(order).values_list("kind", flat=True)
    assert list(kinds).count("orders.held") == list(kinds).count("orders.released") == 1


def test_an_internal_rework_costs_nothing_and_needs_no_consent(shop):
    order = agreed(shop)
    first = job_of(order)
    again = job_services.put_rework(order, first, name_zh="返工", name_en="rework", by=shop.yin)
    assert (again.price, again.consent, again.rework_of) == (Decimal(0), Consent.AGREED, first)
    assert not job_services.finished_all(order)
