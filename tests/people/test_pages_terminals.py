"""Shared terminals as a browser meets them: registering, switching, what a PIN does not open (PLT-1)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from servicelane.demo.cast import PIN
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.org.services import set_rule
from servicelane.people.credentials import hash_token
from servicelane.people.models import Employee, Membership, Terminal
from servicelane.people.roles import Role
from servicelane.people.rules import PIN_SESSION_MINUTES
from servicelane.people.sign_in_services import register_terminal, revoke_terminal
from tests.screen import Screen

PAGE = "/terminal/"


@pytest.fixture
def terminal(cast) -> tuple[Terminal, str]:
    return register_terminal(cast.shinan, "3 号工位", by=cast.gu)


@pytest.fixture
def shared(terminal) -> Screen:
    """A browser that is a terminal of Shinan, with nobody signed in."""
    screen = Screen()
    screen.cookies["terminal"] = terminal[1]
    return screen


def switch(screen: Screen, person: Employee, pin: str = PIN):
    return screen.post(reverse("people:terminal_switch", args=[person.pk]), {"pin": pin})


def test_this_browser_is_registered_by_a_full_sign_in(cast):
    screen = Screen(cast.gu)

    answer = screen.post(reverse("people:terminal_new"), {"name": "前台"})

    assert answer.status_code == 302
    cookie = screen.cookies["terminal"]
    row = Terminal.objects.get(name="前台")
    assert row.token_hash == hash_token(cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert "此浏览器" in screen.get(reverse("people:terminals")).text


def test_a_nameless_terminal_is_not_registered(cast):
    screen = Screen(cast.gu)

    assert screen.post(reverse("people:terminal_new"), {"name": " "}).status_code == 422
    assert "terminal" not in screen.cookies
    assert not Terminal.objects.exists()


def test_the_terminal_shows_the_people_of_its_store_who_have_a_pin(shared, cast):
    text = shared.get(PAGE).text

    assert "陶建国" in text
    assert "沈月" not in text  # has no PIN
    assert "高伟" not in text  # works in the other store


@pytest.mark.parametrize("cookie", ["", "guessed"])
def test_another_browser_shows_nobody_and_says_who_can_register_it(cast, cookie):
    screen = Screen()
    screen.cookies["terminal"] = cookie

    answer = screen.get(PAGE)

    assert "此浏览器未登记为门店终端" in answer.text
    assert "陶建国" not in answer.text
    assert switch(screen, cast.tao)["Location"] == PAGE
    assert "_auth_user_id" not in screen.session


def test_the_right_pin_signs_in_for_as_long_as_the_store_says(shared, cast):
    set_rule(cast.shinan, PIN_SESSION_MINUTES, "30", by=cast.gu)
    shared.get(PAGE)

    answer = switch(shared, cast.tao)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert shared.session["_auth_user_id"] == str(cast.tao.pk)
    left = shared.session.get_expiry_date() - now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    assert shared.get("/").status_code == 200


def test_the_next_person_takes_over_with_a_new_session(shared, cast):
    switch(shared, cast.tao)
    first = shared.session.session_key

    switch(shared, cast.chen)

    assert shared.session["_auth_user_id"] == str(cast.chen.pk)
    assert shared.session.session_key != first


def test_a_sign_in_by_pin_opens_no_page_that_needs_the_password(shared, cast):
    Membership.objects.create(employee=cast.tao, store=cast.shinan, role=Role.SERVICE_MANAGER)
    switch(shared, cast.tao)

    assert shared.get(reverse("people:list")).status_code == 200
    assert shared.get(reverse("people:new")).status_code == 403
    assert shared.get(reverse("people:terminals")).status_code == 403
    assert shared.get(reverse("people:own_pin"))["Location"] == PAGE


def test_a_wrong_pin_is_said_beside_the_field_and_counted_until_it_locks(shared, cast):
    for _ in range(4):
        answer = switch(shared, cast.tao, "859203")
        assert answer.status_code == 422
        assert "这不是陶建国的 PIN 码" in answer.text
        assert "859203" not in answer.text

    assert switch(shared, cast.tao, "859203").status_code == 429
    assert switch(shared, cast.tao).status_code == 429
    assert "_auth_user_id" not in shared.session
    assert switch(shared, cast.chen).status_code == 302


def test_a_wrong_pin_is_not_kept_in_words(shared, cast):
    from axes.models import AccessAttempt

    switch(shared, cast.tao, "859203")

    kept = AccessAttempt.objects.get()
    assert "859203" not in f"{kept.post_data}{kept.get_data}{kept.path_info}"


def test_nobody_of_another_store_signs_in_here(shared, cast):
    assert switch(shared, cast.gao).status_code == 404
    assert "_auth_user_id" not in shared.session


def test_a_revoked_terminal_ends_its_sessions_at_once(shared, terminal, cast):
    switch(shared, cast.tao)
    screen = Screen(cast.gu)

    assert screen.post(reverse("people:terminal_revoke", args=[terminal[0].pk])).status_code == 302

    assert shared.get("/").status_code == 302
    assert "此浏览器未登记为门店终端" in shared.get(PAGE).text
    assert "已撤销" in screen.get(reverse("people:terminals")).text


def test_a_terminal_of_another_store_is_not_revoked(terminal, cast):
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.SERVICE_MANAGER)
    facts = Event.objects.count()

    assert Screen(cast.gao).post(reverse("people:terminal_revoke", args=[terminal[0].pk])).status_code == 404
    terminal[0].refresh_from_db()
    assert terminal[0].revoked_at is None
    assert Event.objects.count() == facts


def test_the_sign_in_page_of_a_terminal_leads_to_the_quick_switch(shared, terminal, cast):
    assert PAGE in shared.get("/sign-in/").text
    revoke_terminal(terminal[0], by=cast.gu)
    assert PAGE not in shared.get("/sign-in/").text


def test_an_empty_list_says_how_to_begin(cast):
    assert (
        "这里将列出本店可用 PIN 码切换人员的共用设备" in Screen(cast.gu).get(reverse("people:terminals")).text
    )
