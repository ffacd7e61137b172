"""What belongs to others answers as what is not there: no word, no status and no query tells them apart."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.customers.models import Customer, Vehicle
from servicelane.orders.models import Job, RepairOrder
from servicelane.org.models import Bay, Store
from servicelane.parts.models import Part, StockItem
from servicelane.people.models import Employee, Terminal
from tests.access.operations import BASE, BODIES, Operation, operations
from tests.access.pages import Page, pages
from tests.access.rows import digest
from tests.access.stores import PASSWORD, Side, Stores
from tests.access.visitor import Visitor, program, visitor

NOBODY = 2**40 + 7
"""An id that no row has."""
CHANGES = re.compile(r'(name="(?:csrfmiddlewaretoken|once)" value=")[^"]+|[0-9]{3,}|/[0-9]+(?=[/"?])')
"""What differs between two answers of one page, whatever was asked: secrets, keys and the ids themselves."""
PANEL = {"HTTP_HX_REQUEST": "true"}


def _told(answer: Any) -> tuple[int, str, list[str]]:
    """All that an answer tells: status, words, names of headers."""
    words = CHANGES.sub(r"\1", answer.content.decode())
    return answer.status_code, words, sorted(set(answer.headers) - {"Content-Length"})


def _asked(send: Callable[[], Any]) -> tuple[tuple[int, str, list[str]], int]:
    """What an answer tells, and after how many queries: as near to its time as a test can come."""
    with CaptureQueriesContext(connection) as queries:
        answer = send()
    # A store's zone is remembered for a while and then asked for again, whatever page it is.
    return _told(answer), sum('AS "zone"' not in query["sql"] for query in queries.captured_queries)


def _nowhere(page: Page, stores: Stores, name: str) -> str:
    """The address of a page with own ids, but one that no row has."""
    values = page._values(stores, dict.fromkeys(page.parameters, stores.own))
    return reverse(page.name, kwargs={**values, name: NOBODY})


def _foreign(page: Page, stores: Stores, name: str, side: Side) -> str:
    sides = dict.fromkeys(page.parameters, stores.own) | {name: side}
    return reverse(page.name, kwargs=page._values(stores, sides))


def test_a_page_of_others_answers_as_one_that_is_not_there(stores: Stores) -> None:
    client = visitor(stores.own.boss, trying=True, **PANEL)
    client.get("/")  # what a process remembers once it has seen it is no part of the answers
    asked = 0
    for page in pages():
        if page.route.kind != "staff":
            continue
        method, body = page.methods[-1], page.body(stores.own)  # POST where both are taken: the longer way
        for name in (name for name, what in page.parameters.items() if isinstance(what, type)):
            nowhere, there = _nowhere(page, stores, name), _foreign(page, stores, name, stores.other)
            unknown = _asked(lambda: client.send(method, nowhere, body))  # noqa: B023
            foreign = _asked(lambda: client.send(method, there, body))  # noqa: B023
            assert foreign[0][0] == 404, f"{method} {there}: {foreign[0][0]}"
            assert foreign == unknown, f"{method} {there} tells that {name} exists"
            asked += 1
    assert asked > 80


def test_an_operation_on_rows_of_others_answers_as_on_none(stores: Stores) -> None:
    robot = program(stores.own.boss, trying=True)
    asked = 0
    for operation in operations():
        if operation.route.kind != "staff" or not operation.parameters:
            continue
        body = BODIES.get((operation.method, operation.path), lambda _side: {})(stores.own)
        content = {} if operation.method == "GET" else {"data": body, "content_type": "application/json"}
        send = getattr(robot, operation.method.lower())
        none = re.sub(r"\{[^}]+\}", str(NOBODY), BASE + operation.path)
        unknown = _asked(lambda: send(none, **content))  # noqa: B023
        assert unknown[0][0] == 404, f"{operation.method} {none}: {unknown[0]}"
        for side in stores.strangers:
            foreign = _asked(lambda: send(operation.url(side), **content))  # noqa: B023
            assert foreign == unknown, f"{operation.method} {operation.path} tells that it is {side.mark}'s"
            asked += 1
    assert asked > 40


IDS: dict[str, Any] = {
    "store": lambda side: side.store.pk,
    "advisor": lambda side: side.worker.pk,
    "technician": lambda side: side.worker.pk,
    "technicians": lambda side: [side.worker.pk],
    "bay": lambda side: side.pk(Bay),
    "rework": lambda side: [side.pk(Job)],
    "part": lambda side: side.rows[StockItem].part_id,  # type: ignore[attr-defined]
    "order": lambda side: side.pk(RepairOrder),
    "customer": lambda side: side.pk(Customer),
    "owner": lambda side: side.pk(Customer),
}  # fmt: skip
"""What the fields of these names in bodies hold the id of."""
NUMBERS = {
    "version", "minutes", "odometer", "fuel", "quantity", "next_km", "days", "model_year", "interval_months",
    "interval_km",
}  # fmt: skip
"""Fields of whole numbers that are nobody's id."""
NEEDS_NO_ORDER = {("/complaints", "store"), ("/complaints", "customer")}
"""Fields that are read only where the body names no order, which has both."""


def _without_an_order(side: Side) -> dict[str, Any]:
    return {"order": None, "store": side.store.pk, "customer": side.pk(Customer)}


def _fields(operation: Operation, schema: dict[str, Any]) -> Iterator[str]:
    """The fields of a body that hold ids, as the API describes itself."""
    described = schema["paths"][f"{BASE}{operation.path.replace('{int:', '{')}"][operation.method.lower()]
    if "requestBody" not in described:
        return
    named = described["requestBody"]["content"]
    if "application/json" not in named:  # a photo comes as a form, which names nothing else
        return
    named = named["application/json"]["schema"]
    named = next((one for one in named.get("anyOf", [named]) if "$ref" in one), named)
    parts = schema["components"]["schemas"].get(named.get("$ref", "").rsplit("/", 1)[-1], named)
    for name, field in parts.get("properties", {}).items():
        if "'integer'" in str(field) and name not in NUMBERS:
            assert name in IDS, (
                f"{operation.method} {operation.path} takes a whole number {name!r}: say in IDS of this test "
                "whose id it is, or in NUMBERS that it is nobody's"
            )
            yield name


def test_an_id_of_others_in_a_body_is_an_id_of_nobody(stores: Stores) -> None:
    """Field by field, each of its own beside a body that is right."""
    from servicelane.project.api import api

    schema = api.get_openapi_schema()
    before = {side.mark: digest(side) for side in stores.strangers}
    robot = program(stores.own.boss, trying=True)
    tried = set()
    for operation in operations():
        if operation.method == "GET" or operation.route.kind != "staff":
            continue
        for name in _fields(operation, schema):
            own = IDS[name](stores.own)
            none: Any = [NOBODY] if isinstance(own, list) else NOBODY
            beside = _without_an_order(stores.own) if (operation.path, name) in NEEDS_NO_ORDER else {}
            unknown = operation.send(robot, stores.own, more={**beside, name: none})
            place = f"{operation.method} {operation.path} with {name}"
            assert 400 <= unknown.status_code < 500, f"{place} of nobody: {unknown.status_code}"
            for side in stores.strangers:
                if IDS[name](side) == own:
                    continue  # the catalogue of parts is the whole group's
                foreign = operation.send(robot, stores.own, more={**beside, name: IDS[name](side)})
                assert _told(foreign) == _told(unknown), f"{place} of {side.mark} is answered otherwise"
                assert side.mark not in foreign.content.decode()
                tried.add((operation.path, name))
    assert len(tried) > 12
    assert {side.mark: digest(side) for side in stores.strangers} == before


SECRETS = ("name", "plate", "vin", "number", "mobile", "code", "user_name", "email")


def _names(side: Side) -> set[str]:
    """All by which rows of a side are found; the numbers of papers begin anew in each store."""
    return {
        str(getattr(row, name))
        for row in (*side.rows.values(), side.store, side.worker)
        for name in SECRETS
        if getattr(row, name, None)
    }


def test_no_search_finds_what_is_of_another_group(stores: Stores) -> None:
    """Not even by the whole plate, VIN, number or name, which finds a file of the own group."""
    page = visitor(stores.own.boss, trying=True, **PANEL)
    robot = program(stores.own.boss, trying=True)
    words = _names(stores.foreign) - _names(stores.own)
    assert len(words) > 10
    for word in words:
        found = page.get(reverse("search"), {"q": word}).content.decode()
        assert "found-group" not in found, f"{word} is found"
        assert robot.get(f"{BASE}/search", {"q": word}).json()["items"] == []
        taken = page.get(reverse("customers:take_over"), {"q": word}).content.decode()
        assert stores.foreign.mark not in taken.replace(word, "").replace(quote_plus(word), "")
    own = page.get(reverse("search"), {"q": stores.own.rows[RepairOrder].number}).content.decode()  # type: ignore[attr-defined]
    assert "found-group" in own


def test_a_whole_number_finds_a_file_of_the_group_by_a_masked_name_and_without_its_id(stores: Stores) -> None:
    vehicle = stores.other.rows[Vehicle]
    found = program(stores.own.boss, trying=True).get(f"{BASE}/search", {"q": vehicle.plate}).json()["items"]  # type: ignore[attr-defined]

    assert [(hit["id"], hit["elsewhere"]) for hit in found] == [(None, True)]
    assert stores.other.mark not in str(found)


@pytest.mark.parametrize("way", ["page", "program"])
def test_a_sign_in_does_not_tell_who_works_here(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Wrong password, unknown name, somebody who left: one answer, after as much hashing."""
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *asked: hashed.append("once") or encode(*asked))
    left = stores.person({stores.own.store: frozenset({"cashier"})})  # type: ignore[arg-type]
    Employee.objects.filter(pk=left.pk).update(is_active=False, left_on="2026-01-02")
    told = {}
    for kind, name, password in (
        ("wrong password", stores.own.boss.user_name, "not-the-password"),
        ("unknown name", "nobody-at-all", "not-the-password"),
        ("left", left.user_name, PASSWORD),
    ):
        hashed.clear()
        client = Visitor(trying=True)
        if way == "page":
            answer = client.post(reverse("account_login"), {"login": name, "password": password})
        else:
            body = {"user": name, "password": password}
            answer = client.post(f"{BASE}/auth/token", body, content_type="application/json")
        told[kind] = (
            answer.status_code,
            CHANGES.sub(r"\1", answer.content.decode().replace(name, "")),
            len(hashed),
        )
    assert told["wrong password"][0] in (401, 422)
    assert told["wrong password"][2] > 0, "nothing was hashed, so nothing was proved"
    assert len(set(told.values())) == 1, {kind: (said[0], said[2]) for kind, said in told.items()}


def test_a_terminal_does_not_tell_who_works_elsewhere(stores: Stores) -> None:
    """Somebody of another store, somebody without a PIN, somebody who left, nobody: one answer."""
    Employee.objects.filter(pk=stores.own.boss.pk).update(pin="")
    assert stores.own.rows[Terminal]
    client = Visitor(trying=True, **PANEL)
    client.cookies["terminal"] = stores.own.terminal_token
    client.get(reverse("people:terminal"))
    told = set()
    for pk in (NOBODY, stores.own.boss.pk, stores.other.worker.pk, stores.foreign.worker.pk):
        url = reverse("people:terminal_switch", args=[pk])
        for method in ("GET", "POST"):
            said, queries = _asked(lambda: client.send(method, url, {"pin": "270413"}))  # noqa: B023
            told.add((method, said[0], said[1], queries))
    assert sorted(one[:2] for one in told) == [("GET", 404), ("POST", 404)]


def test_the_stores_are_what_the_tests_take_them_for(stores: Stores) -> None:
    """An own id is let in where an id of others is not: else the refusals above prove nothing."""
    robot = program(stores.own.boss, trying=True)
    for name, path in (("store", "/stores/{int:store}/bays"), ("order", "/orders/{int:order}")):
        operation = next(one for one in operations() if one.path == path and one.method == "GET")
        assert operation.send(robot, stores.own).status_code == 200, name
    assert Store.objects.filter(pk=stores.other.store.pk).exists()
    assert Part.objects.filter(pk=IDS["part"](stores.foreign)).exists()
