"""What the start says at its end: the address, the sign-ins, and where they work."""

import os
import re
from typing import Any

import pytest
import typer

from servicelane.project import starting
from servicelane.project.refusals import NotDone


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The greeting closes its connections before the watch begins; a test's own must live on."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


@pytest.mark.usefixtures("cast")
def test_the_sign_ins_are_lines_of_role_user_and_password() -> None:
    address, *lines = starting.greeting("http://127.0.0.1:8000/", "127.0.0.1")

    assert address == "ServiceLane runs at http://127.0.0.1:8000/ (Ctrl-C stops it)"
    assert len(lines) >= 10
    assert all(re.fullmatch(r"[^\t]+\t[a-z]+\t[^\t]+", line) for line in lines)


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "lane.example"])
def test_on_the_network_it_says_that_they_work_here_only(host: str) -> None:
    last = starting.greeting("http://127.0.0.1:8000/", host)[-1]

    assert "work on this machine only" in last
    assert 'DEMO_SIGN_INS="allow from the network"' in last


@pytest.mark.usefixtures("cast")
def test_allowed_from_the_network_it_does_not_say_so(settings: Any) -> None:
    settings.DEMO_SIGN_INS_ANYWHERE = True

    said = starting.greeting("http://127.0.0.1:8000/", "0.0.0.0")

    assert "this machine only" not in "".join(said)


@pytest.mark.parametrize(
    ("host", "reached"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("192.0.2.7", "192.0.2.7"),
        ("lane.example", "lane.example"),
    ],
)
def test_the_address_is_one_that_this_machine_reaches(host: str, reached: str) -> None:
    assert starting.reachable(host) == reached


def test_what_is_called_apart_answers_and_refuses_as_here(capfd: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise NotDone("not today")

    def fail() -> None:
        raise ZeroDivisionError

    assert starting.apart(lambda: ["sqlite", os.getpid()])[1] != os.getpid()
    with pytest.raises(NotDone, match="not today"):
        starting.apart(refuse)
    with pytest.raises(typer.Exit):
        starting.apart(fail)
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.django_db
def test_an_empty_system_says_how_the_first_administrator_is_added() -> None:
    _address, line = starting.greeting("http://127.0.0.1:8000/", "127.0.0.1")

    assert "servicelane user add" in line
