"""What the start says at its end: the address, the sign-ins, and where they work."""

import re
from typing import Any

import pytest

from servicelane.project import starting


@pytest.fixture(autouse=True)
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The greeting closes its connections before the watch begins; a test's own must live on."""
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)


@pytest.mark.usefixtures("cast")
def test_the_sign_ins_are_lines_of_role_user_and_password(capsys: pytest.CaptureFixture[str]) -> None:
    starting.greet("http://127.0.0.1:8000/", "127.0.0.1")

    address, *lines = capsys.readouterr().out.splitlines()
    assert address == "ServiceLane runs at http://127.0.0.1:8000/ (Ctrl-C stops it)"
    assert len(lines) >= 10
    assert all(re.fullmatch(r"[^\t]+\t[a-z]+\t[^\t]+", line) for line in lines)


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "lane.example"])
def test_on_the_network_it_says_that_they_work_here_only(
    capsys: pytest.CaptureFixture[str], host: str
) -> None:
    starting.greet("http://127.0.0.1:8000/", host)

    last = capsys.readouterr().out.splitlines()[-1]
    assert "work on this machine only" in last
    assert 'DEMO_SIGN_INS="allow from the network"' in last


@pytest.mark.usefixtures("cast")
def test_allowed_from_the_network_it_does_not_say_so(
    capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.DEMO_SIGN_INS_ANYWHERE = True

    starting.greet("http://127.0.0.1:8000/", "0.0.0.0")

    assert "this machine only" not in capsys.readouterr().out


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
