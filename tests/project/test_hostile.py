"""Bad input: refused in words, nothing changed, nothing broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.org.models import Bay, Store
from servicelane.people.models import Employee
from tests.access.forms import forms
from tests.access.operations import BASE
from tests.access.pages import pages
from tests.access.rows import digest
from tests.access.stores import PASSWORD, PIN, Stores
from tests.access.visitor import Visitor, program, visitor

MEGABYTE = 2**20
PANEL = {"HTTP_HX_REQUEST": "true"}
SCRIPT = "<script>alert('Zq')</script><img src=x onerror=1>"
NOTHING_DONE = "Nothing was done"


@pytest.fixture
def client(stores: Stores) -> Visitor:
    return visitor(stores.own.boss, trying=True)


@pytest.fixture
def unchanged(stores: Stores, client: Visitor) -> Iterator[None]:
    before = digest(stores.own), Event.objects.count()
    yield
    assert (digest(stores.own), Event.objects.count()) == before


@pytest.mark.usefixtures("unchanged")
def test_a_nul_character_reaches_no_page(stores: Stores, client: Visitor) -> None:
    for page in pages():
        url = page.url(stores)
        for method in page.methods:
            answers = [client.generic(method, f"{url}?q=a%00b", **PANEL)]
            answers.append(client.generic(method, f"{url}%00", **PANEL))
            if method == "POST":
                answers.append(client.send("POST", url, {"name": "a\0b"}, **PANEL))
                answers.append(client.send("POST", url, {"na\0me": "x"}, **PANEL))
            for answer in answers:
                assert answer.status_code == 422, f"{method} {page.name}: {answer.status_code}"
                assert NOTHING_DONE in answer.content.decode()


@pytest.mark.usefixtures("unchanged")
def test_a_nul_character_reaches_no_operation(stores: Stores) -> None:
    robot = program(token=stores.own.api_token, trying=True)
    url = f"{BASE}/stores/{stores.own.store.pk}/bays"
    for body in (
        r'{"code": "A\u0000B"}',
        r'{"a\u0000": 1}',
        b'{"code": "A\0B"}',
        r'{"code": "A", "name": "\\\u0000"}',
    ):
        answer = robot.post(url, body, content_type="application/json")
        assert answer.status_code == 422
        assert answer.json()["code"] == "kernel.nul_character"
    harmless = robot.post(url, r'{"code": "A1", "name": "\\u0000"}', content_type="application/json")
    assert harmless.status_code == 201
    assert robot.get(f"{BASE}/stores?cursor=%00").status_code == 422


@pytest.mark.usefixtures("unchanged")
def test_a_body_too_large_is_413(stores: Stores, client: Visitor) -> None:
    url = reverse("org:bay_new")
    large = "x" * (10 * MEGABYTE)
    for content_type in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
        answer = client.post(url, f"code={large}", content_type=content_type)
        assert answer.status_code == 413, content_type
        assert NOTHING_DONE in answer.content.decode()
    parted = client.send("POST", url, {"code": large})
    assert parted.status_code == 413
    claimed = client.generic("POST", url, b"x", CONTENT_LENGTH=str(settings.UPLOAD_MAX_SIZE + 1))
    assert claimed.status_code == 413
    upload = "multipart/form-data; boundary=x"
    file = client.generic("POST", url, b"--x--", upload, CONTENT_LENGTH=str(settings.UPLOAD_MAX_SIZE + 1))
    assert file.status_code == 413
    many = client.post(
        url, "&".join(f"a{n}=1" for n in range(2000)), content_type="application/x-www-form-urlencoded"
    )
    assert many.status_code in (400, 413)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1:80@evil.example", "a b", ""]
)
def test_another_host_is_refused(db: None, host: str) -> None:
    page = Visitor(HTTP_HOST=host).get("/")
    api = Visitor(HTTP_HOST=host).get(f"{BASE}/me")

    assert page.status_code == 400
    assert "evil" not in page.content.decode()
    assert api.status_code == 400
    assert api["Content-Type"].startswith("application/problem+json")


OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
    "\t//evil.example",
    "data:text/html,x",
]


def test_nothing_leads_out_of_the_site(stores: Stores) -> None:
    for target in OUTSIDE:
        _stays_inside(stores, target)


def _stays_inside(stores: Stores, target: str) -> None:
    login = {"login": "ownhaus-boss", "password": PASSWORD, "next": target}
    signed = Visitor().post(f"{reverse('account_login')}?next=%2F", login)
    queried = Visitor().post(reverse("account_login"), {**login, "next": ""}, query_params={"next": target})
    client = visitor(stores.own.boss)
    spoken = client.post(reverse("set_language"), {"language": "en", "next": target}, HTTP_REFERER=target)
    switched = client.send(
        "POST", reverse("people:switch_store"), {"store": stores.own.store.pk, "next": target}
    )
    gone = client.send("POST", reverse("account_logout"), {"next": target})

    for answer in (signed, queried, spoken, switched, gone):
        assert answer.status_code == 302
        assert "evil" not in answer["Location"]
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "javascript" not in answer["Location"]
    drawn = Visitor().get(reverse("account_login"), {"next": target}).content.decode()
    assert f'href="{target}"' not in drawn
    assert f'action="{target}"' not in drawn


def test_every_answer_lets_the_browser_run_the_sites_own_files_only(stores: Stores, client: Visitor) -> None:
    answers = [
        client.get("/"),
        client.get("/nowhere"),
        client.get("/?q=%00"),
        client.send("POST", reverse("org:bay_new"), {"code": "no spaces"}),
        Visitor().get(reverse("account_login")),
        Visitor().get(f"{BASE}/docs"),
        Visitor().get(f"{BASE}/me"),
    ]
    for answer in answers:
        policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["script-src"] == policy["form-action"] == "'self'"
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
        assert {name for name, allowed in policy.items() if "unsafe" in allowed} == {"style-src-attr"}
        assert "http" not in answer["Content-Security-Policy"]


def test_a_form_without_its_secret_is_refused_calmly(stores: Stores) -> None:
    client = visitor(stores.own.boss, enforce_csrf_checks=True)
    before = Bay.objects.count()
    body = {"code": "CSRF-1", "kind": "lift", "once": "a"}
    for extra in ({}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_HX_REQUEST": "true"}):
        answer = client.post(reverse("org:bay_new"), body, **extra)
        assert answer.status_code == 403
        assert "The form was not accepted and nothing was changed." in answer.content.decode()
    assert Bay.objects.count() == before
    signed_out = Visitor(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en")
    answer = signed_out.post(reverse("account_login"), {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "nothing was changed" in answer.content.decode()


def test_every_page_form_carries_its_secret_and_its_key(stores: Stores, client: Visitor) -> None:
    own_transactions = {
        reverse(name)
        for name in (
            "account_logout",
            "account_change_password",
            "people:recovery_codes",
            "people:second_factor_off",
            "people:second_factor_on",
            "set_language",
        )
    }
    for sent in forms(client, stores):
        assert sent.form.fields["csrfmiddlewaretoken"].value, sent.url
        assert "once" in sent.form.fields or sent.url in own_transactions, (
            f"{sent.url} on {sent.page} has no key"
        )


def test_signing_in_gives_a_new_session(stores: Stores) -> None:
    client = Visitor()
    session = client.session
    session["planted"] = "by somebody"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    planted = session.session_key

    client.post(reverse("account_login"), {"login": "ownhaus-boss", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(stores.own.boss.pk)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert visitor_of(planted).get("/").status_code == 302


def test_a_switch_by_pin_gives_a_new_session_with_nothing_of_the_old(stores: Stores) -> None:
    client = visitor(stores.own.boss)
    session = client.session
    session["of the boss"] = "secret"
    session.save()
    before = session.session_key
    client.cookies["terminal"] = stores.own.terminal_token

    client.send("POST", reverse("people:terminal_switch", args=[stores.own.worker.pk]), {"pin": PIN})

    assert client.session["_auth_user_id"] == str(stores.own.worker.pk)
    assert "of the boss" not in client.session
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert visitor_of(before).get("/").status_code == 302


def visitor_of(session_key: str) -> Visitor:
    """A browser with somebody's old session key."""
    client = Visitor()
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return client


def test_names_with_markup_are_shown_as_they_are(stores: Stores) -> None:
    """Whatever people typed is text on every page, in titles and labels too."""
    Bay.objects.filter(store=stores.own.store).update(name=SCRIPT[:40])
    Employee.objects.filter(memberships__store=stores.own.store).update(name=SCRIPT, name_en=SCRIPT)
    Store.objects.filter(pk=stores.own.store.pk).update(
        name_zh=SCRIPT, name_en=SCRIPT, brand=SCRIPT[:40], short_en=""
    )
    for row in ("terminal", "certificate"):
        model = next(model for model in stores.own.rows if model._meta.model_name == row)
        field = "name" if row == "terminal" else "number"
        model._base_manager.filter(pk=stores.own.pk(model)).update(**{field: SCRIPT[:40]})
    client = visitor(Employee.objects.get(pk=stores.own.boss.pk), trying=True)
    shown = 0
    for page in pages():
        if "GET" not in page.methods:
            continue
        body = client.get(page.url(stores)).content.decode(errors="replace")  # some are PDF or a photo
        assert "<script>alert" not in body, page.name
        assert "<img src=x" not in body, page.name
        shown += body.count("&lt;script&gt;")
    assert shown > 50
    found = client.get(reverse("search"), {"q": "<script"}, HTTP_HX_REQUEST="true").content.decode()
    assert "<script>" not in found


def test_a_forwarding_header_gives_a_demo_sign_in_away(stores: Stores) -> None:
    Employee.objects.filter(pk=stores.own.boss.pk).update(is_demo=True)
    login: dict[str, Any] = {"login": "ownhaus-boss", "password": PASSWORD}
    body = {"user": "ownhaus-boss", "password": PASSWORD}
    spoofed = (
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.7"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "::ffff:203.0.113.7"},
    )
    for extra in spoofed[:4]:
        assert Visitor(**extra).post(reverse("account_login"), login).status_code in (422, 429), extra
    for extra in spoofed[4:]:
        api = Visitor(**extra).post(f"{BASE}/auth/token", body, content_type="application/json")
        assert api.status_code in (401, 429), extra
    for extra in spoofed:
        refused = program(token=stores.own.api_token, **extra).get(f"{BASE}/me")
        assert refused.status_code == 403, extra
    assert program(token=stores.own.api_token).get(f"{BASE}/me").status_code == 200
