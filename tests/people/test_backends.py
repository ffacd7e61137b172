import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

from servicelane.demo.cast import PASSWORD, PIN
from servicelane.people.adapter import Adapter
from servicelane.people.backends import PasswordBackend, PinBackend, counted_name, may_come_from
from servicelane.people.errors import PasswordRefused
from servicelane.people.middleware import Language
from servicelane.people.models import Employee, Terminal
from servicelane.people.services import deactivate
from servicelane.people.sign_in_services import register_terminal, revoke_terminal
from tests.unchanged import refused


def request(**meta):
    made = RequestFactory().post("/sign-in/", **{"REMOTE_ADDR": "127.0.0.1", **meta})
    made.user = AnonymousUser()
    return made


def by_password(name: str, password: str = PASSWORD, **meta):
    return authenticate(request(**meta), username=name, password=password)


@pytest.fixture
def terminal(cast) -> Terminal:
    return register_terminal(cast.shinan, "bay 3", by=cast.gu)[0]


def by_pin(terminal: Terminal, name: str, pin: str = PIN, **meta):
    return authenticate(request(**meta), username=name, pin=pin, terminal=terminal)


def test_a_person_signs_in_by_password_however_the_name_is_typed(cast):
    assert by_password("chen") == cast.chen
    assert by_password(" ＣＨＥＮ ") == cast.chen
    assert by_password("chen", "wrong") is None
    assert by_password("nobody") is None
    assert by_password("chen", "") is None


def test_a_person_signs_in_by_pin_on_a_terminal_of_their_store(cast, terminal):
    assert by_pin(terminal, "chen") == cast.chen
    assert by_pin(terminal, "chen", "２７０４１３") == cast.chen
    assert by_pin(terminal, "chen", "839201") is None
    assert by_pin(terminal, "chen", PASSWORD) is None
    assert by_pin(terminal, "gao") is None, "no role in the terminal's store"
    assert by_pin(terminal, "gu") is None, "no PIN"
    assert by_pin(terminal, "gu", "") is None
    assert by_pin(terminal, "nobody") is None

    revoke_terminal(terminal, by=cast.gu)
    assert by_pin(terminal, "chen") is None


def test_a_pin_is_no_password_and_needs_a_terminal(cast, terminal):
    assert by_password("chen", PIN) is None
    assert authenticate(request(), username="chen", pin=PIN) is None


def test_whoever_left_has_no_way_in_and_no_session(cast, terminal):
    deactivate(cast.chen, by=cast.admin)
    assert by_password("chen") is None
    assert by_pin(terminal, "chen") is None
    assert PasswordBackend().get_user(cast.chen.pk) is None
    assert PinBackend().get_user(cast.chen.pk) is None


def test_a_session_by_pin_ends_with_the_pin(cast):
    assert PinBackend().get_user(cast.chen.pk) == cast.chen
    Employee.objects.filter(pk=cast.chen.pk).update(pin="")
    assert PinBackend().get_user(cast.chen.pk) is None
    assert PasswordBackend().get_user(cast.chen.pk) == cast.chen


NOT_HERE = [
    {"REMOTE_ADDR": "192.168.1.20"},
    {"REMOTE_ADDR": ""},
    {"REMOTE_ADDR": "unix"},
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_X_FORWARDED_PROTO": "https"},
    {"HTTP_FORWARDED": "for=127.0.0.1"},
    {"HTTP_X_REAL_IP": "127.0.0.1"},
]


def test_the_printed_passwords_count_on_this_machine_only(cast, terminal):
    def ways_in(meta):
        asked = request(**meta)
        return {
            PasswordBackend().authenticate(asked, "chen", PASSWORD),
            PinBackend().authenticate(asked, "chen", PIN, terminal),
        }

    for meta in NOT_HERE:
        assert ways_in(meta) == {None}, meta
        with override_settings(DEMO_SIGN_INS_ANYWHERE=True):
            assert ways_in(meta) == {cast.chen}, meta

    Employee.objects.filter(pk=cast.chen.pk).update(is_demo=False)
    for meta in NOT_HERE:
        assert ways_in(meta) == {cast.chen}, meta


def test_every_loopback_address_is_this_machine():
    demo = Employee(is_demo=True)
    for address in ("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"):
        assert may_come_from(demo, request(REMOTE_ADDR=address)), address
    assert not may_come_from(demo, None)


def test_wrong_tries_are_counted_under_one_name_for_both_ways(cast, terminal):
    by_password("chen", "wrong")
    by_password(" CHEN", "wrong")
    by_pin(terminal, "Chen", "839201")

    attempt = AccessAttempt.objects.get()
    assert (attempt.username, attempt.failures_since_start) == ("chen", 3)
    assert counted_name(request(), {"login": "ＣＨＥＮ"}) == "chen"
    assert counted_name(request()) == ""


def test_after_five_wrong_tries_one_person_is_locked_out_and_nobody_else(cast, terminal):
    for _ in range(5):
        assert by_pin(terminal, "chen", "839201") is None

    assert by_pin(terminal, "chen") is None
    assert by_password("chen") is None
    assert by_pin(terminal, "tao") == cast.tao, "a shop shares one address"
    assert by_password("chen", REMOTE_ADDR="127.0.0.2") == cast.chen


def test_what_was_typed_wrongly_is_kept_nowhere(cast, terminal):
    made = RequestFactory().post("/terminal/switch", {"username": "chen", "pin": "839201"})
    authenticate(made, username="chen", pin="839201", terminal=terminal)
    assert "839201" not in repr(AccessAttempt.objects.values_list())


def test_nobody_signs_up_and_a_new_password_goes_through_the_service(cast):
    adapter = Adapter()
    assert not adapter.is_open_for_signup(request())
    adapter.set_password(cast.chen, "four-words-apart-here")
    assert cast.chen.check_password("four-words-apart-here")
    with refused(PasswordRefused):
        adapter.set_password(cast.chen, "short")


def test_the_language_is_the_persons_else_the_browsers(cast):
    said = []

    def view(asked):

        said.append((asked.LANGUAGE_CODE, translation.get_language()))
        return HttpResponse()

    asked = request(HTTP_ACCEPT_LANGUAGE="en-GB,en")
    assert Language(view)(asked)["Content-Language"] == "en"
    asked.user = cast.chen
    answer = Language(view)(asked)
    cast.chen.language = "en"
    Language(view)(asked)
    assert said == [("en", "en"), ("zh-hans", "zh-hans"), ("en", "en")]
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}
