"""A program's token: one person's rights as they are now, no longer than told, nor than the password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.orders.models import RepairOrder
from servicelane.people.models import ApiToken, Employee
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.people.sign_in_services import change_own_password, reset_password
from tests.access.operations import BASE
from tests.access.stores import PASSWORD, Side, Stores
from tests.access.visitor import Visitor, program, visitor

NEW = "meadow-kettle-river-71"


def _order(side: Side) -> str:
    return f"{BASE}/orders/{side.pk(RepairOrder)}"


def _by_form(stores: Stores, person: Employee) -> None:
    url = reverse("people:reset_password", args=[person.pk])
    assert visitor(stores.own.boss).send("POST", url).status_code == 302


@pytest.mark.parametrize(
    "give",
    [
        _by_form,
        lambda stores, person: reset_password(person, by=stores.own.boss),
        lambda stores, person: change_own_password(person, NEW),
    ],
    ids=["reset on the page", "reset", "changed by oneself"],
)
def test_a_token_does_not_outlive_the_password_it_was_got_with(
    stores: Stores, give: Callable[[Stores, Employee], None]
) -> None:
    """Whoever stole a password and got a token for a year is out with the next password."""
    person = Employee.objects.get(pk=stores.own.worker.pk)
    asked = {"user": person.user_name, "password": PASSWORD, "days": 365}
    got = Visitor().post(f"{BASE}/auth/token", asked, content_type="application/json").json()["token"]
    robot, other = program(token=got), program(token=stores.other.api_token)
    assert robot.get(f"{BASE}/me").status_code == 200

    give(stores, person)

    assert robot.get(f"{BASE}/me").status_code == 401
    assert not ApiToken.objects.filter(employee=person, revoked_at=None).exists()
    assert Event.objects.filter(kind="people.token_revoked", subject_id__isnull=False).exists()
    assert other.get(f"{BASE}/me").status_code == 200


def test_a_token_has_the_rights_its_person_has_now(stores: Stores) -> None:
    """A role that is withdrawn, and one that is given in another store, at the next request."""
    worker = Employee.objects.get(pk=stores.own.worker.pk)
    robot = program(worker)
    seen = [robot.get(_order(side)).status_code for side in (stores.own, stores.other, stores.foreign)]
    assert seen == [200, 404, 404]

    grant_role(worker, Role.CASHIER, stores.other.store, by=None)
    assert robot.get(_order(stores.other)).status_code == 200

    worker.memberships.filter(store=stores.own.store).delete()
    seen = [robot.get(_order(side)).status_code for side in (stores.own, stores.other, stores.foreign)]
    assert seen == [404, 200, 404]

    worker.memberships.all().delete()
    assert robot.get(_order(stores.other)).status_code == 403


def test_a_token_ends_to_the_second_and_is_read_whole(stores: Stores) -> None:
    """Not a part of it, not in another case, not by another scheme, not in the address."""
    robot = program(stores.own.worker)
    sent = robot.defaults["HTTP_AUTHORIZATION"]
    token = sent.removeprefix("Bearer ")
    row = ApiToken.objects.filter(employee=stores.own.worker).latest("pk")
    with moved(row.expires_at - timedelta(seconds=1)):
        assert robot.get(f"{BASE}/me").status_code == 200
    with moved(row.expires_at):
        assert robot.get(f"{BASE}/me").status_code == 401
    for wrong in (
        token[:-1],
        token + "x",
        token.swapcase(),
        f" {token} x",
        row.token_hash,
        "' OR 1=1 --",
        "%",
    ):
        assert program(token=wrong).get(f"{BASE}/me").status_code == 401, wrong
    for scheme in ("Basic", "Token", ""):
        assert Visitor(HTTP_AUTHORIZATION=f"{scheme} {token}").get(f"{BASE}/me").status_code == 401
    for name in ("token", "access_token", "api_key", "authorization"):
        assert Visitor().get(f"{BASE}/me", {name: token}).status_code == 401


def test_a_token_opens_no_page_and_a_pin_gets_no_token(stores: Stores) -> None:
    robot = program(token=stores.own.api_token)
    assert robot.get("/").status_code == 302
    assert (
        robot.send("POST", reverse("people:own_pin"), {"pin": "271828", "again": "271828"}).status_code == 302
    )
    for secret in ("270413", stores.own.terminal_token, stores.own.api_token):
        asked = {"user": stores.own.worker.user_name, "password": secret}
        answer = Visitor(trying=True).post(f"{BASE}/auth/token", asked, content_type="application/json")
        assert answer.status_code == 401


def test_nobody_ends_or_learns_the_token_of_another(stores: Stores) -> None:
    """One ends the token that one sends, and no list shows any."""
    mine, theirs = program(stores.own.worker), program(token=stores.own.api_token)
    row = stores.own.rows[ApiToken]
    answer = mine.delete(
        f"{BASE}/auth/token", {"token": stores.own.api_token, "id": row.pk}, "application/json"
    )
    assert answer.status_code == 204
    assert mine.get(f"{BASE}/me").status_code == 401
    assert theirs.get(f"{BASE}/me").status_code == 200
    told = theirs.get(f"{BASE}/events", {"limit": 500}).content.decode()
    assert row.token_hash not in told  # type: ignore[attr-defined]
    assert stores.own.api_token not in told
    assert now() < row.expires_at  # type: ignore[attr-defined]
