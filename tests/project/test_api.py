"""The API's ground: problems, keys, tokens, paging, language (public contract, spec of the API)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Answer, Event
from servicelane.kernel.sealing import seal
from servicelane.org.models import Bay
from servicelane.org.services import BayDetails, add_bay
from servicelane.people.models import ApiToken, Employee
from tests.access.operations import BASE
from tests.access.stores import PASSWORD, Stores
from tests.access.visitor import Visitor, program

PROBLEM = {"type", "title", "status", "code", "detail", "hint"}
BOSS = "ownhaus-boss"


def _is_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].split(";")[0] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) - {"errors"} == PROBLEM
    assert body["status"] == status
    assert body["code"] == code
    assert body["type"] == f"/problems/{code}"
    assert all(body[name] for name in PROBLEM)
    return body


def _token(user: str = BOSS, password: str = PASSWORD, **more: Any) -> Any:
    body = {"user": user, "password": password, **more}
    return Visitor().post(f"{BASE}/auth/token", body, content_type="application/json")


def _bays(stores: Stores) -> str:
    return f"{BASE}/stores/{stores.own.store.pk}/bays"


Send = Callable[[Visitor, Stores], Any]
REFUSED: list[tuple[Send, int, str]] = [
    (lambda c, s: Visitor().get(f"{BASE}/me"), 401, "http.signed_out"),
    (lambda c, s: program(s.own.worker).get(f"{BASE}/stores"), 403, "http.no_right"),
    (lambda c, s: c.get(f"{BASE}/stores/{s.other.store.pk}/bays"), 404, "http.unknown"),
    (lambda c, s: c.get(f"{BASE}/stores/{2**63}/bays"), 404, "http.unknown"),
    (lambda c, s: c.get(f"{BASE}/nowhere"), 404, "http.unknown"),
    (lambda c, s: c.get("/api/v2/me"), 404, "http.unknown"),
    (lambda c, s: c.put(f"{BASE}/me", {}, content_type="application/json"), 405, "http.method"),
    (lambda c, s: c.post(f"{BASE}/stores", {}, content_type="application/json"), 405, "http.method"),
    (lambda c, s: c.post(_bays(s), "{", content_type="application/json"), 400, "http.request"),
    (lambda c, s: c.post(_bays(s), b"\xff{}", content_type="application/json"), 400, "http.request"),
    (lambda c, s: c.post(_bays(s), {"code": ""}, content_type="application/json"), 422, "http.wrong_fields"),
    (lambda c, s: c.post(_bays(s), [1], content_type="application/json"), 422, "http.wrong_fields"),
    (
        lambda c, s: c.post(_bays(s), {"code": "A" * 13}, content_type="application/json"),
        422,
        "http.wrong_fields",
    ),
    (lambda c, s: c.get(f"{BASE}/stores", {"limit": 0}), 422, "http.wrong_fields"),
    (lambda c, s: c.get(f"{BASE}/stores", {"cursor": "nonsense"}), 422, "kernel.unknown_cursor"),
    (lambda c, s: c.get(f"{BASE}/stores", {"cursor": "cGs6LTE"}), 422, "kernel.unknown_cursor"),
    (lambda c, s: c.get(f"{BASE}/events", {"after": -1}), 422, "http.wrong_fields"),
    (lambda c, s: c.get(f"{BASE}/events", {"after": 2**63}), 422, "http.wrong_fields"),
    (
        lambda c, s: c.post(_bays(s), {"code": "OWN-B1"}, content_type="application/json"),
        422,
        "org.bay_code_taken",
    ),
    (
        lambda c, s: c.post(_bays(s), "x" * (2 * 2**20 + 1), content_type="application/json"),
        413,
        "kernel.body_too_large",
    ),
    (
        lambda c, s: c.post(_bays(s), r'{"code": "A\u0000"}', content_type="application/json"),
        422,
        "kernel.nul_character",
    ),
    (lambda c, s: _token(password="wrong"), 401, "people.not_signed_in"),
    (lambda c, s: _token(days=366), 422, "http.wrong_fields"),
]


def test_every_refusal_is_a_problem_and_changes_nothing(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    before = Bay.objects.count(), Event.objects.exclude(kind="people.token_issued").count()

    for send, status, code in REFUSED:
        body = _is_problem(send(client, stores), status, code)
        assert ("errors" in body) is (code == "http.wrong_fields"), code

    assert (Bay.objects.count(), Event.objects.exclude(kind="people.token_issued").count()) == before
    assert Answer.objects.count() == 0


def test_wrong_fields_are_named(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    answer = client.post(_bays(stores), {"code": "", "kind": "moon"}, content_type="application/json")

    errors = _is_problem(answer, 422, "http.wrong_fields")["errors"]
    assert set(errors) == {"code", "kind"}
    assert all(isinstance(words, list) and words for words in errors.values())


def test_a_method_not_taken_says_which_are(stores: Stores) -> None:
    answer = program(token=stores.own.api_token).put(f"{BASE}/me", {}, content_type="application/json")
    assert "GET" in answer["Allow"]


def test_a_key_makes_two_requests_one(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    body, key = {"code": "K-1", "kind": "lift"}, {"HTTP_IDEMPOTENCY_KEY": "once-1"}

    first = client.post(_bays(stores), body, content_type="application/json", **key)
    facts = Event.objects.count()
    again = client.post(_bays(stores), body, content_type="application/json", **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Content-Type"] == first["Content-Type"]
    assert again["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first
    assert Bay.objects.filter(code="K-1").count() == 1
    assert Event.objects.count() == facts


def test_a_key_belongs_to_one_request(stores: Stores) -> None:
    client, key = program(token=stores.own.api_token), {"HTTP_IDEMPOTENCY_KEY": "once-2"}
    client.post(_bays(stores), {"code": "K-2"}, content_type="application/json", **key)

    other = client.post(_bays(stores), {"code": "K-3"}, content_type="application/json", **key)

    _is_problem(other, 409, "kernel.key_reused")
    assert not Bay.objects.filter(code="K-3").exists()


def test_a_key_belongs_to_one_caller(stores: Stores) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "once-3"}
    for side in (stores.own, stores.other):
        url = f"{BASE}/stores/{side.store.pk}/bays"
        made = program(token=side.api_token).post(
            url, {"code": "K-4"}, content_type="application/json", **key
        )
        assert made.status_code == 201
        assert "Idempotent-Replay" not in made
    assert Bay.objects.filter(code="K-4").count() == 2


def test_a_refusal_keeps_no_key(stores: Stores) -> None:
    client, key = program(token=stores.own.api_token), {"HTTP_IDEMPOTENCY_KEY": "once-5"}
    body = {"code": "OWN-B1"}
    assert client.post(_bays(stores), body, content_type="application/json", **key).status_code == 422
    assert Answer.objects.count() == 0

    Bay.objects.filter(store=stores.own.store, code="OWN-B1").update(code="MOVED")
    mended = client.post(_bays(stores), body, content_type="application/json", **key)

    assert mended.status_code == 201
    assert Answer.objects.count() == 1


def test_the_answer_with_a_token_is_never_kept(stores: Stores) -> None:
    body, key = {"user": BOSS, "password": PASSWORD}, {"HTTP_IDEMPOTENCY_KEY": "token-1"}
    tokens = [
        Visitor().post(f"{BASE}/auth/token", body, content_type="application/json", **key).json()["token"]
        for _ in range(2)
    ]

    assert tokens[0] != tokens[1]
    assert Answer.objects.count() == 0
    assert not ApiToken.objects.filter(token_hash__in=tokens).exists()


def test_a_token_lives_as_long_as_was_asked(stores: Stores) -> None:
    made = _token(days=2, name="probe")
    assert made.status_code == 201
    client = program(token=made.json()["token"])
    assert client.get(f"{BASE}/me").json()["user"] == BOSS

    with moved(now() + timedelta(days=2, seconds=1)):
        _is_problem(client.get(f"{BASE}/me"), 401, "http.signed_out")


def test_a_token_ends_when_it_is_given_back(stores: Stores) -> None:
    client = program(token=_token().json()["token"])
    other = program(token=stores.own.api_token)

    assert client.delete(f"{BASE}/auth/token").status_code == 204

    _is_problem(client.get(f"{BASE}/me"), 401, "http.signed_out")
    assert other.get(f"{BASE}/me").status_code == 200
    assert ApiToken.objects.exclude(revoked_at=None).count() == 1


@pytest.mark.django_db
def test_what_is_no_token_is_401() -> None:
    for words in ("", "Bearer", "Bearer ", "Basic eDp5", "bearer x y", "Bearer " + "x" * 5000, "Bearer \xff"):
        _is_problem(Visitor(HTTP_AUTHORIZATION=words).get(f"{BASE}/me"), 401, "http.signed_out")


def test_wrong_passwords_lock_the_api_out_as_well(stores: Stores) -> None:
    answers = [_token(password="wrong").status_code for _ in range(5)]

    assert answers[0] == 401
    _is_problem(_token(), 429, "http.too_many")
    assert _token(user="zqother-boss").status_code == 201


def test_a_temporary_password_gives_no_token(stores: Stores) -> None:
    Employee.objects.filter(user_name=BOSS).update(must_change_password=True)

    _is_problem(_token(), 401, "people.not_signed_in")
    _is_problem(program(token=stores.own.api_token).get(f"{BASE}/stores/0/bays"), 404, "http.unknown")


def test_me_says_who_and_what_may_be_done_where(stores: Stores) -> None:
    me = program(token=stores.own.api_token).get(f"{BASE}/me").json()

    assert me["user"] == BOSS
    assert [store["code"] for store in me["stores"]] == ["OWN1"]
    assert me["stores"][0]["roles"] == ["system_administrator"]
    assert "org.manage_bays" in me["stores"][0]["rights"]


def test_events_are_read_on_by_position(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    seen: list[int] = []
    after = 0
    while True:
        page = client.get(f"{BASE}/events", {"after": after, "limit": 3}).json()
        if not page["items"]:
            assert page["after"] == after
            break
        positions = [item["position"] for item in page["items"]]
        assert positions == sorted(positions)
        assert positions[0] > after
        assert page["after"] == positions[-1]
        seen += positions
        after = page["after"]
    whole = [item["position"] for item in client.get(f"{BASE}/events", {"limit": 500}).json()["items"]]
    assert seen == whole
    assert len(seen) > 8

    add_bay(stores.own.store, BayDetails("LATE-1"), by=None)
    assert client.get(f"{BASE}/events", {"after": after}).json()["items"] == []
    seal()
    late = client.get(f"{BASE}/events", {"after": after}).json()["items"]
    assert [(item["kind"], item["data"]["code"]) for item in late] == [("org.bay_added", "LATE-1")]


def test_lists_are_paged_by_cursor(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    for number in range(5):
        add_bay(stores.own.store, BayDetails(f"PAGE-{number}"), by=None)
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        page = client.get(_bays(stores), {"limit": 3, "cursor": cursor}).json()
        seen += [bay["code"] for bay in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    codes = set(Bay.objects.filter(store=stores.own.store).values_list("code", flat=True))
    assert len(seen) == len(codes) == 7
    assert set(seen) == codes


def test_the_api_speaks_the_language_of_the_caller(stores: Stores) -> None:
    guest = Visitor()
    english = guest.get(f"{BASE}/me", HTTP_ACCEPT_LANGUAGE="en").json()
    chinese = guest.get(f"{BASE}/me", HTTP_ACCEPT_LANGUAGE="zh-CN").json()
    other = guest.get(f"{BASE}/me", HTTP_ACCEPT_LANGUAGE="fr").json()

    assert english["detail"].isascii()
    assert not chinese["detail"].isascii()
    assert other["detail"] == chinese["detail"]
    assert english["code"] == chinese["code"]


def test_a_program_hears_the_language_of_its_person(stores: Stores) -> None:
    client = program(token=stores.own.api_token)
    for language, is_ascii in (("en", True), ("zh-hans", False)):
        Employee.objects.filter(user_name=BOSS).update(language=language)
        body = {"code": "OWN-B1"}
        answer = client.post(_bays(stores), body, content_type="application/json")
        assert answer.json()["title"].isascii() is is_ascii
        assert answer["Content-Language"] == language
        asked = client.post(_bays(stores), body, content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")
        assert asked.json()["title"].isascii()


def test_the_description_is_for_everybody_and_names_no_other_host(stores: Stores) -> None:
    described = Visitor().get(f"{BASE}/openapi.json")
    page = Visitor().get(f"{BASE}/docs")

    assert described.status_code == 200
    assert described.json()["openapi"].startswith("3.1")
    assert page.status_code == 200
    assert "https://" not in page.content.decode()
