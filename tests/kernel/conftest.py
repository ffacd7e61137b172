from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def thing(request: pytest.FixtureRequest) -> Any:
    """A row that facts can be about, in no store."""
    if not {"transactional_db", "live_server"} & set(request.fixturenames):
        request.getfixturevalue("db")
    from tests.kernel.goods.models import Thing

    return Thing.objects.create()


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run calls in threads that start together; returns what each returned or raised, in order."""
    import threading

    from django.db import connection

    def run(*calls: Callable[[], Any]) -> list[Any]:
        barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

        def one(place: int) -> None:
            barrier.wait()
            try:
                answers[place] = calls[place]()
            except Exception as error:
                answers[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=[place]) for place in range(len(calls))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return run
