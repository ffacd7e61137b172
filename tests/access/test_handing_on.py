"""Who may hand on which role: what the printed table says is what the guard does (PLT-1)."""

from __future__ import annotations

from servicelane.people.errors import AboveOwnRights
from servicelane.people.guards import check_may_act_as, check_may_give
from servicelane.people.permissions import Perm
from servicelane.people.roles import Role
from servicelane.project.roles import GUARDED, TABLE
from tests.access.stores import Stores
from tools.reference import hands_on


def _may(stores: Stores, giver: Role, role: Role, needed: Perm) -> bool:
    try:
        check_may_give(stores.person({stores.own.store: frozenset({giver})}), role, stores.own.store, needed)
    except AboveOwnRights:
        return False
    return True


def test_the_printed_table_is_what_the_guard_does(stores: Stores) -> None:
    for needed in (Perm.MANAGE_PEOPLE, Perm.GRANT_ROLES):
        for giver in Role:
            if needed in TABLE[giver]:
                said = {role for role in Role if hands_on(giver, role, needed)}
                assert {role for role in Role if _may(stores, giver, role, needed)} == said, giver
            else:
                assert not any(hands_on(giver, role, needed) for role in Role)
                assert not _may(stores, giver, Role.WASH_STAFF, needed)


def test_whoever_keeps_the_staff_files_reaches_no_money_rule_or_access_by_it(stores: Stores) -> None:
    """Neither by hiring nor by giving a password: what the day's work needs, and nothing beyond."""
    officer = stores.person({stores.own.store: frozenset({Role.HR_OFFICER})})
    reached = set()
    for role in Role:
        person = stores.person({stores.own.store: frozenset({role})})
        try:
            check_may_act_as(officer, person)
        except AboveOwnRights:
            assert not hands_on(Role.HR_OFFICER, role, Perm.MANAGE_PEOPLE)
        else:
            reached |= TABLE[role]
    assert reached & GUARDED == {Perm.MANAGE_PEOPLE}
    assert {"workshop.clock", "schedule.assign_work", "org.manage_bays"} <= reached
    assert not {"billing.credit", "parts.adjust_stock", "parts.manage_catalogue", "org.set_rules"} & reached


def test_nobody_who_is_no_administrator_makes_one(stores: Stores) -> None:
    for giver in Role:
        if giver != Role.SYSTEM_ADMINISTRATOR:
            for needed in (Perm.MANAGE_PEOPLE, Perm.GRANT_ROLES):
                assert not _may(stores, giver, Role.SYSTEM_ADMINISTRATOR, needed), giver
