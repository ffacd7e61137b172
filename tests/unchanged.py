"""The proof every refusal owes: it was raised, and nothing was changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from servicelane.kernel.errors import DomainError

APPS = (
    "kernel", "org", "people", "parts", "customers", "orders", "schedule", "booking", "reception", "workshop",
    "billing", "care",
)  # fmt: skip


def rows() -> dict[str, list[Any]]:
    """Everything the apps' tables hold, history and facts included."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for name in APPS
        for model in apps.get_app_config(name).get_models()
    }


READS = ("SELECT", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK TO")
"""How the statements begin that change no row; what was written since a savepoint goes with its rollback."""

ON_ROWS = ("INSERT", "UPDATE", "DELETE")
"""How the statements begin of which the database tells how many rows they wrote, unless they return these."""


class Writes:
    """The statements of this connection that may have changed a row and were not rolled back, oldest first.

    It is put around every statement of the connection. Only inside a transaction: the driver's own commits
    and rollbacks, and other connections, are not seen.
    """

    def __init__(self) -> None:
        self.standing: list[str] = []
        self.any = False
        self._savepoints: dict[str, int] = {}

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Note the statement once the database took it; one it refused wrote nothing, yet is counted."""
        words = sql.lstrip().upper()
        writes = not words.startswith(READS)
        try:
            answer = execute(sql, params, many, context)
        except BaseException:
            self.any |= writes
            raise
        # One that looked for a row to change and found none, as of two who change it at once the second does.
        # SQLite counts rows that are returned only once they are fetched: that one has written.
        counts = words.startswith(ON_ROWS) and "RETURNING" not in words
        if counts and context["cursor"].rowcount == 0:
            return answer
        self.any |= writes
        if writes:
            self.standing.append(sql)
        elif words.startswith("SAVEPOINT"):
            self._savepoints[_name(sql)] = len(self.standing)
        elif words.startswith("ROLLBACK TO"):
            # A savepoint from before the watch began takes everything with it, also what was there then.
            del self.standing[self._savepoints.get(_name(sql), 0) :]
        return answer


def _name(sql: str) -> str:
    return sql.rsplit(maxsplit=1)[-1].strip('"')


def _changes() -> int:
    """How many rows this connection wrote, undone ones included: what the database itself counts."""
    if connection.vendor == "sqlite":
        return int(connection.connection.total_changes)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0] or 0)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Expect no row changed: no write stands at the end of the block, and the database counted none unseen.

    Rows are compared only in a test whose transactions are real, where other connections may write too.
    """
    if not connection.in_atomic_block:
        before = rows()
        yield
        assert rows() == before
        return
    counted, writes = _changes(), Writes()
    with connection.execute_wrapper(writes):
        yield
    assert writes.standing == []
    assert writes.any or _changes() == counted, "rows were written by no statement of this connection"


@contextmanager
def refused(error: type[DomainError], **facts: object) -> Iterator[None]:
    """Expect `error` with these facts among its own, and no row changed, in words a reader can read."""
    with nothing_written(), pytest.raises(error) as caught:
        yield
    assert {name: caught.value.facts[name] for name in facts} == facts
    assert "{" not in str(caught.value) + caught.value.advice
