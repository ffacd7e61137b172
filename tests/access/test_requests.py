"""How a request itself is looked at: its secret, origin, host and session, and where it leads (PLT-1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from servicelane.people.models import Employee, Terminal
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from tests.access.forms import forms
from tests.access.markup import Markup
from tests.access.operations import BASE
from tests.access.pages import Page, pages
from tests.access.rows import digest
from tests.access.stores import PASSWORD, PIN, Stores
from tests.access.visitor import Visitor, visitor

EVIL = "evil.example"
OUTSIDE = f"https://{EVIL}/"
SESSION = settings.SESSION_COOKIE_NAME


def _unsafe() -> Iterator[Page]:
    return (page for page in pages() if "POST" in page.methods)


def test_no_page_takes_a_form_without_its_secret(stores: Stores) -> None:
    """Without any, with another session's, and with the right one from another site."""
    strict = visitor(stores.own.boss, trying=True, enforce_csrf_checks=True, HTTP_HX_REQUEST="true")
    strict.cookies["terminal"] = stores.own.terminal_token
    strict.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    before = digest(stores.own)
    asked = 0
    for page in _unsafe():
        if page.route.kind == "link":
            continue  # no other site knows its address, which is the whole secret; no session is used there
        url = page.url(stores)
        for body, extra in (
            ({}, {}),
            ({"csrfmiddlewaretoken": "b" * 32}, {}),
            ({"csrfmiddlewaretoken": "a" * 32}, {"HTTP_ORIGIN": OUTSIDE[:-1]}),
        ):
            answer = strict.send("POST", url, {**page.body(stores.own), **body}, **extra)
            assert answer.status_code == 403, f"{page.name}: {answer.status_code}"
            asked += 1
    with_it = strict.send("POST", reverse("people:own_pin"), {"csrfmiddlewaretoken": "a" * 32})
    assert with_it.status_code == 422  # the secret is right, the form is empty
    assert asked > 200
    assert digest(stores.own) == before


def test_no_form_leads_or_writes_out_of_the_site(stores: Stores) -> None:
    """Sent rightly, with another site in `next`, in each header that names where one came from or is."""
    forged = {
        "HTTP_REFERER": OUTSIDE,
        "HTTP_HX_CURRENT_URL": OUTSIDE,
        "HTTP_X_FORWARDED_HOST": EVIL,
        "HTTP_X_FORWARDED_SERVER": EVIL,
        "HTTP_FORWARDED": f"host={EVIL}",
        "HTTP_X_ORIGINAL_URL": OUTSIDE,
        "HTTP_X_HOST": EVIL,
    }
    elsewhere = dict.fromkeys(("next", "back", "return_to", "url", "redirect", "to"), OUTSIDE)
    grant_role(stores.own.boss, Role.CASHIER, stores.other.store, by=None)  # else no store to switch to
    client = visitor(Employee.objects.get(pk=stores.own.boss.pk), store=stores.own.store, trying=True)
    session, led = client.cookies[SESSION].value, 0
    for sent in list(forms(client, stores)):
        client.cookies[SESSION] = session  # signing out is one of the forms
        answer = client.post(sent.url, {**sent.values(), **elsewhere}, **forged)
        assert answer.status_code in (200, 302, 409, 422), f"{sent.url}: {answer.status_code}"
        for name in ("Location", "HX-Redirect", "HX-Location", "HX-Push-Url", "Refresh"):
            target = answer.get(name, "")
            assert EVIL not in target, f"{sent.url} leads to {target}"
            assert not target or (target.startswith("/") and not target.startswith(("//", "/\\"))), target
            led += bool(target)
        drawn = Markup(answer.content.decode())
        ways = [*drawn.links, *(form.action for form in drawn.forms)]
        assert not [way for way in ways if EVIL in way], f"{sent.url} offers {OUTSIDE}"
    assert led > 30


@pytest.mark.parametrize(
    "page", ["https://evil.example/x", "http://testserver//evil.example/x", "//evil.example"]
)
def test_signed_out_one_comes_back_to_this_site_only(stores: Stores, page: str) -> None:
    panel = Visitor().get("/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=page)
    whole = Visitor().get("//evil.example/x")
    for target in (panel["HX-Redirect"], whole.get("Location", "/sign-in/")):
        assert target.startswith("/sign-in/")
        login = {"login": "ownhaus-boss", "password": PASSWORD}
        signed = Visitor(trying=True).post(target, login)
        assert signed.status_code == 302
        assert not signed["Location"].startswith(("//", "/\\", "http"))
    assert not whole.get("Location", "").startswith("//")
    here = visitor(stores.own.boss, trying=True).get(reverse("account_login"), {"next": page})
    assert urlsplit(here.get("Location", "/")).netloc in ("", "testserver")


def test_a_session_ends_with_its_key(stores: Stores) -> None:
    """Signing in, out and in again, and a new password: an old key opens nothing."""
    client = Visitor()
    client.get(reverse("account_login"))
    keys = [client.session.session_key]
    login = {"login": "ownhaus-boss", "password": PASSWORD}
    client.post(reverse("account_login"), login)
    keys.append(client.cookies[SESSION].value)
    assert client.get("/").status_code == 200

    client.send("POST", reverse("account_logout"))
    keys.append(client.cookies[SESSION].value)
    client.post(reverse("account_login"), login)
    keys.append(client.cookies[SESSION].value)
    beside = visitor(stores.own.boss)
    new = "meadow-kettle-river-71"
    changed = {"oldpassword": PASSWORD, "password1": new, "password2": new, "next": OUTSIDE}
    assert client.post(reverse("account_change_password"), changed)["Location"] == "/"
    keys.append(client.cookies[SESSION].value)

    assert len(set(keys)) == len(keys), "a key was used twice"
    assert client.get("/").status_code == 200
    assert beside.get("/").status_code == 302
    for key in keys[:-1]:
        old = Visitor()
        old.cookies[SESSION] = key or ""
        assert old.get("/").status_code == 302


def test_a_session_that_is_over_opens_nothing(stores: Stores) -> None:
    client = visitor(stores.own.boss)
    assert client.get("/").status_code == 200

    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert client.get("/").status_code == 302


def test_who_has_lost_a_role_has_lost_it_at_once(stores: Stores) -> None:
    """In the page that is open, by PIN as by password."""
    worker = stores.own.worker
    page, terminal = reverse("orders:list"), visitor(worker, terminal=stores.own.rows[Terminal])
    desk = visitor(worker)
    assert [client.get(page).status_code for client in (desk, terminal)] == [200, 200]

    worker.memberships.all().delete()

    assert [client.get(page).status_code for client in (desk, terminal)] == [403, 403]


@pytest.mark.parametrize("way", ["password", "pin"])
def test_a_forged_address_buys_no_further_tries(stores: Stores, way: str) -> None:
    """Five wrong tries lock a person at an address, which a forwarding header does not change."""
    client = Visitor()
    client.cookies["terminal"] = stores.own.terminal_token
    switch = reverse("people:terminal_switch", args=[stores.own.worker.pk])
    for number in range(5):
        forged = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}", "HTTP_X_REAL_IP": f"203.0.113.{number}"}
        if way == "pin":
            client.send("POST", switch, {"pin": "900124"}, **forged)
        else:
            wrong = {"login": "ownhaus-worker", "password": "no"}
            client.post(reverse("account_login"), wrong, **forged)
    right = {"login": "ownhaus-worker", "password": PASSWORD}

    assert client.post(reverse("account_login"), right, HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 429
    assert client.send("POST", switch, {"pin": PIN}).status_code == 429
    program = {"user": "ownhaus-worker", "password": PASSWORD}
    assert client.post(f"{BASE}/auth/token", program, content_type="application/json").status_code in (
        401,
        429,
    )
    assert "_auth_user_id" not in client.session


def test_a_terminal_keeps_no_page_for_the_next_person(stores: Stores) -> None:
    shared = visitor(stores.own.worker, terminal=stores.own.rows[Terminal])
    shared.cookies["terminal"] = stores.own.terminal_token
    desk = visitor(stores.own.worker)

    assert "no-store" in shared.get("/")["Cache-Control"]
    assert "no-store" in shared.get(reverse("orders:list"))["Cache-Control"]
    kept = desk.get("/")["Cache-Control"]
    assert "private" in kept
    assert "no-store" not in kept  # Back finds a refused form as it was typed


def test_over_https_no_cookie_is_sent_without_it(stores: Stores) -> None:
    boss = Employee.objects.get(pk=stores.own.boss.pk)
    login = {"login": boss.user_name, "password": PASSWORD}
    for secure in (True, False):
        answers: list[Any] = [
            Visitor(trying=True).post(reverse("account_login"), login, secure=secure),
            Visitor(trying=True).get(reverse("account_login"), secure=secure),
            visitor(boss, trying=True).send(
                "POST", reverse("set_language"), {"language": "en"}, secure=secure
            ),
            visitor(boss, trying=True).send(
                "POST", reverse("people:terminal_new"), {"name": "desk"}, secure=secure
            ),
        ]
        found = {cookie.key: cookie for answer in answers for cookie in answer.cookies.values()}
        assert {SESSION, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "terminal"} <= set(found)
        for name, cookie in found.items():
            assert bool(cookie["secure"]) is secure, name
            assert cookie["httponly"], name
            assert cookie["samesite"] in ("Lax", "Strict"), name
