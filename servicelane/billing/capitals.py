"""An amount in Chinese capitals, as a settlement list must carry it against forgery (form F05).

The signs stand in `data/capitals.json`. The packages that do this were set aside: cn2an puts modules
named `build` and `example` on the import path and calculates in floats, num2words knows no Chinese.
"""

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _signs() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "data/capitals.json").read_text("utf-8"))
    return found


def in_capitals(amount: Decimal) -> str:
    """Write an amount in yuan in Chinese capitals, as cheques and settlement lists spell it.

    Raises ValueError for more than two decimals or from ten to the sixteenth on.
    """
    signs = _signs()
    fen = abs(amount) * 100
    if fen % 1 or fen >= 10**18:
        raise ValueError(amount)
    whole, rest = divmod(int(fen), 100)
    jiao, last = divmod(rest, 10)
    text = _whole(whole) + signs["yuan"] if whole else ""
    if jiao:
        text += signs["digits"][jiao] + signs["jiao"]
    elif whole and last:
        text += signs["digits"][0]
    if last:
        text += signs["digits"][last] + signs["fen"]
    elif jiao or whole:
        text += signs["whole"]
    text = text or signs["digits"][0] + signs["yuan"] + signs["whole"]
    return signs["minus"] + text if amount < 0 else text


def _whole(number: int) -> str:
    """Four digits at a time; zeros between digits are read once, zeros at the end of a group not at all."""
    signs = _signs()
    text, gap, place = "", False, len(str(number)) - 1
    for digit in map(int, str(number)):
        group, inside = divmod(place, 4)
        if digit:
            text += (signs["digits"][0] if gap else "") + signs["digits"][digit] + signs["places"][inside]
        gap = digit == 0
        if inside == 0 and number // 10**place % 10**4:
            text += signs["groups"][group]
        place -= 1
    return text
