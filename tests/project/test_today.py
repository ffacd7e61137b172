from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from servicelane.kernel.clock import moved, now
from servicelane.org.models import Bay, OpeningHours, Store
from servicelane.people.models import Membership, Shift
from servicelane.project import queries
from servicelane.project.first_steps import first_steps

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(cast, clock: str) -> datetime:
    """A time of day on the day the cast was made."""
    day = Shift.objects.filter(store=cast.shinan).earliest("day").day
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), SHANGHAI)


@pytest.fixture
def morning(cast):
    with moved(at(cast, "10:00")):
        yield


def figure(cast, who: str, url_part: str) -> queries.Figure:
    viewer = getattr(cast, who)
    shown = queries.today(viewer, cast.shinan, [], at=now())
    return next(tile for tile in shown.figures if url_part in tile.url)


def test_everybody_sees_who_is_on_shift_and_the_own_shift(client, cast, morning):
    client.force_login(cast.chen)
    page = client.get("/")

    assert page.status_code == 200
    here = Shift.objects.filter(store=cast.shinan).at(now()).count()
    shown = page.context["today"]
    assert shown.shift.here == here > 0
    tiles = {tile.url: tile for tile in shown.figures}
    assert tiles["#on-shift"].value == str(here)
    mine = Shift.objects.get(employee=cast.chen, day=now().astimezone(SHANGHAI).date())
    assert f"#shift-{mine.pk}" in tiles


def test_a_figure_is_shown_to_those_only_who_may_open_its_rows(cast, morning):
    urls = {
        who: [tile.url for tile in queries.today(getattr(cast, who), cast.shinan, [], at=now()).figures]
        for who in ("chen", "gu")
    }
    assert "/settings/bays/" in urls["gu"]
    assert all(url.startswith("/orders/") for url in urls["chen"] if url and not url.startswith("#"))


def test_a_bay_out_of_service_counts_less_and_says_so(cast, morning):
    before = figure(cast, "gu", "bays")
    Bay.objects.filter(store=cast.shinan, code="L1").update(in_service=False, out_since=now())

    after = figure(cast, "gu", "bays")
    assert int(after.value) == int(before.value) - 1
    assert (before.chip, bool(after.chip)) == ("", True)


def test_before_and_after_the_shift_nobody_is_here(cast):
    for clock, state in (("05:00", queries.LATER), ("23:00", queries.OVER)):
        with moved(at(cast, clock)):
            shift = queries.on_shift(cast.gu, cast.shinan, at=now())
        assert shift.here == 0
        assert {row.state for row in shift.rows} == {state}


def test_the_fragment_is_silent_until_something_changed(client, cast, morning):
    client.force_login(cast.chen)
    version = client.get("/").context["today"].shift.version

    assert client.get("/today/shift", {"v": version}).status_code == 204
    Shift.objects.filter(store=cast.shinan).at(now()).first().delete()
    changed = client.get("/today/shift", {"v": version})
    assert changed.status_code == 200
    assert changed.context["version"] != version
    assert 'id="on-shift"' in changed.content.decode()


def test_the_fragment_changes_with_a_name_and_with_the_minute(cast, morning):
    version = queries.shift_version(cast.shinan, at=now())
    assert queries.shift_version(cast.shinan, at=now() + timedelta(minutes=1)) != version
    type(cast.chen).objects.filter(pk=cast.chen.pk).update(version=cast.chen.version + 1)
    assert queries.shift_version(cast.shinan, at=now()) != version


def test_an_unchanged_fragment_costs_one_query_of_its_own(cast, warm, morning, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.shift_version(cast.shinan, at=now())


def test_today_costs_no_more_queries_than_it_says(cast, warm, morning, django_assert_max_num_queries):
    with django_assert_max_num_queries(22):
        queries.today(cast.admin, cast.shinan, [], at=now())


def test_first_steps_lead_from_an_empty_store_to_a_working_one(cast, morning):
    empty = Store.objects.create(region=cast.region, code="NEW", name_zh="new", name_en="new")
    cast.admin.forget_reach()

    steps = first_steps(cast.admin, empty)
    assert [step.is_done for step in steps] == [False] * 6
    assert [step.is_next for step in steps] == [True] + [False] * 5
    assert queries.today(cast.admin, empty, [], at=now()).steps != []

    OpeningHours.objects.create(store=empty, weekday=0, opens="08:00", closes="18:00")
    assert [step.is_next for step in first_steps(cast.admin, empty)] == [False, True] + [False] * 4


def test_a_terminal_is_optional_and_a_set_up_store_shows_no_steps(cast, morning):
    steps = first_steps(cast.gu, cast.shinan)
    assert [step.task.route for step in steps if not step.is_done] == ["people:terminal_new"]
    assert queries.today(cast.gu, cast.shinan, [], at=now()).steps == []


def test_nobody_is_asked_for_a_step_they_may_not_take(cast, morning):
    assert first_steps(cast.chen, cast.shinan) == []
    routes = {step.task.route for step in first_steps(cast.luo, cast.shinan)}
    assert routes == {"org:bay_new", "people:shift_new"}


def test_one_coloured_button_a_page(client, cast, morning):
    Membership.objects.filter(store=cast.shinan, role="technician").delete()
    client.force_login(cast.gu)
    page = client.get("/").content.decode()

    assert page.count("btn-primary") == 1
