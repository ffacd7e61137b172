"""A plan of the whole workshop: made in the background, answered line by line, stale parts refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.models import JobState, RepairOrder
from servicelane.org.queries import today_in
from servicelane.people.attendance_services import set_attendance
from servicelane.people.models import Attendance, Shift
from servicelane.people.shift_services import Times, plan_shift
from servicelane.people.skill_services import set_skill
from servicelane.schedule.planner.improving import Effort, improve
from servicelane.schedule.planner.placing import first_come, first_plan
from servicelane.schedule.queries import team_of
from servicelane.schedule.services import assign
from servicelane.workshop import errors, plan_services, planning
from servicelane.workshop.clock_services import start
from servicelane.workshop.delays import delays_of
from servicelane.workshop.floor_day import floor_day
from servicelane.workshop.models import LineState, PlanEffort, PlanState, ShopPlan
from servicelane.workshop.plan_pages import plan_page, why_left
from tests.access.visitor import visitor
from tests.floor import bay, fresh, in_work, jobs_of, second, technician
from tests.schedule.planner.checkers import faults_of_day
from tests.unchanged import refused
from tests.visit import agreed

HOUR = timedelta(hours=1)


def on_shift(shop, *people, hours=9):
    """These people are at work from an hour ago on."""
    Shift.objects.filter(store=shop.shinan).delete()
    made = []
    for person in people:
        shift = plan_shift(person, shop.shinan, Times(now() - HOUR, now() + hours * HOUR), by=shop.luo)
        # By night the shift may have begun the day before.
        Shift.objects.filter(pk=shift.pk).update(day=today_in(shop.shinan))
        made.append(Shift.objects.select_related("store", "employee").get(pk=shift.pk))
    return made


def planned(shop, seconds=0.05):
    """A plan of 市南店 as it is made now."""
    plan = planning.ask(shop.shinan, by=shop.luo)
    assert planning.make(plan.pk, seconds) is True
    return ShopPlan.objects.select_related("store").get(pk=plan.pk)


def lines_of(plan):
    return list(plan.lines.select_related("technician", "bay", "job"))


def everything(plan):
    return [line.pk for line in plan.lines.all()]


@pytest.fixture
def two(shop):
    """Two technicians at work, and their shifts."""
    yin = technician(shop, "yin")
    yin.skills.all().delete()
    for held in shop.tao.skills.select_related("skill"):
        set_skill(yin, held.skill, held.level, by=shop.admin)
    return on_shift(shop, shop.tao, yin)


def test_cars_without_anybody_are_given_out_with_times_bays_and_reasons(shop, two):
    first, other = agreed(shop), second(shop, "M20")
    plan = planned(shop)
    assert (plan.state, plan.cars, plan.left) == ("ready", 2, [])
    lines = lines_of(plan)
    assert {line.order_id for line in lines} == {first.pk, other.pk}
    assert all(line.is_open and line.bay and line.ends > line.starts and line.reasons for line in lines)
    assert {reason[0] for line in lines for reason in line.reasons} >= {"in_time"}

    answered = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert (len(answered.given), answered.stale) == (len(lines), [])
    for line in lines:
        (given,) = team_of(line.job)
        assert (given.technician, given.bay, given.planned_start, given.planned_end) == (
            line.technician, line.bay, line.starts, line.ends,
        )  # fmt: skip
    fact = Event.objects.get(kind="workshop.plan_answered")
    assert (fact.data["accepted"], fact.data["stale"]) == (len(lines), 0)

    again = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert (again.given, again.stale) == ([], [])


def test_the_plan_holds_for_an_independent_judge_and_keeps_what_runs(shop, two):
    running = in_work(shop)
    other = second(shop, "M20")
    floor = floor_day(shop.shinan, now())
    board = first_plan(floor.day)
    improve(board, 0.05, 1)
    plan = board.plan()
    assert faults_of_day(floor.day, plan) == []
    rows = {row.operation: row for row in plan.assignments}
    run = rows[f"run-{running.pk}"]
    assert (run.technician, run.bay) == (str(shop.tao.pk), str(bay(shop).pk))
    assert all(floor.jobs[name].order_id == other.pk for name in rows if name in floor.jobs)


def test_whom_somebody_chose_by_hand_stays_and_an_accepted_plan_stays_too(shop, two):
    order = agreed(shop)
    assign(order, jobs_of(order)[0], shop.tao, bay(shop), by=shop.luo)
    plan = planned(shop)
    (line,) = lines_of(plan)
    assert (line.technician, line.bay, line.was_technician) == (shop.tao, bay(shop), shop.tao)
    assert line.reasons[0][0] == "kept_for"
    plan_services.accept(plan, [line.pk], by=shop.luo)

    second(shop, "M20")
    again = planned(shop)
    mine = next(row for row in lines_of(again) if row.order_id == order.pk)
    assert (mine.technician, mine.starts) == (line.technician, line.starts)
    assert (mine.state, mine.was_start) == (LineState.SAME, line.starts)


def test_a_technician_who_is_absent_loses_the_work_to_another(shop, two):
    order = agreed(shop)
    plan = planned(shop)
    plan_services.accept(plan, everything(plan), by=shop.luo)
    (given,) = team_of(jobs_of(order)[0])
    shift = next(row for row in two if row.employee_id == given.technician_id)
    set_attendance(shift, Attendance.ABSENT, by=shop.luo)

    again = planned(shop)
    (line,) = lines_of(again)
    assert line.technician_id != given.technician_id
    assert line.was_technician_id == given.technician_id
    plan_services.accept(again, [line.pk], by=shop.luo)
    assert [one.technician_id for one in team_of(jobs_of(order)[0])] == [line.technician_id]


def test_a_plan_past_the_promise_is_the_advisors_task_before_the_promise_passes(shop, two):
    order = agreed(shop)
    order.promised_at = now() + 4 * HOUR
    order.save(update_fields=["promised_at"])
    assert delays_of([order], now())[order.pk].urgency == ""
    plan = planned(shop)
    plan.lines.update(starts=now() + 4 * HOUR, ends=now() + 5 * HOUR)
    plan_services.accept(plan, everything(plan), by=shop.luo)
    delay = delays_of([fresh(order)], now())[order.pk]
    assert (delay.urgency, delay.is_due) == ("risk", True)
    assert delay.ends_at > order.promised_at


def test_stale_lines_are_refused_one_by_one_and_the_rest_applies(shop, two):
    moved, kept, begun = agreed(shop), second(shop, "M20"), in_third(shop)
    plan = planned(shop)
    by_order = {line.order_id: line for line in lines_of(plan)}
    other = next(one for one in (shop.tao, shop.yin) if one != by_order[moved.pk].technician)
    assign(fresh(moved), jobs_of(moved)[0], other, by=shop.luo)
    assign(fresh(begun), jobs_of(begun)[0], shop.tao, by=shop.luo)
    start(jobs_of(begun)[0], shop.tao, by=shop.tao)
    for order in (moved, begun):
        line = plan.lines.select_related("order__store", "job", "technician", "bay").get(order=order)
        with refused(errors.ProposalOutOfDate):
            plan_services.give(line, shop.luo)

    answered = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert [line.order_id for line in answered.given] == [kept.pk]
    why = {line.order_id: line.why for line in answered.stale}
    assert set(why) == {moved.pk, begun.pk}
    assert str(other) in why[moved.pk]
    assert [one.technician for one in team_of(jobs_of(moved)[0])] == [other]


def in_third(shop):
    from tests.visit import arrived, car, checked_in

    customer, vehicle = car(shop, "鲁B7766K", "赵敏")
    return agreed(shop, checked_in(shop, arrived(shop, customer=customer, vehicle=vehicle)))


def test_a_line_that_should_have_begun_long_ago_is_out_of_date(shop, two):
    agreed(shop)
    plan = planned(shop)
    plan.lines.update(starts=now() - HOUR, ends=now() + HOUR)
    answered = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert (answered.given, [line.state for line in answered.stale]) == ([], ["stale"])


def test_somebody_absent_since_the_plan_is_not_given_the_work(shop, two):
    order = agreed(shop)
    plan = planned(shop)
    (line,) = lines_of(plan)
    set_attendance(
        next(row for row in two if row.employee_id == line.technician_id), Attendance.ABSENT, by=shop.luo
    )
    answered = plan_services.accept(plan, [line.pk], by=shop.luo)
    assert (answered.given, team_of(jobs_of(order)[0])) == ([], [])


def test_a_refused_line_changes_nothing_and_stays_refused(shop, two):
    order = agreed(shop)
    plan = planned(shop)
    assert plan_services.refuse(plan, everything(plan), by=shop.luo) == 1
    assert plan_services.refuse(plan, everything(plan), by=shop.luo) == 0
    assert plan_services.accept(plan, everything(plan), by=shop.luo).given == []
    assert team_of(jobs_of(order)[0]) == []


def test_lines_of_another_plan_are_not_answered(shop, two):
    agreed(shop)
    old, new = planned(shop), planned(shop)
    assert plan_services.accept(old, everything(new), by=shop.luo).given == []
    assert all(line.is_open for line in lines_of(new))


def test_one_plan_at_a_time_and_a_dead_one_is_broken_off(shop, two):
    plan = planning.ask(shop.shinan, by=shop.luo)
    with refused(errors.PlanInTheMaking):
        planning.ask(shop.shinan, by=shop.gu)
    ShopPlan.objects.filter(pk=plan.pk).update(state=PlanState.RUNNING, beat_at=now() - HOUR)
    assert ShopPlan.objects.get(pk=plan.pk).is_silent(now())
    other = planning.ask(shop.shinan, by=shop.gu)
    assert ShopPlan.objects.get(pk=plan.pk).state == PlanState.BROKEN
    assert planning.make(plan.pk, 0.01) is False
    assert planning.make(other.pk, 0.01) is True


def test_a_cancelled_plan_is_not_made_and_the_one_before_stays(shop, two):
    agreed(shop)
    ready = planned(shop)
    plan = planning.ask(shop.shinan, by=shop.luo)
    planning.cancel(plan, by=shop.luo)
    assert planning.make(plan.pk, 0.01) is False
    with refused(errors.NoPlanInTheMaking):
        planning.cancel(plan, by=shop.luo)
    assert ShopPlan.objects.filter(state=PlanState.READY).first() == ready
    assert Event.objects.filter(kind="workshop.plan_cancelled").count() == 1


def test_cancelled_while_it_is_made_it_writes_no_line(shop, two, monkeypatch):
    agreed(shop)
    plan = planning.ask(shop.shinan, by=shop.luo)

    def meanwhile(board, seconds, seed, watch):
        monkeypatch.setattr(planning, "TELL_EVERY", 0)
        assert watch(0.4, 1) is True
        assert ShopPlan.objects.get(pk=plan.pk).share == 40
        planning.cancel(plan, by=shop.luo)
        assert watch(0.5, 1) is False
        return Effort(1)

    monkeypatch.setattr(planning, "improve", meanwhile)
    assert planning.make(plan.pk, 5) is False
    assert ShopPlan.objects.get(pk=plan.pk).state == PlanState.CANCELLED
    assert list(plan.lines.all()) == []


def test_what_cannot_be_planned_is_named_and_the_rest_is_planned(shop, two):
    waits, nobody, fine = agreed(shop), second(shop, "M-AIR"), in_third(shop)
    waits.holds.create(reason="parts", started_at=now())
    work = jobs_of(nobody)[0]
    work.operation.certificate = "gas"
    work.operation.save()
    plan = planned(shop)
    assert {(row["order"], row["why"], row["hold"]) for row in plan.left} == {
        (waits.pk, "waits", "parts"), (nobody.pk, "nobody", ""),
    }  # fmt: skip
    assert {line.order_id for line in lines_of(plan)} == {fine.pk}


def test_nobody_at_work_leaves_every_car_with_the_reason(shop, two):
    order = agreed(shop)
    for shift in two:
        set_attendance(shift, Attendance.LEAVE, by=shop.luo)
    plan = planned(shop)
    assert (plan.cars, lines_of(plan)) == (0, [])
    assert [row["order"] for row in plan.left] == [order.pk]


def test_an_empty_workshop_gives_an_empty_plan(shop, two):
    plan = planned(shop)
    assert (plan.state, plan.cars, plan.left, lines_of(plan)) == ("ready", 0, [], [])


def test_a_store_without_shifts_plans_by_its_opening_hours(shop):
    Shift.objects.filter(store=shop.shinan).delete()
    order = agreed(shop)
    plan = planned(shop)
    assert [line.order_id for line in lines_of(plan)] == [order.pk]


def test_a_job_longer_than_a_day_is_one_line_with_one_pair_of_hands(shop, two):
    order = agreed(shop)
    job = jobs_of(order)[0]
    type(job).objects.filter(pk=job.pk).update(minutes=timedelta(hours=12))
    on_shift(shop, shop.tao, shop.yin, hours=14)
    for shift in Shift.objects.filter(store=shop.shinan):
        Shift.objects.filter(pk=shift.pk).update(break_minutes=60)
    plan = planned(shop)
    (line,) = lines_of(plan)
    assert timedelta(hours=13) <= line.ends - line.starts <= timedelta(hours=14)
    assert "same_hands" in [reason[0] for reason in line.reasons]


def test_two_running_clocks_of_a_car_keep_both_people_busy(shop, two):
    order = agreed(shop)
    job = jobs_of(order)[0]
    assign(order, job, shop.tao, bay(shop), by=shop.luo)
    assign(fresh(order), job, shop.yin, bay(shop), by=shop.luo)
    start(jobs_of(order)[0], shop.tao, by=shop.tao)
    start(jobs_of(order)[0], shop.yin, by=shop.yin)
    assert jobs_of(order)[0].state == JobState.RUNNING
    other = second(shop, "M20")
    plan = planned(shop)
    (line,) = lines_of(plan)
    assert line.order_id == other.pk
    assert line.starts > now() + timedelta(minutes=4)


def test_the_dispatcher_plans_accepts_and_refuses_on_the_page(shop, two):
    client = visitor(shop.luo, store=shop.shinan)
    first, other = agreed(shop), second(shop, "M20")
    page = reverse("workshop:plan")
    assert page in client.get(reverse("workshop:shop")).content.decode()
    assert reverse("workshop:ask_plan") in client.get(page).content.decode()

    assert client.send("post", reverse("workshop:ask_plan"), {})["Location"] == page
    plan = ShopPlan.objects.get()
    drawn = client.get(page).content.decode()
    assert reverse("workshop:cancel_plan", args=[plan.pk]) in drawn
    assert reverse("workshop:ask_plan") not in drawn
    assert client.send("post", reverse("workshop:ask_plan"), {}).status_code == 409

    planning.make(plan.pk, 0.05)
    shown = plan_page(shop.luo, shop.shinan, now())
    assert [car.order for car in shown.cars] == [first, other]
    assert all(why for car in shown.cars for _line, why in car.lines)
    live = f"{reverse('workshop:plan_live')}?v={shown.version}"
    assert client.get(live).status_code == 204

    lines = {line.order_id: line for line in lines_of(plan)}
    accept, refuse = (reverse(f"workshop:{name}_lines", args=[plan.pk]) for name in ("accept", "refuse"))
    assert client.send("post", accept, {"lines": lines[first.pk].pk}).status_code == 302
    assert client.send("post", refuse, {"lines": lines[other.pk].pk}).status_code == 302
    assert errors.NoProposalChosen.code == "workshop.no_proposal_chosen"
    nothing = client.send("post", accept, {"lines": 0})
    assert (nothing.status_code, "没有选择该排程的建议" in nothing.content.decode()) == (422, True)
    assert [len(team_of(job)) for order in (first, other) for job in jobs_of(order)] == [1, 0]
    answer = client.get(live)
    assert (answer.status_code, "chip-ok" in answer.content.decode()) == (200, True)


def test_the_page_says_that_a_planning_was_broken_off_and_keeps_the_last_plan(shop, two):
    client = visitor(shop.luo, store=shop.shinan)
    agreed(shop)
    planned(shop)
    plan = planning.ask(shop.shinan, by=shop.luo)
    ShopPlan.objects.filter(pk=plan.pk).update(state=PlanState.RUNNING, beat_at=now() - HOUR)
    shown = plan_page(shop.luo, shop.shinan, now())
    assert (shown.making, shown.broken, len(shown.cars)) == (None, plan, 1)
    drawn = client.get(reverse("workshop:plan")).content.decode()
    assert "shop-plan-broken" in drawn
    assert "plan-line-" in drawn


def test_what_is_left_out_says_why_in_words(shop, two):
    order = agreed(shop)
    order.holds.create(reason="parts", started_at=now())
    planned(shop)
    shown = plan_page(shop.luo, shop.shinan, now())
    assert [(one.order, bool(one.why)) for one in shown.left] == [(order, True)]
    for code in ("nobody", "too_long", "no_room", "settled"):
        assert why_left(code, "")


def test_all_jobs_of_a_car_are_accepted_at_once_and_a_shared_one_is_nobodys_to_move(shop, two):
    order, shared = agreed(shop, None, "M20", "M-AIR"), second(shop, "M20")
    for person in (shop.tao, shop.yin):
        assign(fresh(shared), jobs_of(shared)[0], person, bay(shop, "L2"), by=shop.luo)
    plan = planned(shop)
    states = {line.job_id: line.state for line in lines_of(plan)}
    assert states[jobs_of(shared)[0].pk] == LineState.SAME
    answered = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert {line.job_id for line in answered.given} == {job.pk for job in jobs_of(order)}
    assert len(team_of(jobs_of(shared)[0])) == 2


def test_first_come_takes_the_cars_in_the_order_in_which_they_came(shop, two):
    first, later = agreed(shop), second(shop, "M20")
    RepairOrder.objects.filter(pk=first.pk).update(arrived_at=now() - HOUR)
    RepairOrder.objects.filter(pk=later.pk).update(arrived_at=now() - 3 * HOUR)
    floor = floor_day(shop.shinan, now())
    came = {car.id: car.arrival for car in floor.as_they_came.cars}
    assert came[str(later.pk)] < came[str(first.pk)] < floor.day.cars[0].arrival
    assert faults_of_day(floor.as_they_came, first_come(floor.as_they_came)) == []


def test_a_car_moved_while_a_plan_is_being_accepted_is_left_where_it_is(shop, two, monkeypatch):
    agreed(shop), second(shop, "M20")
    plan = planned(shop)
    first, last = lines_of(plan)
    other = next(one for one in (shop.tao, shop.yin) if one != last.technician)
    real = plan_services.dispatch

    def meanwhile(order, *args, **kwargs):
        if order.pk == first.order_id:
            assign(RepairOrder.objects.get(pk=last.order_id), last.job, other, by=shop.luo)
        return real(order, *args, **kwargs)

    monkeypatch.setattr(plan_services, "dispatch", meanwhile)
    answered = plan_services.accept(plan, everything(plan), by=shop.luo)
    assert ([one.pk for one in answered.given], [one.pk for one in answered.stale]) == ([first.pk], [last.pk])
    assert [one.technician for one in team_of(last.job)] == [other]


def test_what_waits_beside_running_work_is_left_out_and_the_work_goes_on(shop, two):
    order = in_work(shop, "M20", "M-AIR")
    order.holds.create(reason="parts", started_at=now())
    plan = planned(shop)
    assert ([row["why"] for row in plan.left], lines_of(plan)) == (["waits"], [])
    shown = plan_page(shop.luo, shop.shinan, now())
    assert [one.order.pk for one in shown.left] == [order.pk]


def test_the_plan_says_what_it_was_made_with_and_how_good_it_is_known_to_be(shop, two, monkeypatch):
    agreed(shop), second(shop, "M20")
    assert planned(shop).effort == PlanEffort.BEST
    RepairOrder.objects.update(promised_at=now() + timedelta(minutes=1))
    monkeypatch.setattr("servicelane.schedule.planner.windows.is_installed", lambda: False)
    assert planned(shop).effort == PlanEffort.SEARCH
    monkeypatch.setattr("servicelane.workshop.models.plans.is_installed", lambda: False)
    planned(shop)
    page = visitor(shop.luo, store=shop.shinan).get(reverse("workshop:plan")).content.decode()
    assert "没有安装求解器" in page
    assert PlanEffort.of(Effort(1, windows=2), 5) == PlanEffort.SOLVER
    assert PlanEffort.of(Effort(1, windows=2, is_proven=True), 5) == PlanEffort.BEST


def test_two_on_a_job_are_both_busy_with_it_for_half_of_what_is_left(shop, two):
    shared, other = agreed(shop), second(shop, "M20")
    job = jobs_of(shared)[0]
    for person in (shop.tao, shop.yin):
        assign(fresh(shared), job, person, bay(shop), by=shop.luo)
    floor = floor_day(shop.shinan, now())
    plan = first_plan(floor.day).plan()
    assert faults_of_day(floor.day, plan) == []
    rows = {row.operation: row for row in plan.assignments}
    row = rows[str(job.pk)]
    assert set(row.hands) == {str(shop.tao.pk), str(shop.yin.pk)}
    assert row.end - row.start == -(-job.minutes // timedelta(minutes=2))
    beside = rows[str(jobs_of(other)[0].pk)]
    assert beside.start >= row.end or beside.end <= row.start
    # Where one of them is away the other does it alone.
    set_attendance(Shift.objects.get(employee=shop.yin), Attendance.ABSENT, by=shop.luo)
    alone = {row.operation: row for row in first_plan(floor_day(shop.shinan, now()).day).plan().assignments}
    assert alone[str(job.pk)].hands == (str(shop.tao.pk),)
