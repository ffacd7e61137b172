"""The proof of a refusal itself: it sees what was left behind, and only that."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from servicelane.kernel.errors import InFuture
from servicelane.kernel.models import Counter, Lock
from tests.unchanged import refused

pytestmark = pytest.mark.django_db


def _leaves_a_row() -> None:
    Lock.objects.create(name=uuid4().hex)


def _leaves_a_row_whose_key_is_returned() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Lock.objects.create(name="before")
    Counter.objects.create(scope=uuid4().hex, last=1)


def _changes_a_row() -> None:
    Lock.objects.filter(name="before").update(name=uuid4().hex)


def _leaves_many() -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO kernel_lock (name) VALUES (%s)", [[uuid4().hex], [uuid4().hex]])


def _leaves_one_after_one_undone() -> None:
    _leaves_a_row()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _leaves_a_row()
        raise ZeroDivisionError


def _passes_django_by() -> None:
    connection.connection.cursor().execute(f"INSERT INTO kernel_lock (name) VALUES ('{uuid4().hex}')")


@pytest.mark.parametrize(
    "service",
    [
        _leaves_a_row,
        _leaves_a_row_whose_key_is_returned,
        _changes_a_row,
        _leaves_many,
        _leaves_one_after_one_undone,
        _passes_django_by,
    ],
)
def test_a_refusal_that_leaves_something_behind_is_none(service):
    Lock.objects.create(name="before")
    with pytest.raises(AssertionError), refused(InFuture):
        service()
        raise InFuture(at="noon")


def test_a_refusal_that_undoes_or_finds_nothing_to_write_is_one():
    with refused(InFuture), transaction.atomic():
        _leaves_a_row()
        with transaction.atomic():
            _leaves_a_row()
        raise InFuture(at="noon")
    with refused(InFuture):
        Lock.objects.filter(name="nobody").update(name="somebody")
        Lock.objects.bulk_create([], ignore_conflicts=True)
        raise InFuture(at="noon")
