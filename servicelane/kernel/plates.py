"""Number plates of mainland China (GA 36-2018): their one written form, kind, parts and doubts (ARC-2)."""

import json
import re
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from .doubts import Doubt, plain

_RULES = Path(__file__).parent / "data" / "plates.json"
LONGEST = 12
"""Characters of a plate as it is kept; the longest real one has eight."""

_LETTER = "A-HJ-NP-Z"
_SERIAL = f"[{_LETTER}0-9]"
_POWER = "ABCDEFGHJK"


class PlateKind(models.TextChoices):
    """What a plate is for: it gives its colour and layout."""

    ORDINARY = "ordinary", _("small vehicle (blue)")
    NEW_ENERGY = "new_energy", _("new energy, small (green)")
    NEW_ENERGY_LARGE = "new_energy_large", _("new energy, large (yellow-green)")
    LARGE = "large", _("large vehicle (yellow)")
    TRAILER = "trailer", _("trailer (yellow)")
    COACH = "coach", _("driving school (yellow)")
    POLICE = "police", _("police (white)")
    MILITARY = "military", _("military (white)")
    HK_MO = "hk_mo", _("Hong Kong or Macao (black)")
    EMBASSY = "embassy", _("embassy (black)")
    CONSULATE = "consulate", _("consulate (black)")
    OTHER = "other", _("other plate")


def normal_plate(text: str) -> str:
    """Return a plate as it is kept: half-width capitals, no spaces, dots or hyphens."""
    return plain(text)


def plate_kind(plate: str) -> PlateKind | None:
    """Return what the layout of a normal plate says it is, None where it fits no layout.

    A large vehicle's yellow plate is written like an ordinary one: a person says so.
    """
    for kind, layout in _layouts():
        if layout.fullmatch(plate):
            return kind
    return None


def doubts_about_plate(plate: str) -> list[Doubt]:
    """Return what is odd about a normal plate; nothing for an empty one. Never raises."""
    if not plate or plate_kind(plate):
        return []
    if not plate[0].isascii() and plate[0] not in _rules()["provinces"] + _rules()["embassy"]:
        return [Doubt("plate_province", _("No province has this short name."))]
    if re.search("[IO]", plate[1:]):
        return [Doubt("plate_letters", _("A plate has no letters I and O; perhaps it is 1 or 0."))]
    if len(plate) not in (7, 8):
        return [Doubt("plate_length", _("A plate has 7 characters, with new energy 8."))]
    return [Doubt("plate_layout", _("No plate is built like this one."))]


def parts_of_plate(plate: str) -> tuple[str, str, str]:
    """Return province, letter and rest of a normal plate as they are drawn; what has neither is all rest."""
    if len(plate) > 2 and plate[0] in _rules()["provinces"] and plate[1].isascii() and plate[1].isalpha():
        return plate[0], plate[1], plate[2:]
    return "", "", plate


def masked_plate(plate: str) -> str:
    """Return a plate that shows enough to recognise the own car, and not enough to find it."""
    province, letter, rest = parts_of_plate(plate)
    return f"{province}{letter}{rest[:1]}***{rest[-1:]}" if len(rest) > 2 else "***"


@cache
def _rules() -> dict[str, str]:
    return dict(json.loads(_RULES.read_text(encoding="utf-8")))


@cache
def _layouts() -> list[tuple[PlateKind, re.Pattern[str]]]:
    said = _rules()
    place = f"[{said['provinces']}][{_LETTER}]"
    layouts = [
        (PlateKind.ORDINARY, f"{place}{_SERIAL}{{5}}"),
        (PlateKind.NEW_ENERGY, f"{place}[{_POWER}]{_SERIAL}[0-9]{{4}}"),
        (PlateKind.NEW_ENERGY_LARGE, f"{place}[0-9]{{5}}[{_POWER}]"),
        (PlateKind.TRAILER, f"{place}{_SERIAL}{{4}}{said['trailer']}"),
        (PlateKind.COACH, f"{place}{_SERIAL}{{4}}{said['coach']}"),
        (PlateKind.POLICE, f"{place}{_SERIAL}{{4}}{said['police']}"),
        (PlateKind.HK_MO, f"{said['hk_mo_province']}Z{_SERIAL}{{4}}[{said['hk_mo']}]"),
        (PlateKind.EMBASSY, f"{said['embassy']}[0-9]{{6}}|[0-9]{{6}}{said['embassy']}"),
        (PlateKind.CONSULATE, f"[{said['provinces']}][{_LETTER}]?[0-9]{{4,5}}{said['consulate']}"),
        (PlateKind.MILITARY, f"[{_LETTER}]{{2}}[0-9]{{5}}|WJ[{said['provinces']}]?[0-9]{{4}}{_SERIAL}"),
    ]
    return [(kind, re.compile(layout)) for kind, layout in layouts]
