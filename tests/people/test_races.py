"""What two people fight for at once: one wins, the other is told, on either database."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import connection

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile, DomainError
from servicelane.kernel.models import Event
from servicelane.kernel.transactions import unit
from servicelane.org.models import Bay
from servicelane.org.services import take_bay_out_of_service
from servicelane.people import second_factor
from servicelane.people.errors import LastAdministrator, ShiftOverlaps
from servicelane.people.models import Membership, Shift
from servicelane.people.roles import Role
from servicelane.people.services import deactivate, grant_role
from servicelane.people.shift_services import Times, plan_shift


def at_once(*calls: Callable[[], object]) -> list[DomainError]:
    """Run all calls at the same moment, each on its own connection; return the refusals."""
    start, refusals = threading.Barrier(len(calls)), []

    def run(call: Callable[[], object]) -> None:
        try:
            start.wait()
            call()
        except DomainError as refusal:
            refusals.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def mine(record):
    """The record as one more person has read it."""
    return type(record).objects.get(pk=record.pk)


def test_two_administrators_cannot_send_each_other_away(transactional_db, cast):
    grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.region, by=cast.admin)
    admin, zhou = mine(cast.admin), mine(cast.zhou)

    refusals = at_once(lambda: deactivate(zhou, by=cast.admin), lambda: deactivate(admin, by=cast.zhou))

    assert [type(refusal) for refusal in refusals] == [LastAdministrator]
    left = Membership.objects.filter(role=Role.SYSTEM_ADMINISTRATOR, employee__is_active=True)
    assert left.count() == 1


def test_one_code_sent_twice_at_once_counts_once(transactional_db, cast):
    key = second_factor.new_key()
    code = second_factor.code_of(key, now())
    recovery = second_factor.switch_on(cast.wu, key, code, here=None)[0]
    counted: list[bool] = []

    for sent in (recovery, second_factor.code_of(key, now() + timedelta(seconds=30))):
        at_once(*[lambda sent=sent: counted.append(unit(lambda: second_factor.accept(cast.wu, sent)))] * 2)
        assert sorted(counted) == [False, True]
        counted.clear()


def test_two_planners_cannot_give_one_person_the_same_hours(transactional_db, cast):
    start = datetime(2027, 3, 1, tzinfo=UTC)
    times = Times(start, start + timedelta(hours=8))
    planned = Shift.objects.filter(employee=cast.wu).count()

    refusals = at_once(
        lambda: plan_shift(mine(cast.wu), cast.shinan, times, by=cast.luo),
        lambda: plan_shift(mine(cast.wu), cast.laoshan, times, by=cast.admin),
    )

    assert [type(refusal) for refusal in refusals] == [ShiftOverlaps]
    assert Shift.objects.filter(employee=cast.wu).count() == planned + 1


def test_of_two_who_change_one_row_at_once_one_is_told(transactional_db, cast):
    bay = Bay.objects.get(store=cast.shinan, code="L1")
    first, second = mine(bay), mine(bay)

    refusals = at_once(
        lambda: take_bay_out_of_service(first, by=cast.luo),
        lambda: take_bay_out_of_service(second, by=cast.gu),
    )

    assert [type(refusal) for refusal in refusals] == [ChangedMeanwhile]
    assert Event.objects.filter(kind="org.bay_out_of_service").count() == 1
