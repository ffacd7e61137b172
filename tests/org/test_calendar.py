import csv
import json
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.clock import today
from servicelane.kernel.models import Event
from servicelane.org import calendar_services as services
from servicelane.org import queries
from servicelane.org.errors import HoursBackwards, NoSuchStoreDay, YearOutOfReach
from servicelane.org.models import CalendarDay, CalendarYear, DayReason, OpeningHours, StoreDay
from servicelane.org.queries import Hours
from tests.unchanged import refused, rows

MONDAY = date(2026, 6, 1)
LONG = Hours(time(7, 30), time(20))


def test_the_usual_week_says_when_a_store_is_open(cast):
    assert queries.open_hours(cast.laoshan, MONDAY) == Hours(time(8, 30), time(17, 30))
    assert queries.open_hours(cast.laoshan, MONDAY + timedelta(days=6)) is None
    assert queries.usual_hours(cast.laoshan)[5:] == [Hours(time(8, 30), time(17, 30)), None]


def test_hours_are_set_for_some_weekdays_and_the_others_stay(cast):
    version = cast.shinan.version
    services.set_opening_hours(cast.shinan, {0: LONG, 6: None}, by=cast.gu, version=version)

    assert queries.usual_hours(cast.shinan)[0] == LONG
    assert queries.usual_hours(cast.shinan)[1] == Hours(time(8), time(18))
    assert queries.usual_hours(cast.shinan)[6] is None
    fact = Event.objects.about(cast.shinan).filter(kind="org.hours_set").latest("pk")
    assert fact.data == {"weekdays": {"0": "07:30-20:00", "6": "closed"}}
    cast.shinan.refresh_from_db()
    assert cast.shinan.version == version + 1


def test_setting_the_same_hours_leaves_no_trace(cast):
    before = rows()
    services.set_opening_hours(cast.shinan, {0: Hours(time(8), time(18))}, by=cast.gu)
    assert rows() == before


def test_a_store_closes_on_the_day_it_opened(cast):
    for closes in [time(2), time(18)]:
        with refused(HoursBackwards, opens="18:00"):
            services.set_opening_hours(cast.shinan, {0: LONG, 1: Hours(time(18), closes)}, by=cast.gu)
        with refused(HoursBackwards):
            services.set_store_day(cast.shinan, MONDAY, Hours(time(18), closes), DayReason.EVENT, by=cast.gu)


def test_an_exceptional_day_wins_until_it_is_cleared(cast):
    services.set_store_day(cast.shinan, MONDAY, None, DayReason.STOCKTAKING, by=cast.gu)
    assert queries.open_hours(cast.shinan, MONDAY) is None
    services.set_store_day(cast.shinan, MONDAY, LONG, DayReason.EVENT, by=cast.gu)
    assert queries.open_hours(cast.shinan, MONDAY) == LONG
    assert StoreDay.objects.get().history.count() == 2

    services.clear_store_day(cast.shinan, MONDAY, by=cast.gu)
    assert queries.open_hours(cast.shinan, MONDAY) == Hours(time(8), time(18))
    kinds = Event.objects.about(cast.shinan).filter(kind__startswith="org.store_day").order_by("pk")
    assert [(fact.kind, fact.data.get("hours")) for fact in kinds] == [
        ("org.store_day_set", "closed"),
        ("org.store_day_set", "07:30-20:00"),
        ("org.store_day_cleared", None),
    ]


def test_only_an_exceptional_day_can_be_cleared(cast):
    with refused(NoSuchStoreDay, store=cast.shinan, day=MONDAY):
        services.clear_store_day(cast.shinan, MONDAY, by=cast.gu)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": time(9), "closes": time(8)},
        {"opens": None, "closes": time(8)},
        {"opens": time(9), "closes": None},
        {"weekday": 7},
    ],
)
def test_the_database_keeps_no_impossible_hours(cast, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        OpeningHours.objects.filter(store=cast.shinan, weekday=0).update(**wrong)


def test_an_announced_year_has_its_holidays_and_make_up_days(db):
    year = services.load_calendar_year(2026, by=None)

    assert year.announced
    assert not queries.is_working_day(date(2026, 2, 17))
    assert queries.is_working_day(date(2026, 2, 14))
    day = CalendarDay.objects.get(day=date(2026, 2, 17))
    assert (day.kind, day.name_code) == ("holiday", "spring_festival")
    fact = Event.objects.get(kind="org.calendar_loaded")
    assert fact.data == {"year": 2026, "announced": 1, "days": CalendarDay.objects.count()}
    assert queries.calendar_of(2026) == (year, list(CalendarDay.objects.all()))


def test_loading_what_is_known_leaves_no_trace_and_mends_what_differs(db):
    services.load_calendar_year(2026, by=None)
    before = rows()
    services.load_calendar_year(2026, by=None)
    assert rows() == before

    CalendarDay.objects.filter(day=date(2026, 2, 17)).delete()
    CalendarDay.objects.create(day=date(2026, 3, 3), kind="holiday", name_code="other")
    services.load_calendar_year(2026, by=None)
    assert not queries.is_working_day(date(2026, 2, 17))
    assert queries.is_working_day(date(2026, 3, 3))


def test_a_year_not_announced_is_plain_weekends_and_says_so(db):
    year = services.load_calendar_year(2098, by=None)

    assert CalendarYear.objects.get(year=2098).announced is False
    assert not year.announced
    assert queries.is_working_day(date(2098, 10, 1))
    assert not queries.is_working_day(date(2098, 10, 4))


@pytest.mark.parametrize("year", [2003, 2100, -1])
def test_a_year_nobody_can_mean_is_refused(db, year):
    with refused(YearOutOfReach, year=year):
        services.load_calendar_year(year, by=None)


def test_working_days_agree_with_the_published_calendar(db, reference):
    folder = reference / "07-vehicle-id-calendar"
    for year in range(2022, 2027):
        services.load_calendar_year(year, by=None)
    with (folder / "calendar_cn_2022_2024.csv").open() as rows_of:
        for row in csv.DictReader(rows_of):
            day = date.fromisoformat(row["date"])
            assert queries.is_working_day(day) == (row["status"] == "workday"), row

    expected = json.loads((folder / "calendar_expected.json").read_text())
    for year, days in expected["workdays_per_year"].items():
        first = date(int(year), 1, 1)
        last = queries.add_working_days(first - timedelta(days=1), days)
        assert last.year == int(year)
        assert queries.add_working_days(last, 1).year == int(year) + 1
    for case in expected["due_dates"]:
        start = date.fromisoformat(case["start"])
        assert queries.add_working_days(start, case["add_workdays"]).isoformat() == case["due"], case


def test_working_days_are_counted_forwards_and_cheaply(db, django_assert_max_num_queries):
    services.load_calendar_year(2026, by=None)
    assert queries.add_working_days(MONDAY, 0) == MONDAY
    with pytest.raises(ValueError, match="forwards"):
        queries.add_working_days(MONDAY, -1)
    with django_assert_max_num_queries(3):
        queries.add_working_days(MONDAY, 90)


def test_a_long_count_passes_the_end_of_what_was_read(db):
    services.load_calendar_year(2026, by=None)
    one_by_one = MONDAY
    for _ in range(100):
        one_by_one = queries.add_working_days(one_by_one, 1)
    assert queries.add_working_days(MONDAY, 100) == one_by_one


def test_today_is_the_stores_own_day(cast):
    assert queries.today_in(cast.shinan) == today(queries.zone_of(cast.shinan.pk))
    assert queries.today_in(None) == today(queries.zone_of(None))
