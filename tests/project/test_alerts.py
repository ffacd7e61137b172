from datetime import UTC, datetime, timedelta

import pytest
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from servicelane.kernel.clock import moved, now
from servicelane.org.models import CalendarYear
from servicelane.org.queries import today_in
from servicelane.org.services import set_rule
from servicelane.people.models import Certificate
from servicelane.people.rules import CERTIFICATE_WARNING_DAYS
from servicelane.project.alerts import COUNTED_FOR, LATE, RISK, alert_count, alerts_for


@pytest.fixture
def no_certificates(cast) -> None:
    Certificate.objects.all().delete()


def certificate(cast, days: int, number: str = "W-1") -> Certificate:
    today = today_in(cast.shinan)
    return Certificate.objects.create(
        employee=cast.tao,
        kind="welder",
        number=number,
        issued_on=today - timedelta(days=400),
        expires_on=today + timedelta(days=days),
    )


def fail(cast) -> DBTaskResult:
    from servicelane.kernel.jobs import prune_done_tasks

    task = prune_done_tasks.enqueue()
    rows = DBTaskResult.objects.filter(pk=task.id)
    rows.update(
        status=TaskResultStatus.FAILED,
        finished_at=now(),
        exception_class_path="builtins.ValueError",
        traceback="ValueError: 154 0000 0001",
    )
    return rows.get()


@pytest.mark.parametrize(("days", "level"), [(-1, LATE), (0, RISK), (30, RISK), (31, None)])
def test_a_certificate_warns_within_the_stores_rule(cast, no_certificates, days, level):
    certificate(cast, days)
    assert [alert.level for alert in alerts_for(cast.gu, cast.shinan)] == ([level] if level else [])


def test_the_store_decides_when_to_warn(cast, no_certificates):
    certificate(cast, 40)
    assert alerts_for(cast.gu, cast.shinan) == []
    set_rule(cast.shinan, CERTIFICATE_WARNING_DAYS, "60", by=cast.gu)
    assert len(alerts_for(cast.gu, cast.shinan)) == 1


def test_alerts_go_to_those_who_can_do_something(cast, no_certificates):
    certificate(cast, -1)
    fail(cast)
    assert len(alerts_for(cast.gu, cast.shinan)) == 1
    assert len(alerts_for(cast.admin, cast.shinan)) == 2
    assert len(alerts_for(cast.admin, cast.laoshan)) == 1
    assert alerts_for(cast.chen, cast.shinan) == []


def test_the_calendar_of_next_year_is_missed_from_december(cast, no_certificates):
    year = today_in(cast.shinan).year
    with moved(datetime(year, 11, 20, 4, tzinfo=UTC)):
        assert alerts_for(cast.gu, cast.shinan) == []
    with moved(datetime(year, 12, 1, 4, tzinfo=UTC)):
        assert [alert.mark for alert in alerts_for(cast.gu, cast.shinan)] == [str(year + 1)]
        CalendarYear.objects.create(year=year + 1, announced=True)
        assert alerts_for(cast.gu, cast.shinan) == []


def test_the_most_urgent_stands_first(cast, no_certificates):
    certificate(cast, 5)
    fail(cast)
    assert [alert.level for alert in alerts_for(cast.admin, cast.shinan)] == [LATE, RISK]


def test_the_bell_and_the_page_say_the_same(client, cast, no_certificates):
    certificate(cast, -3)
    client.force_login(cast.gu)
    page = client.get("/alerts")

    assert len(page.context["alerts"]) == page.context["shell"].alert_count == 1
    Certificate.objects.all().delete()
    assert "bell-count" not in client.get("/alerts").content.decode()


def test_alerts_cost_few_queries(cast, warm, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        alerts_for(cast.admin, cast.shinan)


def test_the_bell_looks_again_after_every_fact_and_after_some_seconds(cast, no_certificates):
    at = now()
    with moved(at):
        assert (alert_count(cast.gu, cast.shinan), alert_count(cast.chen, cast.shinan)) == (0, 0)
        certificate(cast, 40, "W-2")
        certificate(cast, -1)
        assert alert_count(cast.gu, cast.shinan) == 0
        assert alert_count(cast.gu, cast.laoshan) == len(alerts_for(cast.gu, cast.laoshan))
    with moved(at + COUNTED_FOR):
        assert (alert_count(cast.gu, cast.shinan), alert_count(cast.chen, cast.shinan)) == (1, 0)
        set_rule(cast.shinan, CERTIFICATE_WARNING_DAYS, "60", by=cast.gu)
        assert alert_count(cast.gu, cast.shinan) == 2
    with moved(at):
        Certificate.objects.all().delete()
        assert alert_count(cast.gu, cast.shinan) == 0


def test_the_bell_costs_one_query_while_nothing_happens(cast, warm, django_assert_num_queries):
    alert_count(cast.admin, cast.shinan)
    with django_assert_num_queries(1):
        alert_count(cast.admin, cast.shinan)
