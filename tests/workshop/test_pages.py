"""The order page, My jobs, and the queues of inspection and wash, as people of the floor use them."""

import re

from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.orders.models import JobState, Status
from servicelane.schedule.queries import team_of
from servicelane.workshop.inspection_services import Inspection, inspect, start_wash
from servicelane.workshop.models import Clocking, PauseReason, QualityCheck
from tests.floor import bay, fresh, in_inspection, in_work, jobs_of, second, technician
from tests.visit import agreed


def page_of(client, order, **asked):
    answer = client.get(reverse("orders:order", args=[order.pk]), **asked)
    assert answer.status_code == 200
    return answer.content.decode()


def primary(html):
    """Where the primary step of an order page is sent, and what its button says."""
    card = html[html.index('id="next-step"') :]
    return re.search(r'action="([^"]+)"', card)[1], re.search(r"btn-primary[^>]*>([^<]+)<", card)[1]


def at(name, order, *job):
    return reverse(f"workshop:{name}", args=[order.pk, *(one.pk for one in job)])


def seen(order):
    return {"version": fresh(order).version}


def test_the_dispatcher_gives_all_jobs_at_once_and_then_one_to_somebody_else(shop, desk):
    order = agreed(shop, None, "M20", "M-AIR")
    client = desk(shop.luo)
    assert primary(page_of(client, order))[0] == reverse("schedule:dispatch", args=[order.pk])

    place = bay(shop)
    client.send(
        "post",
        reverse("schedule:dispatch", args=[order.pk]),
        {**seen(order), "technician": shop.tao.pk, "bay": place.pk},
    )
    first, last = jobs_of(order)
    assert [(one.technician, one.bay) for one in team_of(first) + team_of(last)] == [(shop.tao, place)] * 2

    yin = technician(shop, "yin")
    to = reverse("schedule:assign", args=[order.pk, last.pk])
    answer = client.send("post", to, {**seen(order), "technician": yin.pk, "bay": ""})
    assert answer.status_code == 302
    assert [one.technician for one in team_of(last)] == [yin]
    assert client.send("post", to, {**seen(order), "technician": shop.gao.pk}).status_code == 422


def test_a_technician_works_through_a_job_on_my_jobs(shop, desk):
    order = agreed(shop)
    client = desk(shop.tao)
    mine = reverse("workshop:my_jobs")
    assert "20000 公里定期保养" not in client.get(mine).content.decode()
    from servicelane.schedule.services import assign

    job = jobs_of(order)[0]
    assign(order, job, shop.tao, bay(shop), by=shop.luo)
    assert at("start", order, job) in client.get(mine).content.decode()

    answer = client.send("post", at("start", order, job), {**seen(order), "from": "my-jobs"})
    assert (answer.status_code, answer["Location"]) == (302, mine)
    html = client.get(mine).content.decode()
    assert "data-since" in html
    assert at("pause", order, job) in html
    client.send("post", at("pause", order, job), {**seen(order), "reason": "parts", "from": "my-jobs"})
    assert at("resume", order, job) in client.get(mine).content.decode()
    client.send("post", at("resume", order, job), {**seen(order), "from": "my-jobs"})
    client.send("post", at("finish", order, job), {**seen(order), "from": "my-jobs"})
    assert fresh(order).status == Status.QUALITY_CHECK
    assert at("finish", order, job) not in client.get(mine).content.decode()


def test_my_jobs_asks_the_same_number_of_queries_for_one_job_and_for_many(
    shop, desk, django_assert_num_queries, django_assert_max_num_queries
):
    in_work(shop)
    client = desk(shop.tao)
    client.get(reverse("workshop:my_jobs"))
    with django_assert_max_num_queries(60) as few:
        client.get(reverse("workshop:my_jobs"))
    order = second(shop, "M20", "M-AIR", "M-CAB", "M-OIL")
    from servicelane.schedule.services import dispatch

    dispatch(order, jobs_of(order), [shop.tao], by=shop.luo)
    with django_assert_num_queries(len(few)):
        html = client.get(reverse("workshop:my_jobs")).content.decode()
    assert html.count('class="my-car"') == 5


def test_the_order_page_asks_the_same_number_of_queries_for_one_job_and_for_four(
    shop, desk, django_assert_num_queries, django_assert_max_num_queries
):
    order, other = in_work(shop), second(shop, "M20", "M-AIR", "M-CAB", "M-OIL")
    from servicelane.schedule.services import dispatch
    from servicelane.workshop.clock_services import start

    yin = technician(shop, "yin")
    dispatch(other, jobs_of(other), [yin], by=shop.luo)
    start(jobs_of(other)[0], yin, by=yin)
    client = desk(shop.luo)
    page_of(client, order)
    with django_assert_max_num_queries(200) as few:
        page_of(client, order)
    with django_assert_num_queries(len(few)):
        page_of(client, other)


def test_the_dispatcher_works_the_clock_of_a_technician(shop, desk):
    order = in_work(shop)
    job = jobs_of(order)[0]
    client = desk(shop.luo)
    to = at("clock_for", order, job)
    client.send("post", to, {**seen(order), "what": "pause", "reason": "tool"})
    assert Clocking.objects.get().end_reason == PauseReason.TOOL
    client.send("post", to, {**seen(order), "what": "start"})
    assert jobs_of(order)[0].state == JobState.RUNNING
    client.send("post", to, {**seen(order), "what": "finish"})
    assert fresh(order).status == Status.QUALITY_CHECK


def test_a_job_that_nobody_has_is_started_by_nobody(shop, desk):
    order = agreed(shop)
    to = at("clock_for", order, jobs_of(order)[0])
    answer = desk(shop.luo).send("post", to, {**seen(order), "what": "start"})
    assert answer.status_code == 422  # workshop.nobody_assigned
    assert fresh(order).version == order.version
    assert not Clocking.objects.exists()


def test_the_inspector_sends_a_car_back_and_passes_it_later(shop, desk):
    order = in_inspection(shop)
    client = desk(shop.yin)
    assert str(order.number) in client.get(reverse("workshop:inspections")).content.decode()
    assert primary(page_of(client, order))[0] == at("inspect", order)

    back = {**seen(order), "passed": "no", "faults": ["leak"], "words": "放油螺塞渗油"}
    assert client.send("post", at("inspect", order), {**back, "faults": [], "words": ""}).status_code == 422
    assert client.send("post", at("inspect", order), back).status_code == 302
    html = page_of(client, order)
    assert "放油螺塞渗油" in html
    assert "渗漏" in html
    assert fresh(order).status == Status.IN_WORK


def test_who_worked_on_a_car_is_told_so_and_a_manager_gives_a_reason(shop, desk):
    yin, gu = technician(shop, "yin"), technician(shop, "gu")
    order = agreed(shop)
    from servicelane.workshop.clock_services import finish, start

    for person in (yin, gu):
        start(jobs_of(order)[0], person, by=person)
    finish(jobs_of(order)[0], by=gu)

    html = page_of(desk(yin), order)
    assert 'aria-disabled="true"' in html[html.index('id="next-step"') :]
    assert desk(yin).send("post", at("inspect", order), {**seen(order), "passed": "yes"}).status_code == 422
    manager = desk(gu)
    assert primary(page_of(manager, order))[0] == at("inspect_own", order)
    to = at("inspect_own", order)
    assert manager.send("post", to, {**seen(order), "passed": "yes"}).status_code == 422
    reason = "质检员请假"
    assert manager.send("post", to, {**seen(order), "passed": "yes", "released": reason}).status_code == 302
    assert QualityCheck.objects.get().released_reason == reason
    assert reason in page_of(manager, order)


def test_the_wash_queue_holds_what_is_to_be_washed(shop, desk):
    order = in_inspection(shop)
    inspect(fresh(order), Inspection(passed=True), by=shop.yin)
    client = desk(shop.chen)
    queue = reverse("workshop:washes")
    assert order.number in client.get(queue).content.decode()

    client.send("post", at("wash_start", order), {**seen(order), "from": "washes"})
    assert at("wash_done", order) in client.get(queue).content.decode()
    answer = client.send("post", at("wash_done", order), {**seen(order), "from": "washes"})
    assert answer["Location"] == queue
    assert order.number not in client.get(queue).content.decode()
    assert fresh(order).status == Status.READY


def test_a_wash_is_left_out_from_the_queue(shop, desk):
    order = in_inspection(shop)
    start_wash(fresh(order), by=shop.chen)
    desk(shop.chen).send("post", at("wash_skip", order), {**seen(order), "reason": "weather"})
    assert Event.objects.about(order).filter(kind="workshop.wash_skipped").exists()


def test_the_work_is_stopped_with_what_the_customer_said(shop, desk):
    order = in_work(shop)
    client = desk(shop.luo)
    assert client.send("post", at("stop", order), {**seen(order), "note": ""}).status_code == 422
    client.send("post", at("stop", order), {**seen(order), "note": "客户有急事"})
    assert fresh(order).status == Status.QUALITY_CHECK
    assert "客户有急事" in page_of(client, order)


def test_a_finished_car_whose_finding_is_answered_is_sent_to_the_inspection(shop, desk):
    from servicelane.orders.finding_services import dismiss_finding, report_finding
    from servicelane.orders.models import Safety

    order = in_work(shop)
    client = desk(shop.tao)
    found = report_finding(fresh(order), "雨刮老化", Safety.WATCH, by=shop.tao)
    client.send("post", at("finish", order, jobs_of(order)[0]), seen(order))
    assert client.send("post", at("send", order), seen(order)).status_code == 422
    found.order = fresh(order)
    dismiss_finding(found, by=shop.chen)
    assert primary(page_of(client, order))[0] == at("send", order)
    client.send("post", at("send", order), seen(order))
    assert fresh(order).status == Status.QUALITY_CHECK
