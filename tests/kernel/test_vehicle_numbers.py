"""Plates, VINs and mobiles against the published vectors: a doubt, never an error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicelane.kernel.phones import doubts_about_mobile, masked_phone, normal_phone
from servicelane.kernel.plates import (
    PlateKind,
    doubts_about_plate,
    masked_plate,
    normal_plate,
    parts_of_plate,
    plate_kind,
)
from servicelane.kernel.vins import doubts_about_vin, maker_of, normal_vin, year_of

FOLDER = "07-vehicle-id-calendar"


def vectors(reference, name):
    return json.loads((reference / FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def test_every_plate_of_high_confidence_agrees(reference):
    for vector in vectors(reference, "plates")["vectors"]:
        if "confidence" not in vector:
            doubts = doubts_about_plate(normal_plate(vector["plate"]))
            assert (not doubts) is vector["valid"], vector


def test_the_provinces_are_those_of_the_standard(reference):
    for province in vectors(reference, "plates")["rule"]["provinces"]:
        assert plate_kind(f"{province}A12345") == PlateKind.ORDINARY


@pytest.mark.parametrize(
    ("typed", "kept", "kind"),
    [
        (" 鲁b-3210 ", "鲁B3210", None),
        ("鲁B·6F82K", "鲁B6F82K", PlateKind.ORDINARY),
        ("京Ａ１２３４５", "京A12345", PlateKind.ORDINARY),
        ("粤AD12345", "粤AD12345", PlateKind.NEW_ENERGY),
        ("京A12345D", "京A12345D", PlateKind.NEW_ENERGY_LARGE),
        ("粤A1234挂", "粤A1234挂", PlateKind.TRAILER),
        ("粤A1234学", "粤A1234学", PlateKind.COACH),
        ("京A1234警", "京A1234警", PlateKind.POLICE),
        ("粤ZF023澳", "粤ZF023澳", PlateKind.HK_MO),
        ("使001234", "使001234", PlateKind.EMBASSY),
        ("", "", None),
    ],
)
def test_a_plate_has_one_form_and_a_kind(typed, kept, kind):
    assert (normal_plate(typed), plate_kind(normal_plate(typed))) == (kept, kind)


def test_a_plate_is_drawn_in_three_parts_and_masked():
    assert parts_of_plate("鲁B6F82K") == ("鲁", "B", "6F82K")
    assert parts_of_plate("WJ12345") == ("", "", "WJ12345")
    assert (masked_plate("鲁B6F82K"), masked_plate("1")) == ("鲁B6***K", "***")


def test_every_vin_agrees(reference):
    found = vectors(reference, "vin")
    for vector in [*found["published"], *found["generated"]]:
        assert (not doubts_about_vin(normal_vin(vector["vin"]))) is vector["valid"], vector
        if "model_year" in vector:
            assert year_of(vector["vin"]) == vector["model_year"]


def test_a_foreign_vin_is_doubted_in_words_of_its_own():
    assert [doubt.code for doubt in doubts_about_vin("SGZCZ43D13S812715")] == ["vin_check_digit_abroad"]
    assert [doubt.code for doubt in doubts_about_vin("1HGCM82633A004353")] == ["vin_check_digit"]
    assert (maker_of("LSV2P4LJ0TJ441509"), maker_of("???"), year_of("")) == ("SAIC Volkswagen", "", None)


def test_every_mobile_agrees_but_the_numbers_of_tests(reference):
    for vector in vectors(reference, "mobile")["vectors"]:
        number = normal_phone(vector["input"])
        assert (not doubts_about_mobile(number)) is vector["valid_mobile"], vector
    assert doubts_about_mobile("15400001234") == []


@pytest.mark.parametrize(
    ("typed", "kept", "masked"),
    [
        ("+86 154-0000 1234", "15400001234", "154****1234"),
        ("0086 15400001234", "15400001234", "154****1234"),
        ("8615400001234", "15400001234", "154****1234"),
        ("（0532）8000 0000", "053280000000", "053****0000"),
        ("0049 30 1234567", "+49301234567", "+49****4567"),
        ("110", "110", "****"),
        ("", "", ""),
    ],
)
def test_a_number_has_one_form_and_is_masked(typed, kept, masked):
    assert (normal_phone(typed), masked_phone(normal_phone(typed))) == (kept, masked)


@given(st.text(max_size=40))
def test_no_text_breaks_the_rules(text):
    for normal, doubts in (
        (normal_plate, doubts_about_plate),
        (normal_vin, doubts_about_vin),
        (normal_phone, doubts_about_mobile),
    ):
        kept = normal(text)
        assert normal(kept) == kept
        assert isinstance(doubts(kept), list)
    assert isinstance(parts_of_plate(normal_plate(text)), tuple)
    assert maker_of(normal_vin(text)) is not None
