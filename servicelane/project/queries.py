"""Reads of Today: its figures, what needs a person, and who is on shift."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicelane.orders.permissions import Perm as Orders
from servicelane.org.models import Bay, Store
from servicelane.org.queries import open_hours, rule, today_in
from servicelane.people.models import Employee, Membership, Shift
from servicelane.people.roles import Role
from servicelane.reception.rules import GREETING_MINUTES

from .alerts import CERTIFICATE, LATE, Alert
from .cars import Board, CarNeed, cars_of, counts_of, needs_of, shows_mine
from .first_steps import Step, first_steps
from .navigation import may_open
from .templatetags.ui import clock

MOST_FIGURES = 6
"""Headline figures: a row that one takes in at a glance."""
NEEDS = 7
"""Matters shown on Today; the rest stands on the alerts page."""
HERE, LATER, OVER = "here", "later", "over"
ORDER = {HERE: 0, LATER: 1, OVER: 2}
SHIFT_WORDS = {
    HERE: gettext_lazy("it is running"),
    LATER: gettext_lazy("it has not begun"),
    OVER: gettext_lazy("it is over"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline figure and where its rows are; `share` fills the bar, 0 to 100, None for no bar.

    `url` is empty for what has no rows, such as the opening hours.
    """

    label: str
    value: str
    note: str
    url: str
    unit: str = ""
    share: int | None = None
    chip: str = ""
    level: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """One person's shift today: `state` is here, later or over; `role` in words."""

    pk: int
    person: Employee
    starts: datetime
    ends: datetime
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class OnShift:
    """Who works today in a store, those who are here first; `plan_url` for those who may plan."""

    rows: list[ShiftRow]
    version: str
    plan_url: str

    @property
    def here(self) -> int:
        """How many are on shift now."""
        return sum(row.state == HERE for row in self.rows)


@dataclass(frozen=True, slots=True)
class Today:
    """All that Today shows to one person."""

    at: datetime
    figures: list[Figure]
    steps: list[Step]
    needs: list[Alert]
    needs_count: int
    shift: OnShift | None
    cars: list[CarNeed]
    board: Board | None

    @property
    def is_cut(self) -> bool:
        """Whether more needs the person than is shown."""
        return self.needs_count > len(self.needs) + len(self.cars)

    @property
    def steps_done(self) -> int:
        """How many first steps are done."""
        return sum(step.is_done for step in self.steps)


def today(
    viewer: Employee, store: Store | None, alerts: list[Alert], *, at: datetime, asked: str = ""
) -> Today:
    """Return Today of `viewer` in `store` at a moment; `alerts` are those the bell counts.

    `asked` is whose cars: "mine", "all", or empty for what the person usually wants, see `shows_mine`.

    Twenty-two queries at most: three for the shifts, seven for the figures, six for the first steps, six
    for the cars.
    """
    steps = first_steps(viewer, store) if store else []
    is_set_up = all(step.is_settled for step in steps)
    shift = on_shift(viewer, store, at=at) if store else None
    cars = needs_of(viewer, store, at=at) if store else []
    sees_cars = store is not None and viewer.may(Orders.SEE_ORDERS, store)
    return Today(
        at=at,
        figures=figures(viewer, store, shift, alerts, at=at) if store and shift else [],
        steps=[] if is_set_up else steps,
        needs=[
            replace(alert, is_primary=is_set_up and not cars and place == 0)
            for place, alert in enumerate(alerts[: max(NEEDS - len(cars), 0)])
        ],
        needs_count=len(alerts) + len(cars),
        shift=shift,
        cars=cars[:NEEDS],
        board=cars_of(viewer, store, is_mine=shows_mine(viewer, store, asked), at=at)
        if store and sees_cars
        else None,
    )


def figures(
    viewer: Employee, store: Store, shift: OnShift, alerts: list[Alert], *, at: datetime
) -> list[Figure]:
    """Return the figures whose rows `viewer` may open; cars first. Seven queries at most."""
    found = _car_figures(viewer, store, at) if viewer.may(Orders.SEE_ORDERS, store) else []
    found.append(_on_shift_figure(shift))
    if len(found) == 1:
        found += [_my_shift_figure(viewer, shift), _open_figure(viewer, store)]
    elif any(row.person.pk == viewer.pk for row in shift.rows):
        found.append(_my_shift_figure(viewer, shift))
    if may_open(viewer, store, "org:bays"):
        found.append(_bays_figure(store))
    if may_open(viewer, store, "people:list"):
        found += [_certificates_figure(alerts), _people_figure(store)]
    return found[:MOST_FIGURES]


def _car_figures(viewer: Employee, store: Store, at: datetime) -> list[Figure]:
    counts = counts_of(viewer, store, at=at)
    home = reverse("orders:list")
    return [
        Figure(
            label=_("Cars in the house"),
            value=str(counts["house"]),
            note=_("from arrival to hand-over"),
            url=home,
        ),
        Figure(
            label=_("Wait to be received"),
            value=str(counts["waiting"]),
            note=_("target: within %(n)s minutes") % {"n": rule(store, GREETING_MINUTES)},
            url=f"{home}?state=arrived",
            chip=_("waiting now") if counts["waiting"] else "",
            level="risk",
            icon="armchair",
        ),
        Figure(
            label=_("Past their promise"),
            value=str(counts["late"]),
            note=_("and not ready yet"),
            url=f"{home}?late=on",
            chip=_("late now") if counts["late"] else "",
            level="late",
            icon="clock-exclamation",
        ),
        Figure(
            label=_("Delivered today"),
            value=str(counts["delivered"]),
            note=_("handed over since midnight"),
            url=f"{home}?state=delivered&left={today_in(store):%Y-%m-%d}",
        ),
    ]


def _on_shift_figure(shift: OnShift) -> Figure:
    planned = len(shift.rows)
    return Figure(
        label=_("On shift now"),
        value=str(shift.here),
        unit=f"/ {planned}",
        note=_("planned for today") if planned else _("no shift is planned for today"),
        url="#on-shift",
        share=_percent(shift.here, planned),
    )


def _my_shift_figure(viewer: Employee, shift: OnShift) -> Figure:
    mine = next((row for row in shift.rows if row.person.pk == viewer.pk), None)
    if mine is None:
        return Figure(
            label=_("My shift today"),
            value="—",
            note=_("no shift is planned for you"),
            url="#on-shift",
        )
    return Figure(
        label=_("My shift today"),
        value=f"{clock(mine.starts)}–{clock(mine.ends)}",
        note=str(SHIFT_WORDS[mine.state]),
        url=f"#shift-{mine.pk}",
    )


def _open_figure(viewer: Employee, store: Store) -> Figure:
    hours = open_hours(store, today_in(store))
    return Figure(
        label=_("Open today"),
        value=f"{hours.opens:%H:%M}–{hours.closes:%H:%M}" if hours else _("closed"),
        note=_("by the opening hours"),
        url=reverse("org:store", args=[store.pk]) if may_open(viewer, store, "org:store", store.pk) else "",
    )


def _bays_figure(store: Store) -> Figure:
    bays = Bay.objects.filter(store=store).aggregate(
        all=Count("pk"), usable=Count("pk", filter=Q(in_service=True))
    )
    out = bays["all"] - bays["usable"]
    return Figure(
        label=_("Bays in service"),
        value=str(bays["usable"]),
        unit=f"/ {bays['all']}",
        note=ngettext("%(n)s out of service", "%(n)s out of service", out) % {"n": out}
        if out
        else _("all of them"),
        url=reverse("org:bays"),
        share=_percent(bays["usable"], bays["all"]),
        chip=_("some are out") if out else "",
        level="risk",
        icon="alert-triangle",
    )


def _certificates_figure(alerts: list[Alert]) -> Figure:
    rows = [alert for alert in alerts if alert.code == CERTIFICATE]
    expired = sum(alert.level == LATE for alert in rows)
    return Figure(
        label=_("Certificates to renew"),
        value=str(len(rows)),
        note=_("expired or soon to expire"),
        url=reverse("alerts"),
        chip=ngettext("%(n)s expired", "%(n)s expired", expired) % {"n": expired} if expired else "",
        level="late",
        icon="clock-exclamation",
    )


def _people_figure(store: Store) -> Figure:
    people = Employee.objects.active().in_store(store).count()
    return Figure(
        label=_("People in this store"),
        value=str(people),
        note=_("with a role here"),
        url=reverse("people:list"),
    )


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def on_shift(viewer: Employee, store: Store, *, at: datetime) -> OnShift:
    """Return who works in `store` on the day of `at`. Two queries; see `shift_version` for its version."""
    day = at.astimezone(ZoneInfo(store.zone)).date()
    shifts = Shift.objects.filter(store=store, day=day).select_related("employee").order_by("starts", "pk")
    roles = _roles_in(store, [shift.employee_id for shift in shifts])
    rows = [
        ShiftRow(
            pk=shift.pk,
            person=shift.employee,
            starts=shift.starts,
            ends=shift.ends,
            role=roles.get(shift.employee_id, ""),
            state=LATER if at < shift.starts else OVER if at >= shift.ends else HERE,
        )
        for shift in shifts
    ]
    may_plan = may_open(viewer, store, "people:shift_new")
    return OnShift(
        rows=sorted(rows, key=lambda row: (ORDER[row.state], row.starts)),
        version=shift_version(store, at=at),
        plan_url=reverse("people:shift_new") if may_plan else "",
    )


def shift_version(store: Store, *, at: datetime) -> str:
    """Return the version of who is on shift: it changes with each row and each minute. One query."""
    day = at.astimezone(ZoneInfo(store.zone)).date()
    shifts = Shift.objects.filter(store=store, day=day)
    seen = shifts.aggregate(n=Count("pk"), versions=Sum("version"), names=Sum("employee__version"))
    minute = int(at.timestamp()) // 60
    return f"{seen['n']}-{seen['versions'] or 0}-{seen['names'] or 0}-{minute}"


def _roles_in(store: Store, people: Iterable[int]) -> dict[int, str]:
    held: dict[int, list[str]] = {}
    rows = Membership.objects.filter(store=store, employee__in=list(people)).values_list("employee", "role")
    for person, role in rows:
        held.setdefault(person, []).append(str(Role(role).label))
    return {person: " / ".join(words) for person, words in held.items()}
