"""What happened to an order, as a reader sees it: its facts with their stage, author and words (RO-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from servicelane.kernel.events import label_of
from servicelane.kernel.models import ActorKind, Event

from .models import HoldReason, RepairOrder, Status

Words = Callable[[dict[str, Any]], str]
_words: dict[str, Words] = {}
MOST = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact of an order: `stage` colours it, `details` are its numbers in words, `note` what was typed.

    `times` is how often the same person did the same in the same minute. `is_undone` says that a later
    fact took it back: that one names the version of the order whose facts it `undoes`.
    """

    at: datetime
    kind: str
    label: str
    stage: str
    by: Any
    who: str
    details: str
    note: str
    times: int = 1
    is_undone: bool = False


def worded(kind: str) -> Callable[[Words], Words]:
    """Declare how the data of a kind of fact reads on the timeline; an app does it for its own kinds."""

    def declared(words: Words) -> Words:
        _words[kind] = words
        return words

    return declared


def timeline(order: RepairOrder) -> list[Moment]:
    """The facts of an order, the newest first. Two queries, one more when people did something."""
    facts = list(Event.objects.about(order).select_related("detail").order_by("-happened_at", "-id")[:MOST])
    ids = {fact.actor_id for fact in facts if fact.actor_kind == ActorKind.PERSON}
    people: dict[Any, Any] = dict(get_user_model()._default_manager.in_bulk(ids)) if ids else {}
    undone = {fact.data["undoes"] for fact in facts if "undoes" in fact.data}
    moments, stage = [], str(Status.ARRIVED)
    for fact in reversed(facts):
        name = fact.kind.partition(".")[2]
        if fact.kind.startswith("orders.") and name in Status.values:
            stage = name
        elif name == "reopened":
            stage = fact.data.get("to", stage)
        moments.append(
            Moment(
                at=fact.happened_at,
                kind=fact.kind,
                label=label_of(fact.kind),
                stage=stage,
                by=people.get(fact.actor_id) if fact.actor_kind == ActorKind.PERSON else None,
                who=str(ActorKind(fact.actor_kind).label),
                details=_words[fact.kind](fact.data) if fact.kind in _words else "",
                note=fact.detail.text if hasattr(fact, "detail") else "",
                is_undone=fact.data.get("version") in undone,
            )
        )
    return _folded(moments[::-1])


def _folded(moments: list[Moment]) -> list[Moment]:
    folded: list[Moment] = []
    for moment in moments:
        last = folded[-1] if folded else None
        if last and _same(last, moment):
            folded[-1] = replace(last, times=last.times + 1)
        else:
            folded.append(moment)
    return folded


def _same(one: Moment, other: Moment) -> bool:
    """Whether two neighbours say the same of the same minute, such as ten parts issued one by one."""
    alike = ("kind", "by", "who", "details", "note", "stage", "is_undone")
    return all(getattr(one, name) == getattr(other, name) for name in alike) and abs(
        one.at - other.at
    ) < timedelta(minutes=1)


def yuan(fen: int) -> str:
    """Write whole 分 as an amount: ¥1,286.00."""
    return f"\u00a5{Decimal(fen) / 100:,.2f}"


@worded("orders.estimated")
def _estimated(data: dict[str, Any]) -> str:
    return f"v{data['estimate']} {yuan(data['total'])}"


@worded("orders.authorised")
def _authorised(data: dict[str, Any]) -> str:
    return _("v{number}: {agreed} agreed, {declined} declined, {total}").format(
        number=data["estimate"], agreed=data["agreed"], declined=data["declined"], total=yuan(data["total"])
    )


@worded("orders.job_added")
def _job_added(data: dict[str, Any]) -> str:
    return yuan(data["price"])


@worded("orders.package_added")
def _package_added(data: dict[str, Any]) -> str:
    return f"{data['package']} {yuan(data['total'])}"


@worded("orders.open")
def _open(data: dict[str, Any]) -> str:
    return f"{data['odometer']:,} km"


@worded("orders.held")
def _held(data: dict[str, Any]) -> str:
    return str(HoldReason(data["reason"]).label)


@worded("orders.released")
def _released(data: dict[str, Any]) -> str:
    minutes = _("{n} min").format(n=data["seconds"] // 60)
    return f"{HoldReason(data['reason']).label} {minutes}"


@worded("orders.priced")
def _priced(data: dict[str, Any]) -> str:
    return yuan(data["total"])
