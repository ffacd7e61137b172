"""`servicelane user …`: people's access, for an operator at the machine when nobody can sign in (PLT-1).

The same services as the screens use; the facts name the system as who did it. A password is never an
argument, which others could read: it is made here and printed once.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from .refusals import NotDone, in_words

if TYPE_CHECKING:
    from servicelane.org.models import Region, Store
    from servicelane.people.models import Employee

ADMINISTRATOR = "system_administrator"
user_app = typer.Typer(help="People's access, for an operator at this machine: list, add, unlock and more.")
UserName = Annotated[str, typer.Argument(help="the person's user name")]


@user_app.callback()
def about() -> None:
    """People's access, for an operator at this machine: list, add, unlock and more."""


@user_app.command("list")
def list_people() -> None:
    """List everybody: user name, name, roles with their places, what is special, last sign-in."""
    with _ready():
        from axes.models import AccessAttempt
        from django.conf import settings
        from django.db.models import Sum

        from servicelane.kernel.clock import now
        from servicelane.org.queries import zone_of
        from servicelane.people.models import Employee

        zone = zone_of(None)
        # One address locks one name, as at the sign-in itself; tries older than its wait count no more.
        tries = AccessAttempt.objects.filter(
            attempt_time__gt=now() - timedelta(hours=settings.AXES_COOLOFF_TIME)
        ).order_by()
        tries = tries.values("username", "ip_address").annotate(failed=Sum("failures_since_start"))
        locked = set(tries.filter(failed__gte=settings.AXES_FAILURE_LIMIT).values_list("username", flat=True))
        people = Employee.objects.order_by("user_name").prefetch_related(
            "memberships__store", "memberships__region"
        )
        for person in people:
            held = [f"{role.get_role_display()} ({role.place})" for role in person.memberships.all()]
            seen = f"{person.last_login.astimezone(zone):%Y-%m-%d %H:%M}" if person.last_login else ""
            special = _special(person, is_locked=person.user_name in locked)
            cells = (person.user_name, str(person), ", ".join(held), special, seen)
            typer.echo("\t".join(cells))


def _special(person: "Employee", *, is_locked: bool) -> str:
    from django.utils.translation import gettext as _

    marks = {
        _("has left"): not person.is_active,
        _("locked after failed tries"): is_locked,
        _("temporary password"): person.is_active and person.must_change_password,
        _("demo"): person.is_demo,
    }
    return ", ".join(mark for mark, holds in marks.items() if holds)


@user_app.command()
def add(
    user: UserName,
    name: Annotated[str, typer.Option(help="the person's name")],
    role: Annotated[str, typer.Option(help="code of the role; on an empty system system_administrator")] = "",
    store: Annotated[str, typer.Option(help="code of the store of the role; without, the whole group")] = "",
    group: Annotated[str, typer.Option(help="on an empty system: name of the dealer group to set up")] = "",
) -> None:
    """Add a person and print a temporary password. On an empty system: the first administrator.

    There, --group and --store name the group and its first store; the demo is then never loaded.
    """
    with _ready(may_be_empty=True):
        from django.utils.translation import gettext as _

        from servicelane.kernel.transactions import unit
        from servicelane.people.models import Employee
        from servicelane.people.roles import Role
        from servicelane.people.services import NewPerson, Personal, hire

        if role and role not in Role.values:
            raise NotDone(
                f"Nobody was added: there is no role {role!r}. Roles are: {', '.join(Role.values)}."
            )

        def added() -> tuple[Employee, str]:
            place: Store | Region
            if Employee.objects.exists():
                if group:
                    raise NotDone(
                        "Nobody was added: there are people already, and --group is for an empty system."
                    )
                if not role:
                    raise NotDone(f"Nobody was added. Give --role CODE, one of: {', '.join(Role.values)}.")
                place = _place(store)
            else:
                place = _first_place(group, store, role or ADMINISTRATOR)
            owner = place.region.group if hasattr(place, "region") else place.group
            return hire(owner, NewPerson(Personal(name), user, Role(role or ADMINISTRATOR), place), by=None)

        person, password = unit(added)
        typer.echo(_("{user} was added.").format(user=person.user_name))
        _print_password(password)


@user_app.command("reset-password")
def reset_password(user: UserName) -> None:
    """Print a temporary password; all sessions and API tokens of the person end."""
    with _ready():
        from servicelane.kernel.transactions import unit
        from servicelane.people.sign_in_services import reset_password as reset

        _print_password(unit(lambda: reset(_person(user), by=None)))


@user_app.command("reset-second-factor")
def reset_second_factor(user: UserName) -> None:
    """Switch off the second factor of a person who lost telephone and codes; all sessions end."""
    with _ready():
        from django.utils.translation import gettext as _

        from servicelane.kernel.transactions import unit
        from servicelane.people.second_factor import reset

        unit(lambda: reset(_person(user), by=None))
        typer.echo(_("The second factor of {user} is off; the password is enough now.").format(user=user))


@user_app.command()
def unlock(user: UserName) -> None:
    """Forget failed tries, so that the person may try to sign in at once."""
    with _ready():
        from django.utils.translation import gettext as _

        from servicelane.kernel.transactions import unit
        from servicelane.people.sign_in_services import unlock as forget

        tries = unit(lambda: forget(_person(user), by=None))
        typer.echo(_("{tries} failed tries of {user} forgotten.").format(tries=tries, user=user))


@user_app.command()
def deactivate(user: UserName) -> None:
    """Let a person leave: password, PIN, sessions and API tokens end at once; what they did stays."""
    with _ready():
        from django.utils.translation import gettext as _

        from servicelane.kernel.transactions import unit
        from servicelane.people.services import deactivate as leave

        person = unit(lambda: leave(_person(user), by=None))
        typer.echo(
            _("{user} has left; nothing opens for this person any more.").format(user=person.user_name)
        )


@user_app.command()
def reactivate(user: UserName) -> None:
    """Bring back a person who left, in the roles they had, and print a temporary password."""
    with _ready():
        from servicelane.kernel.transactions import unit
        from servicelane.people.services import reactivate as bring_back

        _print_password(unit(lambda: bring_back(_person(user), by=None)))


@user_app.command("end-sessions")
def end_sessions(user: UserName) -> None:
    """Sign a person out of every browser and terminal."""
    with _ready():
        from django.utils.translation import gettext as _

        from servicelane.kernel.transactions import unit
        from servicelane.people.sign_in_services import end_sessions as end

        ended = unit(lambda: end(_person(user), by=None))
        typer.echo(_("{sessions} sessions of {user} ended.").format(sessions=ended, user=user))


@contextmanager
def _ready(*, may_be_empty: bool = False) -> Iterator[None]:
    """Load the product, speak the language of the terminal, and turn refusals into one line."""
    with in_words():
        import django
        from django.utils import translation

        django.setup()
        from servicelane.kernel.errors import DomainError

        chinese = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
        with translation.override("zh-hans" if chinese.startswith("zh") else "en"):
            _refuse_behind(may_be_empty)
            try:
                yield
            except DomainError as refusal:
                raise NotDone(f"{refusal} {refusal.advice}") from refusal


def _refuse_behind(may_be_empty: bool) -> None:
    """Set up an empty database where that is wanted; raise NotDone for one that is not up to date."""
    from django.core.management import call_command
    from django.db import connection

    from .starting import is_behind

    if may_be_empty and not connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)
    elif is_behind():
        raise NotDone("Nothing was done: the database is not up to date. Start ServiceLane once: make run")


def _person(user: str) -> "Employee":
    from servicelane.people.managers import plain_user_name
    from servicelane.people.models import Employee

    found = Employee.objects.filter(user_name=plain_user_name(user)).first()
    if found is None:
        raise NotDone(f"Nothing was done: there is no person {user!r}. See: servicelane user list")
    return found


def _place(code: str) -> "Store | Region":
    """The store of this code, or without one the region that holds the whole group."""
    from servicelane.org.models import Region, Store

    if code:
        store = Store.objects.filter(code=code).select_related("region__group").first()
        if store is None:
            known = ", ".join(Store.objects.order_by("code").values_list("code", flat=True))
            raise NotDone(f"Nobody was added: there is no store {code!r}. Stores are: {known or 'none'}.")
        return store
    tops = Region.objects.filter(parent=None).select_related("group")
    if len(tops) != 1:
        raise NotDone("Nobody was added: there is not just one region above all stores. Give --store CODE.")
    return tops[0]


def _first_place(group: str, store: str, role: str) -> "Region":
    """Set up the group with one region and its first store, for the first administrator."""
    from django.core.exceptions import ValidationError

    from servicelane.kernel.clock import now
    from servicelane.org.calendar_services import load_calendar_year
    from servicelane.org.models import code_shape
    from servicelane.org.queries import zone_of
    from servicelane.org.services import Names, StoreDetails, add_group, add_region, add_store

    if role != ADMINISTRATOR or not group.strip() or not store:
        raise NotDone(
            "Nobody was added: this system is empty. Its first person is an administrator, and needs --group "
            "with the dealer group's name and --store with a short code for its first store, such as SN."
        )
    try:
        code_shape(store)
    except ValidationError as refused:
        raise NotDone(
            f"Nobody was added: {store!r} is no code of a store. {' '.join(refused.messages)}"
        ) from None
    names = Names(group.strip(), group.strip())
    load_calendar_year(now().astimezone(zone_of(None)).year, by=None)
    owner = add_group(names, by=None)
    region = add_region(owner, names, by=None)
    add_store(region, StoreDetails(code=store, name_zh=names.name_zh, name_en=names.name_en), by=None)
    return region


def _print_password(password: str) -> None:
    from django.utils.translation import gettext as _

    typer.echo(_("Temporary password, shown once, to be changed at the first sign-in:"))
    typer.echo(password)
