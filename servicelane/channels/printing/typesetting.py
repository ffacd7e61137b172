"""A form becomes a PDF: its data goes to typst as JSON and is laid out by `form.typ`, which has no words.

The typesetter keeps its fonts between calls: the first form of a process costs more than the next ones.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from .forms import Form

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
_one_at_a_time = threading.Lock()


@cache
def _typesetter() -> Any:
    import typst

    # The fonts that are delivered and no others: a form looks the same on every machine.
    return typst.Compiler(
        input=str(HERE / "form.typ"), root=str(HERE), font_paths=[str(FONTS)], ignore_system_fonts=True
    )


def pdf(form: Form) -> bytes:
    """Return a form as a PDF of A4 pages."""
    return _set(form, "pdf")[0]


def pictures(form: Form, *, ppi: int = 96) -> list[bytes]:
    """Return the pages of a form as PNG pictures, for looking at them."""
    return _set(form, "png", ppi)


def _set(form: Form, to: str, ppi: int = 96) -> list[bytes]:
    data = asdict(form)
    for block in data["blocks"]:
        for sign in block["items"] if block["kind"] == "signs" else ():
            sign["svg"] = strokes_svg(sign.pop("strokes")) if sign["strokes"] else ""
    text = json.dumps({**data, "qr": qr_code(form.address)}, ensure_ascii=False)
    with _one_at_a_time:
        made = _typesetter().compile(format=to, ppi=float(ppi), sys_inputs={"form": text})
    return made if isinstance(made, list) else [made]


def qr_code(address: str) -> str:
    """Return an address as a QR code in SVG that a phone still reads with a corner dirty."""
    import segno

    drawn = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(drawn, kind="svg", border=0, xmldecl=False, dark="#16212e")
    return drawn.getvalue().decode()


def strokes_svg(strokes: Sequence[Sequence[int]]) -> str:
    """Return the strokes of a signature, whole numbers on a field of 1000 by 400, as SVG."""
    paths = []
    for stroke in strokes:
        points = [f"{int(x)} {int(y)}" for x, y in zip(stroke[::2], stroke[1::2], strict=False)]
        if points:
            paths.append("M" + " L".join(points if len(points) > 1 else points * 2))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 400"><path d="' + " ".join(paths) + '" '
        'fill="none" stroke="#16212e" stroke-width="9" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
