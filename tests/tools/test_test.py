"""The tests' own surroundings: Debian's packages, the throw-away cluster, the choice of the inner loop."""

import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools import check, cluster, debian, test
from tools.steps import Refused


def test_what_may_not_be_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        debian, "NEEDED", {"chromium": lambda: False, "gettext": lambda: True, "postgresql": lambda: False}
    )
    monkeypatch.setattr(debian, "_become_root", lambda: None)

    with pytest.raises(Refused, match=r"Install with: sudo apt-get install chromium postgresql$"):
        debian.ensure()


def test_what_is_missing_is_installed_where_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    there = {"gettext": False}

    def run(command: list[str], failure: str) -> str:
        asked.append(command)
        there["gettext"] = "install" in command
        return ""

    monkeypatch.setattr(debian, "NEEDED", {"gettext": lambda: there["gettext"]})
    monkeypatch.setattr(debian, "_become_root", lambda: ["sudo", "-n"])
    monkeypatch.setattr(debian.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(debian, "run", run)

    debian.ensure()

    assert [command[-1] for command in asked] == ["update", "gettext"]
    assert all(command[:2] == ["sudo", "-n"] for command in asked)


def test_the_cluster_goes_with_its_block_even_after_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr(cluster.tempfile, "mkdtemp", lambda prefix: str(made))
    # The server's user must be able to enter, which pytest's own folders do not allow.
    made = Path(cluster.tempfile.gettempdir()) / f"servicelane-pg-test-{tmp_path.name}"
    made.mkdir()

    with pytest.raises(KeyboardInterrupt), cluster.throw_away() as url:
        port = urlsplit(url).port
        assert listens(port)
        raise KeyboardInterrupt

    assert not listens(port)
    assert not made.exists()


def test_a_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://somewhere/else")

    with cluster.throw_away() as url:
        assert url == "postgresql://somewhere/else"


def test_a_failed_check_stops_with_its_output(capsys: pytest.CaptureFixture[str]) -> None:
    good = ("good", [sys.executable, "-c", "pass"])
    bad = ("bad", [sys.executable, "-c", "print('line 7 is wrong'); raise SystemExit(1)"])

    with pytest.raises(Refused, match=r"bad found something:\nline 7 is wrong"):
        test.together([good, bad])

    assert "good: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ([], []),
        (["README.md", "docs/guide/architecture.md"], []),
        (["tests/tools/test_test.py"], ["tests/tools/test_test.py"]),
        (["tools/lock.py", "tests/tools/test_test.py"], ["tests/tools"]),
        (["servicelane/project/cli.py"], ["tests/project"]),
        (["servicelane/project/cli.py", "requirements/base.txt"], check.ALL),
        (["servicelane/kernel/money.py"], check.ALL),
        (["servicelane/unknown/models.py"], check.ALL),
    ],
)
def test_the_inner_loop_runs_the_tests_of_what_changed(changed: list[str], wanted: list[str]) -> None:
    assert check.tests_of(changed) == wanted


def listens(port: int | None) -> bool:
    with socket.socket() as probe:
        return port is not None and probe.connect_ex(("127.0.0.1", port)) == 0
