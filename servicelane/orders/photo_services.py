"""Photos on an order: checked, made anew without place and device, and kept as a file (WSH-4, RO-2).

What a phone sends is never kept as it is: only the pixels of a JPEG, PNG or WebP are read, and a new
JPEG is written from them. So nothing that hides in a file reaches a reader.
"""

from __future__ import annotations

import warnings
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from PIL import Image, ImageOps, UnidentifiedImageError

from servicelane.kernel.clock import now
from servicelane.kernel.versions import touch
from servicelane.people.models import Employee

from . import errors, events
from .models import Finding, Photo, RepairOrder, Shows
from .writing import tell

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 15
MOST_PIXELS = 51_000_000
"""The 50 megapixels of a telephone; ten times as many fit into a small file that fills the memory."""
LONGEST_SIDE = 1600
QUALITY = 82
SMALL_SIDE = 480
SMALL_QUALITY = 70
READ_IN_FULL = ("JPEG", "PNG", "WEBP")
FOLDER = "photos"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew: the bytes of a JPEG and its pixels."""

    content: bytes
    width: int
    height: int


def path_of(photo: Photo) -> Path:
    """Where the file of a photo lies."""
    return Path(settings.MEDIA_ROOT) / FOLDER / photo.file[:2] / photo.file


@transaction.atomic
def add_photo(
    order: RepairOrder,
    sent: IO[bytes],
    shows: Shows,
    *,
    by: Employee,
    finding: Finding | None = None,
    at: datetime | None = None,
) -> Photo:
    """Keep a photo of `order`, at most 1600 pixels long, upright, without place and device.

    A photo takes nothing back that others wrote meanwhile, so no version is asked for. If the
    transaction is undone later, a file that no row names is left behind, never a row without its file.
    Raises PhotoTooLarge, NotAPhoto, TooManyPixels, OrderIsOver.
    """
    picture = read_picture(sent)
    touch(order)
    order.refresh_from_db(fields=["status"])
    if order.is_over:
        raise errors.OrderIsOver(order=order, now=order.get_status_display())
    photo = Photo(
        order=order,
        shows=Shows.FINDING if finding else shows,
        finding=finding,
        taken_by=by,
        taken_at=at or now(),
        file=f"{token_hex(16)}.jpg",
        sha256=sha256(picture.content).hexdigest(),
        width=picture.width,
        height=picture.height,
    )
    path = path_of(photo)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture.content)
    try:
        photo.save(force_insert=True)
        tell(
            events.PHOTO_ADDED, order, by=by, at=at,
            photo=photo.pk, shows=str(photo.shows), finding=finding.pk if finding else 0, sha256=photo.sha256,
        )  # fmt: skip
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise
    return photo


def photos_of(order: RepairOrder, shows: Shows) -> QuerySet[Photo]:
    """The photos of an order that show this, the oldest first. One query."""
    return order.photos.filter(shows=shows).order_by("pk")


def read_picture(sent: IO[bytes]) -> Picture:
    """Read the pixels of a file and make a new JPEG of them.

    Raises PhotoTooLarge over 15 MB, NotAPhoto for what is no whole JPEG, PNG or WebP whatever its name
    says, TooManyPixels before a bomb is unpacked.
    """
    sent.seek(0)
    content = sent.read(MOST_MEGABYTES * MEGABYTE + 1)
    if len(content) > MOST_MEGABYTES * MEGABYTE:
        raise errors.PhotoTooLarge(most=MOST_MEGABYTES)
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one Pillow warns about, and a refusal says more.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=READ_IN_FULL) as opened:
                return _made(opened)
    except Image.DecompressionBombError:
        raise errors.TooManyPixels(most=MOST_PIXELS // 1_000_000) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise errors.NotAPhoto() from None


def small_one(content: bytes) -> bytes:
    """Return a JPEG of ours made small, 480 pixels at most: a customer's page has to be light."""
    with Image.open(BytesIO(content), formats=["JPEG"]) as opened:
        opened.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        opened.thumbnail((SMALL_SIDE, SMALL_SIDE))
        made = BytesIO()
        opened.save(made, "JPEG", quality=SMALL_QUALITY, optimize=True)
    return made.getvalue()


def _made(opened: Any) -> Picture:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise errors.TooManyPixels(most=MOST_PIXELS // 1_000_000)
    opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A see-through picture on white, and pixels alone: a new image carries no EXIF, comment or profile.
    seen = Image.new("RGB", upright.size, "white")
    if "A" in upright.getbands() or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        seen.paste(layer, mask=layer.getchannel("A"))
    else:
        seen.paste(upright.convert("RGB"))
    kept = BytesIO()
    seen.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Picture(kept.getvalue(), *seen.size)
