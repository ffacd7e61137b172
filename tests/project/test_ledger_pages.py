import pytest
from django_tasks import TaskResultStatus

from servicelane.kernel.idempotency import FIELD
from servicelane.kernel.models import Event, EventDetail
from servicelane.kernel.sealing import head, seal
from servicelane.org.models import Bay
from servicelane.org.services import BayDetails, add_bay, take_bay_out_of_service
from servicelane.project import ledger
from servicelane.project.ledger import Wanted, gap_words

from .test_alerts import fail


def test_the_system_page_shows_the_head_and_what_waits(client, cast):
    client.force_login(cast.admin)
    waiting = client.get("/settings/system/").context["system"]
    assert (waiting.head.position, waiting.facts) == (0, Event.objects.count())

    seal()
    page = client.get("/settings/system/")
    assert head().hash in page.content.decode()
    assert page.context["system"].head.unsealed == 0


def test_a_failed_task_shows_its_error_class_and_no_words_of_it(client, cast):
    task = fail(cast)
    client.force_login(cast.admin)
    page = client.get("/settings/system/").content.decode()

    assert "builtins.ValueError" in page
    assert "154 0000 0001" not in page
    again = client.post(f"/settings/system/tasks/{task.pk}/retry", {FIELD: "a"})
    assert again.status_code == 302
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY


def test_a_task_is_tried_again_once(client, cast):
    task = fail(cast)
    client.force_login(cast.admin)
    for key in ("a", "b"):
        assert client.post(f"/settings/system/tasks/{task.pk}/retry", {FIELD: key}).status_code == 302
    task.refresh_from_db()
    assert task.status == TaskResultStatus.READY


@pytest.mark.parametrize("path", ["/settings/system/", "/settings/facts/", "/settings/facts/1/"])
def test_others_see_neither_system_nor_facts(client, cast, path):
    client.force_login(cast.chen)
    assert client.get(path).status_code == 403


def test_facts_of_another_store_are_not_seen(client, cast):
    theirs = add_bay(cast.laoshan, BayDetails("Z9"), by=cast.admin)
    fact = Event.objects.about(theirs).get()
    client.force_login(cast.gu)

    assert client.get(f"/settings/facts/{fact.pk}/").status_code == 404
    shown = client.get("/settings/facts/", {"kind": "org.bay_added"}).context["page"]["rows"]
    assert shown
    assert {row.store for row in shown} == {cast.shinan}
    client.force_login(cast.admin)
    assert client.get(f"/settings/facts/{fact.pk}/").status_code == 200


def test_facts_about_people_elsewhere_are_not_seen(cast):
    seen = ledger.visible(cast.gu).filter(subject_type=ledger.PERSON).values_list("subject_id", flat=True)
    assert cast.tao.pk in seen
    assert cast.song.pk not in seen


def test_one_fact_shows_its_words_until_they_are_erased(client, cast):
    bay = Bay.objects.get(store=cast.shinan, code="L1")
    take_bay_out_of_service(bay, by=cast.luo, note="left post leaks")
    fact = Event.objects.about(bay).get(kind="org.bay_out_of_service")
    client.force_login(cast.gu)

    page = client.get(f"/settings/facts/{fact.pk}/").content.decode()
    assert "left post leaks" in page
    assert cast.luo.name in page
    EventDetail.objects.filter(event=fact).update(text="", salt="")
    shown = client.get(f"/settings/facts/{fact.pk}/").context["fact"]
    assert (shown.note, shown.is_erased) == ("", True)


def test_facts_are_narrowed_by_kind_day_and_person(cast):
    newest = ledger.facts(cast.gu, Wanted()).rows[0]
    day = newest.at.date()
    assert {row.label for row in ledger.facts(cast.gu, Wanted(kind="org.bay_added")).rows} == {"新增工位"}
    assert ledger.facts(cast.gu, Wanted(day=day.replace(year=2001))).rows == []
    mine = ledger.facts(cast.gu, Wanted(person=cast.luo.pk)).rows
    assert {row.who for row in mine} == {cast.luo}


def test_pages_follow_each_other_without_gap_or_repeat(client, cast):
    client.force_login(cast.admin)
    seen, url = [], "/settings/facts/"
    while url:
        page = client.get(url).context["page"]
        seen += [row.pk for row in page["rows"]]
        url = page["next_url"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == ledger.visible(cast.admin).count() > ledger.ROWS


@pytest.mark.parametrize("asked", [{"day": "x"}, {"person": "999999"}, {"kind": "no.such"}, {"before": "-1"}])
def test_a_filter_that_makes_no_sense_narrows_nothing(client, cast, asked):
    client.force_login(cast.gu)
    assert client.get("/settings/facts/", asked).context["page"]["rows"]


def test_a_page_of_facts_costs_few_queries(cast, warm, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        ledger.facts(cast.admin, Wanted())


def test_the_time_between_two_turns_in_words():
    from datetime import timedelta

    assert [gap_words(timedelta(seconds=s)) for s in (1, 300, 7200)] == ["1 秒", "5 分钟", "2 小时"]
