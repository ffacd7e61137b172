import sqlite3
import threading

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from servicelane.kernel.errors import Busy, ShortOfSpace
from servicelane.kernel.transactions import TRIES, in_unit, unit
from tests.kernel.goods.models import Thing


def locked() -> OperationalError:
    error = OperationalError("database is locked")
    error.__cause__ = sqlite3.OperationalError("database is locked")
    return error


@pytest.mark.django_db(transaction=True)
def test_a_busy_database_is_tried_again_and_the_first_try_leaves_nothing():
    tries = []

    def work() -> int:
        Thing.objects.create()
        tries.append(Thing.objects.count())
        if len(tries) < TRIES:
            raise locked()
        return 7

    assert unit(work) == 7
    assert tries == [1] * TRIES
    assert Thing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_three_tries_it_is_refused_in_words_and_nothing_is_kept():
    def work() -> None:
        Thing.objects.create()
        raise locked()

    with pytest.raises(Busy) as refused:
        unit(work)
    assert str(refused.value)
    assert refused.value.advice
    assert refused.value.status == 503
    assert not Thing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_refused_in_words_and_not_tried_again():
    tries = []

    @in_unit
    def work() -> None:
        tries.append(1)
        Thing.objects.create()
        raise OperationalError("database or disk is full")

    with pytest.raises(ShortOfSpace) as refused:
        work()
    assert str(refused.value)
    assert (len(tries), Thing.objects.count()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_really_full_sqlite_is_refused_and_what_was_there_is_kept():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's disk cannot be filled by a pragma")
    Thing.objects.create()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")  # pages that other tests left free would hold the rows
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    try:
        with pytest.raises(ShortOfSpace):
            unit(lambda: Thing.objects.bulk_create([Thing() for _row in range(20000)]))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    assert Thing.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_inside_an_open_transaction_the_error_goes_up_to_the_outermost_unit():
    inner, outer = [], []

    def caller() -> None:
        def work() -> None:
            inner.append(1)
            raise locked()

        outer.append(1)
        unit(work)

    with pytest.raises(Busy):
        unit(caller)
    assert (len(outer), len(inner)) == (TRIES, TRIES)


@pytest.mark.django_db(transaction=True)
def test_a_faulty_statement_is_neither_tried_again_nor_hidden():
    tries = []

    def work() -> None:
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM kernel_event")

    with pytest.raises(Exception, match="no_such_column"):
        unit(work)
    assert tries == [1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_wait_for_each_other_one_is_tried_again_and_both_are_done(at_once):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nobody waits for a row")
    one, two = Thing.objects.create(store_id=0), Thing.objects.create(store_id=0)
    tries, both_hold = [], threading.Barrier(2)

    def add(first: Thing, second: Thing, size: int) -> None:
        def work() -> None:
            tries.append(size)
            Thing.objects.filter(pk=first.pk).update(store_id=F("store_id") + size)
            if tries.count(size) == 1:
                both_hold.wait(10)
            Thing.objects.filter(pk=second.pk).update(store_id=F("store_id") + size)

        unit(work)

    assert at_once(lambda: add(one, two, 1), lambda: add(two, one, 10)) == [None, None]
    # The one that is tried again may meet the other once more before that has ended.
    assert len(tries) >= 3
    assert list(Thing.objects.values_list("store_id", flat=True)) == [11, 11]


@pytest.mark.django_db(transaction=True)
def test_two_who_read_before_they_write_are_serialised(at_once):
    """Both read one row and add to it: with the lock row taken first no addition is lost."""
    thing = Thing.objects.create(store_id=0)

    def add() -> None:
        def work() -> None:
            mine = Thing.objects.select_for_update().get(pk=thing.pk)
            mine.store_id = (mine.store_id or 0) + 1
            mine.save()

        for _turn in range(20):
            unit(work)

    answers = at_once(add, add, add, add)
    assert answers == [None] * 4
    thing.refresh_from_db()
    assert thing.store_id == 80
    assert not transaction.get_connection().in_atomic_block
