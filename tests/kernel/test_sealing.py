import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from servicelane.kernel import checking, sealing, triggers
from servicelane.kernel.checking import check
from servicelane.kernel.clock import moved, now
from servicelane.kernel.events import record
from servicelane.kernel.models import Event, EventDetail, Seal
from servicelane.kernel.sealing import chain, head, seal, verify
from servicelane.kernel.transactions import unit
from tests.kernel.goods.models import Thing
from tests.kernel.goods.reactions import MADE


@contextmanager
def lifted():
    """What an attacker with the database's own rights does first."""
    triggers.drop(connection)
    yield
    triggers.install(connection)


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def delete(event):
    with lifted():
        sql("DELETE FROM kernel_eventdetail WHERE event_id = %s", event.pk)
        sql("DELETE FROM kernel_event WHERE id = %s", event.pk)


@pytest.fixture
def ledger(thing):
    """Twelve facts in three seals of four; the facts in order."""
    for _seal in range(3):
        for turn in range(4):
            record(MADE, thing, by=None, code=str(turn), note=f"note {turn}")
        assert seal() == 4
    assert check() == []
    return list(Event.objects.order_by("position"))


def test_sealing_gives_gap_free_positions_in_one_chain(ledger):
    assert [event.position for event in ledger] == list(range(1, 13))
    assert [(s.number, s.first, s.last) for s in Seal.objects.order_by("number")] == [
        (1, 1, 4),
        (2, 5, 8),
        (3, 9, 12),
    ]
    assert seal() == 0
    assert (head().number, head().position, head().unsealed) == (3, 12, 0)
    assert list(Event.objects.sealed_after(10)) == ledger[10:]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '{"code": "99"}'),
        ("happened_at", "2020-01-01 00:00:00+00:00"),
        ("actor_id", 4711),
        ("store_id", 3),
        ("kind", "goods.told"),
        ("detail_hash", "f" * 64),
    ],
)
def test_an_altered_fact_is_found_and_named(ledger, column, value):
    with lifted():
        sql(f"UPDATE kernel_event SET {column} = %s WHERE id = %s", value, ledger[5].pk)
    assert any(f"事实 {ledger[5].pk}（" in found for found in verify())


def test_a_fact_altered_together_with_its_digest_is_found(ledger):
    from servicelane.kernel.facts import digest_of

    forged = ledger[5]
    forged.data = {"code": "forged"}
    with lifted():
        Event.objects.filter(pk=forged.pk).update(data=forged.data, digest=digest_of(forged))
    (found,) = verify()
    assert "封存 2" in found
    assert "5" in found
    assert "8" in found


@pytest.mark.parametrize("position", [1, 5, 7, 8, 12])
def test_a_deleted_fact_is_found_and_named(ledger, position):
    """The first and the last of a seal, and the last of all, as well as one between."""
    delete(ledger[position - 1])
    assert any(f"位置 {position} 的事实" in found for found in verify())


def test_a_deleted_fact_is_found_though_the_last_seal_was_forged_without_it(ledger):
    delete(ledger[8])
    digests = [event.digest for event in ledger[9:]]
    forged = chain(Seal.objects.get(number=2).hash, digests)
    with lifted():
        Seal.objects.filter(number=3).update(first=10, hash=forged)
    (found,) = verify()
    assert "封存 3" in found
    assert "位置 9" in found


def test_re_ordered_facts_are_found_and_named(ledger):
    one, two = ledger[4], ledger[7]
    with lifted():
        sql("UPDATE kernel_event SET position = 999 WHERE id = %s", one.pk)
        sql("UPDATE kernel_event SET position = %s WHERE id = %s", one.position, two.pk)
        sql("UPDATE kernel_event SET position = %s WHERE id = %s", two.position, one.pk)
    named = " ".join(verify())
    assert f"事实 {one.pk}" in named


def test_a_fact_put_in_later_with_an_old_time_is_found_and_named(ledger, thing):
    with moved(now() - timedelta(minutes=9)):
        record(MADE, thing, by=None, code="of a slow transaction")
    with moved(now() - timedelta(minutes=11)):
        forged = record(MADE, thing, by=None, code="forged")
    seal()
    (found,) = verify()
    assert f"事实 {forged.pk} " in found


def test_a_fact_put_between_sealed_ones_is_found_and_named(ledger, thing):
    forged = record(MADE, thing, by=None, code="forged")
    with lifted():
        sql("UPDATE kernel_event SET position = -position WHERE position >= 7")
        sql("UPDATE kernel_event SET position = 1 - position WHERE position < 0")
        sql("UPDATE kernel_event SET position = 7 WHERE id = %s", forged.pk)
    named = list(verify())
    assert any(f"事实 {ledger[7 - 1].pk}" in found for found in named)
    assert any("位置 13" in found for found in named)


@pytest.mark.parametrize("position", [0, -1, 14])
def test_a_fact_put_where_no_seal_looks_is_found_and_named(ledger, thing, position):
    hidden = record(MADE, thing, by=None, code="hidden")
    sql("UPDATE kernel_event SET position = %s WHERE id = %s", position, hidden.pk)
    (found,) = verify()
    assert f"事实 {hidden.pk} " in found
    assert str(position) in found


def test_altered_or_missing_words_are_found_and_erased_ones_are_not(ledger):
    EventDetail.objects.filter(event=ledger[0]).update(salt="", text="")
    assert check() == []
    with lifted():
        EventDetail.objects.filter(event=ledger[1]).update(text="forged")
        EventDetail.objects.filter(event=ledger[2]).delete()
    first, second = verify()
    assert f"{ledger[1].pk}" in first
    assert f"{ledger[2].pk}" in second


def test_a_removed_tail_is_found_by_the_head_that_left_the_database(ledger):
    kept = head().hash
    assert check(kept) == []
    with lifted():
        EventDetail.objects.filter(event__position__gt=8).delete()
        Event.objects.filter(position__gt=8).delete()
        Seal.objects.filter(number=3).delete()
    assert list(verify()) == []
    (found,) = check(kept)
    assert kept in found


def test_a_removed_or_altered_seal_is_found(ledger):
    with lifted():
        Seal.objects.filter(number=2).update(hash="0" * 64)
    assert any("封存 2" in found for found in verify())
    with lifted():
        Seal.objects.filter(number=2).delete()
    assert any("封存 2" in found for found in verify())


def test_an_unsealed_fact_altered_is_found_too(thing):
    event = record(MADE, thing, by=None, code="x")
    with lifted():
        Event.objects.filter(pk=event.pk).update(subject_id=4711)
    (found,) = verify()
    assert str(event.pk) in found


def refused(statement, *values, by="append-only"):
    """The database refuses and stays usable."""
    with pytest.raises(DatabaseError, match=by), transaction.atomic():
        sql(statement, *values)


def test_the_database_refuses_to_change_or_delete_facts_and_seals(ledger, thing):
    fresh = record(MADE, thing, by=None, code="fresh", note="words")
    wordless = record(MADE, thing, by=None, code="wordless")
    refused("DELETE FROM kernel_event WHERE id = %s", ledger[0].pk)
    refused("DELETE FROM kernel_event WHERE id = %s", fresh.pk)
    refused("UPDATE kernel_event SET kind = 'x' WHERE id = %s", fresh.pk)
    refused("UPDATE kernel_event SET position = 99, kind = 'x' WHERE id = %s", fresh.pk)
    refused("UPDATE kernel_event SET position = NULL WHERE id = %s", ledger[0].pk)
    refused("UPDATE kernel_event SET position = 99 WHERE id = %s", ledger[0].pk)
    refused("DELETE FROM kernel_seal")
    refused("UPDATE kernel_seal SET hash = 'x'")
    refused("DELETE FROM kernel_eventdetail")
    refused("UPDATE kernel_eventdetail SET text = 'x' WHERE event_id = %s", fresh.pk)
    moves = "UPDATE kernel_eventdetail SET salt = '', text = '', event_id = %s WHERE event_id = %s"
    refused(moves, wordless.pk, fresh.pk)
    assert check() == []


def test_the_database_refuses_a_fact_that_brings_its_position(ledger):
    columns = [f.column for f in Event._meta.concrete_fields if f.column not in ("id", "position")]
    names = ", ".join(columns)
    copied = f"SELECT 99, {names} FROM kernel_event WHERE position = 1"
    refused(f"INSERT INTO kernel_event (position, {names}) {copied}")
    assert Event.objects.count() == 12


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="REPLACE is SQLite's own")
def test_replace_does_not_slip_past_the_guards(ledger, thing):
    fresh = record(MADE, thing, by=None, code="fresh")
    columns = [f.column for f in Event._meta.concrete_fields if f.column not in ("id", "position")]
    names = ", ".join(columns)
    refused(
        f"INSERT OR REPLACE INTO kernel_event (id, {names})"
        f" SELECT %s, {names} FROM kernel_event WHERE position = 2",
        ledger[0].pk,
    )
    refused("UPDATE OR REPLACE kernel_event SET position = 3 WHERE id = %s", fresh.pk)
    refused(
        "INSERT OR REPLACE INTO kernel_seal (number, first, last, hash, sealed_at)"
        " SELECT number, first, last, 'x', sealed_at FROM kernel_seal WHERE number = 2"
    )
    refused(
        "INSERT OR REPLACE INTO kernel_seal (id, number, first, last, hash, sealed_at)"
        " SELECT id, 99, first, last, hash, sealed_at FROM kernel_seal WHERE number = 3"
    )
    refused(
        "INSERT OR REPLACE INTO kernel_eventdetail (event_id, salt, text) VALUES (%s, 'x', 'y')", ledger[0].pk
    )
    assert check() == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="TRUNCATE is PostgreSQL's own")
@pytest.mark.parametrize("table", ["kernel_event", "kernel_eventdetail", "kernel_seal"])
def test_truncate_is_refused(ledger, table):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    refused(f"TRUNCATE {table} CASCADE", by=rf"append-only: TRUNCATE of {table}\b")
    assert Event.objects.count() == 12


def test_a_lost_guard_is_reported_and_the_next_migrate_puts_it_back(ledger):
    with connection.cursor() as cursor:
        on = " ON kernel_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER kernel_event_update{on}")
    assert triggers.missing(connection) == ["kernel_event_update"]
    (found,) = check()
    assert "kernel_event_update" in found
    triggers.install_after_migrate()
    assert check() == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL can switch a trigger off")
def test_a_guard_that_was_switched_off_is_reported_and_the_next_migrate_switches_it_on(ledger):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE kernel_event DISABLE TRIGGER kernel_event_delete")
    assert triggers.missing(connection) == ["kernel_event_delete"]
    triggers.install_after_migrate()
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_give_each_position_once(thing, at_once, monkeypatch):
    """Each sealer dwells between reading what is unsealed and sealing it, so all of them overlap."""
    unit(lambda: record(MADE, thing, by=None, code="first"))
    unit(seal)  # the lock row is there: making it would keep the sealers apart as well
    for _turn in range(60):
        unit(lambda: record(MADE, thing, by=None, code="x"))
    give = sealing._give_positions

    def slowly(ids, first):
        time.sleep(0.1)
        give(ids, first)

    monkeypatch.setattr(sealing, "_give_positions", slowly)

    answers = at_once(*[lambda: unit(seal)] * 4)

    assert sorted(answers) == [0, 0, 0, 60]
    assert sorted(Event.objects.values_list("position", flat=True)) == list(range(1, 62))
    assert check() == []


@pytest.mark.django_db(transaction=True)
def test_a_fact_committed_late_is_seen_by_a_reader_that_goes_by_position(thing):
    """On PostgreSQL a lower id may commit after a higher one was read; its position is higher."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids commit in order")
    import threading

    holds, go = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record(MADE, thing, by=None, code="slow")
            holds.set()
            go.wait(10)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    holds.wait(10)
    with transaction.atomic():
        record(MADE, thing, by=None, code="quick")
    seal()
    (read,) = Event.objects.sealed_after(0)
    assert read.data == {"code": "quick"}
    go.set()
    writer.join()
    seal()
    (late,) = Event.objects.sealed_after(read.position)
    assert late.data == {"code": "slow"}
    assert late.pk < read.pk
    assert check() == []


@pytest.mark.django_db(transaction=True)
def test_a_check_sees_one_moment_while_others_work(monkeypatch):
    """Sealed between two of its reads, a fact would seem to stand where no seal covers it."""
    counted = []

    def work():
        with transaction.atomic():
            record(MADE, Thing.objects.create(), by=None)
        assert seal() == 1

    def work_and_leave():
        work()
        connection.close()

    def beside():
        counted.append(Event.objects.count())
        worker = threading.Thread(target=work_and_leave)
        worker.start()
        worker.join()
        counted.append(Event.objects.count())
        return iter(verify())

    monkeypatch.setattr(checking, "_checks", [beside])
    work()
    assert checking.check() == []
    assert counted == [1, 1]
    assert (Event.objects.count(), head().position) == (2, 2)
