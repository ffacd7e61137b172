"""Tables of customers: read in either encoding, harmless twice, refused with words when they are none."""

import csv
import os
from pathlib import Path

import pytest
from django.utils.translation import override

from servicelane.customers.errors import ImportRefused
from servicelane.customers.importing import Result, import_customers, write_report
from servicelane.customers.models import Customer, CustomerStore, Vehicle, VehicleParty
from servicelane.customers.queries import owner_of
from servicelane.customers.tables import Row, read_table
from servicelane.kernel.models import Event
from tests.unchanged import refused, rows

HEADS = "no,name,mobile,address,plate,vin,brand,series,year,odometer_km"
FULL = "1,曹明,15400000384,淮安路 1 号,鲁BX3546,LSV2P4LJ0TJ441509,大众,帕萨特,2026,136144"


def written(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def counts():
    return [model.objects.count() for model in (Customer, Vehicle, VehicleParty, Event)]


def results(outcomes):
    return [str(outcome.result) for outcome in outcomes]


def test_the_two_hundred_rows_load_twice_without_doubles(cast, reference):
    """Every fifth of them, or with TEST_LONG all."""
    table = read_table(reference / "09-demo-data" / "sample_customers_visible.csv").rows
    assert len(table) == 200
    rows = table if os.environ.get("TEST_LONG") else table[::5]
    dry = import_customers(cast.shinan, rows, dry_run=True)
    assert not Customer.objects.exists()
    first = import_customers(cast.shinan, rows, dry_run=False)
    assert results(dry) == results(first)
    assert Result.REFUSED not in {one.result for one in first}
    assert Vehicle.objects.count() == len(first) == len(rows)
    held = counts()
    again = import_customers(cast.shinan, rows, dry_run=False)
    assert set(results(again)) == {"unchanged"}
    assert held == counts()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_is_read_in_its_encoding_and_with_its_separator(cast, tmp_path, encoding, separator):
    text = f"{HEADS}\r\n{FULL}\r\n\r\n".replace(",", separator)
    table = read_table(written(tmp_path, text.encode(encoding)))
    assert [(row.number, row.cells["name"], row.cells["odometer_km"]) for row in table.rows] == [
        (2, "曹明", "136144")
    ]


def test_headings_may_be_chinese(cast, tmp_path):
    table = read_table(written(tmp_path, "姓名,手机号,车牌号\n曹明,15400000384,鲁BX3546\n"))
    [outcome] = import_customers(cast.shinan, table.rows, dry_run=False)
    assert outcome.result is Result.ADDED
    assert owner_of(Vehicle.objects.get(plate="鲁BX3546")).name == "曹明"


def test_a_row_becomes_a_customer_with_a_car(cast, tmp_path):
    [outcome] = import_customers(
        cast.shinan, read_table(written(tmp_path, f"{HEADS}\n{FULL}\n")).rows, dry_run=False
    )
    car = Vehicle.objects.get()
    assert (outcome.row, outcome.result) == (2, Result.ADDED)
    assert (car.title, car.odometer) == ("2026 大众 帕萨特", 136_144)
    assert CustomerStore.objects.get().how == "imported"


def test_what_is_known_is_filled_and_not_overwritten(cast, tmp_path):
    def load(line):
        table = read_table(written(tmp_path, f"{HEADS}\n{line}\n"))
        return import_customers(cast.shinan, table.rows, dry_run=False)[0].result

    assert load("1,曹明,15400000384,,鲁BX3546,,,,,100") is Result.ADDED
    assert load(FULL) is Result.UPDATED
    assert load(FULL.replace("淮安路", "别的路").replace("136144", "5")) is Result.UNCHANGED
    assert (Customer.objects.get().address, Vehicle.objects.get().odometer) == ("淮安路 1 号", 136_144)
    assert load(FULL.replace("曹明,15400000384", "曹小明,15400000385")) is Result.ADDED
    assert sorted(VehicleParty.objects.values_list("role", flat=True)) == ["driver", "owner"]


def test_a_shared_number_joins_nobody(cast):
    lines = [
        Row(2, {"name": "曹明", "mobile": "15400000000", "plate": "鲁B00001"}),
        Row(3, {"name": "许淑兰", "mobile": "15400000000", "plate": "鲁B00002"}),
    ]
    assert results(import_customers(cast.shinan, lines, dry_run=False)) == ["added", "added"]
    assert Customer.objects.count() == 2


def test_doubtful_values_come_in_and_are_told(cast):
    odd = Row(7, {"name": "曹明", "mobile": "123", "plate": "鲁B1", "vin": "X"})
    [outcome] = import_customers(cast.shinan, [odd], dry_run=False)
    assert (outcome.row, outcome.result) == (7, Result.DOUBTFUL)
    assert "17" in outcome.why
    car, person = Vehicle.objects.get(), Customer.objects.get()
    assert {car.plate_doubt, car.vin_doubt, person.mobile_doubt} == {"imported"}


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "", "plate": "鲁B00001"},
        {"name": "曹明"},
        {"name": "曹明", "plate": "鲁" * 30},
        {"name": "曹\x00明", "plate": "鲁B00001"},
        {"name": "曹明", "plate": "鲁B00001", "year": "soon"},
        {"name": "曹明", "plate": "鲁B00001", "odometer_km": "-1"},
        {"name": "曹明", "plate": "鲁B00001", "odometer_km": "9000000"},
        {"name": "曹明", "plate": "鲁B00001", "odometer_km": "nan"},
        {"name": "曹明", "plate": "鲁B00001", "year": "99999999"},
    ],
)
def test_a_refused_row_leaves_nothing_and_stops_no_other(cast, cells):
    before = rows()
    [outcome] = import_customers(cast.shinan, [Row(2, cells)], dry_run=False)
    assert outcome.result is Result.REFUSED
    assert outcome.why
    assert rows() == before
    good = Row(3, {"name": "许淑兰", "mobile": "15400000001"})
    both = import_customers(cast.shinan, [Row(2, cells), good], dry_run=False)
    assert results(both) == ["refused", "added"]


def test_a_plate_of_another_car_is_not_taken_by_a_table(cast, car):
    row = Row(2, {"name": "曹明", "plate": car.plate, "vin": "LRWTMJ4P3TR086853"})
    [outcome] = import_customers(cast.shinan, [row], dry_run=False)
    assert outcome.result is Result.REFUSED  # customers.row_refused
    car.refresh_from_db()
    assert car.plate == "鲁B6F82K"


def test_a_dry_run_tells_a_row_that_comes_twice(cast):
    row = {"name": "曹明", "mobile": "15400000384", "plate": "鲁BX3546"}
    twice = [Row(number, row) for number in range(2, 120)]
    dry = import_customers(cast.shinan, twice, dry_run=True)
    assert not Customer.objects.exists()
    assert results(dry) == results(import_customers(cast.shinan, twice, dry_run=False))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xfe\x00\x01\x80\x81\xff", "neither"),
        ("name,plate,shoe size\n", "shoe size"),
        ("plate,vin\n", "missing"),
        ("name,address\n", "missing"),
        ("name,plate,name\n", "twice"),
        (f"{HEADS}\n1,{'x' * 10_000_000},1,1,1,1,1,1,1,1\n", "line 2"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(cast, tmp_path, content, words):
    file = written(tmp_path, content)
    with refused(ImportRefused):
        read_table(file)
    with override("en"), pytest.raises(ImportRefused) as caught:
        read_table(file)
    assert words in str(caught.value.facts["why"])


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for place in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(ImportRefused):
            read_table(place)


def test_the_report_is_a_table_that_excel_opens(cast, tmp_path):
    outcomes = import_customers(cast.shinan, [Row(2, {"name": "曹明"})], dry_run=True)
    with override("en"):
        write_report(tmp_path / "report.csv", outcomes)
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        heads, line = list(csv.reader(file))
    assert heads == ["row", "result", "why"]
    assert line[:2] == ["2", "refused"]
