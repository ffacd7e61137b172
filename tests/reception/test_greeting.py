"""Who arrives is greeted in time; the desk calls stand-ins when it cannot (RCP-1)."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.org.services import set_rule
from servicelane.project.alerts import alerts_for
from servicelane.reception import errors, events
from servicelane.reception.greeting_services import call_stand_ins, come, end_call, greet
from servicelane.reception.models import Greeting, StandIn, StandInCall
from servicelane.reception.pages import queue
from servicelane.reception.rules import GREETING_MINUTES
from tests.people.test_races import at_once
from tests.screen import Screen
from tests.unchanged import refused
from tests.visit import arrived, car, checked_in


def waits(cast, plate: str = "鲁B3210K"):
    customer, vehicle = car(cast, plate)
    return arrived(cast, customer=customer, vehicle=vehicle)


@pytest.fixture
def clock():
    """A Tuesday at ten, standing still."""
    with time_machine.travel("2027-03-02T10:00+08:00", tick=False) as traveller:
        yield traveller


def test_a_greeting_is_noted_once_and_holds_nobody_up(cast, clock):
    order = waits(cast)
    clock.shift(timedelta(minutes=3))
    greet(order, by=cast.fang)

    fact = Event.objects.about(order).get(kind=events.GREETED)
    assert fact.data == {"seconds": 180}
    with refused(errors.GreetedAlready, who=cast.fang):
        greet(order, by=cast.chen)
    # The form that somebody opened before the greeting still holds.
    checked_in(cast, order)
    with refused(errors.NotWaiting):
        greet(order, by=cast.chen)


def test_the_queue_says_who_waits_too_long_by_the_stores_minutes(cast, clock):
    first, second, third = waits(cast), waits(cast, "鲁B0001K"), waits(cast, "鲁B0002K")
    clock.shift(timedelta(minutes=4))
    greet(first, by=cast.chen)
    clock.shift(timedelta(minutes=2))
    greet(second, by=cast.chen)

    shown = queue(cast.chen, cast.shinan, now())
    assert [(row.order, row.is_late) for row in shown.waiting] == [
        (first, False),
        (second, False),
        (third, True),
    ]
    assert (shown.ungreeted, shown.late, shown.greeted, shown.came) == (1, 1, 1, 3)
    page = Screen(cast.chen).get(reverse("reception:queue")).text
    assert "超过 5 分钟无人招呼" in page
    assert "今日 3 位中 1 位在 5 分钟内有人招呼" in page

    set_rule(cast.shinan, GREETING_MINUTES, "10", by=cast.gu)
    shown = queue(cast.chen, cast.shinan, now())
    assert (shown.late, shown.greeted, shown.came) == (0, 2, 2)
    checked_in(cast, third)
    assert queue(cast.chen, cast.shinan, now()).greeted == 3


def test_stand_ins_are_called_told_and_come(cast, clock):
    with refused(errors.NobodyWaits):
        call_stand_ins(cast.shinan, by=cast.chen)
    order = waits(cast)
    call = call_stand_ins(cast.shinan, by=cast.chen)
    with refused(errors.StandInsCalled, who=cast.chen):
        call_stand_ins(cast.shinan, by=cast.fang)

    def told(person) -> bool:
        return any(alert.code == "stand_ins" for alert in alerts_for(person, cast.shinan))

    assert [told(one) for one in (cast.lin, cast.gu, cast.chen, cast.tao)] == [True, True, False, False]
    lin = Screen(cast.lin)
    assert lin.post(reverse("reception:come")).status_code == 302
    assert not told(cast.lin)
    with refused(errors.ComesAlready, who=cast.lin):
        come(cast.shinan, by=cast.lin)
    assert "林可" in Screen(cast.chen).get(reverse("reception:queue")).text
    assert lin.post(reverse("reception:greet", args=[order.pk])).status_code == 302
    assert not told(cast.gu), "nobody waits ungreeted any more"

    end_call(cast.shinan, by=cast.chen)
    with refused(errors.NoCall):
        end_call(cast.shinan, by=cast.chen)
    with refused(errors.NoCall):
        come(cast.shinan, by=cast.gu)
    kinds = Event.objects.about(call).order_by("id").values_list("kind", "data")
    assert list(kinds) == [
        (events.STAND_INS_CALLED, {"waiting": 1}),
        (events.STAND_IN_CAME, {}),
        (events.STAND_INS_ENDED, {"came": 1}),
    ]


def test_a_stand_in_greets_and_receives_nothing(cast):
    order = waits(cast)
    lin = Screen(cast.lin)
    page = lin.get(reverse("reception:queue")).text
    assert reverse("reception:greet", args=[order.pk]) in page
    assert reverse("reception:check_in", args=[order.pk]) not in page
    assert reverse("reception:walk_in") not in page
    assert lin.get(reverse("reception:check_in", args=[order.pk])).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_of_two_who_press_at_once_one_is_told(cast):
    order, _other = waits(cast), waits(cast, "鲁B0001K")

    refusals = at_once(lambda: greet(order, by=cast.chen), lambda: greet(order, by=cast.fang))
    refusals += at_once(
        lambda: call_stand_ins(cast.shinan, by=cast.chen), lambda: call_stand_ins(cast.shinan, by=cast.fang)
    )

    assert [type(one) for one in refusals] == [errors.GreetedAlready, errors.StandInsCalled]
    assert (Greeting.objects.count(), StandInCall.objects.count(), StandIn.objects.count()) == (1, 1, 0)
