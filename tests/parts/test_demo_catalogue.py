import re
from decimal import Decimal

from servicelane.kernel.models import Event
from servicelane.parts.catalogue_services import add_part, place_part
from servicelane.parts.checks import stock_is_the_sum_of_its_movements
from servicelane.parts.demo_catalogue import demo_parts, load_demo_parts
from servicelane.parts.models import Movement, Part, PartKind, StockItem
from servicelane.parts.services import receive


def test_parts_of_all_kinds_open_the_stock_of_both_stores(cast):
    parts = load_demo_parts(cast.group, [cast.shinan, cast.laoshan], by=cast.admin)

    assert len(parts) == 63
    assert {part.kind for part in parts} == set(PartKind.values)
    assert all(part.is_demo and part.price > 0 for part in parts)
    assert StockItem.objects.filter(store=cast.shinan).count() == 63
    assert StockItem.objects.filter(is_short=True).exists()
    assert list(stock_is_the_sum_of_its_movements()) == []
    assert all(re.fullmatch(r"(HY|AM)-[A-Z0-9-]+", part.number) for part in parts)


def test_the_demo_says_what_the_services_say(cast):
    line = demo_parts()[0]
    load_demo_parts(cast.group, [cast.shinan], by=cast.admin)
    item = StockItem.objects.get(part__number=line.details.number)
    Part.objects.filter(pk=item.part_id).update(number="OTHER")
    by_hand = place_part(
        cast.shinan, add_part(cast.group, line.details, by=cast.admin), line.place, by=cast.admin
    )
    receive(cast.shinan, by_hand.part, line.quantity, line.cost, by=cast.admin, reference="OPENING")
    by_hand.refresh_from_db()

    def told(row):
        return [
            (
                fact.kind,
                fact.store_id,
                {name: value for name, value in fact.data.items() if name != "movement"},
            )
            for subject in (row.part, row)
            for fact in Event.objects.about(subject)
        ]

    def known(row):
        names = ("on_hand", "reserved", "unit_cost", "is_short", "version", "bin", "min_quantity")
        return [getattr(row, name) for name in names]

    def lines(row):
        return list(
            Movement.objects.filter(item=row).values_list("quantity", "value", "on_hand_after", "reference")
        )

    assert told(item) == told(by_hand)
    assert known(item) == known(by_hand)
    assert lines(item) == lines(by_hand) == [(line.quantity, Decimal("931.00"), line.quantity, "OPENING")]
    assert [row.number for row in item.part.history.all()] == [line.details.number]
