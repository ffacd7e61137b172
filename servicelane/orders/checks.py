"""What `servicelane check` holds about repair orders: every stage change has its fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from servicelane.kernel.checking import checked, facts_of, in_chunks
from servicelane.kernel.models import Event
from servicelane.parts.models import Movement, MovementKind

from . import events
from .events import OF_STATUS, REOPENED
from .models import Authorisation, Estimate, Job, PartLine, Photo, RepairOrder, Status
from .order_services import PURPOSE, STAMP
from .photo_services import path_of
from .pricing import parts_price
from .writing import fen

STATUS_OF = {kind: status for status, kind in OF_STATUS.items()}
"""The status that each kind of fact sets."""
CHUNK = 1000


@dataclass
class _Told:
    """What the facts of one order say: which statuses it ever had, and which it has now."""

    seen: set[str] = field(default_factory=set)
    now: str = ""


@checked
def stages_have_their_facts() -> Iterator[str]:
    """Yield a sentence for each order whose status or status times its facts do not tell (RO-6).

    The status is what the last fact of a stage says; each status time that is set has at least one fact
    of its kind. Two queries, read in step so that a year of orders needs no memory.
    """
    told = _told()
    order_pk, facts = next(told, (0, _Told()))
    names = ["pk", "number", "status", "arrived_at", *STAMP.values()]
    for row in RepairOrder.objects.order_by("pk").values(*names).iterator(CHUNK):
        while order_pk and order_pk < row["pk"]:
            yield _gone(order_pk)
            order_pk, facts = next(told, (0, _Told()))
        known = facts if order_pk == row["pk"] else _Told()
        if known.now != row["status"]:
            yield _("{order} is {status}, but its facts say {told}").format(
                order=row["number"], status=_label(row["status"]), told=_label(known.now)
            )
        for status, name in {Status.ARRIVED: "arrived_at", **STAMP}.items():
            if row[name] is not None and status not in known.seen:
                yield _("{order} has a time for {status}, but no fact says so").format(
                    order=row["number"], status=status.label
                )
        if order_pk == row["pk"]:
            order_pk, facts = next(told, (0, _Told()))
    while order_pk:
        yield _gone(order_pk)
        order_pk, facts = next(told, (0, _Told()))


def _gone(order_pk: int) -> str:
    return _("order {id} is gone, but its facts are there").format(id=order_pk)


@checked
def amounts_are_what_was_told() -> Iterator[str]:
    """Yield a sentence for each price, estimate or answer that is not the amount its fact says.

    Also where lines do not make up their sum. Seven queries for every five hundred orders.
    """
    for pks in in_chunks(RepairOrder):
        numbers = dict(RepairOrder.objects.filter(pk__in=pks).values_list("pk", "number"))
        said, now = _said(pks), _now(pks)
        for key in sorted({**said, **now}):
            order_pk, what, which = key
            if said.get(key) != now.get(key) and order_pk in numbers:
                yield _("{order}: {what} {which} is {now} fen, its fact says {told}").format(
                    order=numbers[order_pk],
                    what=what,
                    which=which,
                    now=now.get(key, "-"),
                    told=said.get(key, "-"),
                )
        yield from _wrong_sums(pks)


def _said(pks: list[int]) -> dict[tuple[int, str, int], int]:
    """The last amount in fen that facts say of each job, estimate and answer of these orders."""
    of_estimates = {str(events.ESTIMATED): "estimate", str(events.AUTHORISED): "answer"}
    kinds = [*of_estimates, events.JOB_ADDED, events.JOB_CHANGED]
    said: dict[tuple[int, str, int], int] = {}
    for order_pk, kind, data in facts_of(RepairOrder, pks, kinds):
        if what := of_estimates.get(kind):
            said[order_pk, what, data["estimate"]] = data["total"]
        else:
            said[order_pk, "job", data["job"]] = data["price"]
    return said


def _now(pks: list[int]) -> dict[tuple[int, str, int], int]:
    estimates = Estimate.objects.filter(order__in=pks).values_list("order", "number", "total")
    answers = Authorisation.objects.filter(estimate__order__in=pks)
    jobs = Job.objects.filter(order__in=pks).values_list("order", "pk", "price")
    rows: list[tuple[str, Any]] = [
        ("estimate", estimates),
        ("answer", answers.values_list("estimate__order", "estimate__number", "agreed_total")),
        ("job", jobs),
    ]
    return {(order, what, which): fen(amount) for what, found in rows for order, which, amount in found}


def _wrong_sums(pks: list[int]) -> Iterator[str]:
    """What does not add up on these orders, and part lines that the stock does not know so."""
    estimates = Estimate.objects.filter(order__in=pks).select_related("order", "authorisation")
    for one in estimates.annotate(
        lines_make=Sum("lines__price", default=Decimal(0)),
        agreed_make=Sum("lines__price", filter=Q(lines__agreed=True), default=Decimal(0)),
    ).order_by("pk"):
        answer = getattr(one, "authorisation", None)
        if one.lines_make != one.total or (answer and one.agreed_make != answer.agreed_total):
            yield _("{order}: the lines of estimate {estimate} do not make its sum").format(
                order=one.order, estimate=one.number
            )
    moved = Movement.objects.filter(for_type=PURPOSE)
    sums = {
        (row["for_id"], row["kind"]): row["total"]
        for row in moved.filter(for_id__in=PartLine.objects.filter(job__order__in=pks).values("pk"))
        .order_by()
        .values("for_id", "kind")
        .annotate(total=Sum("quantity"))
    }
    lines = PartLine.objects.filter(job__order__in=pks).select_related("job__order", "part")
    for line in lines.order_by("pk"):
        if line.price != parts_price(line.quantity, line.unit_price):
            yield _("{order}: {part} costs not its quantity by its price").format(
                order=line.job.order, part=line.part.number
            )
        issued = -sums.get((line.pk, MovementKind.ISSUE), Decimal(0))
        if (line.issued, line.returned) != (issued, sums.get((line.pk, MovementKind.RETURN), Decimal(0))):
            yield _("{order}: the stock's movements of {part} are not what was issued to the job").format(
                order=line.job.order, part=line.part.number
            )


def _told() -> Iterator[tuple[int, _Told]]:
    """What the facts say of each order that has any, in the order of their ids."""
    kinds = [*STATUS_OF, REOPENED]
    rows = (
        Event.objects.filter(subject_type=RepairOrder._meta.label_lower, kind__in=kinds)
        .order_by("subject_id", "id")
        .values_list("subject_id", "kind", "data")
        .iterator(CHUNK)
    )
    for order_pk, facts in groupby(rows, key=lambda fact: fact[0]):
        said = _Told()
        for _order, kind, data in facts:
            said.now = str(data.get("to", "")) if kind == REOPENED else STATUS_OF[kind]
            said.seen.add(said.now)
        yield order_pk, said


def _label(status: str) -> str:
    return str(Status(status).label) if status in Status.values else _("nothing")


@checked
def photos_have_their_files() -> Iterator[str]:
    """Yield a sentence for each photo whose file is gone, as after a restore without the files. One query."""
    photos = Photo.objects.select_related("order").order_by("pk")
    for photo in photos.iterator(CHUNK):
        if not path_of(photo).is_file():
            yield _("{order}: the file of photo {photo} is gone").format(
                order=photo.order.number, photo=photo.pk
            )
