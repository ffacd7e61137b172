"""A person sees where they are signed in, and ends what they do not know (PLT-1)."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.people import errors, events
from servicelane.people.own_sessions import device_of, end_session, sessions_of
from tests.screen import Screen
from tests.unchanged import refused

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605 Mobile/15E MicroMessenger/8.0.50"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"


def signed_in(person, agent: str = "") -> Screen:
    screen = Screen(headers={"User-Agent": agent}) if agent else Screen()
    password = "a long enough pass word 7"
    if not person.check_password(password):
        person.set_password(password)
        person.must_change_password = False
        person.save()
    sent = screen.post("/sign-in/", {"login": person.user_name, "password": password})
    assert sent.status_code == 302
    return screen


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (PHONE, "WeChat · iPhone"),
        (DESK, "Edge · Windows"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605 Version/17.5 Safari/605",
            "Safari · macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537 Chrome/130.0 Mobile Safari/537",
            "Chrome · Android",
        ),
        ("curl/8.5", ""),
        ("<script>alert(1)</script>" * 500, ""),
    ],
)
def test_a_device_is_named_in_two_words(agent, device):
    assert device_of(agent) == device


def test_each_place_is_listed_with_device_and_time_and_this_one_first(cast):
    signed_in(cast.chen, PHONE)
    desk = signed_in(cast.chen, DESK)
    signed_in(cast.tao, PHONE)

    page = desk.get(reverse("people:own_sessions"))
    shown = page.context["sessions"]
    assert [(one.device, one.is_here) for one in shown] == [
        ("Edge · Windows", True),
        ("WeChat · iPhone", False),
    ]
    assert all(one.since for one in shown)
    assert not any(key in page.text for key in Session.objects.values_list("pk", flat=True))


def test_one_place_is_ended_and_all_others(cast):
    desk, phone, other = (signed_in(cast.chen, agent) for agent in (DESK, PHONE, PHONE))
    tao = signed_in(cast.tao, PHONE)
    there = sessions_of(cast.chen, desk.session.session_key)[1]

    assert desk.post(reverse("people:end_session"), {"mark": there.mark}).status_code == 302
    assert sorted(one.get("/").status_code for one in (phone, other)) == [200, 302]
    assert desk.post(reverse("people:end_other_sessions")).status_code == 302
    assert [one.get("/").status_code for one in (desk, phone, other, tao)] == [200, 302, 302, 200]
    ended = Event.objects.about(cast.chen).filter(kind=events.SESSIONS_ENDED).order_by("id")
    assert [fact.data["sessions"] for fact in ended] == [1, 1]


def test_a_place_of_others_and_one_that_is_over_are_not_ended(cast):
    signed_in(cast.tao, PHONE)
    (theirs,) = sessions_of(cast.tao, None)
    for mark in (theirs.mark, "", "x" * 5000):
        with refused(errors.SessionOver):
            end_session(cast.chen, mark)
    assert len(sessions_of(cast.tao, None)) == 1
