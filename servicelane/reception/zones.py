"""The places of a car as its drawing shows them from above, the front at the top (RCP-2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Zone(models.TextChoices):
    """A part of the car's outside."""

    FRONT_BUMPER = "front_bumper", _("front bumper")
    LEFT_HEADLAMP = "left_headlamp", _("left headlamp")
    RIGHT_HEADLAMP = "right_headlamp", _("right headlamp")
    BONNET = "bonnet", _("bonnet")
    LEFT_FRONT_WING = "left_front_wing", _("left front wing")
    RIGHT_FRONT_WING = "right_front_wing", _("right front wing")
    LEFT_MIRROR = "left_mirror", _("left mirror")
    RIGHT_MIRROR = "right_mirror", _("right mirror")
    WINDSCREEN = "windscreen", _("windscreen")
    LEFT_FRONT_DOOR = "left_front_door", _("left front door")
    RIGHT_FRONT_DOOR = "right_front_door", _("right front door")
    ROOF = "roof", _("roof")
    LEFT_REAR_DOOR = "left_rear_door", _("left rear door")
    RIGHT_REAR_DOOR = "right_rear_door", _("right rear door")
    REAR_WINDOW = "rear_window", _("rear window")
    LEFT_REAR_WING = "left_rear_wing", _("left rear wing")
    RIGHT_REAR_WING = "right_rear_wing", _("right rear wing")
    BOOT = "boot", _("boot lid")
    LEFT_TAIL_LAMP = "left_tail_lamp", _("left tail lamp")
    RIGHT_TAIL_LAMP = "right_tail_lamp", _("right tail lamp")
    REAR_BUMPER = "rear_bumper", _("rear bumper")
    LEFT_FRONT_WHEEL = "left_front_wheel", _("left front wheel")
    RIGHT_FRONT_WHEEL = "right_front_wheel", _("right front wheel")
    LEFT_REAR_WHEEL = "left_rear_wheel", _("left rear wheel")
    RIGHT_REAR_WHEEL = "right_rear_wheel", _("right rear wheel")


CENTRES: dict[str, tuple[int, int]] = {
    Zone.FRONT_BUMPER: (500, 30), Zone.LEFT_HEADLAMP: (255, 75), Zone.RIGHT_HEADLAMP: (745, 75),
    Zone.BONNET: (500, 160), Zone.LEFT_FRONT_WING: (190, 150), Zone.RIGHT_FRONT_WING: (810, 150),
    Zone.LEFT_MIRROR: (85, 325), Zone.RIGHT_MIRROR: (915, 325), Zone.WINDSCREEN: (500, 315),
    Zone.LEFT_FRONT_DOOR: (190, 430), Zone.RIGHT_FRONT_DOOR: (810, 430), Zone.ROOF: (500, 520),
    Zone.LEFT_REAR_DOOR: (190, 600), Zone.RIGHT_REAR_DOOR: (810, 600), Zone.REAR_WINDOW: (500, 755),
    Zone.LEFT_REAR_WING: (195, 790), Zone.RIGHT_REAR_WING: (805, 790), Zone.BOOT: (500, 880),
    Zone.LEFT_TAIL_LAMP: (255, 940), Zone.RIGHT_TAIL_LAMP: (745, 940), Zone.REAR_BUMPER: (500, 972),
    Zone.LEFT_FRONT_WHEEL: (130, 215), Zone.RIGHT_FRONT_WHEEL: (870, 215),
    Zone.LEFT_REAR_WHEEL: (130, 725), Zone.RIGHT_REAR_WHEEL: (870, 725),
}  # fmt: skip
"""Where the middle of each zone lies on the drawing, in thousandths of its width and height."""
