"""`servicelane check`: everything that must hold in the database, each finding one sentence."""

from collections.abc import Callable, Iterator

from django.db import connection
from django.utils.translation import gettext as _

from .sealing import verify
from .tasks import failed
from .triggers import missing

_checks: list[Callable[[], Iterator[str]]] = []


def checked(check: Callable[[], Iterator[str]]) -> Callable[[], Iterator[str]]:
    """Declare a check of an app: yields one sentence for each thing that does not hold."""
    _checks.append(check)
    return check


def check(kept_head: str = "") -> list[str]:
    """Run all checks and return the findings; an empty list means that everything holds.

    `kept_head` is the hash of a seal that left the database earlier.
    """
    found = [*verify(kept_head), *guards(), *dead_tasks()]
    for one in _checks:
        found.extend(one())
    return found


def guards() -> Iterator[str]:
    """Yield one sentence for each database guard that is missing."""
    for name in missing(connection):
        yield _("the guard {name} is missing: run the migrations again").format(name=name)


def dead_tasks() -> Iterator[str]:
    """Yield one sentence for each task that failed for the last time and waits for a person."""
    for task in failed():
        yield _("the task {task} failed for the last time at {at}: see Settings, System").format(
            task=task.task_path, at=task.finished_at
        )
