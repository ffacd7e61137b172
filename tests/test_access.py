"""Who may use what, asked of every route: a new route is asked by itself (PLT-1, architecture "Access")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from servicelane.kernel.clock import moved, now
from servicelane.kernel.routes import ANYWHERE, HERE
from servicelane.people.models import Employee, Terminal
from servicelane.people.services import deactivate
from servicelane.people.sign_in_services import issue_token, revoke_token
from servicelane.project.api import api
from servicelane.project.roles import FULL_SIGN_IN, TABLE
from tests.access.operations import BASE, ROOTS, Operation, operations
from tests.access.pages import Page, pages
from tests.access.stores import Side, Stores, roles_without
from tests.access.visitor import program, visitor
from tests.undrawn import undrawn


def _asked() -> Iterator[tuple[Page, str]]:
    for page in pages():
        for method in page.methods:
            yield page, method


def _staff() -> Iterator[tuple[Page, str]]:
    return ((page, method) for page, method in _asked() if page.route.kind == "staff")


def _staff_operations() -> list[Operation]:
    return [operation for operation in operations() if operation.route.kind == "staff"]


PANEL = {"HTTP_HX_REQUEST": "true"}
"""Asked by htmx, a refusal is drawn without the frame around it: the same guard in a quarter of the time."""


class Wrong(list[str]):
    """What went otherwise than it should, one line each; must stay empty."""

    def unless(self, holds: object, what: str) -> None:
        if not holds:
            self.append(what)


@pytest.fixture(name="undrawn")
def _undrawn() -> Iterator[None]:
    with undrawn():
        yield


@pytest.fixture
def wrong() -> Iterator[Wrong]:
    found = Wrong()
    yield found
    assert not found, "\n" + "\n".join(found)


def test_the_walk_knows_every_route() -> None:
    names = [page.name for page in pages()]
    rights = {right for held in TABLE.values() for right in held}

    assert len(names) == len(set(names))
    assert len(names) > 40
    for page in pages():
        assert page.methods, f"{page.name} takes neither GET nor POST"
    asked_for = {str(page.route.perm) for page in pages()} | {str(one.route.perm) for one in operations()}
    assert rights <= asked_for | {""}, "a right that no route asks for"
    assert asked_for - {""} <= rights, "a right that no role holds"


def test_the_api_has_no_address_beside_its_operations() -> None:
    described = {
        (method.upper(), path.removeprefix(BASE))
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    }
    plain = {(one.method, one.path.replace("{int:", "{")) for one in operations()}
    named = {url.name for url in api.urls[0]} - ROOTS

    assert plain == described
    assert named <= {one["operationId"].split("_api_")[-1] for one in _described_operations()}


def _described_operations() -> list[dict[str, Any]]:
    return [one for methods in api.get_openapi_schema()["paths"].values() for one in methods.values()]


@pytest.mark.usefixtures("undrawn")
def test_a_method_that_a_page_does_not_take_is_405(stores: Stores, wrong: Wrong) -> None:
    client = visitor(stores.own.boss, trying=True)
    for page in pages():
        for method in {"GET", "POST"} - set(page.methods):
            status = client.send(method, page.url(stores)).status_code
            wrong.unless(status == 405, f"{method} {page.name}: {status}, the walk says it is not taken")


def test_signed_out_everything_leads_to_the_sign_in_page(stores: Stores, wrong: Wrong) -> None:
    client = visitor(trying=True)
    for page, method in _staff():
        url = page.url(stores)
        answer = client.send(method, url)
        target = reverse("account_login") + (f"?next={url.replace('/', '%2F')}" if method == "GET" else "")
        wrong.unless(
            answer.status_code == 302 and answer["Location"] == target,
            f"{method} {page.name} signed out: {answer.status_code} {answer.get('Location')}",
        )
        panel = client.send(method, url, HTTP_HX_REQUEST="true")
        wrong.unless(
            reverse("account_login") in panel.get("HX-Redirect", "") and not panel.content,
            f"{method} {page.name} signed out by htmx: {panel.status_code}",
        )


def test_public_pages_need_no_sign_in(stores: Stores, wrong: Wrong) -> None:
    client = visitor(trying=True)
    public = [page for page in pages() if page.route.kind == "public"]
    for page in public:
        if "GET" in page.methods:
            answer = client.get(page.url(stores))
            wrong.unless(answer.status_code in (200, 302), f"{page.name} signed out: {answer.status_code}")
    assert {page.name for page in public} == {
        "health",
        "account_login",
        "people:sign_in_code",
        "account_logout",
        "set_language",
        "people:terminal",
        "people:terminal_switch",
    }, "a page for everybody is a decision: name it here"


@pytest.mark.usefixtures("undrawn")
def test_without_the_right_every_page_is_403(stores: Stores, wrong: Wrong) -> None:
    for page, method in _staff():
        client = visitor(stores.lacking(page.route.perm), store=stores.own.store, trying=True, **PANEL)
        answer = client.send(method, page.url(stores), page.body(stores.own))
        wrong.unless(
            answer.status_code == 403, f"{method} {page.name} without the right: {answer.status_code}"
        )


@pytest.mark.usefixtures("undrawn")
def test_a_person_without_any_role_gets_nowhere(stores: Stores, wrong: Wrong) -> None:
    client = visitor(stores.person(), store=stores.own.store, trying=True, **PANEL)
    for page, method in _staff():
        answer = client.send(method, page.url(stores), page.body(stores.own))
        own_password = page.name == "account_change_password"
        wrong.unless(
            answer.status_code == 403 or own_password,
            f"{method} {page.name} without a role: {answer.status_code}",
        )


def test_with_the_right_no_page_is_refused(stores: Stores, wrong: Wrong) -> None:
    for page, method in _staff():
        client = visitor(stores.holder(page.route.perm), trying=True)
        answer = client.send(method, page.url(stores), page.body(stores.own))
        expected = {200} if method == "GET" else {200, 302, 409, 422}
        wrong.unless(
            answer.status_code in expected and "HX-Redirect" not in answer,
            f"{method} {page.name} with the right: {answer.status_code}; if an empty form cannot be answered "
            "otherwise, give one in BODIES of tests/access/pages.py",
        )


def test_rows_of_a_store_without_the_right_are_not_there(stores: Stores, wrong: Wrong) -> None:
    """Both for those who hold the right elsewhere only, and for those of another group."""
    asked = [(page, method) for page, method in _staff() if page.names_rows]
    assert len(asked) > 20
    for page, method in asked:
        own, right = stores.own, page.route.perm
        for who, rows in (
            (stores.holder(right), stores.other),
            (stores.holder(right), stores.foreign),
            (stores.holder(right, stores.other), own),
            (stores.elsewhere(right), own),
        ):
            client = visitor(who, store=rows.store, trying=True, **PANEL)
            for url in _addresses(page, stores, who, rows):
                answer = client.send(method, url, page.body(own))
                wrong.unless(
                    answer.status_code == 404,
                    f"{method} {url} ({page.name}) of {rows.mark}: {answer.status_code}",
                )


def _addresses(page: Page, stores: Stores, who: Employee, rows: Side) -> Iterator[str]:
    """All addresses that name a row of a side; mixed with own rows for somebody of the own store."""
    if rows is stores.own:
        yield page.url(stores, rows)
    else:
        yield from page.mixed_urls(stores, rows)


def test_a_store_one_has_no_role_in_is_never_the_current_one(stores: Stores, wrong: Wrong) -> None:
    for page, method in _staff():
        if page.route.scope is not HERE or method != "GET":
            continue
        for side in stores.strangers:
            answer = visitor(stores.holder(page.route.perm), store=side.store, trying=True).get(
                page.url(stores)
            )
            body = answer.content.decode()
            wrong.unless(
                answer.status_code == 200 and side.mark not in body, f"{page.name} shows {side.mark}"
            )


@pytest.mark.usefixtures("undrawn")
def test_different_roles_in_two_stores_are_not_mixed(stores: Stores, wrong: Wrong) -> None:
    """The right of the other store opens pages there, nothing here."""
    for page, method in _staff():
        if not roles_without(page.route.perm) or method != page.methods[-1]:
            continue
        who = stores.elsewhere(page.route.perm)
        for side, allowed in ((stores.own, False), (stores.other, True)):
            if page.route.scope is ANYWHERE:
                allowed = True
            client = visitor(who, store=side.store, trying=True, **PANEL)
            status = client.send(method, page.url(stores, side), page.body(side)).status_code
            refused = 403 if page.route.scope is HERE else 404
            wrong.unless(
                (status not in (403, 404)) if allowed else status == refused,
                f"{method} {page.name} in {side.mark}: {status}",
            )


@pytest.mark.usefixtures("undrawn")
def test_a_pin_opens_what_a_day_needs_and_no_more(stores: Stores, wrong: Wrong) -> None:
    terminal = stores.own.rows[Terminal]
    for page, method in _staff():
        client = visitor(stores.holder(page.route.perm), terminal=terminal, trying=True, **PANEL)
        status = client.send(method, page.url(stores), page.body(stores.own)).status_code
        if page.route.perm in FULL_SIGN_IN:
            wrong.unless(status == 403, f"{method} {page.name} by PIN: {status}")
        else:
            wrong.unless(status not in (403, 404), f"{method} {page.name} by PIN: {status}")
    assert {page.route.perm for page, _ in _staff()} & FULL_SIGN_IN


def test_a_pin_session_ends_with_its_terminal(stores: Stores) -> None:
    client = visitor(stores.own.worker, terminal=stores.own.rows[Terminal])
    assert client.get("/").status_code == 200

    Terminal.objects.filter(pk=stores.own.pk(Terminal)).update(revoked_at=now())

    assert client.get("/").status_code == 302


def test_a_terminal_lets_only_people_of_its_store_in(stores: Stores) -> None:
    client = visitor(trying=True)
    client.cookies["terminal"] = stores.own.terminal_token
    for method in ("GET", "POST"):
        own = client.send(method, reverse("people:terminal_switch", args=[stores.own.worker.pk]))
        assert own.status_code == (200 if method == "GET" else 422)
        for side in stores.strangers:
            url = reverse("people:terminal_switch", args=[side.worker.pk])
            assert client.send(method, url, {"pin": "270413"}).status_code == 404
    shown = client.get(reverse("people:terminal")).content.decode()
    assert "Ownhaus Worker" in shown
    assert not re.search("Zqother|Zqforeign", shown)


def test_who_left_is_signed_out_everywhere(stores: Stores) -> None:
    client = visitor(stores.own.worker)
    robot = program(stores.own.worker)
    assert client.get("/").status_code == 200
    assert robot.get(f"{BASE}/me").status_code == 200

    deactivate(Employee.objects.get(pk=stores.own.worker.pk), by=None)

    assert client.get("/").status_code == 302
    assert robot.get(f"{BASE}/me").status_code == 401


def test_a_temporary_password_opens_only_its_own_change(stores: Stores, wrong: Wrong) -> None:
    Employee.objects.filter(pk=stores.own.boss.pk).update(must_change_password=True)
    client = visitor(stores.own.boss, trying=True)
    target = reverse("account_change_password")
    for page, method in _staff():
        answer = client.send(method, page.url(stores), page.body(stores.own))
        there = page.name == "account_change_password"
        wrong.unless(
            there or (answer.status_code == 302 and answer["Location"] == target),
            f"{method} {page.name} with a temporary password: {answer.status_code}",
        )


def _ended(stores: Stores) -> dict[str, str]:
    """Tokens that must not open anything any more."""
    boss = stores.own.boss
    gone, _password = stores.person({stores.own.store: frozenset(TABLE)}), None
    row, revoked = issue_token(boss, "revoked", by=None)
    revoke_token(row, by=None)
    _row, expired = issue_token(boss, "expired", by=None, lifetime=timedelta(seconds=1))
    _row, left = issue_token(gone, "left", by=None)
    # Without the service, which would revoke the token as well.
    Employee.objects.filter(pk=gone.pk).update(is_active=False, left_on=now().date())
    return {"revoked": revoked, "expired": expired, "left": left, "unknown": "x" * 43, "empty": ""}


def test_the_api_wants_a_living_token(stores: Stores, wrong: Wrong) -> None:
    tokens = _ended(stores)
    with moved(now() + timedelta(seconds=2)):
        for operation in _staff_operations():
            for kind, token in tokens.items():
                answer = operation.send(program(token=token, trying=True), stores.own)
                wrong.unless(
                    answer.status_code == 401 and answer.json()["code"] == "http.signed_out",
                    f"{operation.method} {operation.path} with a token {kind}: {answer.status_code}",
                )


def test_a_page_session_is_no_token(stores: Stores, wrong: Wrong) -> None:
    client = visitor(stores.own.boss, trying=True)
    for operation in _staff_operations():
        status = operation.send(client, stores.own).status_code
        wrong.unless(status == 401, f"{operation.method} {operation.path} by the session's cookie: {status}")


LET_IN = {200, 201, 204, 409}
"""Answers to somebody who may; 409 is a rule of the house that the row as it stands does not fit."""


def _status(answer: Any) -> int:
    """The status of an answer; a refusal of the house, unlike a body of the wrong shape, counts as 409."""
    if answer.status_code == 422 and not answer.json()["code"].startswith("http."):
        return 409
    return int(answer.status_code)


def test_the_api_asks_for_the_right_and_the_store(stores: Stores, wrong: Wrong) -> None:
    own, other, foreign = stores.own, stores.other, stores.foreign
    for operation in _staff_operations():
        right, named = operation.route.perm, operation.names_rows
        cases: list[tuple[Employee, Side, set[int]]] = [
            (stores.holder(right), own, LET_IN),
            (stores.lacking(right), own, {403}),
            (stores.person(), own, {403}),
            (stores.elsewhere(right), own, {404} if named else LET_IN),
            (stores.elsewhere(right), other, LET_IN),
            (stores.holder(right), other, {404} if named else LET_IN),
            (stores.holder(right), foreign, {404} if named else LET_IN),
        ]
        for who, side, expected in cases:
            answer = operation.send(program(who, trying=True), side)
            wrong.unless(
                _status(answer) in expected,
                f"{operation.method} {operation.path} of {who.user_name} for {side.mark}: "
                f"{answer.status_code}",
            )
