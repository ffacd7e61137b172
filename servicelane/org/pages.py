"""Reads for single settings pages: one function for one screen, each with its number of queries."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from .http import Person
from .models import Bay, BayKind, CalendarDay, CalendarYear, OpeningHours, Store, StoreDay, StoreRule, weekend
from .permissions import Perm
from .queries import Hours, calendar_of, today_in
from .rules import AnyRule, ChoiceRule, NumberRule, SwitchRule, defined

DAYS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class StoreRow:
    """A store of the list; `hours` of today, None when closed; `bays` in service of `all_bays`."""

    store: Store
    hours: Hours | None
    bays: int
    all_bays: int


def store_rows(viewer: Person) -> list[StoreRow]:
    """The stores `viewer` may see, open ones first. Three queries."""
    today = today_in(None)
    stores = (
        Store.objects.visible_to(viewer, Perm.SEE_SETTINGS)
        .select_related("region")
        .annotate(all_bays=Count("bays"), bays_in_service=Count("bays", filter=Q(bays__in_service=True)))
        .prefetch_related(  # type: ignore[type-var]
            Prefetch("opening_hours", OpeningHours.objects.filter(weekday=today.weekday()), to_attr="usual"),
            Prefetch("days", StoreDay.objects.filter(day=today), to_attr="unusual"),
        )
        .order_by(models.F("closed_on").asc(nulls_first=True), "code")
    )
    return [_store_row(store) for store in stores]


def _store_row(store: Store) -> StoreRow:
    row = next(iter([*store.unusual, *store.usual]), None)  # type: ignore[attr-defined]
    hours = Hours(row.opens, row.closes) if row and row.opens else None
    return StoreRow(store, hours, store.bays_in_service, store.all_bays)  # type: ignore[attr-defined]


def coming_days(store: Store) -> list[StoreDay]:
    """The exceptional days of `store` from today on. One query."""
    days = StoreDay.objects.filter(store=store, day__gte=today_in(store)).order_by("day")
    return list(days[:DAYS_SHOWN])


@dataclass(frozen=True, slots=True)
class BayGroup:
    """The bays of one kind in a store."""

    kind: BayKind
    bays: list[Bay]

    @property
    def usable(self) -> int:
        """How many of them are in service."""
        return sum(bay.in_service for bay in self.bays)


def bays_in(store: Store) -> list[BayGroup]:
    """The bays of `store` by kind; a kind it lacks is left out. One query."""
    by_kind: dict[str, list[Bay]] = {kind: [] for kind in BayKind.values}
    for bay in Bay.objects.filter(store=store).order_by("code"):
        by_kind[bay.kind].append(bay)
    return [BayGroup(BayKind(kind), bays) for kind, bays in by_kind.items() if bays]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the year's grid; `mark` is holiday, workday, weekend or nothing, `name` its words."""

    day: date
    mark: str
    name: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the grid: weeks of seven days from Monday, None outside the month."""

    first: date
    weeks: list[list[Day | None]]
    working_days: int


@dataclass(frozen=True, slots=True)
class YearPage:
    """One year of the calendar: whether it is loaded and announced, and its days."""

    year: int
    loaded: CalendarYear | None
    months: list[Month]
    spans: list["Span"]
    working_days: int


@dataclass(slots=True)
class Span:
    """Consecutive days of one holiday, with the weekend days worked for it."""

    name: str
    days: list[date]
    make_up: list[date] = field(default_factory=list)

    @property
    def first(self) -> date:
        """The first day off."""
        return self.days[0]

    @property
    def last(self) -> date:
        """The last day off."""
        return self.days[-1]


def year_page(year: int, today: date) -> YearPage:
    """The grid of `year`. Two queries."""
    loaded, days = calendar_of(year)
    marked = {day.day: day for day in days}
    months = [_month(year, month, marked, today) for month in range(1, 13)]
    return YearPage(year, loaded, months, _spans(days), sum(month.working_days for month in months))


def _month(year: int, month: int, marked: dict[date, CalendarDay], today: date) -> Month:
    weeks: list[list[Day | None]] = []
    working = 0
    for week in calendar.Calendar().monthdatescalendar(year, month):
        days = [_day(day, marked.get(day), today) if day.month == month else None for day in week]
        working += sum(day is not None and day.mark in ("", "workday") for day in days)
        weeks.append(days)
    return Month(date(year, month, 1), weeks, working)


def _day(day: date, row: CalendarDay | None, today: date) -> Day:
    if row:
        name = _("{holiday}: {kind}").format(holiday=row.get_name_code_display(), kind=row.get_kind_display())
        return Day(day, row.kind, name, day == today)
    return Day(day, "weekend" if weekend(day) else "", "", day == today)


def _spans(days: Iterable[CalendarDay]) -> list[Span]:
    spans: dict[str, Span] = {}
    for day in days:
        span = spans.setdefault(day.name_code, Span(day.get_name_code_display(), []))
        (span.make_up if day.is_working else span.days).append(day.day)
    return sorted((span for span in spans.values() if span.days), key=lambda span: span.first)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """One value a rule has had: in words, from when, decided by whom (None for the system)."""

    words: str
    since: datetime
    by: models.Model | None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in one store: what holds, what would hold by default, and the row that says so."""

    rule: AnyRule
    text: str
    words: str
    default: str
    values: list[RuleValue]

    @property
    def last(self) -> RuleValue | None:
        """The decision in force, None while the default holds."""
        return self.values[0] if self.values else None


def rule_rows(store: Store) -> list[RuleRow]:
    """All rules with what holds in `store`. Two queries."""
    rows = list(StoreRule.objects.filter(store=store).order_by("-valid_from", "-pk"))
    people = _people(rows)
    return [_rule_row(rule, rows, people) for rule in defined().values()]


def rule_story(store: Store, rule: AnyRule) -> RuleRow:
    """One rule in `store` with every value it has had. Two queries."""
    rows = list(StoreRule.objects.filter(store=store, code=rule.code).order_by("-valid_from", "-pk"))
    return _rule_row(rule, rows, _people(rows))


def _rule_row(rule: AnyRule, rows: list[StoreRule], people: dict[int, models.Model]) -> RuleRow:
    own = [row for row in rows if row.code == rule.code]
    default = rule.write(rule.default)  # type: ignore[arg-type]
    values = [
        RuleValue(in_words(rule, row.value), row.valid_from, people.get(row.set_by_id or 0)) for row in own
    ]
    text = own[0].value if own else default
    return RuleRow(rule, text, in_words(rule, text), in_words(rule, default), values)


def _people(rows: list[StoreRule]) -> dict[int, models.Model]:
    ids = {row.set_by_id for row in rows if row.set_by_id}
    return dict(get_user_model()._default_manager.in_bulk(ids)) if ids else {}


def in_words(rule: AnyRule, text: str) -> str:
    """Write a rule's stored value for a reader, with its unit."""
    if isinstance(rule, NumberRule):
        return f"{text} {rule.unit}"
    if isinstance(rule, SwitchRule):
        return _("yes") if text == "yes" else _("no")
    assert isinstance(rule, ChoiceRule)
    return str(rule.choices.get(text, text))
