"""Three stores whose every text is unmistakable: the own one, another of the group, one of another group."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import models
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from servicelane.booking.models import Booking
from servicelane.customers.customer_services import CustomerDetails, add_customer, set_consent
from servicelane.customers.models import Customer, PartyRole
from servicelane.customers.party_services import add_party
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle
from servicelane.kernel.clock import now, today
from servicelane.kernel.models import Event
from servicelane.kernel.sealing import seal
from servicelane.orders.models import Job, RepairOrder
from servicelane.org.calendar_services import load_calendar_year, set_opening_hours, set_store_day
from servicelane.org.models import BayKind, DayReason, Group, Region, Store
from servicelane.org.queries import Hours, local_moment, zone_of
from servicelane.org.services import (
    BayDetails,
    Names,
    StoreDetails,
    add_bay,
    add_group,
    add_region,
    add_store,
    set_rule,
    take_bay_out_of_service,
)
from servicelane.parts.catalogue_services import PartDetails, Place, add_part, place_part
from servicelane.parts.models import Part, Reason
from servicelane.parts.reservation_services import reserve
from servicelane.parts.services import adjust, receive
from servicelane.people.models import (
    CertificateKind,
    Employee,
    Membership,
    Skill,
    SkillLevel,
)
from servicelane.people.permissions import Perm as PeoplePerm
from servicelane.people.roles import Role
from servicelane.people.rules import CERTIFICATE_WARNING_DAYS
from servicelane.people.services import NewPerson, Personal, grant_role, hire
from servicelane.people.shift_services import Times, plan_shift
from servicelane.people.sign_in_services import issue_token, register_terminal, set_pin
from servicelane.people.skill_services import Paper, add_certificate, add_skill, set_skill
from servicelane.project.roles import TABLE
from servicelane.schedule.models import Assignment
from servicelane.schedule.services import assign

from .desk_rows import booking_row
from .money_rows import money_rows
from .visit_rows import visit_rows

PASSWORD = "quite-a-long-password"
PIN = "270413"


@dataclass
class Side:
    """One store with one row of everything that belongs to a store; `mark` begins every text of it."""

    mark: str
    region: Region
    store: Store
    boss: Employee
    worker: Employee
    terminal_token: str
    api_token: str
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)

    def pk(self, model: type[models.Model]) -> Any:
        """The id of this side's row of a model."""
        return self.rows[model].pk


@dataclass
class Stores:
    """The own store, another store of the same group, and a store of another group."""

    own: Side
    other: Side
    foreign: Side
    task: DBTaskResult
    hired: dict[Any, Employee] = field(default_factory=dict)
    made: str = field(default_factory=lambda: uuid4().hex)
    """Names these rows and no others: copies of one another have it in common."""

    @property
    def strangers(self) -> tuple[Side, Side]:
        """The sides a person of the own store has nothing to do with."""
        return self.other, self.foreign

    def person(self, roles: dict[Any, frozenset[Role]] | None = None) -> Employee:
        """Somebody of the own group with exactly these roles by place; without any, a person of no store."""
        wanted = {place: frozenset(held) for place, held in (roles or {}).items() if held}
        key = frozenset((type(place).__name__, place.pk, held) for place, held in wanted.items())
        if key not in self.hired:
            self.hired[key] = _person(self.own.region.group, f"p{len(self.hired)}", wanted)
        return Employee.objects.get(pk=self.hired[key].pk)

    def holder(self, perm: str, side: Side | None = None) -> Employee:
        """Whoever holds `perm` in a store by the role with the fewest rights that has it."""
        return self.person({(side or self.own).store: frozenset({weakest_role_with(perm)})})

    def lacking(self, perm: str) -> Employee:
        """Whoever has every role in the own store that does not hold `perm`."""
        return self.person({self.own.store: roles_without(perm)})

    def elsewhere(self, perm: str) -> Employee:
        """Whoever holds `perm` in the other store, and here every role that does not."""
        return self.person(
            {self.own.store: roles_without(perm), self.other.store: frozenset({weakest_role_with(perm)})}
        )


def weakest_role_with(perm: str) -> Role:
    """Return the role with the fewest rights among those that hold `perm`.

    Nobody touches the access of somebody with more rights: whoever manages people may
    manage a worker.
    """
    holding = [role for role, rights in TABLE.items() if perm in rights]
    if perm == PeoplePerm.MANAGE_PEOPLE:
        workers = TABLE[Role.TECHNICIAN] | TABLE[Role.WASH_STAFF]
        holding = [role for role in holding if workers <= TABLE[role]]
    return min(holding, key=lambda role: len(TABLE[role]))


def roles_without(perm: str) -> frozenset[Role]:
    """Return all roles that do not hold `perm`."""
    return frozenset(role for role, rights in TABLE.items() if perm not in rights)


def make_stores() -> Stores:
    """Make the three stores in an empty database, and seal what was recorded."""
    load_calendar_year(today(zone_of(None)).year, by=None)
    mine, theirs = (
        add_group(Names(f"{name}集团", f"{name} Group"), by=None) for name in ("Ownhaus", "Zqforeign")
    )
    region = add_region(mine, Names("Ownhaus Mitte", "Ownhaus Mitte"), by=None)
    far = add_region(theirs, Names("Zqforeign Weit", "Zqforeign Weit"), by=None)
    skill = add_skill("lifting", Names("举升", "lifting"), by=None)
    # A catalogue is its whole group's: the other store of the group keeps the same part.
    part, their_part = (
        add_part(group, PartDetails(f"{number}-P1", name, name, Decimal(100)), by=None)
        for group, number, name in ((mine, "OWN", "Ownhaus Part"), (theirs, "ZQFOREIGN", "Zqforeign Part"))
    )
    own = _side("Ownhaus", "OWN", region, skill, part)
    other = _side("Zqother", "ZQOTHER", region, skill, part)
    foreign = _side("Zqforeign", "ZQFOREIGN", far, skill, their_part)
    task = DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        task_path="servicelane.kernel.events.react",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        finished_at=now(),
    )
    seal()
    return Stores(own, other, foreign, task)


def _side(mark: str, short: str, region: Region, skill: Skill, part: Part) -> Side:
    store = add_store(
        region,
        StoreDetails(
            code=f"{short}1",
            name_zh=f"{mark}店",
            name_en=f"{mark} Store",
            brand=f"{mark} Brand",
            phone=f"{mark} 154",
            address_zh=f"{mark}路",
            address_en=f"{mark} Road",
        ),
        by=None,
    )
    boss = _hired(region.group, f"{mark} Boss", f"{mark.lower()}-boss", Role.SYSTEM_ADMINISTRATOR, store)
    worker = _hired(region.group, f"{mark} Worker", f"{mark.lower()}-worker", Role.TECHNICIAN, store)
    grant_role(worker, Role.WASH_STAFF, store, by=boss)
    day = today(zone_of(store.pk))
    set_opening_hours(store, dict.fromkeys(range(7), Hours(time(8), time(18))), by=boss)
    set_store_day(store, day + timedelta(days=3), None, DayReason.TRAINING, by=boss)
    set_rule(store, CERTIFICATE_WARNING_DAYS, "45", by=boss)
    bay = add_bay(store, BayDetails(f"{short}-B1", BayKind.LIFT, f"{mark} lift"), by=boss)
    broken = add_bay(store, BayDetails(f"{short}-B2", BayKind.WASH, f"{mark} wash"), by=boss)
    take_bay_out_of_service(broken, by=boss, note=f"{mark} note")
    set_pin(worker, PIN, by=boss)
    set_pin(boss, PIN, by=boss)
    held = set_skill(worker, skill, SkillLevel.ABLE, by=boss)
    paper = Paper(CertificateKind.WELDER, f"{mark}-77", day - timedelta(days=300), day + timedelta(days=9))
    certificate = add_certificate(worker, paper, by=boss)
    times = Times(local_moment(store, day, time(0, 30)), local_moment(store, day, time(16)), 30)
    shift = plan_shift(worker, store, times, by=boss)
    terminal, terminal_token = register_terminal(store, f"{mark} terminal", by=boss)
    token, api_token = issue_token(boss, f"{mark} program", by=boss)
    kept = place_part(store, part, Place(f"{short}-A1", Decimal(9)), by=boss)
    receive(store, part, Decimal(8), Decimal(60), by=boss, reference=f"{mark} note")
    reserve(store, part, Decimal(2), for_type="tests.line", for_id=1 + store.pk, by=boss)
    counted = adjust(kept, Decimal(7), Reason.COUNT, by=boss, note=f"{mark} note")
    side = Side(mark, region, store, boss, worker, terminal_token, api_token)
    facts = Event.objects.filter(store_id=store.pk)
    rows = [
        store,
        region,
        worker,
        bay,
        held,
        certificate,
        shift,
        terminal,
        token,
        kept,
        counted,
        facts.earliest("pk"),
        *visit_rows(store, mark, short, boss, part),
    ]
    rows += _file(mark, short, store, boss)
    side.rows = {type(row): row for row in rows}
    side.rows |= {type(row): row for row in money_rows(side.rows[RepairOrder], mark, boss)}
    side.rows[Booking] = booking_row(side.rows[RepairOrder], mark, boss)  # type: ignore[arg-type]
    side.rows[Membership] = worker.memberships.get(role=Role.WASH_STAFF)
    job = next(row for row in rows if isinstance(row, Job))
    side.rows[Assignment] = assign(job.order, job, worker, bay, by=boss)
    return side


def _file(mark: str, short: str, store: Store, boss: Employee) -> list[models.Model]:
    """A customer with a car that somebody else drives."""
    owner = _customer(f"{mark} Kunde", "1", store, boss)
    set_consent(owner, True, by=boss)
    driver = _customer(f"{mark} Fahrer", "2", store, boss)
    details = VehicleDetails(
        plate=f"{short}P1",
        vin=f"{short}V1",
        model_name=f"{mark} Car",
        plate_reason="on_paper",
        vin_reason="on_paper",
    )
    vehicle = add_vehicle(store, details, owner=owner, by=boss)
    return [owner, vehicle, add_party(vehicle, driver, PartyRole.DRIVER, by=boss)]


def _customer(name: str, number: str, store: Store, boss: Employee) -> Customer:
    details = CustomerDetails(
        name,
        mobile=f"{name.split(maxsplit=1)[0]}{number}",
        mobile_reason="on_paper",
        address=f"{name} Road",
        notes=f"{name} note",
        advisor=boss,
    )
    return add_customer(store, details, by=boss)


def _hired(group: Group, name: str, user: str, role: Role, store: Store) -> Employee:
    personal = Personal(name, name, f"{user}@example.com", "en")
    employee, _password = hire(group, NewPerson(personal, user, role, store), by=None)
    _known_password(employee)
    return employee


def _person(group: Group, user: str, roles: dict[Any, frozenset[Role]]) -> Employee:
    """Make a person without a service where no service would: with no role, or with a great many."""
    employee = Employee(
        group=group,
        user_name=f"own-{user}",
        name=f"Ownhaus {user}",
        name_en=f"Ownhaus {user}",
        sort_key=f"ownhaus {user}",
        joined_on=today(zone_of(None)),
        pin=make_password(PIN),
        language="en",
    )
    employee.password = make_password(PASSWORD)
    employee.save()
    for place, held in roles.items():
        where = {"store": place} if isinstance(place, Store) else {"region": place}
        Membership.objects.bulk_create(Membership(employee=employee, role=role, **where) for role in held)
    return employee


def _known_password(employee: Employee) -> None:
    employee.password, employee.must_change_password = make_password(PASSWORD), False
    employee.save(update_fields=["password", "must_change_password"])
