"""A browser of somebody of the cast, in 市南店."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.access.visitor import Visitor, visitor


@pytest.fixture
def desk(shop: Any) -> Callable[[Any], Visitor]:
    """The browser of a person who works in 市南店 now."""
    return lambda person: visitor(person, store=shop.shinan)
