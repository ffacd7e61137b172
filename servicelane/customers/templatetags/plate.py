"""A number plate drawn as a number plate: the largest thing about a car on every page."""

from typing import Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from servicelane.kernel.plates import PlateKind

register = template.Library()

SIZES = (13, 16, 19, 26, 38, 60)
COLOURS = {
    PlateKind.ORDINARY: "blue",
    PlateKind.NEW_ENERGY: "green",
    PlateKind.NEW_ENERGY_LARGE: "green",
    PlateKind.LARGE: "yellow",
    PlateKind.TRAILER: "yellow",
    PlateKind.COACH: "yellow",
    PlateKind.POLICE: "white",
    PlateKind.MILITARY: "white",
    PlateKind.HK_MO: "black",
    PlateKind.EMBASSY: "black",
    PlateKind.CONSULATE: "black",
    PlateKind.OTHER: "white",
}


class HasPlate(Protocol):
    """A vehicle, or anything that shows one."""

    plate: str
    plate_kind: str

    @property
    def plate_parts(self) -> tuple[str, str, str]: ...

    @property
    def vin_tail(self) -> str: ...


@register.simple_tag
def plate(vehicle: HasPlate | None, size: int = 16, short: bool = False) -> SafeString:
    """Draw the plate of a vehicle; `size` is the type size in px, one of 13, 16, 19, 26, 38 and 60.

    `short` leaves the province and letter out, for boards on which all cars are local. A car without a
    plate shows the end of its VIN. Copied, it is the plain plate; a screen reader spells it.
    """
    if vehicle is None:
        return SafeString("")
    if not vehicle.plate:
        return _no_plate(vehicle, size)
    province, letter, rest = vehicle.plate_parts
    head = "" if short else province + letter
    parts = [(part,) for part in (head, rest) if part]
    drawn = format_html_join(SafeString('<i class="plate-dot"></i>'), "<span>{}</span>", parts)
    return format_html(
        '<span class="plate plate-{} plate-{}" role="img" aria-label="{}" data-user-text>{}</span>',
        COLOURS.get(PlateKind(vehicle.plate_kind), "white"),
        size,
        " ".join(vehicle.plate),
        drawn,
    )


def _no_plate(vehicle: HasPlate, size: int) -> SafeString:
    if not vehicle.vin_tail:
        return format_html(
            '<span class="plate plate-none plate-{}"><span>{}</span></span>', size, gettext("no plate yet")
        )
    return format_html(
        '<span class="plate plate-none plate-{}"><span>{}</span><i class="dot"></i>'
        "<span>{} <span data-user-text>{}</span></span></span>",
        size,
        gettext("New car"),
        gettext("VIN ending"),
        vehicle.vin_tail,
    )
