import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.models import Store
from servicelane.org.services import Names, add_group, add_region
from servicelane.people import services
from servicelane.people.errors import AboveOwnRights, LastAdministrator, LastRole, OtherGroup, RoleHeldAlready
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role
from tests.unchanged import refused


def role_of(employee: Employee, role: Role) -> Membership:
    return employee.memberships.get(role=role)


def test_a_role_is_granted_in_a_store_and_taken_back(cast):
    assert not cast.chen.may("people.plan_shifts", cast.shinan)
    membership = services.grant_role(cast.chen, Role.DISPATCHER, cast.shinan, by=cast.gu)

    assert cast.chen.may("people.plan_shifts", cast.shinan)
    assert not cast.chen.may("people.plan_shifts", cast.laoshan)
    services.withdraw_role(membership, by=cast.gu)

    assert not Employee.objects.get(pk=cast.chen.pk).may("people.plan_shifts", cast.shinan)
    facts = Event.objects.about(cast.chen).order_by("-pk")[:2]
    assert [fact.kind for fact in facts] == ["people.role_withdrawn", "people.role_granted"]
    assert facts[0].data == {"role": "dispatcher", "store": cast.shinan.pk}
    assert [
        row.history_type for row in Membership.history.filter(role=Role.DISPATCHER, employee=cast.chen)
    ] == [
        "-",
        "+",
    ]


def test_a_role_in_a_region_is_told_with_its_region(cast):
    services.grant_role(cast.gu, Role.REGIONAL_MANAGER, cast.region, by=cast.admin)
    fact = Event.objects.about(cast.gu).latest("pk")
    assert fact.data == {"role": "regional_manager", "region": cast.region.pk}


def test_a_role_is_held_once_in_one_place(cast):
    with refused(RoleHeldAlready, who=cast.chen, place=cast.shinan):
        services.grant_role(cast.chen, Role.SERVICE_ADVISOR, cast.shinan, by=cast.gu)
    with refused(RoleHeldAlready, place=cast.region):
        services.grant_role(cast.zheng, Role.REGIONAL_MANAGER, cast.region, by=cast.admin)


def test_roles_stay_in_the_own_group(cast):
    group = add_group(Names("别家", "Others"), by=None)
    elsewhere = add_region(group, Names("北", "North"), by=None)
    with refused(OtherGroup, place=elsewhere, who=cast.chen):
        services.grant_role(cast.chen, Role.CASHIER, elsewhere, by=None)


BEYOND = [
    ("gu", Role.SYSTEM_ADMINISTRATOR, "shinan"),  # rights the manager lacks
    ("gu", Role.TECHNICIAN, "laoshan"),  # another store
    ("gu", Role.TECHNICIAN, "region"),  # the region above
    ("meng", Role.TECHNICIAN, "shinan"),  # no right to grant roles
    ("zheng", Role.TECHNICIAN, "shinan"),
    ("chen", Role.SERVICE_ADVISOR, "shinan"),
]


def test_nobody_grants_what_they_do_not_hold(cast):
    for by, role, place in BEYOND:
        with refused(AboveOwnRights, place=getattr(cast, place)):
            services.grant_role(cast.lin, role, getattr(cast, place), by=getattr(cast, by))


def test_nobody_makes_more_of_themselves(cast):
    with refused(AboveOwnRights):
        services.grant_role(cast.gu, Role.SYSTEM_ADMINISTRATOR, cast.shinan, by=cast.gu)


def test_a_manager_who_signed_in_by_pin_grants_nothing(cast):
    cast.gu.signed_in_by_pin = True
    with refused(AboveOwnRights):
        services.grant_role(cast.lin, Role.CASHIER, cast.shinan, by=cast.gu)


def test_a_manager_cannot_take_what_they_could_not_give(cast):
    services.grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.shinan, by=cast.admin)
    with refused(AboveOwnRights):
        services.withdraw_role(role_of(cast.zhou, Role.SYSTEM_ADMINISTRATOR), by=cast.gu)


def test_everybody_keeps_a_role(cast):
    with refused(LastRole, who=cast.chen):
        services.withdraw_role(role_of(cast.chen, Role.SERVICE_ADVISOR), by=cast.gu)


def test_the_last_administrator_keeps_the_role(cast):
    services.grant_role(cast.admin, Role.CASHIER, cast.shinan, by=None)
    with refused(LastAdministrator, who=cast.admin):
        services.withdraw_role(role_of(cast.admin, Role.SYSTEM_ADMINISTRATOR), by=cast.admin)

    second = services.grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.laoshan, by=cast.admin)
    services.withdraw_role(role_of(cast.admin, Role.SYSTEM_ADMINISTRATOR), by=cast.admin)
    with refused(LastAdministrator):
        services.withdraw_role(second, by=None)


def test_an_administrator_who_left_does_not_count(cast):
    services.grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.shinan, by=cast.admin)
    services.deactivate(cast.zhou, by=cast.admin)
    with refused(LastAdministrator):
        services.deactivate(cast.admin, by=None)


def test_a_role_is_taken_once(cast):
    membership = services.grant_role(cast.chen, Role.CASHIER, cast.shinan, by=cast.gu)
    late = Membership.objects.get(pk=membership.pk)
    services.withdraw_role(membership, by=cast.gu)
    with refused(ChangedMeanwhile):
        services.withdraw_role(late, by=cast.gu)


def test_the_database_keeps_no_role_in_two_places_or_none(cast):
    for where in ({"store": cast.shinan, "region": cast.region}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(employee=cast.chen, role=Role.CASHIER, **where)


def test_memberships_are_visible_where_they_can_be_changed(cast):
    def seen(viewer):
        rows = Membership.objects.visible_to(viewer, "people.grant_roles")
        return {(row.employee.user_name, row.place) for row in rows}

    assert ("chen", cast.shinan) in seen(cast.gu)
    assert not {place for _, place in seen(cast.gu)} - {cast.shinan}
    assert {place for _, place in seen(cast.admin)} == {cast.region, *Store.objects.all()}
    assert seen(cast.chen) == set()
