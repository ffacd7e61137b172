"""Reads for single pages about people: one function for one screen, each with its number of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Min, Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace

from servicelane.org.changes import day_in_words
from servicelane.org.models import Region, Store
from servicelane.org.queries import rule, today_in, zone_of

from .models import Certificate, CertificateKind, Employee, Membership, Shift, Skill, SkillLevel
from .permissions import Perm
from .roles import Role
from .rules import CERTIFICATE_WARNING_DAYS

MOST_INITIALS = 5
WEEK = timedelta(days=7)


def people_list(
    viewer: Employee,
    *,
    store: Store | None,
    q: str = "",
    role: str = "",
    state: str = "",
    expiring: bool = False,
) -> QuerySet[Employee]:
    """The people `viewer` may see, by pinyin; each with roles and `first_expiry` of their certificates.

    `state` is empty for those who work here, `left` or `all`. `expiring` narrows to certificates
    that end within the warning days of `store`. Two queries when read, one more for the warning days.
    """
    held = Membership.objects.select_related("store", "region").order_by("pk")
    people = (
        Employee.objects.visible_to(viewer, Perm.SEE_PEOPLE)
        .annotate(first_expiry=Min("certificates__expires_on"))
        .prefetch_related(Prefetch("memberships", held, to_attr="held"))
        .by_name()
    )
    if state != "all":
        people = people.filter(is_active=state != "left")
    if role:
        people = people.filter(pk__in=Membership.objects.filter(role=role).values("employee"))
    if expiring:
        people = people.filter(first_expiry__lte=last_warned_day(store))
    if q:
        people = people.annotate(joined=Replace(F("sort_key"), Value(" "), Value(""))).filter(_called(q))
    return people


def _called(q: str) -> Q:
    """Match a name by characters, English name, pinyin or its initials, and the user name."""
    text = q.strip()
    letters = "".join(text.lower().split())
    found = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(joined__icontains=letters)
    found |= Q(user_name__startswith=letters)
    if letters.isascii() and letters.isalpha() and len(letters) <= MOST_INITIALS:
        found |= Q(sort_key__regex="(^| )" + "[a-z]* ".join(letters))
    return found


def last_warned_day(store: Store | None) -> date:
    """The last day of expiry that is warned of in `store`. One query where there is a store."""
    days = rule(store, CERTIFICATE_WARNING_DAYS) if store else CERTIFICATE_WARNING_DAYS.default
    return today_in(store) + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate with its state: late when it has expired, risk when it soon will."""

    certificate: Certificate
    state: str


def papers_of(employee: Employee, store: Store | None) -> list[Paper]:
    """The certificates of a person, the first to expire first. Two queries."""
    today, warned = today_in(store), last_warned_day(store)
    return [
        Paper(row, "late" if row.expires_on < today else "risk" if row.expires_on <= warned else "")
        for row in employee.certificates.all()
    ]


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role of a person and whether the reader may withdraw it."""

    membership: Membership
    may_withdraw: bool


def roles_of(employee: Employee, viewer: Employee) -> list[HeldRole]:
    """The roles of a person by place. One query."""
    stores = set(viewer.store_ids_where(Perm.GRANT_ROLES))
    regions = set(viewer.region_ids_where(Perm.GRANT_ROLES))
    rows = employee.memberships.select_related("store", "region").order_by("region", "store__code", "role")
    return [HeldRole(row, row.store_id in stores or row.region_id in regions) for row in rows]


def places_where(viewer: Employee, perm: Perm) -> list[Store | Region]:
    """The open stores and the regions in which `viewer` holds `perm`. Two queries."""
    stores = Store.objects.visible_to(viewer, perm).filter(closed_on=None)
    return [*stores, *Region.objects.visible_to(viewer, perm).order_by("pk")]


def words_of_facts() -> Mapping[str, Callable[[Any], str]]:
    """How the data of facts about people are written for a reader. Three queries."""
    stores, regions = Store.objects.in_bulk(), Region.objects.in_bulk()
    skills = Skill.objects.in_bulk(field_name="code")
    return {
        "role": lambda code: _label(Role, code),
        "store": lambda pk: str(stores.get(pk, pk)),
        "region": lambda pk: str(regions.get(pk, pk)),
        "skill": lambda code: str(skills.get(code, code)),
        "level": lambda level: str(SkillLevel(level).label),
        "certificate": lambda code: _label(CertificateKind, code),
        "expires_on": day_in_words,
        "joined_on": day_in_words,
        "left_on": day_in_words,
    }


def _label(choices: Any, code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """A shift by the store's wall clock; `may_change` where the reader plans in its store."""

    shift: Shift
    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ShiftDay:
    """One cell of the week table."""

    day: date
    shifts: list[PlannedShift]


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One person's week: seven days, and the hours worked in it."""

    employee: Employee
    days: list[ShiftDay]
    hours: float
    is_here: bool


@dataclass(frozen=True, slots=True)
class ShiftWeek:
    """One week of a store's plan; `monday` is its first day."""

    monday: date
    today: date
    days: list[date]
    rows: list[ShiftRow]
    heads: list[int]
    planned: int

    @property
    def before(self) -> str:
        """The week before, as an address names it."""
        return week_name(self.monday - WEEK)

    @property
    def after(self) -> str:
        """The week after, as an address names it."""
        return week_name(self.monday + WEEK)

    @property
    def name(self) -> str:
        """This week, as an address names it."""
        return week_name(self.monday)

    @property
    def number(self) -> int:
        """The week's ISO number."""
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)


def week_name(day: date) -> str:
    """Write the week of a day as `2026-W48`."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def shift_week(store: Store, day: date | None = None) -> ShiftWeek:
    """The plan of `store` for the week of `day` (this week if None). Four queries at most.

    Rows are the active people of the store, then others with a shift in this week.
    """
    today = today_in(store)
    day = day or today
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    people = list(Employee.objects.in_store(store).active().by_name())
    here = {person.pk for person in people}
    planned: dict[tuple[int, date], list[PlannedShift]] = {}
    zone = zone_of(store.pk)
    shifts = Shift.objects.filter(store=store, day__range=(days[0], days[-1])).select_related("employee")
    for shift in shifts.order_by("starts"):
        if shift.employee_id not in {person.pk for person in people}:
            people.append(shift.employee)
        seen = PlannedShift(shift, shift.starts.astimezone(zone), shift.ends.astimezone(zone))
        planned.setdefault((shift.employee_id, shift.day), []).append(seen)
    rows = [_row(person, days, planned, person.pk in here) for person in people]
    heads = [sum(bool(row.days[number].shifts) for row in rows) for number in range(7)]
    return ShiftWeek(monday, today, days, rows, heads, sum(len(found) for found in planned.values()))


def _row(
    person: Employee, days: list[date], planned: dict[tuple[int, date], list[PlannedShift]], is_here: bool
) -> ShiftRow:
    cells = [ShiftDay(day, planned.get((person.pk, day), [])) for day in days]
    worked = sum((found.shift.worked for cell in cells for found in cell.shifts), timedelta())
    return ShiftRow(person, cells, round(worked / timedelta(hours=1), 1), is_here)
