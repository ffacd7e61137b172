"""What comes as a file or a drawing and is none, and what a spreadsheet would calculate (PLT-1, ARC-7)."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

import servicelane
from servicelane.customers.errors import ImportRefused
from servicelane.customers.importing import Outcome, Result, import_customers, write_report
from servicelane.customers.models import Customer
from servicelane.customers.tables import MOST_BYTES, read_table
from servicelane.orders.errors import NotSigned
from servicelane.orders.forms import SignatureField
from servicelane.orders.models import RepairOrder, Signature, SignedFor
from servicelane.orders.order_services import Signed, sign
from tests.access.operations import BASE
from tests.access.pages import pages
from tests.access.rows import digest
from tests.access.stores import Stores
from tests.access.visitor import program, visitor

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
LIES = {
    "text.png": b"no picture",
    "picture.svg": SVG,
    "page.png": b"<!doctype html><script>alert(1)</script>",
    "both.png": PNG + b"<script>alert(1)</script>",
    "empty.png": b"",
    "../../up.png": PNG,
    "large.png": PNG + b"\0" * 2**18,
}


READS_FILES = {
    "kernel/idempotency.py", "orders/api.py", "orders/forms.py", "orders/views/photos.py",
    "reception/views.py",
    "workshop/forms.py",
    "workshop/views/requests.py",
}  # fmt: skip
"""Files of the package that look at what was sent as a file: the first one only compares names and sizes."""


def test_only_photos_of_an_order_come_as_files() -> None:
    """Signatures are strokes, tables come by command; photos: tests/orders/test_photos.py."""
    package = Path(servicelane.__file__).parent
    reading = {
        str(file.relative_to(package))
        for file in package.rglob("*.py")
        if re.search(r"request\.FILES|FileField\(|ImageField\(|FileInput|UploadedFile", file.read_text())
    }
    kept = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.FileField)
    ]
    assert reading == READS_FILES
    assert kept == []


WITH_TEXTS = ("customers:new", "reception:check_in", "org:bay_new")


def test_a_file_that_nobody_asked_for_is_kept_nowhere(stores: Stores) -> None:
    """In place of the fields of a form, and beside them."""
    client = visitor(stores.own.boss, trying=True, HTTP_HX_REQUEST="true")
    before = digest(stores.own)
    places = [page for page in pages() if page.name in WITH_TEXTS]
    assert len(places) == len(WITH_TEXTS)
    for page in places:
        for name, content in LIES.items():
            sent = {
                field: SimpleUploadedFile(name, content, "image/png")
                for field in ("name", "signed", "words", "code", "photo")
            }
            answer = client.post(page.url(stores), {"once": uuid4().hex, **sent})
            assert answer.status_code in (409, 422), f"{page.name}: {answer.status_code}"
            assert b"alert(1)" not in answer.content, page.name
    assert digest(stores.own) == before
    media = Path(settings.MEDIA_ROOT)
    assert not media.exists() or not any(media.rglob("*.png"))
    assert client.get("/files/both.png").status_code == client.get("/media/both.png").status_code == 404


STROKES = [[100, 300, 180, 120]]
NO_STROKES: dict[str, Any] = {
    "markup": "<svg onload=alert(1)>",
    "a picture": "data:image/png;base64,iVBORw0KGgo=",
    "words": [["100", "300", "180", "120"]],
    "markup in a stroke": [["0 0'/><script>", 1, 2, 3]],
    "halves": [[1.5, 2.5, 3.5, 4.5]],
    "yes and no": [[True, False, True, False]],
    "not a number": "[[NaN, NaN, 1, 2]]",
    "endless": "[[1e999, 1, 2, 3]]",
    "an object": {"0": [1, 2, 3, 4]},
    "deep": "[" * 40_000,
    "long digits": f"[[{'9' * 5_000}, 1, 2, 3]]",
    "outside": [[100, 300, 180, 2**70]],
    "below zero": [[-1, 300, 180, 120]],
    "half a point": [[100, 300, 180]],
    "one point": [[100, 300]],
    "an empty stroke": [[]],
    "too many points": [[1, 2] * 40_000],
}


@pytest.mark.parametrize("kind", NO_STROKES)
def test_a_drawing_that_is_no_signature_is_refused(stores: Stores, kind: str) -> None:
    """By the field of the pages and by the service, whatever the field let through; nothing is kept."""
    order, sent = stores.own.rows[RepairOrder], NO_STROKES[kind]
    text = sent if isinstance(sent, str) else json.dumps(sent)
    before = Signature.objects.count()
    with pytest.raises((forms.ValidationError, NotSigned)):
        sign(order, SignedFor.CHECK_IN, Signed("Ownhaus", SignatureField().clean(text)))  # type: ignore[arg-type]
    strokes = text if text[0] in "[{" else json.dumps(text)
    body = f'{{"explained": true, "signed": {{"name": "x", "strokes": {strokes}}}}}'
    answer = program(stores.own.boss, trying=True).post(
        f"{BASE}/orders/{order.pk}/deliver", body, content_type="application/json"
    )
    assert 400 <= answer.status_code < 500
    assert Signature.objects.count() == before


def test_a_signature_is_drawn_from_numbers_only(stores: Stores) -> None:
    kept = sign(
        stores.own.rows[RepairOrder],  # type: ignore[arg-type]
        SignedFor.CHECK_IN,
        Signed("Ownhaus", SignatureField().clean(json.dumps(STROKES))),
    )
    assert kept.paths == ["M100 300 L180 120"]


HEAD = b"name,mobile,plate\n"
NO_TABLES = {
    "picture.csv": PNG,
    "drawing.csv": SVG,
    "page.csv": b"<!doctype html><script>alert(1)</script>",
    "workbook.csv": b"PK\x03\x04" + HEAD,
    "old workbook.csv": b"\xd0\xcf\x11\xe0" + HEAD,
    "paper.csv": b"%PDF-1.7\n" + HEAD,
    "both.csv": PNG + HEAD,
    "empty.csv": b"",
    "blank.csv": b" \n\n ",
    "utf-16.csv": HEAD.decode().encode("utf-16"),
    "bytes.csv": b"\xff\xfe\xfd" * 300,
    "wide.csv": HEAD + b"x" * 20_000 + b",15400001234,\n",
    "steering.csv": b"name,\x1b[2J\x1b]0;owned\x07,plate\n",
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_lies_about_being_a_table_is_refused(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(NO_TABLES[name])
    with pytest.raises(ImportRefused) as refused:
        read_table(file)
    assert all(letter.isprintable() for letter in str(refused.value)), "it would steer the terminal"


def test_a_huge_table_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _file: pytest.fail("it was read"))
    file = tmp_path / "huge.csv"
    with file.open("wb") as huge:
        huge.truncate(MOST_BYTES + 1)
    with pytest.raises(ImportRefused, match="100"):
        read_table(file)


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "=cmd|' /C calc'!A0")


def test_an_imported_formula_is_a_name_and_stays_one(stores: Stores, tmp_path: Path) -> None:
    """It comes in as it stands, is shown as text, and no report of it is calculated."""
    table, outcomes = tmp_path / "customers.csv", []
    for columns in (4, 3, 2):
        with table.open("w", newline="") as file:
            csv.writer(file).writerow(["name", "mobile", "plate", "odometer_km"][:columns])
            for place, formula in enumerate(FORMULAS):
                whole = [formula, f"1540000{place:04}", f"{formula}{place}", formula]
                csv.writer(file).writerow(whole[:columns])
        outcomes += import_customers(stores.own.store, read_table(table).rows, dry_run=False)
    results = {outcome.result for outcome in outcomes}
    outcomes += [Outcome(99, Result.REFUSED, formula) for formula in FORMULAS]

    report = tmp_path / "report.csv"
    write_report(report, outcomes)
    with report.open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]

    assert results >= {Result.ADDED, Result.REFUSED}
    assert not [cell for cell in cells if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert Customer.objects.filter(name="=cmd|' /C calc'!A0").exists()
