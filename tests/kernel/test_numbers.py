from datetime import date

import pytest
from django.db import transaction

from servicelane.kernel.models import Counter
from servicelane.kernel.numbering import take_number
from servicelane.kernel.transactions import unit

DAY = date(2026, 11, 23)
CLIENTS, TIMES = 8, 200


class RolledBack(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_eight_clients_with_every_fifth_rolled_back_number_without_a_gap(at_once):
    def client(seed: int) -> list[int]:
        taken = []
        for turn in range(TIMES):

            def take(turn: int = turn) -> int:
                number = take_number("ro.1", DAY)
                if (turn + seed) % 5 == 0:
                    raise RolledBack
                return number

            try:
                taken.append(unit(take))
            except RolledBack:
                continue
        return taken

    answers = at_once(*[lambda seed=seed: client(seed) for seed in range(CLIENTS)])

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    numbers = sorted(number for answer in answers for number in answer)
    assert numbers == list(range(1, CLIENTS * TIMES * 4 // 5 + 1))
    assert Counter.objects.get().last == len(numbers)


@pytest.mark.django_db
def test_scopes_and_days_count_apart_and_an_undated_counter_never_starts_again():
    first = [take_number("a", DAY), take_number("a", DAY), take_number("b", DAY)]
    assert first == [1, 2, 1]
    assert take_number("a", date(2026, 11, 24)) == 1
    assert [take_number("a"), take_number("a")] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        take_number("a", DAY)
    with transaction.atomic():
        assert take_number("a", DAY) == 1
