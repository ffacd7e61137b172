"""Facts and reactions: what lower apps record, and what higher apps do about it later.

`record` writes one append-only row in the caller's transaction and enqueues a task per reaction in
the same transaction, so a rolled-back fact is announced to nobody (architecture, "Facts").
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import TaskContext

from .clock import now
from .errors import BeforeLastFact, InFuture, TooLongAgo
from .facts import check_data, detail_hash_of, digest_of
from .models import ActorKind, Event, EventDetail
from .tasks import LostClaim, finish_claim
from .transactions import unit

logger = logging.getLogger(__name__)

LATE_ENTRY = timedelta(hours=12)
TRIES = 10
LONGEST_WAIT = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a kind and, except for the system, an id within that kind."""

    kind: ActorKind
    id: int | None = None


SYSTEM = Actor(ActorKind.SYSTEM)


class HasActor(Protocol):
    """Anything that can say which actor it is, such as an employee."""

    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A declared kind of fact: its words for people, and what its data means."""

    code: str
    label: Promise
    data: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a higher app does about a fact, some time after it was committed."""

    name: str
    kind: str
    run: Callable[[Event], None]


_kinds: dict[str, Kind] = {}
_reactions: dict[str, Reaction] = {}


def declare(code: str, label: Promise, *, data: dict[str, str] | None = None) -> str:
    """Declare a kind of fact `app.what_happened` once, with its label and the meaning of its data."""
    if code in _kinds:
        raise ValueError(f"the kind {code!r} is declared twice")
    _kinds[code] = Kind(code, label, data or {})
    return code


def kinds() -> dict[str, Kind]:
    """Return all declared kinds by code."""
    return dict(sorted(_kinds.items()))


def label_of(code: str) -> str:
    """Return the words for a kind in the reader's language; an undeclared old kind is its own word."""
    known = _kinds.get(code)
    return str(known.label) if known else code


def on(kind: str) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Declare a reaction to a kind of fact: idempotent, at most 60 s, in `reactions.py`."""

    def declared(run: Callable[[Event], None]) -> Callable[[Event], None]:
        name = f"{run.__module__}.{run.__qualname__}"
        _reactions[name] = Reaction(name, kind, run)
        return run

    return declared


def reactions() -> list[Reaction]:
    """Return all declared reactions."""
    return list(_reactions.values())


def record(
    kind: str,
    subject: models.Model,
    *,
    by: HasActor | Actor | None,
    at: datetime | None = None,
    note: str = "",
    any_age: bool = False,
    any_order: bool = False,
    **data: Any,
) -> Event:
    """Write down that `kind` happened to `subject`, and owe the news to every reaction.

    `at` is when it happened (now if None); `note` holds words, which go to EventDetail; `data`
    holds codes and amounts. `any_age` is given where a right allows entering facts late by more
    than 12 hours, `any_order` where a dispatcher decided on the order of two facts.

    Raises InFuture, TooLongAgo or BeforeLastFact for an impossible time, TypeError for data that
    is neither string nor whole number, RuntimeError outside a transaction.
    """
    if kind not in _kinds:
        raise RuntimeError(f"undeclared kind of fact {kind!r}")
    if not connection.in_atomic_block:
        raise RuntimeError("record() needs a transaction: a fact and its cause are one")
    check_data(data)
    recorded_at = now()
    subject_type, store_id = subject._meta.label_lower, _store_of(subject)
    if at is not None:
        _check_time(at, recorded_at, subject_type, subject.pk, any_age, any_order)
    actor = by if isinstance(by, Actor) else by.actor if by else SYSTEM
    happened_at = at or recorded_at
    salt = secrets.token_hex(16) if note else ""
    event = Event(
        kind=kind,
        store_id=store_id,
        subject_type=subject_type,
        subject_id=subject.pk,
        actor_kind=actor.kind,
        actor_id=actor.id,
        happened_at=happened_at,
        recorded_at=recorded_at,
        local_day=happened_at.astimezone(zone_of_store()(store_id)).date(),
        data=data,
        detail_hash=detail_hash_of(salt, note) if note else "",
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    if note:
        EventDetail.objects.create(event=event, salt=salt, text=note)
    for reaction in _reactions.values():
        if reaction.kind == kind:
            react.enqueue(reaction.name, event.pk)
    return event


def _store_of(subject: models.Model) -> int | None:
    return subject.store_id  # type: ignore[attr-defined]


@cache
def zone_of_store() -> Callable[[int | None], tzinfo]:
    """Return the function that knows a store's time zone; the kernel itself knows no stores."""
    return import_string(settings.STORE_ZONE)


def _check_time(
    at: datetime, present: datetime, subject_type: str, subject_id: int, any_age: bool, any_order: bool
) -> None:
    if at > present:
        raise InFuture(at=at)
    if present - at > LATE_ENTRY and not any_age:
        raise TooLongAgo(at=at, hours=LATE_ENTRY // timedelta(hours=1))
    facts = Event.objects.filter(subject_type=subject_type, subject_id=subject_id)
    last = facts.aggregate(last=models.Max("happened_at"))["last"]
    if last and at < last and not any_order:
        raise BeforeLastFact(at=at, last=last)


@task(takes_context=True)
def react(context: TaskContext, reaction: str, event_id: int, attempt: int = 1) -> str:
    """Run one reaction; if it fails, try again 1, 2, 4 … 60 minutes later, ten times in all.

    The task's own row is marked done in the reaction's transaction and only under the claim that
    started it, so what a killed or overtaken worker leaves is done exactly once. The last failure
    stays as a FAILED row until a person looks. A forced stop (SystemExit) is no verdict on the
    reaction and is tried again like any failure.
    """
    try:
        unit(lambda: _run(context, reaction, event_id))
    except LostClaim:
        return "taken over by another worker"
    except BaseException as error:
        if attempt >= TRIES:
            raise
        logger.error("%s failed on event %s, try %s: %s", reaction, event_id, attempt, type(error).__name__)
        try:
            unit(lambda: _try_later(context, reaction, event_id, attempt))
        except LostClaim:
            return "taken over by another worker"
        return "tried again later"
    return "done"


def _run(context: TaskContext, reaction: str, event_id: int) -> None:
    finish_claim(context)
    _reactions[reaction].run(Event.objects.get(pk=event_id))


def _try_later(context: TaskContext, reaction: str, event_id: int, attempt: int) -> None:
    finish_claim(context)
    wait = min(timedelta(minutes=2 ** (attempt - 1)), LONGEST_WAIT)
    react.using(run_after=now() + wait).enqueue(reaction, event_id, attempt + 1)
