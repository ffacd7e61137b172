import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Avg, F, Max, Sum
from django.forms import modelform_factory
from hypothesis import given
from hypothesis import strategies as st

from servicelane.kernel.fields import QuantityField, RateField, UnitCostField
from servicelane.kernel.money import MoneyField, take_tax_apart, to_fen, total_of
from tests.kernel.goods.models import Thing


@pytest.mark.django_db
def test_ten_and_twenty_fen_are_found_by_thirty_in_sql():
    Thing.objects.create(store_id=1, price=Decimal("0.10"))
    Thing.objects.create(store_id=1, price=Decimal("0.20"))

    sums = Thing.objects.values("store_id").annotate(total=Sum("price", default=Decimal(0)))
    assert sums.get(total=Decimal("0.30"))["total"] == Decimal("0.30")
    assert total_of(Thing.objects.all(), "price") == Decimal("0.30")
    assert total_of(Thing.objects.none(), "price") == Decimal("0.00")


@pytest.mark.django_db
def test_the_database_holds_whole_units():
    thing = Thing.objects.create(
        price=Decimal("1286.05"),
        quantity=Decimal("4.250"),
        cost=Decimal("12.345678"),
        rate=Decimal("0.0625"),
        length=timedelta(hours=1, minutes=30),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT price, quantity, cost, rate, length FROM goods_thing")
        assert cursor.fetchone() == (128605, 4250, 12345678, 625, 90)
    thing.refresh_from_db()
    assert (thing.price, thing.quantity, thing.cost, thing.rate, thing.length) == (
        Decimal("1286.05"),
        Decimal("4.250"),
        Decimal("12.345678"),
        Decimal("0.0625"),
        timedelta(minutes=90),
    )


@pytest.mark.django_db
def test_money_compares_orders_and_sums_in_yuan():
    for price in ("9.90", "10.00", "100.00"):
        Thing.objects.create(price=Decimal(price))
    assert Thing.objects.filter(price__gt=Decimal("9.95")).count() == 2
    assert Thing.objects.filter(price__in=[Decimal("9.9"), 100]).count() == 2
    assert Thing.objects.order_by("-price").values_list("price", flat=True)[0] == Decimal("100.00")
    assert Thing.objects.aggregate(most=Max("price"))["most"] == Decimal("100.00")
    Thing.objects.update(price=Decimal("1.01"))
    assert Thing.objects.filter(price=F("price"), price__lt=Decimal("1.02")).count() == 3


@pytest.mark.django_db
def test_an_average_that_is_no_whole_fen_is_refused_and_not_rounded():
    for price in ("0.01", "0.02"):
        Thing.objects.create(price=Decimal(price))
    with pytest.raises(TypeError, match="Avg of MoneyField"):
        Thing.objects.aggregate(mean=Avg("price"))


def test_a_default_is_exact():
    field = MoneyField(default=0.5)
    field.set_attributes_from_name("price")
    assert "kernel.E001" in [found.id for found in field.check()]
    field = MoneyField(default=Decimal("0.5"))
    field.set_attributes_from_name("price")
    assert "kernel.E001" not in [found.id for found in field.check()]


@pytest.mark.parametrize("wrong", ["0.001", 0.1, 0.5, True, "NaN", "Infinity", "abc", "1e30", str(2**63)])
@pytest.mark.django_db
def test_what_is_not_exact_money_is_refused_and_not_rounded(wrong):
    with pytest.raises(ValidationError), transaction.atomic():
        Thing.objects.create(price=wrong)
    assert not Thing.objects.exists()


@pytest.mark.parametrize("wrong", [timedelta(seconds=90), "1.5", "abc", timedelta(days=10**6 * 2)])
@pytest.mark.django_db
def test_minutes_are_whole(wrong):
    with pytest.raises(ValidationError), transaction.atomic():
        Thing.objects.create(length=wrong)
    assert not Thing.objects.exists()


def test_a_form_asks_for_yuan_and_minutes_and_says_what_is_wrong():
    form_class = modelform_factory(Thing, fields=["price", "length"])
    good = form_class({"price": "12.50", "length": "90"})
    assert good.is_valid(), good.errors
    assert good.cleaned_data == {"price": Decimal("12.50"), "length": timedelta(minutes=90)}
    bad = form_class({"price": "12.505", "length": "x"})
    assert set(bad.errors) == {"price", "length"}
    assert 'value="90"' in str(form_class(instance=Thing(length=timedelta(minutes=90)))["length"])


@given(units=st.integers(-(2**63) + 1, 2**63 - 1))
@pytest.mark.parametrize("field", [MoneyField(), QuantityField(), UnitCostField(), RateField()])
def test_every_whole_number_of_units_comes_back_as_itself(field, units):
    assert field.get_prep_value(field.from_units(units)) == units


@given(fen=st.integers(0, 10**12), points=st.sampled_from([0, 100, 300, 600, 900, 1300]))
def test_net_and_tax_are_always_the_gross(fen, points):
    gross, rate = Decimal(fen) / 100, Decimal(points) / 10000
    taxed = take_tax_apart(gross, rate)
    assert taxed.net + taxed.tax == gross
    assert taxed.net == to_fen(taxed.net)
    assert abs(taxed.net * (1 + rate) - gross) <= Decimal("0.01")


def test_vat_agrees_with_published_cases(reference):
    cases = json.loads((reference / "07-vehicle-id-calendar/vat.json").read_text())["gross_to_net"]
    assert cases
    for case in cases:
        taxed = take_tax_apart(Decimal(case["gross"]), Decimal(case["rate"]))
        assert (taxed.net, taxed.tax) == (Decimal(case["net"]), Decimal(case["tax"])), case
