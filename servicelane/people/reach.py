"""Where a person holds which roles: worked out once per request, then asked many times."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reach:
    """The roles of one person by store and by region; those of a region hold in its whole tree."""

    stores: Mapping[int, frozenset[str]] = field(default_factory=dict)
    regions: Mapping[int, frozenset[str]] = field(default_factory=dict)


def reach_of(
    held: Iterable[tuple[int | None, int | None, str]],
    tree: Iterable[tuple[int, int | None, int | None]],
) -> Reach:
    """Work out a Reach.

    `held` are the memberships as (store, region, role); `tree` is the group as (region, its parent,
    one of its stores or None), and may be empty when no membership names a region.
    """
    stores: dict[int, set[str]] = defaultdict(set)
    granted: dict[int, set[str]] = defaultdict(set)
    for store, region, role in held:
        if store is not None:
            stores[store].add(role)
        elif region is not None:
            granted[region].add(role)
    rows = list(tree)
    parents = {region: parent for region, parent, _ in rows}
    regions = {region: found for region in parents if (found := _inherited(region, parents, granted))}
    for region, _, store in rows:
        if store is not None and region in regions:
            stores[store] |= regions[region]
    return Reach(
        {place: frozenset(found) for place, found in stores.items()},
        {place: frozenset(found) for place, found in regions.items()},
    )


def _inherited(region: int, parents: Mapping[int, int | None], granted: Mapping[int, set[str]]) -> set[str]:
    return set().union(*(granted.get(place, ()) for place in path_up(region, parents)))


def path_up(region: int, parents: Mapping[int, int | None]) -> list[int]:
    """Return the region and all above it, the nearest first; a loop in the tree ends the walk."""
    path: list[int] = []
    place: int | None = region
    while place is not None and place not in path:
        path.append(place)
        place = parents.get(place)
    return path
