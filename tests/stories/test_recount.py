"""The second count itself, on a handful of facts made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from tests.stories.recount import ORDER, Period, Share, recount

DAY = date(2026, 11, 22)
MONDAY = Period(DAY, DAY)
MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))


@dataclass(frozen=True)
class Row:
    """One fact as the ledger keeps it."""

    kind: str
    subject_id: int = 1
    minute: int = 0
    day: int = 0
    data: dict[str, Any] = field(default_factory=dict)
    subject_type: str = ORDER
    id: int = 0

    @property
    def happened_at(self) -> datetime:
        return datetime(2026, 11, 22, 1, tzinfo=UTC) + timedelta(days=self.day, minutes=self.minute)

    @property
    def local_day(self) -> date:
        return DAY + timedelta(days=self.day)


def visit(order: int, *, day: int = 0, on_time: int = 1, comeback_of: int = 0, slow: int = 1) -> list[Row]:
    """The facts of one car from arrival to hand-over; `slow` stretches every stage."""
    steps = [
        ("arrived", 0, {"comeback_of": comeback_of}),
        ("open", 5, {}),
        ("agreed", 25, {}),
        ("in_work", 40, {}),
        ("quality_check", 130, {}),
        ("ready", 145, {"on_time": on_time}),
        ("settled", 150, {}),
        ("delivered", 160, {}),
    ]
    return [Row(f"orders.{name}", order, minute * slow, day, data) for name, minute, data in steps]


def test_nothing_happened_gives_no_rates() -> None:
    figures = recount([], MONDAY)
    assert figures.throughput == 0
    assert figures.revenue == {"total": 0, "labour": 0, "parts": 0}
    for share in (figures.ftfr, figures.on_time, figures.no_show, figures.follow_up, figures.fill):
        assert share == Share(0, 0)
        assert share.value is None
    assert figures.stage_times == {}
    assert figures.clocked == timedelta()
    assert figures.sold_minutes == 0


def test_throughput_counts_a_car_once_on_the_day_of_its_first_check_in() -> None:
    again = [
        Row("orders.reopened", 1, 30, data={"to": "open"}),
        Row("orders.open", 2, 10, day=1),
        Row("orders.open", 1, 10, day=1),
    ]
    assert recount([*visit(1), *again], MONDAY).throughput == 1
    assert recount([*visit(1), *again], MONTH).throughput == 2


def test_a_credit_counts_in_its_own_period() -> None:
    bill = {
        "net": 10000,
        "labour": {"maintenance": 5000, "campaign": 1000},
        "parts": {"maintenance": 2000, "campaign": 2000},
        "minutes": {"customer": 60, "warranty": 30, "goodwill": 45},
    }
    credit = {
        "net": -10000,
        "labour": {"maintenance": -5000, "campaign": -1000},
        "parts": {"maintenance": -2000, "campaign": -2000},
        "minutes": {"customer": -60, "warranty": -30, "goodwill": -45},
    }
    facts = [Row("billing.invoiced", 1, 150, data=bill), Row("billing.credited", 1, 10, day=2, data=credit)]
    same_day = recount(facts, MONDAY)
    assert same_day.revenue == {
        "total": 10000, "labour": 6000, "parts": 4000, "work.maintenance": 7000, "work.campaign": 3000,
    }  # fmt: skip
    assert same_day.sold_minutes == 90
    whole_month = recount(facts, MONTH)
    assert set(whole_month.revenue.values()) == {0}
    assert whole_month.sold_minutes == 0


def test_a_comeback_within_thirty_days_spoils_the_first_visit_only() -> None:
    first, back = visit(1), visit(2, day=5, comeback_of=1)
    assert recount([*first, *back], MONTH).ftfr == Share(1, 2)
    late = visit(2, day=31, comeback_of=1)
    assert recount([*first, *late], MONDAY).ftfr == Share(1, 1)


def test_a_comeback_that_is_linked_late_counts_by_its_arrival() -> None:
    back = visit(2, day=29)
    linked = Row("orders.comeback_linked", 2, day=40, data={"comeback_of": 1})
    assert recount([*visit(1), *back, linked], MONDAY).ftfr == Share(0, 1)


def test_the_last_step_to_ready_decides_on_time() -> None:
    again = [
        Row("orders.reopened", 1, 146, data={"to": "quality_check"}),
        Row("orders.ready", 1, 149, data={"on_time": 0}),
    ]
    assert recount([*visit(1), *visit(2)], MONDAY).on_time == Share(2, 2)
    assert recount([*visit(1), *again, *visit(2)], MONDAY).on_time == Share(1, 2)


def test_stage_times_are_medians_and_rework_adds_up() -> None:
    times = recount([*visit(1), *visit(2), *visit(3, slow=10)], MONDAY).stage_times
    assert times["greet_wait"] == timedelta(minutes=5)
    assert times["work_time"] == timedelta(minutes=90)
    assert times["stay"] == timedelta(minutes=160)

    rework = [Row("orders.in_work", 1, 135), Row("orders.quality_check", 1, 140)]
    times = recount([*visit(1), *rework], MONDAY).stage_times
    assert times["work_time"] == timedelta(minutes=95)
    assert times["qc_wait"] == timedelta(minutes=10)
    assert times["stay"] == timedelta(minutes=160)


def test_a_cancelled_booking_is_neither_kept_nor_missed_and_a_late_one_is_kept() -> None:
    booking = {"subject_type": "booking.booking"}
    facts = [
        Row("booking.booked", 1, **booking),
        Row("booking.arrived", 1, **booking),
        Row("booking.arrived", 2, **booking),
        Row("booking.no_show", 3, **booking),
        Row("booking.cancelled", 4, **booking),
        Row("booking.no_show", 5, **booking),
        Row("booking.arrived", 5, 30, **booking),
    ]
    assert recount(facts, MONDAY).no_show == Share(1, 4)


def test_follow_up_counts_the_first_attempt_within_three_days() -> None:
    called = [
        Row("care.called", 1, day=3, data={"outcome": "no_answer"}),
        Row("care.called", 2, day=4, data={"outcome": "satisfied"}),
        Row("care.called", 1, day=4, data={"outcome": "satisfied"}),
    ]
    figures = recount([*visit(1), *visit(2), *visit(3), *called], MONDAY)
    assert figures.follow_up == Share(1, 3)
    assert figures.follow_up.value == Fraction(1, 3)


def test_filled_lines_and_clocked_time_add_up() -> None:
    facts = [
        Row("orders.authorised", 1, data={"part_lines": 3, "filled": 2}),
        Row("orders.authorised", 2, data={"part_lines": 0, "filled": 0}),
        Row("orders.authorised", 3, day=1, data={"part_lines": 9, "filled": 9}),
        Row("workshop.paused", 1, data={"job": 1, "technician": 7, "seconds": 600}),
        Row("workshop.finished", 1, data={"job": 1, "technician": 7, "seconds": 1800}),
        Row("workshop.started", 1, data={"job": 1, "technician": 7}),
    ]
    figures = recount(facts, MONDAY)
    assert figures.fill == Share(2, 3)
    assert figures.clocked == timedelta(minutes=40)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_in_which_facts_are_read_changes_nothing(order: int) -> None:
    facts = [*visit(1), *visit(2, day=5, comeback_of=1), Row("care.called", 1, day=1, data={})]
    assert recount(facts[::order], MONTH) == recount(facts, MONTH)
