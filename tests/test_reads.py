"""A GET never writes: every page and operation is asked of a database that refuses writes (architecture)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from servicelane.org.models import Bay
from servicelane.people.models import Employee, Terminal
from servicelane.people.roles import Role
from tests.access.operations import BASE, operations
from tests.access.pages import pages
from tests.access.readonly import readonly
from tests.access.stores import Stores
from tests.access.visitor import Visitor, program, visitor

ROLES = (Role.TECHNICIAN, Role.SYSTEM_ADMINISTRATOR)


def _visitors(stores: Stores) -> Iterator[tuple[str, Visitor]]:
    yield "signed out", visitor()
    yield "without a role", visitor(stores.person())
    for role in ROLES:
        yield str(role), visitor(stores.person({stores.own.store: frozenset({role})}))
    yield "by PIN", visitor(stores.own.boss, terminal=stores.own.rows[Terminal])
    terminal = visitor()
    terminal.cookies["terminal"] = stores.own.terminal_token
    yield "on a terminal", terminal
    fresh = stores.person({stores.other.store: frozenset({Role.SYSTEM_ADMINISTRATOR})})
    Employee.objects.filter(pk=fresh.pk).update(must_change_password=True)
    yield "with a temporary password", visitor(Employee.objects.get(pk=fresh.pk))


def test_the_block_refuses_writes(stores: Stores) -> None:
    with pytest.raises(DatabaseError), readonly(), transaction.atomic():
        Bay.objects.update(name="written")
    Bay.objects.update(name="written again")


def test_no_page_writes_when_it_is_read(stores: Stores) -> None:
    asked = 0
    people = list(_visitors(stores))
    for page in pages():
        if "GET" not in page.methods:
            continue
        url = page.url(stores)
        for who, client in people:
            with readonly():
                status = client.get(url).status_code
            assert status < 500, f"{page.name} {who}: {status}"
            asked += 1
    assert asked > 200


def test_no_head_or_options_and_no_htmx_writes(stores: Stores) -> None:
    client = visitor(stores.own.boss)
    for page in pages():
        for method, extra in (("head", {"HTTP_HX_REQUEST": "true"}), ("options", {})):
            with readonly():
                status = client.send(method, page.url(stores), **extra).status_code
            assert status < 500, f"{method} {page.name}: {status}"


def test_no_operation_writes_when_it_is_read(stores: Stores) -> None:
    clients = [program(), program(stores.own.worker), program(stores.own.boss), program(stores.other.boss)]
    for operation in operations():
        if operation.method == "GET":
            for client in clients:
                with readonly():
                    assert operation.send(client, stores.own).status_code < 500, operation.path
    for path in ("openapi.json", "docs", "nowhere"):
        with readonly():
            assert clients[0].get(f"{BASE}/{path}").status_code in (200, 404)


def test_searching_filtering_and_paging_write_nothing(stores: Stores) -> None:
    client = visitor(stores.own.boss)
    queries = {"q": "own", "page": "2", "state": "all", "week": "2031-W06", "year": "2031"}
    for page in pages():
        if "GET" in page.methods and page.route.kind == "staff":
            with readonly():
                assert client.get(page.url(stores), queries).status_code in (200, 204), page.name


def test_a_write_is_a_post_only(stores: Stores) -> None:
    """What changes something answers 405 to a GET, or draws the question and changes nothing."""
    client = visitor(stores.own.boss)
    with readonly():
        assert client.get(reverse("account_logout")).status_code == 200
        assert client.get("/").status_code == 200
    assert connection.needs_rollback is False
