"""What parts of one page share is read once; nothing outlives the page, and services read anew."""

from collections.abc import Callable

import pytest

from servicelane.kernel.once import once_a_page, one_page
from servicelane.orders.queries import jobs_of
from servicelane.org.models import Group


def counted() -> tuple[list[int], Callable[[Group], list[int]]]:
    """A read that notes for which rows it really ran."""
    ran: list[int] = []

    @once_a_page
    def read(row: Group) -> list[int]:
        ran.append(row.pk)
        return [row.pk]

    return ran, read


def test_within_a_page_a_row_is_read_once_and_another_row_by_itself() -> None:
    ran, read = counted()

    with one_page():
        assert read(Group(pk=1)) is read(Group(pk=1))
        assert read(Group(pk=2)) == [2]

    assert ran == [1, 2]


def test_two_reads_of_the_same_row_are_told_apart() -> None:
    (first, one), (second, other) = counted(), counted()

    with one_page():
        one(Group(pk=1))
        other(Group(pk=1))

    assert (first, second) == ([1], [1])


def test_the_next_page_reads_anew_also_after_one_that_broke() -> None:
    ran, read = counted()

    with pytest.raises(ZeroDivisionError), one_page():
        1 / (len(read(Group(pk=1))) - 1)
    with one_page():
        read(Group(pk=1))

    assert ran == [1, 1]


def test_outside_of_a_page_every_call_reads_anew() -> None:
    ran, read = counted()

    read(Group(pk=1))
    read(Group(pk=1))

    assert ran == [1, 1]
    assert jobs_of.__doc__, "a marked read keeps its words"
