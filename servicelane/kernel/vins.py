"""Vehicle identification numbers (ISO 3779, GB 16735): written form, doubts, maker and year (ARC-2)."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from .doubts import Doubt, plain

LENGTH = 17
CHINA = "L"
NORTH_AMERICA = "12345"


def normal_vin(text: str) -> str:
    """Return a VIN as it is kept: half-width capitals without spaces and hyphens."""
    return plain(text)


def doubts_about_vin(vin: str) -> list[Doubt]:
    """Return what is odd about a normal VIN; nothing for an empty one. Never raises.

    The check digit is the law in China and in North America. Elsewhere many makers leave it out, so
    its doubt there says that this is common.
    """
    if not vin:
        return []
    if len(vin) != LENGTH:
        return [Doubt("vin_length", _("A VIN has 17 characters."))]
    if re.search("[IOQ]", vin):
        return [Doubt("vin_letters", _("A VIN has no letters I, O and Q; perhaps they are 1 and 0."))]
    decoded = _decoded(vin)
    if decoded is None:
        return [Doubt("vin_characters", _("A VIN has digits and Latin letters only."))]
    if decoded.verify_checksum(check_year=False):
        return []
    if vin[0] == CHINA or vin[0] in NORTH_AMERICA:
        return [Doubt("vin_check_digit", _("The check digit does not fit: one character is wrong."))]
    return [
        Doubt(
            "vin_check_digit_abroad",
            _("The check digit does not fit; cars from outside China and North America often have none."),
        )
    ]


def maker_of(vin: str) -> str:
    """Return the maker's name in Latin letters that a VIN begins with, "" if it is not known."""
    decoded = _decoded(vin)
    name = str(decoded.manufacturer) if decoded else ""
    return "" if name.lower().startswith("unsupported") else name


def year_of(vin: str) -> int | None:
    """Return the model year of a VIN, None if it says none; of two years thirty apart, the later one."""
    decoded = _decoded(vin)
    years: list[int] = decoded.years if decoded else []
    return years[0] if years else None


def _decoded(vin: str) -> Any:
    from vininfo import Vin

    if not re.fullmatch("[A-HJ-NPR-Z0-9]{17}", vin):
        return None
    try:
        return Vin(vin)
    except Exception:  # noqa: BLE001 - decoders of single makers stumble over numbers nobody gave
        return None
