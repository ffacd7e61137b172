"""The first steps of a new store: what must be set before a car can come, and what is set already."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicelane.org.models import Bay, OpeningHours, Store
from servicelane.org.queries import today_in
from servicelane.people.models import Employee, Membership, Shift, Terminal
from servicelane.people.permissions import Perm as PeoplePerm
from servicelane.people.roles import Role

from .navigation import may_open

NEEDED_ROLES = frozenset({Role.SERVICE_ADVISOR, Role.TECHNICIAN, Role.QUALITY_INSPECTOR})
"""Without one of each no car gets through a store."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done once: its words, the route where one does it, and how to see that it is done.

    `right` is what the task needs beyond opening that route. `is_of_store` routes take the store's id;
    an `is_optional` task may well be left out.
    """

    label: Promise
    about: Promise
    action: Promise
    route: str
    is_done: Callable[[Store], bool]
    right: str = ""
    is_of_store: bool = False
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One task as Today shows it; `is_next` marks the first that is not done."""

    task: Task
    url: str
    is_done: bool
    is_next: bool

    @property
    def is_settled(self) -> bool:
        """Whether it needs nobody any more."""
        return self.is_done or self.task.is_optional


def _has_hours(store: Store) -> bool:
    return OpeningHours.objects.filter(store=store).exists()


def _has_bays(store: Store) -> bool:
    return Bay.objects.filter(store=store).exists()


def _has_people(store: Store) -> bool:
    people = Membership.objects.filter(store=store, employee__is_active=True)
    return people.values("employee").distinct().count() > 1


def _has_roles(store: Store) -> bool:
    held = Membership.objects.filter(store=store, employee__is_active=True, role__in=NEEDED_ROLES)
    return {*held.values_list("role", flat=True)} == NEEDED_ROLES


def _has_shifts(store: Store) -> bool:
    return Shift.objects.filter(store=store, day__gte=today_in(store)).exists()


def _has_terminal(store: Store) -> bool:
    return Terminal.objects.filter(store=store).live().exists()


TASKS = [
    Task(
        _("Check the opening hours"),
        _("Promised times and capacity follow from them."),
        _("Set opening hours"),
        "org:store_hours",
        _has_hours,
        is_of_store=True,
    ),
    Task(
        _("Add the bays"),
        _("Every lift, paint booth and wash bay by its code."),
        _("Add a bay"),
        "org:bay_new",
        _has_bays,
    ),
    Task(
        _("Add the people"),
        _("Everybody signs in under an own name."),
        _("Add a person"),
        "people:new",
        _has_people,
    ),
    Task(
        _("Give the roles"),
        _("A store needs at least an advisor, a technician and an inspector."),
        _("Give roles"),
        "people:list",
        _has_roles,
        right=PeoplePerm.GRANT_ROLES,
    ),
    Task(
        _("Plan the shifts"),
        _("Who is here when, for the days to come."),
        _("Plan shifts"),
        "people:shift_new",
        _has_shifts,
    ),
    Task(
        _("Register a terminal"),
        _("A shared screen on which people switch by PIN; skip it if everybody has a device."),
        _("Register a terminal"),
        "people:terminal_new",
        _has_terminal,
        is_optional=True,
    ),
]


def first_steps(viewer: Employee, store: Store) -> list[Step]:
    """Return the first steps that `viewer` may take, in order. Six queries at most."""
    steps: list[Step] = []
    for task in TASKS:
        path = [store.pk] if task.is_of_store else []
        if task.right and not viewer.may(task.right, store):
            continue
        if may_open(viewer, store, task.route, *path):
            is_done = task.is_done(store)
            is_next = not is_done and all(step.is_done for step in steps)
            steps.append(Step(task, reverse(task.route, args=path), is_done, is_next))
    return steps
