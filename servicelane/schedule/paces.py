"""What a store's finished work says about the time that the next one takes (RCP-7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from servicelane.org.models import Store

from .models import Pace, PaceKind
from .planner.chances import Spread, spread_of

ENOUGH = 8
"""Finished jobs from which a spread is believed; with fewer the next wider one is taken."""
UNKNOWN: Spread = (0.6, 0.75, 0.85, 0.92, 1.0, 1.08, 1.18, 1.32, 1.5, 1.8, 2.5)
"""Shares of the standard time while nothing is known: half of the jobs take up to 8 % more, a tenth 80 %."""
READY_UNKNOWN: Spread = (5, 10, 14, 18, 22, 26, 30, 36, 44, 58, 90)
"""Minutes from the last work to ready, inspection and wash, while nothing is known."""
LEAST, MOST = 0.2, 4.0
"""Beyond these shares of the standard time somebody forgot the clock."""
MOST_READY = 240
"""Minutes to ready beyond which a car was left standing overnight or for a reason of its own."""

Key = tuple[int | None, int | None]
"""Operation and technician by id; neither is the whole store."""


@dataclass(frozen=True, slots=True)
class Done:
    """One finished job: its operation and who finished it by id, and the share of its standard time."""

    operation: int | None
    technician: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Paces:
    """The spreads of a store."""

    work: Mapping[Key, tuple[int, Spread]]
    ready: Spread

    def of(self, operation: int | None, technician: int | None) -> Spread:
        """The spread of the operation by this technician, of the operation, of the technician, of the store:
        whichever first has enough jobs; UNKNOWN without any.
        """
        keys: list[Key] = [(operation, technician)] if operation and technician else []
        keys += [(operation, None)] if operation else []
        keys += [(None, technician)] if technician else []
        for key in (*keys, (None, None)):
            if key in self.work:
                return self.work[key][1]
        return UNKNOWN

    @property
    def known(self) -> int:
        """Finished jobs from which the store's spreads are taken."""
        return self.work.get((None, None), (0, UNKNOWN))[0]


def paces_of(store: Store) -> Paces:
    """Read the spreads of a store. One query."""
    work: dict[Key, tuple[int, Spread]] = {}
    ready = READY_UNKNOWN
    for row in Pace.objects.filter(store=store):
        if row.kind == PaceKind.READY:
            ready = tuple(map(float, row.spread))
        else:
            spread = tuple(value / 1000 for value in row.spread)
            work[row.operation_id, row.technician_id] = (row.count, spread)
    return Paces(work, ready)


@transaction.atomic
def write_paces(store: Store, done: Iterable[Done], ready: Iterable[float], at: datetime) -> int:
    """Write what was counted in place of what was counted before; how many rows."""
    jobs = [Done(one.operation, one.technician, min(max(one.share, LEAST), MOST)) for one in done]
    rows = [
        Pace(
            store=store, kind=PaceKind.WORK, operation_id=key[0], technician_id=key[1], count=len(shares),
            spread=[round(1000 * value) for value in spread_of(shares)], counted_at=at,
        )
        for key, shares in _by_key(jobs).items()
        if len(shares) >= ENOUGH
    ]  # fmt: skip
    stays = [min(minutes, MOST_READY) for minutes in ready]
    if len(stays) >= ENOUGH:
        spread = [round(value) for value in spread_of(stays)]
        rows.append(Pace(store=store, kind=PaceKind.READY, count=len(stays), spread=spread, counted_at=at))
    Pace.objects.filter(store=store).delete()
    Pace.objects.bulk_create(rows)
    return len(rows)


def _by_key(jobs: Iterable[Done]) -> dict[Key, list[float]]:
    found: dict[Key, list[float]] = {}
    for one in jobs:
        keys = {(one.operation, one.technician), (one.operation, None), (None, one.technician), (None, None)}
        for key in keys:
            found.setdefault(key, []).append(one.share)
    return found
