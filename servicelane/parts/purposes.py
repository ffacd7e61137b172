"""What a movement or reservation is for, in words: told by the apps above, which know the rows.

An app that reserves and issues describes its purposes once, in its AppConfig.ready or a module that
this imports: `describe("orders.partline", lines_in_words)`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose: what a reader calls it (such as an order's number), and its page or nothing."""

    words: str
    url: str = ""


Describer = Callable[[Collection[int]], Mapping[int, Purpose]]
Key = tuple[str, int]

_describers: dict[str, Describer] = {}


def describe(for_type: str, describer: Describer) -> None:
    """Let `describer` say what the purposes of one type are, by their ids, in one query for all."""
    _describers[for_type] = describer


def described(keys: Iterable[tuple[str, int | None]]) -> dict[Key, Purpose]:
    """Return the known purposes among `keys`. One query for each type."""
    ids: dict[str, set[int]] = {}
    for for_type, for_id in keys:
        if for_id is not None and for_type in _describers:
            ids.setdefault(for_type, set()).add(for_id)
    return {
        (for_type, for_id): purpose
        for for_type, wanted in ids.items()
        for for_id, purpose in _describers[for_type](wanted).items()
    }
