"""From an empty system to a dealership at work: what is due, how far it is, and that it can be cut off."""

import json
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicelane.demo import dealership, filling
from servicelane.demo.filling import Filling, begin, demo_stores, fill, is_due, is_filling, stop_filling
from servicelane.demo.past import write_years
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved
from servicelane.kernel.models import Event
from servicelane.orders.models import RepairOrder, Status
from servicelane.people.models import Employee
from tests.screen import Screen

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2027, 3, 3, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _small(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(dealership, "CARS", {"SN": 3, "LS": 2})


@pytest.mark.django_db
def test_an_empty_system_is_filled_up_to_now_and_later_brought_up_to_then():
    with moved(NOON):
        begin(days=1)
        assert is_due()
        assert Employee.objects.filter(is_demo=False).count() == 0
        shares = []

        def told(share):
            shares.append(share)
            return True

        assert fill(told).refused == []
        assert shares == sorted(shares)
        assert filling.filling().share == 1.0
        assert not is_due()
    first = RepairOrder.objects.count()
    assert {order.store.code for order in RepairOrder.objects.select_related("store")} == {"SN", "LS"}
    assert min(Event.objects.values_list("recorded_at", flat=True)) >= NOON - timedelta(days=2)
    with moved(NOON + timedelta(minutes=9)):
        assert not is_due()
    with moved(NOON + timedelta(hours=4)):
        assert is_due()
        assert fill().refused == []
        assert RepairOrder.objects.count() > first
        assert check() == []


@pytest.mark.django_db
def test_a_long_pause_is_left_out_and_the_cars_of_then_are_finished(monkeypatch):
    monkeypatch.setattr(dealership, "CARS", {"SN": 9})
    with moved(NOON):
        begin(days=1, stores=1)
        fill()
    there = list(RepairOrder.objects.exclude(status__in=(Status.DELIVERED, Status.CANCELLED)))
    with moved(NOON + timedelta(days=40)):
        fill()
        gone = RepairOrder.objects.filter(pk__in=[order.pk for order in there], status=Status.DELIVERED)
        assert gone.count() > len(there) / 2
        assert not RepairOrder.objects.filter(
            arrived_at__range=(NOON + timedelta(days=1), NOON + timedelta(days=38))
        ).exists()
        assert check() == []


@pytest.mark.django_db
def test_it_is_stopped_from_a_page_and_goes_on_afterwards(monkeypatch):
    monkeypatch.setattr(filling, "TOLD_EACH", 0)
    with moved(NOON):
        begin(days=1)
        assert not stop_filling()
        admin, chen = (Employee.objects.get(user_name=name) for name in ("admin", "chen"))
        seen = []

        def told(share):
            if not seen and share > 0.3:
                page = Screen(admin).get("/").content.decode()
                seen.append("demo-filling" in page)
                assert Screen(chen).post("/demo/stop").status_code == 403
                assert Screen(admin).post("/demo/stop").status_code == 302
            return True

        assert fill(told).stopped
        assert seen == [True]
        assert not is_filling()
        assert "demo-filling" not in Screen(admin).get("/").content.decode()
        assert is_due()
        assert not fill().stopped
        assert check() == []


@pytest.mark.django_db
def test_what_was_killed_goes_on_where_it_was(tmp_path):
    with moved(NOON):
        begin(days=1)
        half = Filling(**json.loads((tmp_path / "demo.json").read_text()))

        class Killed(BaseException):
            pass

        def told(share):
            if share > 0.5:
                raise Killed
            return True

        with pytest.raises(Killed):
            fill(told)
        left = filling.filling()
        assert left.is_running
        assert left.reached > half.reached
        assert fill().refused == []
        assert check() == []


@pytest.mark.django_db
def test_real_people_are_left_alone(cast):
    Employee.objects.filter(pk=cast.chen.pk).update(is_demo=False)
    with moved(NOON + timedelta(days=900)):
        assert not is_due()


@pytest.mark.django_db
def test_older_years_are_written_before_the_first_day_once(monkeypatch):
    from servicelane.demo import past

    monkeypatch.setattr(past, "A_YEAR", 8)
    monkeypatch.setattr(dealership, "CARS", {"SN": 8})
    with moved(NOON):
        begin(days=1, stores=1)
        fill()
        first = datetime.fromisoformat(filling.filling().began).date()
        before = RepairOrder.objects.count()
        made = write_years(first, 1, 3, lambda _some: None)
        assert made > 10
        assert write_years(first, 1, 3, lambda _some: None) == 0
        assert RepairOrder.objects.count() == before + made
        (store,) = demo_stores()
        midnight = datetime.combine(first, time(0), SHANGHAI)
        old = RepairOrder.objects.filter(store=store, arrived_at__lt=midnight)
        assert old.count() == made
        assert check() == []


@pytest.mark.parametrize(("days", "stores"), [(0, 2), (4, 0), (4, 99)])
def test_a_demo_nobody_can_make_is_refused(days, stores):
    with pytest.raises(ValueError, match="at least 1 day"):
        begin(days=days, stores=stores)
