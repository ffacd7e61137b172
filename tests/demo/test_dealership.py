"""The demo's days: believable, whole, the same for the same seed, and to be taken up again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from servicelane.billing.account_services import standing_of
from servicelane.billing.models import Account, CashDay
from servicelane.billing.receivables import overdue_in
from servicelane.booking.models import Booking
from servicelane.channels.models import Link, Message
from servicelane.customers.models import Customer
from servicelane.demo import dealership, visitors
from servicelane.demo.crews import crews_of, hire_the_rest
from servicelane.demo.dealership import Dealership
from servicelane.demo.shop import widen
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved
from servicelane.kernel.models import Event
from servicelane.kernel.plates import plate_kind
from servicelane.kernel.vins import doubts_about_vin
from servicelane.orders.link_services import ANSWER, PROGRESS
from servicelane.orders.models import IN_HOUSE, Authorisation, ConsentWay, RepairOrder, Status
from servicelane.people.models import Employee

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2027, 3, 1, 6, 30, tzinfo=SHANGHAI)


@pytest.fixture
def stores(shop, monkeypatch):
    """市南店 alone, with few cars a day."""
    monkeypatch.setattr(dealership, "CARS", {"SN": 8})
    with moved(MONDAY):
        widen(shop)
        return hire_the_rest(shop, 1)


def lived(stores, hours, since=MONDAY, seed=3):
    return Dealership(stores, seed).live(since, since + timedelta(hours=hours), lambda share: True)


def seen():
    """What the dealership looks like, without numbers that a database gives."""
    return [
        list(
            RepairOrder.objects.order_by("number").values_list(
                "number", "status", "arrived_at", "words", "odometer"
            )
        ),
        list(Event.objects.order_by("pk").values_list("kind", "recorded_at", "actor_id")),
        list(Customer.objects.order_by("pk").values_list("name", "mobile")),
    ]


def test_a_car_stands_in_every_stage_whenever_one_opens_it(stores):
    since, left = MONDAY, 0
    for hours in (51, 4, 9, 11, 9):
        tally = lived(stores, hours, since)
        since += timedelta(hours=hours)
        assert tally.refused == []
        there = set(RepairOrder.objects.values_list("status", flat=True))
        assert there >= set(IN_HOUSE), f"{since:%A %H:%M}"
        delivered = RepairOrder.objects.filter(status=Status.DELIVERED).count()
        assert delivered >= left
        left = delivered
    assert left > 10
    assert Event.objects.order_by("-pk")[0].recorded_at <= since
    assert Booking.objects.filter(status="arrived").exists()
    closed = CashDay.objects.exclude(closed_at=None)
    assert closed.count() == 4
    assert all(day.reason or day.counted == day.expected for day in closed)
    assert set(Link.objects.values_list("purpose", flat=True)) == {ANSWER, PROGRESS}
    assert Authorisation.objects.filter(way=ConsentWay.LINK).exists()
    assert set(Message.objects.values_list("state", flat=True)) <= {"sent", "waiting"}
    (account,) = Account.objects.all()
    with moved(since):
        late = overdue_in(crews_of(stores)[0].cashiers[0], stores[0])
        fleet = standing_of(account, since.date())
    assert late.customers == 1
    assert fleet.open > fleet.overdue > 0
    assert check() == []


def test_the_same_seed_makes_the_same_dealership_and_another_one_a_different(stores):
    made = []
    for seed in (3, 3, 4):
        with pytest.raises(Undone), transaction.atomic():
            lived(stores, 4, seed=seed)
            made.append(seen())
            raise Undone
    assert made[0] == made[1]
    assert made[0] != made[2]


class Undone(Exception):
    """Rolls a run back, so that the next one begins at the same rows."""


def test_it_stops_between_two_steps_when_told_to(stores):
    steps = []

    def told(share):
        steps.append(share)
        return len(steps) < 40

    tally = Dealership(stores, 3).live(MONDAY, MONDAY + timedelta(hours=9), told)
    assert tally.stopped
    assert len(steps) == 40
    assert check() == []


def test_everything_a_visit_needs_is_somebodys(stores):
    (crew,) = crews_of(stores)
    needed = (crew.advisors, crew.technicians, crew.inspectors, crew.dispatchers, crew.clerks, crew.cashiers)
    assert all(needed)
    assert 20 <= Employee.objects.count() <= 30


def test_visitors_have_test_numbers_and_real_looking_plates_and_vins():
    taken: set[int] = set()
    for number in range(60):
        who = visitors.visitor(dealership.Random(number), taken)
        assert not who.mobile or who.mobile.startswith("1540000")
        assert plate_kind(who.plate)
        assert doubts_about_vin(who.vin) == []
        need = visitors.need_of(3, who.plate)
        assert need == visitors.need_of(3, who.plate)
        assert need.codes
    assert len(taken) == 60
