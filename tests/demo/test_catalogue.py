"""The demo's catalogue as data: two languages, sensible prices, no reference into nothing."""

import csv
import re
from decimal import Decimal

import pytest

from servicelane.demo import visitors, visits
from servicelane.demo.invented import ELECTRIC, PETROL
from servicelane.demo.shop import widen
from servicelane.orders import demo_catalogue as operations
from servicelane.orders import demo_packages as packages
from servicelane.orders.demo_packages import rows_of
from servicelane.orders.models import Operation, OperationPart, Package, WorkType
from servicelane.parts import demo_catalogue as parts
from servicelane.parts.models import Part, PartKind, StockItem, Unit

CJK = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def lines(*files):
    return [row for file in files for row in csv.DictReader(file.read_text("utf-8").splitlines())]


PARTS = lines(parts.FILE, parts.MORE)
OPERATIONS = lines(operations.FILE, operations.MORE)
PACKAGES = rows_of(packages.FILE)
WORK = [(row["code"], *entry.rsplit(":", 1)) for row in OPERATIONS for entry in row["parts"].split()]


def test_it_is_wide_enough_and_every_code_is_there_once():
    codes, numbers = [row["code"] for row in OPERATIONS], [row["number"] for row in PARTS]
    assert len(codes) >= 120
    assert len(numbers) >= 200
    assert len(set(codes)) == len(codes)
    assert len(set(numbers)) == len(numbers)
    assert len({row["bin"] for row in PARTS}) == len(PARTS)
    assert all(re.fullmatch(r"[A-Z0-9-]{3,16}", code) for code in codes)


def test_names_are_there_in_both_languages_and_differ():
    for rows, key in ((PARTS, "number"), (OPERATIONS, "code")):
        for row in rows:
            assert CJK.search(row["name_zh"]), row[key]
            assert row["name_en"].strip(), row[key]
            assert not CJK.search(row["name_en"]), row[key]
        for language in ("name_zh", "name_en"):
            names = [row[language] for row in rows]
            assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)


def test_usual_parts_exist_once_each_and_in_a_quantity_of_their_unit():
    units = {row["number"]: row["unit"] for row in PARTS}
    seen = set()
    for code, number, quantity in WORK:
        assert number in units, f"{code}: {number}"
        assert (code, number) not in seen
        seen.add((code, number))
        assert 0 < Decimal(quantity) <= 12, code
        if units[number] in (Unit.PIECE, Unit.SET, Unit.PAIR):
            assert Decimal(quantity) == int(Decimal(quantity)), f"{code}: {number} is not cut in pieces"


def test_a_part_costs_less_than_its_price_and_an_operation_takes_a_sensible_time():
    for row in PARTS:
        price, cost = Decimal(row["price"]), Decimal(row["cost"])
        assert Decimal("0.15") < cost / price < Decimal("0.75"), row["number"]
        assert row["kind"] in PartKind.values
        assert row["unit"] in Unit.values
    for row in OPERATIONS:
        assert 6 <= int(row["minutes"]) <= 960, row["code"]
        assert row["work_type"] in WorkType.values


def test_the_trades_of_a_workshop_are_all_there():
    words = " ".join(row["name_zh"] for row in OPERATIONS)
    for trade in (
        "保养",
        "制动",
        "摆臂",
        "发动机",
        "电池",
        "空调",
        "诊断",
        "钣金",
        "喷漆",
        "轮胎",
        "高压",
        "变速箱",
    ):
        assert trade in words, trade
    assert {row["work_type"] for row in OPERATIONS} >= set(WorkType.values) - {WorkType.COMEBACK}


def test_what_visitors_want_and_technicians_find_is_in_the_catalogue():
    known = {row["code"] for row in OPERATIONS}
    wanted = {code for number in range(4000) for code in visitors.need_of(3, f"鲁B{number:05}").codes}
    wanted |= {code for number in range(2000) for code in visitors.need_of(3, f"鲁BDA{number:05}"[:8]).codes}
    wanted |= {code for row in visits.FOUND for code in row[2]}
    assert wanted <= known, wanted - known
    assert len(wanted) > 60


def test_packages_hold_known_work_and_cost_more_than_their_parts_and_less_than_their_sum():
    prices = {row["number"]: Decimal(row["price"]) for row in PARTS}
    minutes = {row["code"]: int(row["minutes"]) for row in OPERATIONS}
    families = {row["code"] for row in rows_of(packages.FAMILIES)}
    assert len(families) >= 5
    assert {row["family"] for row in PACKAGES} == families | {""}
    assert len({row["code"] for row in PACKAGES}) == len(PACKAGES)
    for row in [*PACKAGES, *rows_of(packages.FAMILIES)]:
        assert CJK.search(row["name_zh"]), row["code"]
        assert row["name_en"].strip(), row["code"]
        assert not CJK.search(row["name_en"]), row["code"]
    for row in PACKAGES:
        assert bool(row["family"]) == bool(row["every_km"]) == bool(row["every_months"]), row["code"]
        work = packages.lines_of(row["lines"])
        parts_alone = sum(prices[number] * of for _, used in work for number, of in used.items())
        alone = parts_alone + sum(Decimal(160) * minutes[code] / 60 for code, _ in work)
        assert parts_alone < Decimal(row["price"]) < alone, row["code"]


def test_visitors_drive_cars_of_the_families():
    families = {row["code"] for row in rows_of(packages.FAMILIES)}
    for model in (*PETROL, *ELECTRIC):
        assert len(families & set(model.split())) == 1, model


@pytest.mark.django_db
def test_the_whole_of_it_is_loaded_once_and_marked_as_demo(shop):
    widen(shop)
    widen(shop)
    assert Operation.objects.filter(is_demo=True).count() == len(OPERATIONS)
    assert Part.objects.filter(is_demo=True).count() == len(PARTS)
    assert OperationPart.objects.count() == len(WORK)
    assert Package.objects.filter(is_demo=True).count() == len(PACKAGES)
    assert StockItem.objects.filter(store=shop.shinan).count() == len(PARTS)
