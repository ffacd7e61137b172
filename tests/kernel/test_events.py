from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from servicelane.kernel.clock import moved, now, today
from servicelane.kernel.errors import BeforeLastFact, InFuture, TooLongAgo
from servicelane.kernel.events import Actor, label_of, record
from servicelane.kernel.facts import canonical, detail_hash_of, digest_of
from servicelane.kernel.models import ActorKind, Event, EventDetail
from tests.kernel.goods.reactions import MADE, TOLD

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_fact_says_what_when_where_and_who(thing):
    with moved(NOON):
        event = record(
            MADE, thing, by=Actor(ActorKind.PERSON, 7), at=NOON - timedelta(hours=12), code="x", fen=1999
        )

    event.refresh_from_db()
    assert (event.kind, event.subject_type, event.subject_id) == (MADE, "goods.thing", thing.pk)
    assert (event.actor_kind, event.actor_id, event.store_id) == ("person", 7, None)
    assert (event.happened_at, event.recorded_at) == (NOON - timedelta(hours=12), NOON)
    assert event.data == {"code": "x", "fen": 1999}
    assert event.position is None
    assert list(Event.objects.about(thing)) == [event]


def test_the_day_is_the_stores_and_not_the_servers(thing):
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    with moved(late):
        assert record(MADE, thing, by=None).local_day.isoformat() == "2026-11-23"
        assert today(ZoneInfo("Asia/Shanghai")).isoformat() == "2026-11-23"
        assert today(UTC).isoformat() == "2026-11-22"


def test_words_stand_apart_and_can_be_erased_while_the_digest_stays(thing):
    event = record(MADE, thing, by=None, note="李先生说右前轮有异响 🚗")

    assert "李先生" not in canonical(event).decode()
    detail = EventDetail.objects.get(event=event)
    assert event.detail_hash == detail_hash_of(detail.salt, detail.text)
    EventDetail.objects.filter(pk=detail.pk).update(salt="", text="")
    event.refresh_from_db()
    assert digest_of(event) == event.digest
    assert event.detail.is_erased


def test_the_digest_covers_everything_but_id_and_position(thing):
    event = record(MADE, thing, by=None, note="why", code="x")
    for field, other in {
        "kind": "goods.other",
        "store_id": 3,
        "subject_type": "goods.other",
        "subject_id": 99,
        "actor_kind": "person",
        "actor_id": 5,
        "happened_at": now() - timedelta(microseconds=1),
        "recorded_at": now() + timedelta(microseconds=1),
        "local_day": date(2020, 1, 1),
        "data": {"code": "y"},
        "detail_hash": "0" * 64,
    }.items():
        was = getattr(event, field)
        setattr(event, field, other)
        assert digest_of(event) != event.digest, field
        setattr(event, field, was)
    event.id, event.position = 999, 999
    assert digest_of(event) == event.digest


def test_the_canonical_text_does_not_depend_on_the_databases_order_of_keys(thing):
    event = record(MADE, thing, by=None, code={"b": 1, "a": ["z", 2]}, a="1")
    event.refresh_from_db()
    event.data = dict(reversed(event.data.items()))
    assert digest_of(event) == event.digest
    assert b'"data":{"a":"1","code":{"a":["z",2],"b":1}}' in canonical(event)


@pytest.mark.parametrize(
    "wrong", [1.5, True, None, 2**63, "a\0b", "\ud800", {"x": 0.1}, [None], {1: "x"}, ("a",), b"x"]
)
def test_data_that_two_databases_would_keep_differently_is_refused(thing, wrong):
    with pytest.raises(TypeError):
        record(MADE, thing, by=None, code=wrong)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("back", "refusal"),
    [(timedelta(seconds=-1), InFuture), (timedelta(hours=12, seconds=1), TooLongAgo)],
)
def test_an_impossible_time_is_refused(thing, back, refusal):
    with moved(NOON), pytest.raises(refusal) as refused:
        record(MADE, thing, by=None, at=NOON - back)
    assert refused.value.facts["at"] == NOON - back
    assert str(refused.value)
    assert refused.value.advice
    assert not Event.objects.exists()


def test_a_fact_before_the_last_one_needs_a_decision(thing):
    with moved(NOON):
        record(MADE, thing, by=None)
        with pytest.raises(BeforeLastFact):
            record(MADE, thing, by=None, at=NOON - timedelta(minutes=1))
        assert Event.objects.count() == 1
        record(MADE, thing, by=None, at=NOON - timedelta(minutes=1), any_order=True)
        record(MADE, thing, by=None, at=NOON - timedelta(days=3), any_order=True, any_age=True)
    assert Event.objects.count() == 3


def test_an_undeclared_kind_is_a_fault_and_an_old_one_is_still_shown(thing):
    with pytest.raises(RuntimeError, match="undeclared"):
        record("goods.never", thing, by=None)
    assert label_of("goods.never") == "goods.never"
    assert label_of(MADE) == "made"


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_a_fault(thing):
    with pytest.raises(RuntimeError, match="transaction"):
        record(MADE, thing, by=None)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_fact_is_announced_to_nobody(thing):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(TOLD, thing, by=None)
        assert DBTaskResult.objects.count() == 1
        raise ZeroDivisionError
    assert (Event.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_the_clock_moves_only_inside_its_block():
    with pytest.raises(ValueError, match="aware"), moved(datetime(2026, 1, 1)):
        pass
    with moved(NOON):
        assert now() == NOON
    assert now() > NOON - timedelta(days=365)
    assert now() != NOON
