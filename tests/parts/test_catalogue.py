from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.services import Names, add_group
from servicelane.parts.catalogue_services import (
    PartDetails,
    Place,
    add_part,
    change_part,
    change_place,
    place_part,
)
from servicelane.parts.errors import (
    OtherGroupsPart,
    PartNumberTaken,
    PlacedAlready,
    PriceRefused,
    QuantityRefused,
    SupersessionRefused,
    VatRateRefused,
)
from servicelane.parts.models import Part, PartKind, StockItem, Unit
from servicelane.parts.services import receive
from tests.unchanged import refused, rows

OIL = PartDetails("t-oil 4l", "机油", "engine oil", Decimal("328.00"), PartKind.CONSUMABLE, Unit.CAN)


def test_a_part_is_added_with_its_number_in_capitals(cast):
    part = add_part(cast.group, OIL, by=cast.he)

    assert (part.number, part.vat_rate, part.version) == ("T-OIL 4L", Decimal("0.13"), 1)
    fact = Event.objects.about(part).get()
    assert (fact.kind, fact.store_id) == ("parts.added", None)
    assert fact.data == {"code": "T-OIL 4L", "price": 32800}
    with override("en"):
        assert part.name == "engine oil"
    with override("zh-hans"):
        assert part.name == "机油"


def test_a_number_is_taken_in_its_own_group_only(cast):
    add_part(cast.group, OIL, by=cast.he)
    add_part(add_group(Names("别家", "Others"), by=None), OIL, by=None)

    with refused(PartNumberTaken, number="T-OIL 4L"):
        add_part(cast.group, OIL, by=cast.he)


def test_a_changed_part_tells_its_fields_and_keeps_its_history(cast, pads):
    details = PartDetails("T-PAD-9", "前刹车片", "front brake pads", Decimal("498.00"))
    change_part(pads, details, by=cast.he, version=1)

    assert Event.objects.about(pads).get(kind="parts.changed").data == {"changed": ["price"]}
    assert [row.price for row in pads.history.all()] == [Decimal("498.00"), Decimal("468.00")]
    before = rows()
    change_part(pads, details, by=cast.he)
    assert rows() == before
    with refused(ChangedMeanwhile):
        change_part(pads, replace(details, price=Decimal("500.00")), by=cast.he, version=1)


@pytest.mark.parametrize("price", ["-0.01", "10000000.01", "1.001", "NaN", "many"])
def test_an_impossible_price_is_refused(cast, price):
    with refused(PriceRefused):
        add_part(cast.group, replace(OIL, price=price), by=cast.he)


@pytest.mark.parametrize("rate", ["-0.01", "0.51", "0.13001"])
def test_an_impossible_vat_rate_is_refused(cast, rate):
    with refused(VatRateRefused):
        add_part(cast.group, replace(OIL, vat_rate=rate), by=cast.he)


def test_a_part_is_superseded_by_another_and_never_in_a_circle(cast, pads):
    new = add_part(cast.group, replace(OIL, number="T-PAD-10", superseded_by=None), by=cast.he)
    details = PartDetails("T-PAD-9", "前刹车片", "front brake pads", Decimal("468.00"), superseded_by=new)
    change_part(pads, details, by=cast.he)
    assert Part.objects.get(pk=pads.pk).superseded_by == new

    with refused(SupersessionRefused):
        change_part(new, replace(OIL, number="T-PAD-10", superseded_by=pads), by=cast.he)
    with refused(SupersessionRefused):
        change_part(new, replace(OIL, number="T-PAD-10", superseded_by=new), by=cast.he)
    others = add_group(Names("别家", "Others"), by=None)
    with refused(SupersessionRefused):
        add_part(others, replace(OIL, superseded_by=pads), by=None)


def test_a_store_keeps_a_part_in_one_place(cast, pads):
    item = place_part(cast.shinan, pads, Place("A-03", Decimal(4)), by=cast.he)

    assert (item.on_hand, item.available, item.is_short) == (0, 0, True)
    fact = Event.objects.about(item).get()
    assert (fact.kind, fact.store_id) == ("parts.placed", cast.shinan.pk)
    assert fact.data == {"bin": "A-03", "min_quantity": 4000}
    place_part(cast.laoshan, pads, Place(), by=cast.he)
    with refused(PlacedAlready, number="T-PAD-9"):
        place_part(cast.shinan, pads, Place("B-01"), by=cast.he)


def test_a_place_is_changed_and_says_when_the_part_is_short(cast, stock):
    change_place(stock, Place("B-07", Decimal(11)), by=cast.he, version=stock.version)

    seen = StockItem.objects.get(pk=stock.pk)
    assert (seen.bin, seen.is_short, seen.on_hand) == ("B-07", True, 10)
    receive(cast.shinan, stock.part, Decimal(1), Decimal(100), by=cast.he)
    assert not StockItem.objects.get(pk=stock.pk).is_short
    before = rows()
    change_place(seen, Place("B-07", Decimal(11)), by=cast.he)
    assert rows() == before
    with refused(QuantityRefused):
        change_place(seen, Place("B-07", Decimal(-1)), by=cast.he)
    with refused(ChangedMeanwhile):
        change_place(seen, Place("B-08"), by=cast.he, version=1)


def test_a_store_keeps_no_part_of_another_groups_catalogue(cast):
    others = add_group(Names("别家", "Others"), by=None)
    theirs = add_part(others, OIL, by=None)

    with refused(OtherGroupsPart, store=cast.shinan):
        place_part(cast.shinan, theirs, Place(), by=cast.he)
    with refused(OtherGroupsPart, store=cast.shinan):
        receive(cast.shinan, theirs, Decimal(1), Decimal(1), by=cast.he)


def test_the_database_keeps_no_absurd_part(pads):
    for wrong in [{"price": Decimal(-1)}, {"kind": "stolen"}, {"unit": "dozen"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Part.objects.filter(pk=pads.pk).update(**wrong)
