"""Sealing: committed facts get gap-free positions and are chained by hashes; `verify` reads it all back.

What it proves: a change to sealed rows is found, unless every later seal was forged too, and then a
head kept outside the database differs. The last second is not covered.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from .clock import now
from .facts import detail_hash_of, digest_of
from .models import Event, EventDetail, Lock, Seal

MOST = 2000  # facts in one seal: keeps the sealing transaction far below half a second
LOCK = "kernel.seal"
SLOWEST = timedelta(minutes=10)  # longer than any transaction or clock correction


def seal() -> int:
    """Seal what is committed and not sealed yet, at most 2000 facts; returns how many.

    Six statements when there is work, one when there is none. Several schedulers may call it:
    the lock row makes them take turns.
    """
    if not Event.objects.filter(position=None).exists():
        return 0
    with transaction.atomic():
        Lock.objects.get_or_create(name=LOCK)
        Lock.objects.select_for_update().get(name=LOCK)
        fresh = list(Event.objects.filter(position=None).order_by("id").values_list("id", "digest")[:MOST])
        if not fresh:
            return 0
        last = Seal.objects.order_by("-number").first()
        first = last.last + 1 if last else 1
        _give_positions([pk for pk, _digest in fresh], first)
        Seal.objects.create(
            number=last.number + 1 if last else 1,
            first=first,
            last=first + len(fresh) - 1,
            hash=chain(last.hash if last else "", [digest for _pk, digest in fresh]),
            sealed_at=now(),
        )
    return len(fresh)


# One statement: row by row it took seven times as long on PostgreSQL.
_POSITIONS = {
    "postgresql": (
        "UPDATE kernel_event SET position = %s + fresh.place - 1"
        " FROM unnest(%s::bigint[]) WITH ORDINALITY AS fresh(id, place) WHERE kernel_event.id = fresh.id"
    ),
    "sqlite": (
        "UPDATE kernel_event SET position = %s + fresh.key"
        " FROM json_each(%s) AS fresh WHERE kernel_event.id = fresh.value"
    ),
}


def _give_positions(ids: list[int], first: int) -> None:
    given = ids if connection.vendor == "postgresql" else json.dumps(ids)
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS[connection.vendor], [first, given])


def chain(previous: str, digests: list[str]) -> str:
    """Return SHA-256 over the previous seal's hash followed by the digests, as 64 hex digits."""
    return sha256("".join([previous, *digests]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """How far the ledger is sealed, and what stands after it."""

    number: int
    position: int
    hash: str
    sealed_at: datetime | None
    unsealed: int


def head() -> Head:
    """Return the newest seal and the number of facts waiting for the next. Two queries."""
    last = Seal.objects.order_by("-number").first()
    waiting = Event.objects.filter(position=None).count()
    if last is None:
        return Head(0, 0, "", None, waiting)
    return Head(last.number, last.last, last.hash, last.sealed_at, waiting)


def verify(kept_head: str = "") -> Iterator[str]:
    """Read the whole ledger and yield one sentence for everything that is not as it was sealed.

    `kept_head` is a seal's hash that left the database earlier (a backup's manifest, a printed day
    report): it must still stand in the chain. Reads 2000 facts at a time; memory stays flat.
    """
    previous, position, sealed_at, kept_seen = "", 0, None, not kept_head
    number = 0
    for link in Seal.objects.order_by("number").iterator(chunk_size=500):
        number += 1
        if link.number != number:
            yield _("seal {number} is missing").format(number=number)
            number = link.number
        if link.first != position + 1 or link.last < link.first:
            yield _("seal {number} does not continue at position {position}").format(
                number=link.number, position=position + 1
            )
        if sealed_at and link.sealed_at < sealed_at - SLOWEST:
            yield _(
                "the clock of the server was set back from {later} to {earlier} before seal {number}: "
                "times of facts around it overlap"
            ).format(later=sealed_at, earlier=link.sealed_at, number=link.number)
        # After a clock that was set back, its own facts are not older than its own seal.
        yield from _verify_facts(link, previous, min(sealed_at, link.sealed_at) if sealed_at else None)
        previous, position, sealed_at = link.hash, link.last, link.sealed_at
        kept_seen = kept_seen or link.hash == kept_head
    outside = Event.objects.filter(Q(position__lt=1) | Q(position__gt=position))
    for pk, place in outside.values_list("id", "position")[:20]:
        yield _("fact {id} stands at position {position}, which no seal covers").format(id=pk, position=place)
    for event in Event.objects.filter(position=None).select_related("detail").iterator():
        yield from _verify_fact(event)
    if not kept_seen:
        yield _(
            "the head {hash} is not in the chain: seals were replaced or removed after it was kept"
        ).format(hash=kept_head)


def _verify_facts(link: Seal, previous: str, sealed_before: datetime | None) -> Iterator[str]:
    digests: list[str] = []
    named = False
    expected, last_id = link.first, 0
    rows = Event.objects.filter(position__range=(link.first, link.last)).order_by("position")
    for event in rows.select_related("detail").iterator(chunk_size=MOST):
        assert event.position is not None
        while expected < event.position:
            yield _("the fact at position {position} is missing").format(position=expected)
            named, expected = True, expected + 1
        expected = event.position + 1
        for finding in _verify_fact(event):
            yield finding
            named = True
        if event.pk < last_id:
            yield _("fact {id} stands out of order at position {position}").format(
                id=event.pk, position=event.position
            )
            named = True
        last_id = max(last_id, event.pk)
        if sealed_before and event.recorded_at < sealed_before - SLOWEST:
            yield _(
                "fact {id} at position {position} claims to be recorded at {claimed}, "
                "but the facts before it were sealed at {sealed}: it was put in later"
            ).format(id=event.pk, position=event.position, claimed=event.recorded_at, sealed=sealed_before)
        digests.append(event.digest)
    while expected <= link.last:
        yield _("the fact at position {position} is missing").format(position=expected)
        named, expected = True, expected + 1
    if chain(previous, digests) != link.hash and not named:
        yield _(
            "seal {number} does not fit: a fact at positions {first} to {last} was exchanged, put in or moved"
        ).format(number=link.number, first=link.first, last=link.last)


def _verify_fact(event: Event) -> Iterator[str]:
    if digest_of(event) != event.digest:
        yield _("fact {id} ({kind}) was altered").format(id=event.pk, kind=event.kind)
    try:
        detail = event.detail
    except EventDetail.DoesNotExist:
        if event.detail_hash:
            yield _("the words of fact {id} ({kind}) are missing").format(id=event.pk, kind=event.kind)
        return
    if not detail.is_erased and detail_hash_of(detail.salt, detail.text) != event.detail_hash:
        yield _("the words of fact {id} ({kind}) were altered").format(id=event.pk, kind=event.kind)
