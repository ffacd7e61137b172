from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import moved, now
from servicelane.kernel.errors import ChangedMeanwhile, InFuture
from servicelane.kernel.models import Event, EventDetail
from servicelane.org import services
from servicelane.org.errors import BayCodeTaken, BayInServiceAlready, BayOutAlready
from servicelane.org.models import Bay, BayKind
from servicelane.org.services import BayDetails
from tests.unchanged import refused, rows


@pytest.fixture
def lift(cast) -> Bay:
    return Bay.objects.get(store=cast.shinan, code="L1")


def test_a_bay_is_added_in_service(cast):
    bay = services.add_bay(cast.laoshan, BayDetails("P9", BayKind.PAINT_BOOTH, "oven"), by=cast.admin)

    assert (bay.in_service, bay.out_since, bay.version) == (True, None, 1)
    fact = Event.objects.about(bay).get()
    assert (fact.kind, fact.store_id) == ("org.bay_added", cast.laoshan.pk)
    assert fact.data == {"code": "P9", "bay_kind": "paint_booth"}


def test_a_code_is_taken_in_its_own_store_only(cast, lift):
    services.add_bay(cast.laoshan, BayDetails("G1"), by=cast.admin)

    with refused(BayCodeTaken, code="L1", store=cast.shinan):
        services.add_bay(cast.shinan, BayDetails("L1"), by=cast.admin)
    with refused(BayCodeTaken, code="L2"):
        services.change_bay(lift, BayDetails("L2", BayKind.LIFT), by=cast.admin)


def test_a_changed_bay_tells_its_fields_and_keeps_its_history(cast, lift):
    services.change_bay(lift, BayDetails("L1", BayKind.GENERAL, "by the gate"), by=cast.gu, version=1)

    lift.refresh_from_db()
    assert (lift.kind, lift.name, lift.version) == ("general", "by the gate", 2)
    assert Event.objects.about(lift).get(kind="org.bay_changed").data == {"changed": ["kind", "name"]}
    assert [row.kind for row in lift.history.all()] == ["general", "lift"]


def test_nothing_is_recorded_when_nothing_differs(cast, lift):
    before = rows()
    services.change_bay(lift, BayDetails("L1", BayKind.LIFT), by=cast.gu)
    assert rows() == before


def test_a_bay_goes_out_of_service_with_a_reason_and_comes_back(cast, lift):
    with moved(now() + timedelta(hours=1)):
        at = now() - timedelta(minutes=20)
        services.take_bay_out_of_service(lift, by=cast.luo, at=at, note="oil leaks from the left post")

    lift.refresh_from_db()
    assert (lift.in_service, lift.out_since, lift.version) == (False, at, 2)
    fact = Event.objects.about(lift).get(kind="org.bay_out_of_service")
    assert (fact.happened_at, fact.data) == (at, {})
    assert EventDetail.objects.get(event=fact).text == "oil leaks from the left post"
    assert lift not in Bay.objects.usable()

    with moved(now() + timedelta(hours=2)):
        services.return_bay_to_service(lift, by=cast.luo)
    lift.refresh_from_db()
    assert (lift.in_service, lift.out_since, lift.version) == (True, None, 3)
    assert Event.objects.about(lift).filter(kind="org.bay_back_in_service").exists()


def test_a_bay_goes_out_once_and_comes_back_once(cast, lift):
    with refused(BayInServiceAlready, bay=lift):
        services.return_bay_to_service(lift, by=cast.luo)
    services.take_bay_out_of_service(lift, by=cast.luo)
    with refused(BayOutAlready, bay=lift):
        services.take_bay_out_of_service(lift, by=cast.luo)


def test_of_two_who_take_it_out_at_once_one_is_told(cast, lift):
    late = Bay.objects.get(pk=lift.pk)
    services.take_bay_out_of_service(lift, by=cast.luo)
    with refused(ChangedMeanwhile):
        services.take_bay_out_of_service(late, by=cast.gu)


def test_a_bay_cannot_go_out_tomorrow(cast, lift):
    with refused(InFuture):
        services.take_bay_out_of_service(lift, by=cast.luo, at=now() + timedelta(hours=1))


def test_the_database_keeps_no_half_moved_bay(lift):
    for half in [{"in_service": False}, {"out_since": now()}, {"kind": "garage"}, {"code": "L2"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Bay.objects.filter(pk=lift.pk).update(**half)
