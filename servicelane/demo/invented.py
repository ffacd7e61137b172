"""What the demo's people and cars are made of: common names, models of a maker that does not exist."""

import json
from pathlib import Path

_NAMES = json.loads((Path(__file__).parent / "data/names.json").read_text(encoding="utf-8"))
SURNAMES: str = _NAMES["surnames"]
GIVEN: list[str] = _NAMES["given"]
COMPANIES: list[str] = _NAMES["companies"]
MAKER = "海晏"
PETROL = ("海晏 H5 1.5T", "海晏 H7 2.0T", "海晏 X3 1.5T", "海晏 X6 2.0T", "海晏 M8 2.0T")
ELECTRIC = ("海晏 E4", "海晏 E6")

_ALIKE = ("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")
_VALUES = {letter: value for value, letters in enumerate(_ALIKE) for letter in letters}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def with_check_digit(vin: str) -> str:
    """Return a VIN of 17 characters with the check digit that fits in its ninth place (GB 16735)."""
    values = (int(letter) if letter.isdigit() else _VALUES[letter] for letter in vin)
    rest = sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 11
    return f"{vin[:8]}{'X' if rest == 10 else rest}{vin[9:]}"
