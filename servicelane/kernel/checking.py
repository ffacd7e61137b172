"""`servicelane check`: everything that must hold in the database, each finding one sentence."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from .models import Event
from .sealing import verify
from .tasks import failed
from .transactions import snapshot
from .triggers import missing

_checks: list[Callable[[], Iterator[str]]] = []


def checked(check: Callable[[], Iterator[str]]) -> Callable[[], Iterator[str]]:
    """Declare a check of an app: yields one sentence for each thing that does not hold."""
    _checks.append(check)
    return check


def check(kept_head: str = "") -> list[str]:
    """Run all checks on one moment of the database and return the findings; an empty list: everything holds.

    `kept_head` is the hash of a seal that left the database earlier.
    """
    with snapshot():
        found = [*verify(kept_head), *guards(), *dead_tasks()]
        for one in _checks:
            found.extend(one())
    return found


def facts_of(
    subject: type[models.Model], pks: Sequence[int], kinds: Sequence[str]
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield subject, kind and data of the facts of these kinds, the ids from the first to the last of `pks`.

    A subject that is gone while its facts are there is among them. One query.
    """
    told = Event.objects.filter(
        subject_type=subject._meta.label_lower, subject_id__range=(pks[0], pks[-1]), kind__in=kinds
    )
    return told.order_by("subject_id", "id").values_list("subject_id", "kind", "data").iterator()


def in_chunks(subject: type[models.Model], size: int = 500) -> Iterator[list[int]]:
    """Yield the ids of all rows in lists of `size`, so that years of them need no memory. A query each."""
    last = 0
    while pks := list(
        subject._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]
    ):
        yield pks
        last = pks[-1]


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
