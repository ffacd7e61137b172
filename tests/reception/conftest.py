from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from servicelane.kernel.clock import now
from servicelane.orders import gates
from servicelane.orders.catalogue_services import set_rate
from servicelane.orders.job_services import JobDetails, add_job
from servicelane.orders.models import Consent, Job, JobState, PayType, RepairOrder, Status, WorkType
from servicelane.org.queries import forget_zones
from tests.visit import checked_in


@pytest.fixture(autouse=True)
def _no_zone_of_another_test() -> Iterator[None]:
    """A store's number comes back in the next test, with another zone."""
    forget_zones()
    yield
    forget_zones()


@pytest.fixture
def settled(cast, monkeypatch) -> RepairOrder:
    """A settled order with one job done and an umbrella seen back in the car; what others check is open."""
    monkeypatch.setitem(gates._gates, Status.DELIVERED, [])
    order = checked_in(cast, belongings=["雨伞"])
    set_rate(cast.shinan, PayType.CUSTOMER, Decimal(160), by=cast.gu)
    work = JobDetails(name_zh="换机油", minutes=timedelta(hours=1), work_type=WorkType.MAINTENANCE)
    done = add_job(order, work, by=cast.chen)
    left = add_job(order, work, by=cast.chen)
    Job.objects.filter(pk=done.pk).update(state=JobState.DONE, consent=Consent.AGREED)
    Job.objects.filter(pk=left.pk).update(state=JobState.DROPPED)
    order.belongings.update(returned_at=now())
    RepairOrder.objects.filter(pk=order.pk).update(status=Status.SETTLED, settled_at=now())
    return RepairOrder.objects.with_car().get(pk=order.pk)
