"""Rules about whose rights one may touch: nobody gives away or takes over what they do not hold (PLT-1)."""

from __future__ import annotations

from servicelane.org.models import Group, Region, Store

from . import errors, roles
from .models import Employee, Membership
from .permissions import Perm
from .roles import Role

By = Employee | None
"""Who does it; None is the system itself, which these rules do not bind."""


def check_may_give(by: By, role: str, place: Store | Region, needed: Perm = Perm.GRANT_ROLES) -> None:
    """Raise AboveOwnRights unless `by` may hand `role` in `place` to others or take it from them.

    That needs the right `needed` there, and every guarded right of the role: whoever keeps the staff files
    need not be a technician to hire one. A system administrator of the place needs the first only.
    """
    if by is None:
        return
    held = by.rights_in(place)
    if needed not in held:
        raise errors.AboveOwnRights(place=place)
    if Role.SYSTEM_ADMINISTRATOR in by.roles_in(place):
        return
    if not roles.rights(frozenset({role})) & roles.guarded() <= held:
        raise errors.AboveOwnRights(place=place)


def check_may_act_as(by: By, employee: Employee) -> None:
    """Raise AboveOwnRights unless `by` manages people and holds all guarded rights of `employee` everywhere.

    Whoever gives a password, a PIN or a token to somebody could sign in with it, so it must not lead to
    rights over access, rules or money beyond the giver's own.
    """
    if by is None or by.pk == employee.pk:
        return
    for membership in employee.memberships.select_related("store", "region"):
        place = membership.place
        held = by.rights_in(place)
        guarded = roles.rights(frozenset({membership.role})) & roles.guarded()
        knows_all = Role.SYSTEM_ADMINISTRATOR in by.roles_in(place) or guarded <= held
        if Perm.MANAGE_PEOPLE not in held or not knows_all:
            raise errors.AboveOwnRights(place=place)


def check_manages(by: By, employee: Employee) -> None:
    """Raise AboveOwnRights unless `by` manages people in each place where `employee` has a role."""
    if by is None:
        return
    for membership in employee.memberships.select_related("store", "region"):
        if Perm.MANAGE_PEOPLE not in by.rights_in(membership.place):
            raise errors.AboveOwnRights(place=membership.place)


def check_works_here(employee: Employee) -> None:
    """Raise HasLeft for a person who left."""
    if not employee.is_active:
        raise errors.HasLeft(who=employee)


def check_administrator_stays(employee: Employee, *, but: Membership | None = None) -> None:
    """Raise LastAdministrator if nobody could administer the group without `employee`, or without `but`.

    The group's row is locked until the transaction ends, so of two administrators who send each
    other away at once the second is refused.
    """
    Group.objects.select_for_update().get(pk=employee.group_id)
    administrators = Membership.objects.filter(
        role=Role.SYSTEM_ADMINISTRATOR, employee__group_id=employee.group_id, employee__is_active=True
    )
    mine = administrators.filter(employee=employee)
    going = mine.filter(pk=but.pk) if but else mine
    if going.exists() and not administrators.exclude(pk__in=going.values("pk")).exists():
        raise errors.LastAdministrator(who=employee)
