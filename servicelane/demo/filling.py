"""Filling the demo: from its first day to now, and later from where it stopped to now.

How far it is stands in `demo.json` in the data directory: every page may read it without a query. What the
demo is made of stands in the database alone.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.utils import translation

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event, Seal
from servicelane.org.models import Store
from servicelane.org.queries import zone_of
from servicelane.people.models import Employee

from .crews import MOST_STORES, hire_the_rest
from .dealership import Dealership, Tally
from .shop import make_shop

DAYS, STORES, SEED = 4, 2, 20270301
WORTH_IT = timedelta(minutes=10)
"""A shorter time than this is not made up for."""
TOLD_EACH = 0.4  # seconds between two notes of how far it is
MORNING = time(6, 30)


@dataclass(frozen=True, slots=True)
class Filling:
    """What the demo was asked to be, and how far it is: `share` 0 to 1, `reached` on its own clock.

    `began` is its first day, empty for one that an earlier version made.
    """

    days: int = DAYS
    stores: int = STORES
    seed: int = SEED
    began: str = ""
    is_running: bool = False
    share: float = 0.0
    reached: str = ""
    pid: int = 0

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100."""
        return round(self.share * 100)

    @property
    def reached_at(self) -> datetime | None:
        """The moment up to which the dealership has lived, None before it began to."""
        return datetime.fromisoformat(self.reached) if self.reached else None


def _place() -> Path:
    return Path(settings.DATA_DIR) / "demo.json"


def filling() -> Filling | None:
    """Return how far the demo is, None where none was begun here. No query."""
    try:
        return Filling(**json.loads(_place().read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_filling() -> bool:
    """Whether the demo is being filled at this moment: its process is alive. No query."""
    there = filling()
    return there is not None and there.is_running and _lives(there.pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _note(there: Filling) -> None:
    place = _place()
    fresh = place.with_name("demo.json.new")
    fresh.write_text(json.dumps(asdict(there)), encoding="utf-8")
    fresh.replace(place)


def stop_filling() -> bool:
    """Ask the process that fills the demo to stop after its step; False where none does."""
    if not is_filling():
        return False
    _place().with_name("demo.stop").touch()
    return True


def begin(days: int = DAYS, stores: int = STORES, seed: int = SEED) -> None:
    """Make places, people and catalogue of an empty system, as if they had been there for `days` days.

    Raises ValueError for less than one day, or for more stores than there are.
    """
    if days < 1 or not 1 <= stores <= MOST_STORES:
        raise ValueError(f"a demo has at least 1 day and 1 to {MOST_STORES} stores")
    first = _morning(now() - timedelta(days=days))
    with translation.override("zh-hans"), moved(first):
        cast = make_shop()
        hire_the_rest(cast, stores)
    _note(Filling(days, stores, seed, first.date().isoformat()))


def _morning(at: datetime) -> datetime:
    """Half past six in the morning of the day of `at`, where the stores are."""
    zone = zone_of(None)
    return datetime.combine(at.astimezone(zone).date(), MORNING, zone)


def is_due() -> bool:
    """Whether a demo stands here, of demo people only, that lags behind the clock. Three queries."""
    people = Employee.objects.all()
    if not people.filter(is_demo=True).exists() or people.filter(is_demo=False).exists():
        return False
    return now() - _since(filling() or Filling()) >= WORTH_IT


def _since(there: Filling) -> datetime:
    """Where the demo goes on: where it was cut off, else at its last fact; a long pause is left out."""
    sealed = Seal.objects.order_by("-number").values_list("sealed_at", flat=True).first()
    last = Event.objects.order_by("-pk").values_list("recorded_at", flat=True).first()
    if there.is_running and there.reached:
        last = datetime.fromisoformat(there.reached)
    known = [moment for moment in (sealed, last) if moment]
    return max([*known, _morning(now() - timedelta(days=there.days))])


def fill(told: Callable[[float], bool] = lambda _share: True) -> Tally:
    """Let the demo live until now; `told` hears how far it is and answers whether to go on.

    Nothing else may seal facts or run tasks meanwhile. What is cut off is taken up by the next call.
    """
    there = filling() or Filling()
    since, until = _since(there), now()
    place, noted, lived = _place().with_name("demo.stop"), 0.0, 0.0
    place.unlink(missing_ok=True)
    running = replace(there, is_running=True, share=0.0, reached=since.isoformat(), pid=os.getpid())
    _note(running)

    def heard(share: float) -> bool:
        nonlocal noted, lived
        lived = share
        if monotonic() - noted > TOLD_EACH:
            noted = monotonic()
            reached = since + (until - since) * share
            _note(replace(running, share=share, reached=reached.isoformat()))
            if place.exists():
                return False
        return told(share)

    with translation.override("zh-hans"):
        tally = Dealership(demo_stores(), there.seed).live(since, until, heard)
    place.unlink(missing_ok=True)
    _note(replace(there, is_running=False, reached="", pid=0, share=lived if tally.stopped else 1.0))
    return tally


def demo_stores() -> list[Store]:
    """The stores of the demo in which a car can be served: with technicians. Two queries at most."""
    there = filling() or Filling()
    known = Store.objects.filter(memberships__role="technician", memberships__employee__is_demo=True)
    return list(known.distinct().order_by("pk")[: there.stores])
