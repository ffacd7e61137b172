"""The page of a plan: the last one that was made, what is being made, and its lines by car (WSH-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from servicelane.orders.models import HoldReason, RepairOrder
from servicelane.org.models import Bay, Store
from servicelane.people.models import Employee
from servicelane.schedule.permissions import Perm
from servicelane.schedule.planner.reasons import say
from servicelane.schedule.promising import why_not

from .models import IN_THE_MAKING, LineState, PlanLine, PlanState, ShopPlan


@dataclass(frozen=True, slots=True)
class PlannedCar:
    """One car of a plan with its lines in their order, each with its reasons in words."""

    order: RepairOrder
    lines: list[tuple[PlanLine, list[str]]]

    @property
    def ends(self) -> datetime:
        """When its planned work ends."""
        return max(line.ends for line, _why in self.lines)

    @property
    def is_late(self) -> bool:
        """Whether that is after its promise."""
        return self.order.promised_at is not None and self.ends > self.order.promised_at

    @property
    def spare(self) -> timedelta:
        """How far the end lies from the promise."""
        return abs((self.order.promised_at or self.ends) - self.ends)


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A car that a plan leaves out, and why, in the reader's words."""

    order: RepairOrder
    why: str


@dataclass
class PlanPage:
    """What the page shows of a store: `ready` is the last plan made, `latest` the last asked for."""

    ready: ShopPlan | None
    latest: ShopPlan | None
    at: datetime
    rows: Sequence[PlanLine]
    orders: dict[int, RepairOrder]
    names: dict[tuple[str, str], str]

    @property
    def making(self) -> ShopPlan | None:
        """The plan that is being made now."""
        plan = self.latest
        return plan if plan and plan.state in IN_THE_MAKING and not plan.is_silent(self.at) else None

    @property
    def broken(self) -> ShopPlan | None:
        """The last one asked for, if it came to nothing: cancelled, or its process died."""
        plan = self.latest
        if plan is None or plan is self.making or plan.state == PlanState.READY:
            return None
        return plan

    @cached_property
    def cars(self) -> list[PlannedCar]:
        """The planned cars that have something to answer or answered, by the start of their work."""
        return self._cars(is_same=False)

    @cached_property
    def unchanged(self) -> list[PlannedCar]:
        """The planned cars of which nothing changes."""
        return self._cars(is_same=True)

    def _cars(self, *, is_same: bool) -> list[PlannedCar]:
        found: dict[int, list[PlanLine]] = {}
        for line in self.rows:
            found.setdefault(line.order_id, []).append(line)
        return [
            PlannedCar(self.orders[pk], [(line, self._reasons(line)) for line in lines])
            for pk, lines in found.items()
            if all(line.state == LineState.SAME for line in lines) is is_same and pk in self.orders
        ]

    @cached_property
    def open_lines(self) -> list[PlanLine]:
        """The lines that wait for an answer."""
        return [line for line in self.rows if line.is_open]

    @cached_property
    def left(self) -> list[Unplanned]:
        """The cars that the plan leaves out."""
        rows = self.ready.left if self.ready else []
        return [
            Unplanned(self.orders[row["order"]], why_left(row["why"], row["hold"]))
            for row in rows
            if row["order"] in self.orders
        ]

    @property
    def finding(self) -> str:
        """What the plan comes to, in one sentence."""
        plan = self.ready
        if plan is None or not plan.cars:
            return _("No car could be planned") if self.left else _("There is nothing to plan now")
        if not plan.late:
            words = ngettext("The car keeps its promise", "All {n} cars keep their promise", plan.cars)
        else:
            words = ngettext("{late} of {n} car misses its promise", "{late} of {n} cars miss their promise",
                             plan.cars)  # fmt: skip
        return words.format(n=plan.cars, late=plan.late)

    @property
    def version(self) -> str:
        """Changes with the progress, the state and the answers of the shown plan."""
        return _version(self.latest, len(self.open_lines), self.at)

    def _reasons(self, line: PlanLine) -> list[str]:
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"

        def clock(minute: int) -> str:
            moment = timezone.localtime(line.origin + timedelta(minutes=minute))
            return date_format(moment, "H:i" if minute < 24 * 60 else "m-d H:i")

        def name(kind: str, key: str) -> str:
            return self.names.get((kind, key)) or "–"

        return [say(code, facts, language, name, clock) for code, facts in line.reasons]


def why_left(code: str, hold: str) -> str:
    """Why a car was left out of a plan, in the reader's words."""
    if code == "waits":
        return _("waits for {what}").format(what=HoldReason(hold).label if hold else "")
    return why_not(code)


def plan_version(viewer: Employee, store: Store, at: datetime) -> str:
    """What `PlanPage.version` would be. Three queries at most."""
    rows = ShopPlan.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(store=store)
    latest = rows.first()
    ready = rows.filter(state=PlanState.READY).first() if latest else None
    waiting = ready.lines.filter(state=LineState.OPEN).count() if ready else 0
    return _version(latest, waiting, at)


def _version(latest: ShopPlan | None, waiting: int, at: datetime) -> str:
    seen = (latest.pk, latest.state, latest.share, latest.is_silent(at)) if latest else ()
    return "-".join(map(str, (*seen, waiting)))


def plan_page(viewer: Employee, store: Store, at: datetime) -> PlanPage:
    """Read the last plans of a store for the page. Seven queries at most."""
    rows = ShopPlan.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(store=store)
    latest = rows.select_related("asked_by").first()
    ready = latest
    if latest and latest.state != PlanState.READY:
        ready = rows.filter(state=PlanState.READY).select_related("asked_by").first()
    if ready is None:
        return PlanPage(None, latest, at, [], {}, {})
    lines = list(ready.lines.select_related("job", "technician", "bay", "was_technician", "was_bay"))
    ids = {line.order_id for line in lines} | {row["order"] for row in ready.left}
    ids |= {int(facts["car"]) for line in lines for _code, facts in line.reasons if "car" in facts}
    orders = RepairOrder.objects.visible_to(viewer, Perm.ASSIGN_WORK).filter(pk__in=ids).with_car()
    found = {order.pk: order for order in orders}
    people = {
        int(facts[key])
        for line in lines
        for _code, facts in line.reasons
        for key in ("technician", "helper")
        if key in facts
    }
    names = {("car", str(pk)): order.vehicle.plate or order.number for pk, order in found.items()}
    names |= {("technician", str(one.pk)): str(one) for one in Employee.objects.filter(pk__in=people)}
    names |= {("bay", str(bay.pk)): bay.code for bay in Bay.objects.filter(store=store)}
    return PlanPage(ready, latest, at, lines, found, names)
