"""What must hold in the stock, for `servicelane check`: the rows agree with the ledger (PRT-2)."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from servicelane.kernel.checking import checked

from .costing import plain
from .models import NOTHING, Movement, Reservation, StockItem


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


def _sums(rows: object) -> dict[int, Decimal]:
    summed = rows.order_by().values("item").annotate(total=Sum("quantity"))  # type: ignore[attr-defined]
    return {row["item"]: row["total"] for row in summed}
