"""Pictures that tests send: small ones as a phone takes them, and files that only look like one."""

from __future__ import annotations

import zlib
from io import BytesIO
from struct import pack
from typing import Any

from PIL import Image

GPS, ORIENTATION, DEVICE = 0x8825, 0x0112, 0x0110
TURNED_RIGHT = 6
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
NAMED = "taken by a person"


def jpeg(size: tuple[int, int] = (40, 30), kind: str = "JPEG", **exif: Any) -> BytesIO:
    """A photo, red on its left half; with `turned` it lies on its side, with `placed` it says where."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    about = Image.Exif()
    if exif.get("turned"):
        about[ORIENTATION] = TURNED_RIGHT
    if exif.get("placed"):
        about[DEVICE] = NAMED
        about.get_ifd(GPS).update({1: "N", 2: (36.0, 4.0, 1.0), 3: "E", 4: (120.0, 22.0, 1.0)})
    kept = BytesIO()
    picture.save(kept, kind, exif=about)
    kept.seek(0)
    return kept


def bomb(width: int = 30_000, height: int = 30_000) -> BytesIO:
    """A PNG of a few bytes that says it holds 900 million pixels."""
    head = pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        pack(">I", len(data)) + name + data + pack(">I", zlib.crc32(name + data)) for name, data in parts
    )
    return BytesIO(b"\x89PNG\r\n\x1a\n" + body)
