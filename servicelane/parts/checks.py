"""What must hold in the stock, for `servicelane check`: the rows agree with the ledger (PRT-2)."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from servicelane.kernel.checking import checked, facts_of, in_chunks

from . import events
from .costing import plain
from .models import NOTHING, Movement, Reservation, StockItem
from .services import told

MOVED = (events.RECEIVED, events.ISSUED, events.RETURNED, events.ADJUSTED, events.SCRAPPED)


@checked
def stock_is_the_sum_of_its_movements() -> Iterator[str]:
    """Yield one sentence for each stock row whose quantity is not the sum of its movements. Two queries."""
    sums = _sums(Movement.objects.all())
    for item in StockItem.objects.select_related("part", "store").order_by("pk").iterator():
        moved = sums.get(item.pk, NOTHING)
        if moved != item.on_hand:
            yield _("{store} books {on_hand} of part {number}, its movements make {moved}").format(
                store=item.store.code,
                on_hand=plain(item.on_hand),
                number=item.part.number,
                moved=plain(moved),
            )


@checked
def reserved_is_the_sum_of_its_reservations() -> Iterator[str]:
    """Yield one sentence for each stock row whose reserved quantity nobody or more hold. Two queries."""
    sums = _sums(Reservation.objects.held())
    rows = StockItem.objects.select_related("part", "store").filter(Q(pk__in=sums) | ~Q(reserved=0))
    for item in rows.order_by("pk").iterator():
        held = sums.get(item.pk, NOTHING)
        if held != item.reserved:
            yield _("{store} reserves {reserved} of part {number}, its reservations make {held}").format(
                store=item.store.code,
                reserved=plain(item.reserved),
                number=item.part.number,
                held=plain(held),
            )


@checked
def movements_are_what_was_told() -> Iterator[str]:
    """Yield one sentence for each movement that its fact tells otherwise, or that only one of both knows.

    Three queries for every hundred stock rows.
    """
    for pks in in_chunks(StockItem, 100):
        facts = {data.get("movement"): data for _item, _kind, data in facts_of(StockItem, pks, MOVED)}
        moved = Movement.objects.filter(item__in=pks).select_related("item__part", "item__store")
        for movement in moved.order_by("pk").iterator():
            if facts.pop(movement.pk, None) != told(movement):
                yield _("{store}: movement {movement} of part {number} is not what its fact says").format(
                    store=movement.item.store.code, movement=movement.pk, number=movement.item.part.number
                )
        for number in facts:
            yield _("movement {movement} of the stock is gone, but its fact is there").format(movement=number)


def _sums(rows: object) -> dict[int, Decimal]:
    summed = rows.order_by().values("item").annotate(total=Sum("quantity"))  # type: ignore[attr-defined]
    return {row["item"]: row["total"] for row in summed}
