"""The Workshop page: the queue and its order, colours, who is free, and two dispatchers at once."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.orders.models import Job, PayType, RepairOrder, Source, WorkType
from servicelane.orders.order_services import promise
from servicelane.people.models import Skill, SkillLevel
from servicelane.people.skill_services import set_skill
from servicelane.schedule.queries import team_of
from servicelane.schedule.services import assign
from servicelane.workshop.clock_services import start
from servicelane.workshop.priority import Turn, place_in_queue, turn_of
from servicelane.workshop.risk import standing
from servicelane.workshop.shop import candidates, shop_of
from tests.floor import bay, fresh, in_work, jobs_of, second, technician
from tests.visit import agreed

AT = datetime.fromisoformat("2026-11-25T02:00:00+00:00")


def order_like(**values):
    return RepairOrder(**{"source": Source.WALK_IN, "waits_here": False, "arrived_at": AT, **values})


def job_like(**values):
    return Job(**{"work_type": WorkType.MAINTENANCE, "pay_type": PayType.CUSTOMER, **values})


@pytest.mark.parametrize(
    ("order", "job", "turn"),
    [
        ({"comeback_of_id": 1}, {"work_type": WorkType.CAMPAIGN}, Turn.CAMPAIGN),
        ({"comeback_of_id": 1, "source": Source.BOOKING}, {}, Turn.COMEBACK),
        ({"source": Source.BOOKING}, {"rework_of_id": 3}, Turn.COMEBACK),
        ({"source": Source.BOOKING}, {"pay_type": PayType.WARRANTY}, Turn.BOOKED),
        ({"waits_here": True}, {"pay_type": PayType.WARRANTY}, Turn.WARRANTY),
        ({"waits_here": True}, {}, Turn.WAITS_HERE),
        ({}, {}, Turn.FIRST_COME),
    ],
)
def test_a_car_stands_in_the_queue_for_the_first_reason_that_holds(order, job, turn):
    assert turn_of(order_like(**order), [job_like(**job)]) is turn


def test_within_one_reason_who_came_first_is_first_and_a_reason_beats_the_hour():
    early, late = order_like(pk=2), order_like(pk=1, arrived_at=AT + timedelta(hours=1))
    assert place_in_queue(early, Turn.BOOKED) < place_in_queue(late, Turn.BOOKED)
    assert place_in_queue(late, Turn.CAMPAIGN) < place_in_queue(early, Turn.COMEBACK)


def test_a_car_is_at_risk_when_its_planned_work_does_not_fit_before_the_promise(shop):
    order = agreed(shop, None, "M20", "M-GEAR")
    at = now()
    jobs = jobs_of(order)
    planned = sum((job.minutes for job in jobs), timedelta())
    assert planned == timedelta(minutes=162)

    order.promised_at = at + planned
    assert standing(order, jobs, at) == ""
    order.promised_at = at + planned - timedelta(minutes=1)
    assert standing(order, jobs, at) == "risk"
    order.promised_at = at - timedelta(minutes=1)
    assert standing(order, jobs, at) == "late"


def test_what_is_clocked_is_no_longer_planned(shop):
    order = in_work(shop, "M20")
    at = now() + timedelta(minutes=50)
    order.promised_at = at + timedelta(minutes=45)
    assert standing(order, jobs_of(order), at) == ""
    order.promised_at = at + timedelta(minutes=35)
    assert standing(order, jobs_of(order), at) == "risk"


def test_the_page_has_the_queue_in_order_the_columns_and_who_is_free(shop, desk):
    first = agreed(shop)
    booked = second(shop, "G-BPF")
    RepairOrder.objects.filter(pk=booked.pk).update(source=Source.BOOKING)
    shown = shop_of(shop.luo, shop.shinan, now())
    assert [(car.order.pk, car.turn) for car in shown.queue] == [
        (booked.pk, Turn.BOOKED),
        (first.pk, Turn.WAITS_HERE),
    ]

    assign(fresh(first), jobs_of(first)[0], shop.tao, bay(shop), by=shop.luo)
    start(jobs_of(first)[0], shop.tao, by=shop.tao)
    shown = shop_of(shop.luo, shop.shinan, now())
    assert {stage: [car.order.pk for car in cars] for stage, cars in shown.columns} == {
        "given": [],
        "running": [first.pk],
        "check": [],
    }
    assert [mate.state for mate in shown.mates if mate.person == shop.tao] == ["busy"]
    assert "L1" not in [one.code for kind in shown.free_bays for one in kind.bays]
    html = desk(shop.luo).get(reverse("workshop:shop")).content.decode()
    assert html.index(f"shop-car-{booked.pk}") < html.index(f"shop-car-{first.pk}")


def test_only_who_is_on_shift_without_a_running_clock_is_free(shop):
    tao = {mate.person: mate for mate in shop_of(shop.luo, shop.shinan, now()).mates}[shop.tao]
    shift = shop.tao.shifts.filter(store=shop.shinan).first()
    during = shop_of(shop.luo, shop.shinan, shift.starts + timedelta(hours=1))
    after = shop_of(shop.luo, shop.shinan, shift.ends)
    assert replace(tao, state="free").person in [mate.person for mate in during.free]
    assert shop.tao not in [mate.person for mate in after.free]


def test_the_unfit_stand_last_with_the_reason_and_cannot_be_chosen(shop, desk):
    yin = technician(shop, "yin")
    set_skill(yin, Skill.objects.get(code="body"), SkillLevel.ABLE, by=shop.gu)
    order = agreed(shop, None, "B-DOOR")
    shown = shop_of(shop.luo, shop.shinan, now())
    best, *_rest, last = candidates(shown, shown.car(order.pk), shop.shinan)
    assert (best.mate.person, best.lacks, last.mate.person) == (yin, "", shop.tao)
    assert "钣金" in last.lacks

    client = desk(shop.luo)
    html = client.get(f"{reverse('workshop:shop')}?car={order.pk}").content.decode()
    assert f'name="technician" value="{shop.tao.pk}" required disabled' in html
    said = {"version": order.version, "jobs": jobs_of(order)[0].pk, "technician": shop.tao.pk, "bay": ""}
    answer = client.send("post", reverse("workshop:give", args=[order.pk]), said)
    assert answer.status_code == 422
    assert team_of(jobs_of(order)[0]) == []


def test_of_two_dispatchers_who_give_the_same_car_the_second_is_told(shop, desk):
    yin = technician(shop, "yin")
    order = agreed(shop)
    job = jobs_of(order)[0]
    read = fresh(order).version
    to = reverse("workshop:give", args=[order.pk])
    said = {"version": read, "jobs": job.pk, "technician": shop.tao.pk, "bay": bay(shop).pk}
    assert desk(shop.luo).send("post", to, said)["Location"] == reverse("workshop:shop")

    answer = desk(shop.gu).send("post", to, {**said, "technician": yin.pk})
    assert answer.status_code == 409
    assert "已派工" in answer.content.decode()
    assert [one.technician for one in team_of(job)] == [shop.tao]


def test_the_live_part_is_sent_again_when_a_car_changes_and_not_before(shop, desk):
    order = agreed(shop)
    client = desk(shop.luo)
    live = reverse("workshop:shop_live")
    version = shop_of(shop.luo, shop.shinan, now()).version
    seen = client.get(f"{live}?v={version}")
    if seen.status_code != 204:  # the minute turned between the two
        version = shop_of(shop.luo, shop.shinan, now()).version
        seen = client.get(f"{live}?v={version}")
    assert seen.status_code == 204
    promise(fresh(order), now() + timedelta(hours=5), by=shop.chen, reason="加项目")
    assert client.get(f"{live}?v={version}").status_code == 200


def test_a_form_without_a_technician_is_shown_again(shop, desk):
    order = agreed(shop)
    answer = desk(shop.luo).send(
        "post", reverse("workshop:give", args=[order.pk]), {"version": order.version}
    )
    assert answer.status_code == 422
    assert 'id="give"' in answer.content.decode()
