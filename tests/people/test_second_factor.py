"""The second factor: an app's code or a recovery code after the password (PLT-1)."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from servicelane.demo.cast import PASSWORD
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.people import errors, events, second_factor
from servicelane.people.models import ApiToken
from servicelane.people.own_sessions import sessions_of
from servicelane.people.sign_in_services import issue_token
from tests.screen import Screen
from tests.unchanged import nothing_written, refused

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the key of RFC 6238's examples
OWN = "/second-factor/"
CODE = "/sign-in/code/"
STEP = timedelta(seconds=30)


def code(steps: int = 0) -> str:
    return second_factor.code_of(KEY, now() + steps * STEP)


def switched_on(person) -> list[str]:
    return second_factor.switch_on(person, KEY, code(), here=None)


def password_given(person, password: str = PASSWORD, **extra: str) -> tuple[Client, object]:
    client = Client()
    return client, client.post("/sign-in/", {"login": person.user_name, "password": password, **extra})


def facts(person, kind) -> list[dict]:
    return [fact.data for fact in Event.objects.about(person).filter(kind=kind).order_by("id")]


@pytest.mark.parametrize(
    ("seconds", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(seconds, digits):
    assert second_factor.code_of(KEY, datetime.fromtimestamp(seconds, UTC)) == digits


def test_it_is_switched_on_with_the_key_on_the_page_and_shows_ten_codes_once(cast):
    desk, other = Screen(cast.chen), Screen(cast.chen)
    assert other.get("/").status_code == 200
    issue_token(cast.chen, "robot", by=cast.chen)
    with nothing_written():
        page = desk.get(OWN)
    key = re.search(r'name="key" value="([A-Z2-7]{32})"', page.text)[1]
    assert key not in desk.get(OWN).text
    assert "<svg" in page.text
    assert "no-store" in page["Cache-Control"]

    wrong = desk.post(reverse("people:second_factor_on"), {"key": key, "code": "000 000"})
    assert wrong.status_code == 422
    assert key in wrong.text, "the telephone has this key by now"
    assert not second_factor.is_on(cast.chen)

    right = second_factor.code_of(key, now())
    done = desk.post(reverse("people:second_factor_on"), {"key": key, "code": f"{right[:3]} {right[3:]}"})
    assert (done.status_code, done["Location"]) == (302, OWN)
    shown = desk.get(OWN)
    assert len(set(shown.context["codes"])) == 10
    saved = re.search(r'href="data:text/plain;base64,([^"]+)" download', shown.text)[1]
    assert base64.b64decode(saved).decode().split("\n")[1:] == shown.context["codes"]
    assert shown.context["codes"][0] not in desk.get(OWN).text, "shown once"
    assert (desk.get("/").status_code, other.get("/").status_code) == (200, 302)
    assert not ApiToken.objects.filter(employee=cast.chen, revoked_at=None).exists()
    assert facts(cast.chen, events.SECOND_FACTOR_ON) == [{}]


@pytest.mark.parametrize("key", ["", "A" * 31, "a" * 32, "A" * 33, "1" * 32, "<b>"])
def test_a_key_that_no_app_could_have_is_not_taken(cast, key):
    sent = Screen(cast.chen).post(reverse("people:second_factor_on"), {"key": key, "code": "000000"})
    assert sent.status_code == 422
    assert not Authenticator.objects.exists()


def test_signing_in_asks_for_the_code_and_then_leads_where_one_wanted_to_go(cast):
    switched_on(cast.gu)
    client, answer = password_given(cast.gu, next="/people/")
    assert (answer.status_code, answer["Location"]) == (302, CODE)
    assert client.get("/")["Location"].startswith("/sign-in/"), "the password alone opens nothing"
    assert not sessions_of(cast.gu, None)
    assert client.get(CODE).status_code == 200

    done = client.post(CODE, {"code": code(1)})
    assert (done.status_code, done["Location"]) == (302, "/people/")
    assert client.get("/people/").status_code == 200
    assert client.session["_auth_user_backend"] == "servicelane.people.backends.PasswordBackend"


def test_nobody_comes_to_the_code_without_the_password(cast):
    switched_on(cast.gu)
    client, answer = password_given(cast.gu, "wrong-password-1")
    assert answer.status_code == 422
    assert client.get(CODE)["Location"] == "/sign-in/"
    assert client.post(CODE, {"code": code(1)})["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_another_person_can_begin_anew(cast):
    switched_on(cast.gu)
    client, _answer = password_given(cast.gu)
    client.post("/sign-out/")
    assert client.get(CODE)["Location"] == "/sign-in/"
    assert client.post("/sign-in/", {"login": "chen", "password": PASSWORD})["Location"] == "/"


def test_a_code_counts_once_and_for_its_time_only(cast):
    at = now()
    with moved(at):
        switched_on(cast.gu)
        assert not second_factor.accept(cast.gu, code()), "it has confirmed the key"
        assert second_factor.accept(cast.gu, code(1))
        assert not second_factor.accept(cast.gu, code(1)), "used"
        assert not second_factor.accept(cast.gu, code(2)), "not yet"
    with moved(at + 10 * STEP):
        assert not second_factor.accept(cast.gu, code(-2)), "too old"
        assert second_factor.accept(cast.gu, code(-1)), "the telephone is slow"
        assert second_factor.accept(cast.gu, code()), "later than the last one"
        assert not second_factor.accept(cast.gu, code(-1)), "earlier than the last one"


def test_a_recovery_code_signs_in_once_however_it_is_typed(cast):
    codes = switched_on(cast.gu)
    typed = "".join(chr(ord(digit) + 0xFEE0) for digit in codes[3][:4]) + " - " + codes[3][4:]
    client, _answer = password_given(cast.gu)
    assert client.post(CODE, {"code": typed})["Location"] == "/"

    again, _answer = password_given(cast.gu)
    assert again.post(CODE, {"code": codes[3]}).status_code == 422
    assert again.post(CODE, {"code": codes[4]})["Location"] == "/"
    assert facts(cast.gu, events.RECOVERY_CODE_USED) == [{"left": 9}, {"left": 8}]
    assert second_factor.state_of(cast.gu).codes_left == 8


def test_five_wrong_codes_lock_the_sign_in_and_the_right_password_between_does_not_help(cast):
    switched_on(cast.gu)
    for _ in range(4):
        client, answer = password_given(cast.gu)
        assert answer["Location"] == CODE
        assert client.post(CODE, {"code": "000000"}).status_code == 422
    client, _answer = password_given(cast.gu)
    assert client.post(CODE, {"code": "000000"}).status_code == 429

    assert client.post(CODE, {"code": code(1)}).status_code == 429
    assert password_given(cast.gu)[1].status_code == 429
    assert password_given(cast.chen)[1].status_code == 302
    kept = AccessAttempt.objects.get()
    assert "000000" not in kept.post_data


def test_a_token_needs_the_code_as_well(cast):
    codes = switched_on(cast.gu)

    def asked(**more: str):
        body = {"user": "gu", "password": PASSWORD, **more}
        return Client().post("/api/v1/auth/token", body, content_type="application/json")

    for refusal in (asked(), asked(code="000000")):
        assert (refusal.status_code, refusal.json()["code"]) == (401, "people.code_needed")
    assert not ApiToken.objects.exists()
    assert AccessAttempt.objects.get().failures_since_start == 1, "a code that was not sent is not wrong"
    app = code(1)
    assert asked(code=app).status_code == 201
    assert asked(code=app).status_code == 401
    assert asked(code=codes[0]).status_code == 201
    for _ in range(3):
        last = asked(code="000000")
    assert last.status_code == 429


def test_new_codes_and_switching_off_ask_for_the_password(cast):
    old = switched_on(cast.chen)
    desk = Screen(cast.chen)
    for route in ("recovery_codes", "second_factor_off"):
        assert desk.post(reverse(f"people:{route}"), {"password": "wrong-password-1"}).status_code == 422
        assert desk.post(reverse(f"people:{route}"), {}).status_code == 422
    assert AccessAttempt.objects.get().failures_since_start == 2
    assert second_factor.state_of(cast.chen).codes_left == 10

    assert desk.post(reverse("people:recovery_codes"), {"password": PASSWORD})["Location"] == OWN
    new = desk.get(OWN).context["codes"]
    assert not second_factor.accept(cast.chen, old[0])
    assert second_factor.accept(cast.chen, new[0])
    assert desk.post(reverse("people:second_factor_off"), {"password": PASSWORD})["Location"] == OWN
    assert password_given(cast.chen)[1]["Location"] == "/"
    assert facts(cast.chen, events.RECOVERY_CODES_MADE) == [{}]
    assert facts(cast.chen, events.SECOND_FACTOR_OFF) == [{}]
    assert not Authenticator.objects.exists()


def test_an_administrator_resets_it_and_the_person_is_signed_out(cast):
    switched_on(cast.chen)
    chen, admin = Screen(cast.chen), Screen(cast.admin)
    assert chen.get("/").status_code == 200
    reset = reverse("people:reset_second_factor", args=[cast.chen.pk])
    assert reset in admin.get(reverse("people:person", args=[cast.chen.pk])).text
    assert admin.get(reset).status_code == 200

    assert admin.post(reset).status_code == 302
    assert not second_factor.is_on(cast.chen)
    assert chen.get("/").status_code == 302
    assert facts(cast.chen, events.SECOND_FACTOR_RESET) == [{}]
    assert reset not in admin.get(reverse("people:person", args=[cast.chen.pk])).text


def test_what_does_not_fit_is_refused(cast):
    with refused(errors.CodeRefused):
        second_factor.switch_on(cast.chen, KEY, code(5), here=None)
    with refused(errors.SecondFactorIsOff):
        second_factor.switch_off(cast.chen)
    with refused(errors.SecondFactorIsOff):
        second_factor.make_recovery_codes(cast.chen)
    with refused(errors.SecondFactorIsOff):
        second_factor.reset(cast.chen, by=cast.admin)
    switched_on(cast.chen)
    with refused(errors.SecondFactorIsOn):
        switched_on(cast.chen)
    switched_on(cast.admin)
    with refused(errors.OwnSecondFactor):
        second_factor.reset(cast.admin, by=cast.admin)
    with pytest.raises(errors.AboveOwnRights):
        second_factor.reset(cast.admin, by=cast.gu)
