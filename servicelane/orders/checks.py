"""What `servicelane check` holds about repair orders: every stage change has its fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from servicelane.kernel.checking import checked
from servicelane.kernel.models import Event

from .events import OF_STATUS, REOPENED
from .models import RepairOrder, Status
from .order_services import STAMP

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
