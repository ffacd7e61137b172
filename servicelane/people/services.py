"""Writes about people: hiring, personal data, roles, leaving and coming back (PPL-1).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it (None for the system), `version` what the form was made from (the record's own
if None). Skills and certificates, shifts, and sign-ins have modules of their own beside this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import now, today
from servicelane.kernel.events import record
from servicelane.kernel.versions import drop, rise, touch
from servicelane.org.models import Group, Region, Store
from servicelane.org.queries import zone_of

from . import errors, events, names
from .credentials import new_password
from .guards import (
    By,
    check_administrator_stays,
    check_manages,
    check_may_act_as,
    check_may_give,
    check_works_here,
)
from .managers import plain_user_name
from .models import Employee, Membership, Shift, user_name_shape
from .permissions import Perm
from .roles import Role
from .shift_services import cancel_shift
from .sign_in_services import end_tokens


@dataclass(frozen=True, slots=True)
class Personal:
    """What one enters about a person; an empty `name_en` becomes the pinyin of the name."""

    name: str
    name_en: str = ""
    email: str = ""
    language: str = "zh-hans"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be hired: their data, user name, first role with its place, and first day."""

    personal: Personal
    user_name: str
    role: Role
    place: Store | Region
    joined_on: date | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hashed secrets that a person of the demo starts with instead of a temporary password."""

    password: str
    pin: str = ""


def hire(group: Group, new: NewPerson, *, by: By) -> tuple[Employee, str]:
    """Add a person with a first role; return them and a temporary password, to be changed at once.

    Raises UserNameRefused, UserNameTaken, UnknownLanguage, OtherGroup and AboveOwnRights.
    """
    password = new_password()
    hashed = make_password(password)
    return _hire(group, new, Employee(password=hashed, must_change_password=True), by), password


def hire_for_demo(group: Group, new: NewPerson, credentials: Credentials, *, by: By) -> Employee:
    """Add a person of the demo, whose password is known to everybody: they sign in from loopback only.

    Raises as `hire`.
    """
    return _hire(group, new, Employee(password=credentials.password, pin=credentials.pin, is_demo=True), by)


@transaction.atomic
def _hire(group: Group, new: NewPerson, employee: Employee, by: By) -> Employee:
    user_name = plain_user_name(new.user_name)
    try:
        user_name_shape(user_name)
    except ValidationError:
        raise errors.UserNameRefused(user_name=new.user_name) from None
    for name, value in _personal_values(new.personal).items():
        setattr(employee, name, value)
    employee.group, employee.user_name = group, user_name
    employee.joined_on = new.joined_on or today(zone_of(None))
    try:
        with transaction.atomic():
            employee.save(force_insert=True)
    except IntegrityError:
        raise errors.UserNameTaken(user_name=user_name) from None
    record(events.HIRED, employee, by=by, joined_on=employee.joined_on.isoformat())
    check_may_give(by, new.role, new.place, needed=Perm.MANAGE_PEOPLE)
    _grant(employee, new.role, new.place, by)
    return employee


@transaction.atomic
def change_person(employee: Employee, personal: Personal, *, by: By, version: int | None = None) -> Employee:
    """Change name, e-mail or language. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile and UnknownLanguage.
    """
    values = _personal_values(personal)
    new = {name: value for name, value in values.items() if getattr(employee, name) != value}
    if not new:
        return employee
    rise(employee, version)
    for name, value in new.items():
        setattr(employee, name, value)
    employee.save(update_fields=list(new))
    record(events.PERSON_CHANGED, employee, by=by, changed=sorted(new))
    return employee


@transaction.atomic
def change_language(employee: Employee, language: str, *, by: By) -> None:
    """Choose the language in which the product speaks to `employee`. Raises UnknownLanguage."""
    _check_language(language)
    if employee.language == language:
        return
    touch(employee)
    employee.language = language
    employee.save(update_fields=["language"])
    record(events.LANGUAGE_CHANGED, employee, by=by, language=language)


def _personal_values(personal: Personal) -> Mapping[str, str]:
    _check_language(personal.language)
    values: dict[str, str] = {field.name: getattr(personal, field.name).strip() for field in fields(personal)}
    values["name_en"] = values["name_en"] or names.romanise(values["name"])
    values["sort_key"] = names.sort_key(values["name"])
    return values


def _check_language(language: str) -> None:
    if language not in dict(settings.LANGUAGES):
        raise errors.UnknownLanguage(language=language)


@transaction.atomic
def grant_role(employee: Employee, role: Role, place: Store | Region, *, by: By) -> Membership:
    """Give a role in a store, or in a region with all below it.

    Raises HasLeft, OtherGroup, AboveOwnRights and RoleHeldAlready.
    """
    check_works_here(employee)
    check_may_give(by, role, place)
    return _grant(employee, role, place, by)


def _grant(employee: Employee, role: Role, place: Store | Region, by: By) -> Membership:
    if _group_id(place) != employee.group_id:
        raise errors.OtherGroup(place=place, who=employee)
    where = {"store": place} if isinstance(place, Store) else {"region": place}
    try:
        with transaction.atomic():
            membership = Membership.objects.create(employee=employee, role=role, **where)
    except IntegrityError:
        raise errors.RoleHeldAlready(who=employee, role=role.label, place=place) from None
    _roles_changed(employee)
    record(events.ROLE_GRANTED, employee, by=by, role=str(role), **_told(place))
    return membership


@transaction.atomic
def withdraw_role(membership: Membership, *, by: By) -> None:
    """Take a role from its holder.

    Raises AboveOwnRights, LastRole for the only role of somebody who works here, LastAdministrator
    when nobody could administer the group any more, and ChangedMeanwhile if it was taken already.
    """
    employee, place = membership.employee, membership.place
    check_may_give(by, membership.role, place)
    check_administrator_stays(employee, but=membership)
    if employee.is_active and not employee.memberships.exclude(pk=membership.pk).exists():
        raise errors.LastRole(who=employee)
    drop(membership)
    _roles_changed(employee)
    record(events.ROLE_WITHDRAWN, employee, by=by, role=str(membership.role), **_told(place))


def _roles_changed(employee: Employee) -> None:
    touch(employee)
    employee.forget_reach()


def _group_id(place: Store | Region) -> int:
    return place.region.group_id if isinstance(place, Store) else place.group_id


def _told(place: Store | Region) -> dict[str, Any]:
    return {"store" if isinstance(place, Store) else "region": place.pk}


@transaction.atomic
def deactivate(employee: Employee, *, by: By) -> Employee:
    """Let a person leave: password, PIN, tokens and sessions end at once, later shifts are cancelled.

    What they did stays theirs. Raises NotYourself, HasLeft, AboveOwnRights when they also have a
    role where `by` does not manage people, and LastAdministrator.
    """
    if by is not None and by.pk == employee.pk:
        raise errors.NotYourself
    check_works_here(employee)
    check_manages(by, employee)
    check_administrator_stays(employee)
    rise(employee)
    moment = now()
    # The session key is made from the password hash: an unusable one ends every session for good,
    # also after the person comes back.
    employee.set_unusable_password()
    employee.pin = ""
    employee.is_active, employee.left_on = False, today(zone_of(None))
    employee.save(update_fields=["password", "pin", "is_active", "left_on"])
    employee.forget_reach()
    end_tokens(employee, by=by)
    for shift in Shift.objects.filter(employee=employee, starts__gt=moment):
        cancel_shift(shift, by=by)
    record(events.LEFT, employee, by=by, left_on=employee.left_on.isoformat())
    return employee


@transaction.atomic
def reactivate(employee: Employee, *, by: By) -> str:
    """Bring a person back in the roles they had; return a temporary password, to be changed at once.

    Raises IsActiveAlready, and AboveOwnRights when their roles reach further than those of `by`.
    """
    if employee.is_active:
        raise errors.IsActiveAlready(who=employee)
    check_may_act_as(by, employee)
    rise(employee)
    password = new_password()
    employee.set_password(password)
    employee.is_active, employee.left_on, employee.must_change_password = True, None, True
    employee.save(update_fields=["password", "is_active", "left_on", "must_change_password"])
    employee.forget_reach()
    record(events.CAME_BACK, employee, by=by)
    return password
