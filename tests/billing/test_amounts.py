"""Amounts to the 分: discounts split over lines, taxes taken apart, capitals on the settlement list."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelane.billing.bills import Bill, Item, amounts_of, discounted, lines_of, split
from servicelane.billing.capitals import in_capitals
from servicelane.billing.models import PayerKind
from servicelane.kernel.money import take_tax_apart, to_fen
from servicelane.orders.models import Job, PartLine

PRICES = st.lists(st.integers(0, 100_000_000).map(lambda fen: Decimal(fen) / 100), max_size=30)
SHARES = st.integers(0, 10_000).map(lambda points: Decimal(points) / 10_000)
RATES = st.sampled_from(["0", "0.01", "0.03", "0.06", "0.09", "0.13"]).map(Decimal)


@given(PRICES, SHARES)
def test_a_discount_is_split_without_losing_or_inventing_a_fen(prices, share):
    parts = split(prices, share)

    assert sum(parts) == to_fen(sum(prices, Decimal(0)) * share)
    assert all(0 <= part <= price for part, price in zip(parts, prices, strict=True))
    assert all(part * 100 % 1 == 0 for part in parts)


@given(st.integers(-(10**10), 10**10), RATES)
def test_net_and_tax_are_the_gross_to_the_fen(fen, rate):
    taxed = take_tax_apart(Decimal(fen) / 100, rate)
    assert taxed.net + taxed.tax == taxed.gross
    mirrored = take_tax_apart(-taxed.gross, rate)
    assert (mirrored.net, mirrored.tax) == (-taxed.net, -taxed.tax)


@dataclass(frozen=True)
class Charge:
    price: Decimal
    own_discount: Decimal
    rate: Decimal
    is_part: bool


@st.composite
def charges(draw):
    price = draw(st.integers(0, 10_000_000))
    own = draw(st.integers(0, price))
    return Charge(Decimal(price) / 100, Decimal(own) / 100, draw(RATES), draw(st.booleans()))


def _item(charge: Charge) -> Item:
    job = Job(
        name_zh="x", name_en="x", pay_type="customer", work_type="maintenance", rate=Decimal(1),
        minutes=timedelta(minutes=30), vat_rate=charge.rate,
    )  # fmt: skip
    line = PartLine(job=job, name_zh="x", name_en="x", unit_price=Decimal(1), vat_rate=charge.rate)
    return Item(
        job,
        line if charge.is_part else None,
        charge.price,
        charge.own_discount,
        minutes=timedelta(minutes=30),
    )


@given(st.lists(charges(), max_size=15), SHARES)
def test_a_bill_is_the_sum_of_its_lines_whatever_the_prices_discounts_and_rates(found, share):
    bill = Bill(PayerKind.CUSTOMER, tuple(map(_item, found)))
    reduced = discounted(bill, share)
    lines = lines_of(reduced)

    assert reduced.price == bill.price
    assert reduced.gross == bill.gross - to_fen(bill.gross * share)
    assert sum((line.gross for line in lines), Decimal(0)) == reduced.gross
    assert all(line.net + line.tax == line.gross >= 0 for line in lines)
    amounts = amounts_of(lines)
    assert amounts["net"] + amounts["tax"] == amounts["gross"] == int(reduced.gross * 100)
    assert sum(amounts["labour"].values()) + sum(amounts["parts"].values()) == amounts["net"]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("1286.00", "壹仟贰佰捌拾陆元整"),
        ("1286.05", "壹仟贰佰捌拾陆元零伍分"),
        ("1005.10", "壹仟零伍元壹角整"),
        ("10000", "壹万元整"),
        ("20000500", "贰仟万零伍佰元整"),
        ("100000001", "壹亿零壹元整"),
        ("123456789012.34", "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
        ("-1157.40", "负壹仟壹佰伍拾柒元肆角整"),
    ],
)
def test_an_amount_in_capitals(amount, words):
    assert in_capitals(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["0.001", "10000000000000000"])
def test_what_cannot_be_spelt_is_refused(amount):
    with pytest.raises(ValueError):
        in_capitals(Decimal(amount))


DIGITS = {sign: at for at, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


def _read(text: str) -> int:
    """Read capitals back as 分, by rules of its own."""
    whole, found, rest = text.rpartition("元")
    total = group = digit = 0
    for sign in whole if found else "":
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in PLACES:
            group, digit = group + digit * PLACES[sign], 0
        elif sign == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        else:
            total, group, digit = total + (group + digit) * 10**8, 0, 0
    fen = (total + group + digit) * 100
    for sign in rest.rstrip("整"):
        if sign in DIGITS:
            digit = DIGITS[sign]
        else:
            fen += digit * (10 if sign == "角" else 1)
    return fen


@given(st.integers(0, 10**14 - 1))
def test_capitals_read_back_are_the_amount(fen):
    assert _read(in_capitals(Decimal(fen) / 100)) == fen
