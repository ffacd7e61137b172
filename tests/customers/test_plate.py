"""The plate as it is drawn: in its colour, spelled for a screen reader, plain when copied."""

import re

import pytest

from servicelane.customers.models import Vehicle
from servicelane.customers.templatetags.plate import plate
from servicelane.kernel.plates import PlateKind


@pytest.mark.parametrize(
    ("kind", "colour"),
    [
        ("ordinary", "blue"),
        ("new_energy", "green"),
        ("large", "yellow"),
        ("police", "white"),
        ("hk_mo", "black"),
    ],
)
def test_a_plate_has_the_colour_of_its_kind(kind, colour):
    drawn = plate(Vehicle(plate="鲁B6F82K", plate_kind=kind), 19)
    assert f"plate-{colour} plate-19" in drawn
    assert 'aria-label="鲁 B 6 F 8 2 K"' in drawn
    assert re.sub("<[^>]+>", "", drawn) == "鲁B6F82K"


def test_a_local_board_shows_the_end_only():
    assert re.sub("<[^>]+>", "", plate(Vehicle(plate="鲁B6F82K"), short=True)) == "6F82K"


def test_a_car_without_plate_is_called_by_its_vin():
    assert "441509" in plate(Vehicle(vin="LSV2P4LJ0TJ441509"))
    assert "plate-none" in plate(Vehicle())
    assert plate(None) == ""


def test_what_is_typed_is_escaped_and_every_kind_has_a_colour():
    assert "<script>" not in plate(Vehicle(plate="<script>"))
    for kind in PlateKind.values:
        assert plate(Vehicle(plate="A1", plate_kind=kind))
