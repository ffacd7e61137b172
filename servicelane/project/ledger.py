"""Reads of the ledger and of background work for the System and Facts pages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.permissions import Perm as CustomersPerm
from servicelane.kernel.clock import now
from servicelane.kernel.events import label_of
from servicelane.kernel.models import ActorKind, Event, EventDetail, EventQuerySet, Schedule
from servicelane.kernel.schedule import periodic
from servicelane.kernel.sealing import Head, head
from servicelane.kernel.tasks import failed
from servicelane.orders.models import Operation
from servicelane.org.models import Group, Region, Store
from servicelane.parts.models import Part
from servicelane.people.models import ApiToken, Employee
from servicelane.people.permissions import Perm as PeoplePerm
from servicelane.workshop.models import Checklist

from .permissions import Perm

ROWS = 50
PERSON = "people.employee"
TOKEN = "people.apitoken"  # noqa: S105 - a kind of subject, no secret
GROUP = "org.group"
REGION = "org.region"
PART = "parts.part"
OPERATION = "orders.operation"
CHECKLIST = "workshop.checklist"
CUSTOMER = "customers.customer"
VEHICLE = "customers.vehicle"
SHARED = ("people.skill", "org.calendaryear")
"""What belongs to no store and to no group; a new kind of subject is hidden until it is named."""
OVERDUE = timedelta(minutes=2)
BEHIND = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class FailedTask:
    """One task that waits for a person: what it was, which error, when; no words of the error itself."""

    id: str
    name: str
    error: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One periodic job and its next turn, None before its first."""

    job: str
    gap: str
    due_at: datetime | None
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class System:
    """The state of the ledger and of background work."""

    version: str
    head: Head
    facts: int
    is_behind: bool
    failed: list[FailedTask]
    waiting: int
    turns: list[Turn]


def system() -> System:
    """Return the state of the system. Six queries."""
    from servicelane import __version__

    at = now()
    sealed = head()
    oldest = Event.objects.filter(position=None).order_by("id").values_list("recorded_at", flat=True).first()
    return System(
        version=__version__,
        head=sealed,
        facts=sealed.position + sealed.unsealed,
        is_behind=oldest is not None and at - oldest > BEHIND,
        failed=[
            FailedTask(
                str(task.id), _short(task.task_path), _short(task.exception_class_path), task.finished_at
            )
            for task in failed()
        ],
        waiting=DBTaskResult.objects.ready().count(),
        turns=_turns(at),
    )


def _turns(at: datetime) -> list[Turn]:
    due = dict(Schedule.objects.values_list("job", "due_at"))
    return [
        Turn(
            _short(name),
            gap_words(job.gap),
            due.get(name),
            name in due and at - due[name] > OVERDUE,
        )
        for name, job in sorted(periodic().items())
    ]


def _short(path: str) -> str:
    return path.removeprefix("servicelane.")


def gap_words(gap: timedelta) -> str:
    """Write the time between two turns in its largest whole unit."""
    minutes = int(gap.total_seconds()) // 60
    if minutes and minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    if minutes:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    seconds = int(gap.total_seconds())
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact as a person reads it; `who` is the person, or None when `actor` says it all."""

    pk: int
    position: int | None
    at: datetime
    recorded_at: datetime
    label: str
    subject: str
    store: Store | None
    who: Employee | None
    actor: str
    digest: str
    data: list[tuple[str, str]]
    note: str = ""
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which facts are asked for; empty means all."""

    kind: str = ""
    day: date | None = None
    person: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class FactPage:
    """Some facts, the newest first; `next_before` is where the older ones begin, None at the end."""

    rows: list[FactRow]
    next_before: int | None


def facts(viewer: Employee, wanted: Wanted) -> FactPage:
    """Return up to fifty facts that `viewer` may see. Seven queries at most."""
    rows = visible(viewer, is_of_a_day=wanted.day is not None)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.day:
        rows = rows.filter(local_day=wanted.day)
    if wanted.person:
        rows = rows.filter(actor_kind=ActorKind.PERSON, actor_id=wanted.person)
    if wanted.before:
        rows = rows.filter(pk__lt=wanted.before)
    events = list(rows.order_by("-pk")[: ROWS + 1])
    shown = events[:ROWS]
    return FactPage(_told(shown), shown[-1].pk if len(events) > ROWS else None)


def fact(viewer: Employee, pk: int) -> FactRow:
    """Return one fact with its words. Eight queries at most.

    Raises Event.DoesNotExist for one that `viewer` may not see.
    """
    event = visible(viewer).get(pk=pk)
    detail = EventDetail.objects.filter(pk=pk).first()
    told = _told([event], detail.text if detail else "", bool(detail and detail.is_erased))
    return told[0]


def visible(viewer: Employee, *, is_of_a_day: bool = False) -> EventQuerySet:
    """Return the facts of the stores in which `viewer` may see facts, and of what belongs to no store.

    Of the latter, a fact about a person or their token is seen by those who see the person, one
    about a customer or vehicle by those who see the file, one about a group, region, part or
    operation within that group, one about what all share by everybody. One query.

    Unless a day is going to be asked for, the store's index is kept out: SQLite would read all facts of
    the store by it and sort them, where the newest are found by going back from the last.
    """
    people = Employee.objects.visible_to(viewer, PeoplePerm.SEE_PEOPLE)
    customers = Customer.objects.visible_to(viewer, CustomersPerm.SEE_CUSTOMERS)
    vehicles = Vehicle.objects.visible_to(viewer, CustomersPerm.SEE_CUSTOMERS)
    owned = {
        PERSON: people,
        TOKEN: ApiToken.objects.visible_to(viewer, PeoplePerm.SEE_PEOPLE),
        GROUP: Group.objects.filter(pk=viewer.group_id),
        REGION: Region.objects.filter(group=viewer.group_id),
        PART: Part.objects.filter(group=viewer.group_id),
        OPERATION: Operation.objects.filter(group=viewer.group_id),
        CHECKLIST: Checklist.objects.filter(group=viewer.group_id),
        CUSTOMER: customers,
        VEHICLE: vehicles,
    }
    seen = Q(subject_type__in=SHARED)
    for kind, rows in owned.items():
        seen |= Q(subject_type=kind) & Q(Exists(rows.filter(pk=OuterRef("subject_id"))))
    stores = viewer.store_ids_where(Perm.SEE_FACTS)
    in_stores = Q(store_id__in=stores) if is_of_a_day else Q(of_store__in=stores)
    events = Event.objects.alias(of_store=F("store_id") + 0)
    return events.filter(in_stores | Q(store_id=None) & seen)


def _told(events: list[Event], note: str = "", is_erased: bool = False) -> list[FactRow]:
    stores = Store.objects.in_bulk({event.store_id for event in events if event.store_id})
    people = _people(events)
    return [
        FactRow(
            pk=event.pk,
            position=event.position,
            at=event.happened_at,
            recorded_at=event.recorded_at,
            label=label_of(event.kind),
            subject=_subject(event, people),
            store=stores.get(event.store_id) if event.store_id else None,
            who=people.get(event.actor_id)
            if event.actor_kind == ActorKind.PERSON and event.actor_id
            else None,
            actor=_actor(event),
            digest=event.digest,
            data=[(name, _value(value)) for name, value in sorted(event.data.items())],
            note=note,
            is_erased=is_erased,
        )
        for event in events
    ]


def _people(events: Iterable[Event]) -> dict[int, Employee]:
    wanted = set()
    for event in events:
        if event.actor_kind == ActorKind.PERSON and event.actor_id:
            wanted.add(event.actor_id)
        if event.subject_type == PERSON:
            wanted.add(event.subject_id)
    return dict(Employee.objects.in_bulk(wanted))


def _subject(event: Event, people: dict[int, Employee]) -> str:
    try:
        label = str(apps.get_model(event.subject_type)._meta.verbose_name)
    except LookupError:
        label = event.subject_type
    person = people.get(event.subject_id) if event.subject_type == PERSON else None
    code = event.data.get("code")
    return f"{label} {code or (person.user_name if person else event.subject_id)}"


def _actor(event: Event) -> str:
    if event.actor_kind == ActorKind.SYSTEM:
        return _("the system")
    return f"{ActorKind(event.actor_kind).label} {event.actor_id}"


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
