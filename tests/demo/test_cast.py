from datetime import timedelta

import pytest

from servicelane.demo.cast import PARTS, PASSWORD, PIN, make_cast, sign_ins
from servicelane.kernel.clock import now, today
from servicelane.org.models import Bay, BayKind
from servicelane.org.queries import open_hours, zone_of
from servicelane.people.models import Employee, Shift
from servicelane.people.queries import expiring_certificates, people_with_pin
from servicelane.people.roles import Role
from servicelane.people.services import deactivate
from tests.unchanged import rows


def test_the_cast_is_made_once(cast):
    before = rows()
    assert [person.pk for person in make_cast().people()] == [person.pk for person in cast.people()]
    assert rows() == before


def test_everybody_of_the_cast_can_sign_in_with_what_is_printed(cast):
    assert {(user, password) for _, user, password in sign_ins()} == {(user, PASSWORD) for user in PARTS}
    for person in cast.people():
        assert person.is_demo
        assert person.check_password(PASSWORD)
        assert not person.must_change_password
    deactivate(cast.chen, by=cast.admin)
    assert "chen" not in {user for _, user, _ in sign_ins()}


def test_somebody_of_the_house_with_a_name_of_the_cast_is_not_printed(cast):
    Employee.objects.filter(pk=cast.chen.pk).update(is_demo=False)
    assert "chen" not in {user for _, user, _ in sign_ins()}


def test_a_database_of_real_people_is_left_alone(cast):
    Employee.objects.filter(pk=cast.chen.pk).update(user_name="anan")
    before = rows()
    with pytest.raises(Employee.DoesNotExist):
        make_cast()
    assert rows() == before


def test_the_main_roles_are_there_and_one_person_has_different_ones_in_two_stores(cast):
    there = {part.role for part in PARTS.values()}
    assert {
        Role.SERVICE_ADVISOR,
        Role.DISPATCHER,
        Role.TECHNICIAN,
        Role.QUALITY_INSPECTOR,
        Role.CASHIER,
        Role.HR_OFFICER,
        Role.SERVICE_MANAGER,
        Role.GENERAL_MANAGER,
        Role.REGIONAL_MANAGER,
        Role.SYSTEM_ADMINISTRATOR,
    } <= there
    assert cast.wu.roles_in(cast.shinan) != cast.wu.roles_in(cast.laoshan)


def test_the_house_can_work_today(cast):
    day = today(zone_of(None))
    assert {bay.kind for bay in Bay.objects.filter(store=cast.shinan)} == set(BayKind.values)
    assert open_hours(cast.shinan, day)
    assert Shift.objects.filter(store=cast.shinan, day=day).count() >= 4
    assert not Shift.objects.filter(day__gt=day + timedelta(days=6)).exists()
    assert expiring_certificates(cast.shinan)
    assert {person.user_name for person in people_with_pin(cast.shinan)} >= {"chen", "tao", "yin"}
    assert PIN not in repr(rows())
    assert Employee.objects.filter(joined_on__gt=now().date()).count() == 0
