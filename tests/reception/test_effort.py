"""What it costs to open an order is measured where it is typed, and shown by role (RCP-12)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from servicelane.kernel.models import Event
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import today_in
from servicelane.reception import events, services
from servicelane.reception.effort import Effort, OfRole, efforts_of
from servicelane.reception.services import WalkIn
from tests.screen import Screen
from tests.visit import car


def opened(cast, by, *cost: int) -> RepairOrder:
    customer, vehicle = car(cast, f"鲁B{sum(cost):04}K")
    came = WalkIn(cast.chen, vehicle=vehicle, customer=customer)
    return services.walk_in(cast.shinan, came, by=by, cost=Effort(*cost) if cost else None)


@pytest.mark.parametrize(
    "text", ["", "6", "6,2", "6,2,41,1", "0,2,41", "-6,2,41", "6,2,4.1", "६,2,41", "9" * 5000, "6,2,100000"]
)
def test_what_a_page_did_not_measure_is_not_made_up(text):
    assert Effort.read(text) is None


def test_what_it_cost_is_a_fact_with_the_role_of_who_typed(cast):
    order = opened(cast, cast.fang, 6, 0, 41)

    fact = Event.objects.about(order).get(kind=events.TYPED_IN)
    assert fact.data == {"fields": 6, "clicks": 0, "seconds": 41, "role": "reception_supervisor"}
    assert "41" in Screen(cast.chen).get(reverse("orders:order", args=[order.pk])).text


def test_the_page_shows_medians_by_role_and_each_order(cast, django_assert_num_queries):
    for cost in ((6, 0, 40), (5, 3, 44), (7, 9, 95)):
        opened(cast, cast.chen, *cost)
    slow = opened(cast, cast.fang, 6, 12, 61)
    opened(cast, cast.chen)
    today = today_in(cast.shinan)

    with django_assert_num_queries(3):
        shown = efforts_of(cast.shinan, today, "reception_supervisor")

    assert shown.whole == OfRole("", 4, 6, 6, 52, 2)
    assert shown.roles == [
        OfRole("service_advisor", 3, 6, 3, 44, 2),
        OfRole("reception_supervisor", 1, 6, 12, 61, 0),
    ]
    assert [(row.order, row.by, row.is_slow) for row in shown.rows] == [(slow, cast.fang, True)]
    page = Screen(cast.chen).get(reverse("reception:effort"))
    assert page.status_code == 200
    assert page.text.count("RO-") == 4
    assert efforts_of(cast.laoshan, today).rows == []
    assert efforts_of(cast.shinan, today + timedelta(days=30)).whole is None


def test_an_order_is_opened_whatever_the_measure_holds(cast):
    screen = Screen(cast.chen)
    for at, odd in enumerate(("", "nonsense", "-1,0,5", "9" * 10_000)):
        entered = {
            "plate": f"鲁B77{at:02}K",
            "name": "李明",
            "mobile": "15400000042",
            "advisor": cast.chen.pk,
            "effort": odd,
        }
        assert screen.post(reverse("reception:walk_in"), entered).status_code == 302
    assert (RepairOrder.objects.count(), Event.objects.filter(kind=events.TYPED_IN).count()) == (4, 0)


@pytest.mark.django_db(transaction=True)
def test_six_fields_by_keyboard_alone(cast, page_of):
    page: Page = page_of(cast.chen)
    page.goto("/reception/walk-in")
    expect(page.locator("[name=plate]")).to_be_focused()
    for typed in ("鲁B7654K", "朗逸", "李明", "15400000042", "刹车响"):
        page.keyboard.insert_text(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")

    order = RepairOrder.objects.get()
    fact = Event.objects.about(order).get(kind=events.TYPED_IN)
    assert (order.vehicle.plate, order.vehicle.model_name, order.words) == ("鲁B7654K", "朗逸", "刹车响")
    assert (fact.data["fields"], fact.data["clicks"]) == (5, 0)
    assert fact.data["seconds"] < 60
