"""What parts cost is seen by those who hold that right, on no other page and in no other answer (PTS-3)."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import transaction

from servicelane.parts.models import StockItem
from servicelane.parts.permissions import Perm
from servicelane.parts.services import receive
from servicelane.people.models import Employee
from tests.access.operations import BASE, operations
from tests.access.pages import pages
from tests.access.stores import Stores
from tests.access.visitor import program, visitor

PAID = Decimal("7313.47")
"""What no other figure of the stores looks like; the average after it, likewise."""


def _seen(stores: Stores, who: Employee, figures: tuple[str, ...], only: str = "") -> list[str]:
    """The pages, those of one app if told, and operations that show one of the figures to somebody."""
    client, robot = visitor(who, trying=True), program(who, trying=True)
    answers = {
        page.name: client.get(page.url(stores))
        for page in pages()
        if page.route.kind == "staff"
        and "GET" in page.methods
        and who.may_anywhere(page.route.perm)
        and page.name.startswith(only)
    }
    for operation in operations():
        if operation.method == "GET":
            answers[operation.path] = robot.get(operation.url(stores.own))
    answers["facts"] = robot.get(f"{BASE}/events", {"limit": 500})
    return [
        name
        for name, answer in answers.items()
        if any(figure in re.sub(r"[,\s]", "", answer.content.decode(errors="replace")) for figure in figures)
    ]


@pytest.fixture
def figures(stores: Stores) -> tuple[str, ...]:
    """A delivery at an unmistakable cost, and the average it leads to."""
    item = StockItem.objects.get(pk=stores.own.pk(StockItem))
    with transaction.atomic():
        receive(stores.own.store, item.part, Decimal(3), PAID, by=stores.own.boss, reference="Ownhaus")
    item.refresh_from_db()
    return str(PAID), f"{item.unit_cost:.2f}"


def test_whoever_may_not_see_what_parts_cost_sees_it_nowhere(
    stores: Stores, figures: tuple[str, ...]
) -> None:
    """Somebody with every role but those that hold the right; and the boss, that the walk sees anything."""
    assert _seen(stores, stores.lacking(Perm.SEE_COST), figures) == []
    assert len(_seen(stores, stores.own.boss, figures, only="parts:")) > 1
